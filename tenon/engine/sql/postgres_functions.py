"""The functions of ours on PostgreSQL: immutable, one flat call where an argument would otherwise stand twice.

PostgreSQL puts the body of a function in the place of its call when that is as strict as its declaration. A body with a CASE never is: what is
asked for every row, such as the day of a moment, is declared open and becomes part of the statement, where nothing is called row by row.
"""

from __future__ import annotations

_STRICT = "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
_OPEN = "LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE"
_FIRST, _LAST = "DATE '0001-01-01'", "DATE '9999-12-31'"

_INLINE = ("tenon_wall(", "tenon_day(")
# name(parameters) returns: body
_FUNCTIONS: tuple[tuple[str, str, str], ...] = (
    ("tenon_floordiv(a numeric, b numeric)", "numeric",
     "CASE WHEN b <> 0 THEN div(a, b) - CASE WHEN a - b * div(a, b) <> 0 AND (a < 0) <> (b < 0) THEN 1 ELSE 0 END END"),
    ("tenon_modulo(a numeric, b numeric)", "numeric", "CASE WHEN b <> 0 THEN a - b * tenon_floordiv(a, b) END"),
    ("tenon_floordiv_real(a double precision, b double precision)", "double precision", "CASE WHEN b <> 0 THEN floor(a / b) END"),
    ("tenon_modulo_real(a double precision, b double precision)", "double precision", "CASE WHEN b <> 0 THEN a - b * floor(a / b) END"),
    ("tenon_power(a double precision, n integer)", "double precision", "CASE WHEN a <> 0 OR n >= 0 THEN power(a, n::double precision) END"),
    ("tenon_sqrt(x double precision)", "double precision", "CASE WHEN x >= 0 THEN sqrt(x) END"),
    ("tenon_ln(x double precision)", "double precision", "CASE WHEN x > 0 THEN ln(x) END"),
    ("tenon_round_real(x double precision, n integer)", "numeric", "round(x::numeric, n)"),
    ("tenon_clamp(x numeric, lo numeric, hi numeric)", "numeric", "greatest(lo, least(x, hi))"),
    ("tenon_clamp(x double precision, lo double precision, hi double precision)", "double precision", "greatest(lo, least(x, hi))"),
    ("tenon_scale(x numeric, lo numeric, hi numeric)", "double precision",
     "CASE WHEN lo <> hi THEN greatest(0.0::double precision, least(1.0::double precision, "
     "(x - lo)::double precision / (hi - lo)::double precision)) END"),
    ("tenon_scale_real(x double precision, lo double precision, hi double precision)", "double precision",
     "CASE WHEN lo <> hi THEN greatest(0.0::double precision, least(1.0::double precision, (x - lo) / (hi - lo))) END"),
    ("tenon_number(t text)", "double precision",
     "CASE WHEN t ~ '^ *[+-]?[0-9]{1,15}(\\.[0-9]{1,6})? *$' THEN btrim(t, ' ')::double precision END"),
    ("tenon_ends_with(t text, part text)", "boolean", "right(t, length(part)) = part"),
    ("tenon_wall(m timestamptz, zone text)", "timestamp",
     "CASE WHEN m >= TIMESTAMPTZ '0001-01-03 00:00:00+00' AND m < TIMESTAMPTZ '9999-12-30 00:00:00+00' THEN m AT TIME ZONE zone "
     f"WHEN (m AT TIME ZONE zone) >= {_FIRST} AND (m AT TIME ZONE zone) < {_LAST} + 1 "
     "THEN m AT TIME ZONE zone ELSE m AT TIME ZONE 'UTC' END"),
    ("tenon_day(m timestamptz, zone text)", "date", "tenon_wall(m, zone)::date"),
    ("tenon_date_add(d date, n numeric, unit text)", "date",
     "CASE WHEN abs(n) > 1000000000000 THEN NULL WHEN unit IN ('day', 'week') "
     f"THEN CASE WHEN n * CASE unit WHEN 'week' THEN 7 ELSE 1 END BETWEEN {_FIRST} - d AND {_LAST} - d "
     "THEN d + (n * CASE unit WHEN 'week' THEN 7 ELSE 1 END)::integer END "
     "WHEN extract(year FROM d) * 12 + extract(month FROM d) - 1 + n * CASE unit WHEN 'year' THEN 12 WHEN 'quarter' THEN 3 ELSE 1 END "
     "BETWEEN 12 AND 119999 "
     "THEN (d + make_interval(months => (n * CASE unit WHEN 'year' THEN 12 WHEN 'quarter' THEN 3 ELSE 1 END)::integer))::date END"),
    ("tenon_in_years(m timestamptz)", "timestamptz",
     "CASE WHEN m >= TIMESTAMPTZ '0001-01-01 00:00:00+00' AND m < TIMESTAMPTZ '9999-12-31 00:00:00+00' + INTERVAL '1 day' THEN m END"),
    ("tenon_moment_add(m timestamptz, n numeric, unit text, zone text)", "timestamptz",
     "CASE WHEN abs(n) > 1000000000000 THEN NULL WHEN unit IN ('hour', 'minute') "
     "THEN CASE WHEN extract(epoch FROM m) + n * CASE unit WHEN 'hour' THEN 3600 ELSE 60 END BETWEEN -62135596800 AND 253402300799.999999 "
     "THEN m + n::double precision * CASE unit WHEN 'hour' THEN INTERVAL '1 hour' ELSE INTERVAL '1 minute' END END "
     "ELSE tenon_in_years((tenon_date_add(tenon_wall(m, zone)::date, n, unit) + tenon_wall(m, zone)::time) AT TIME ZONE zone) END"),
    ("tenon_months(a date, b date)", "bigint",
     "((extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a))::bigint"),
    ("tenon_months_between(a date, b date)", "bigint",
     "CASE WHEN b < a "
     "THEN -(tenon_months(b, a) - CASE WHEN tenon_date_add(b, tenon_months(b, a)::numeric, 'month') <= a THEN 0 ELSE 1 END) "
     "ELSE tenon_months(a, b) - CASE WHEN tenon_date_add(a, tenon_months(a, b)::numeric, 'month') <= b THEN 0 ELSE 1 END END"),
    ("tenon_start_of(d date, unit text)", "date", "date_trunc(unit, d::timestamp)::date"),
    ("tenon_end_of(d date, unit text)", "date",
     f"CASE WHEN unit <> 'week' OR d <= {_LAST} - 5 "
     "THEN (date_trunc(unit, d::timestamp) "
     "+ CASE unit WHEN 'quarter' THEN INTERVAL '3 months' ELSE ('1 ' || unit)::interval END)::date - 1 END"),
)  # fmt: skip


def postgres_setup() -> list[str]:
    """Return the statements that create the functions in the current schema; running them again changes nothing."""
    return [f"CREATE OR REPLACE FUNCTION {head} RETURNS {result} {_OPEN if head.startswith(_INLINE) else _STRICT} AS $tenon$ SELECT {body} $tenon$" for head, result, body in _FUNCTIONS]
