"""Functions on texts; an empty text is NULL and nothing else."""

from __future__ import annotations

import ast
from typing import Any

from sqlalchemy import Integer, Text, cast, collate, literal, select

from tenon.engine.sql.arithmetic import whole
from tenon.engine.sql.builder import Builder
from tenon.engine.sql.elements import BIG, EXACT, NO, ONE, ZERO, call, compare, every, integer, is_not_true
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.numbers import to_exact
from tenon.engine.sql.values import LISTS, PLAIN_TEXT
from tenon.metamodel.expressions.texts import LONGEST
from tenon.metamodel.expressions.tree import facts_of
from tenon.metamodel.types import TEXT

TYPE = PLAIN_TEXT
LAST = 0x10FFFF


def or_nothing(value: Column) -> Column:
    """Return a text, NULL when it has no characters."""
    return call("nullif", value, literal("", TYPE), type_=TYPE)


def by_code_point(environment: Environment, value: Column) -> Column:
    """Return a text that compares by code point."""
    return value if environment.is_sqlite else collate(value, "C")


def compile_len(builder: Builder, node: ast.Call) -> Column:
    """Compile len(x)."""
    value, lite = builder.value(node.args[0]), builder.environment.is_sqlite
    if facts_of(node.args[0]).type.kind in LISTS:
        count = call("json_array_length" if lite else "jsonb_array_length", value, type_=BIG)
    else:
        count = call("length", value, type_=BIG)
    return call("coalesce", count if lite else cast(count, BIG), ZERO, type_=BIG)


def compile_case(builder: Builder, node: ast.Call) -> Column:
    """Compile lower(t) and upper(t): A-Z only."""
    # SQLite changes ASCII only; so does PostgreSQL under the collation C.
    return call(facts_of(node).function.name, by_code_point(builder.environment, builder.value(node.args[0])), type_=TYPE)


def compile_trim(builder: Builder, node: ast.Call) -> Column:
    """Compile trim(t)."""
    name = "trim" if builder.environment.is_sqlite else "btrim"
    return or_nothing(call(name, builder.value(node.args[0]), literal(" ", TYPE), type_=TYPE))


def position(environment: Environment, text: Column, part: Column) -> Column:
    """Return where a part begins in a text, from 1; 0 when it is not there."""
    return call("instr" if environment.is_sqlite else "strpos", text, part, type_=BIG)


def compile_contains(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile contains(t, part) for texts and lists."""
    return holds(builder, node.args[0], node.args[1], want)


def holds(builder: Builder, whole_node: ast.expr, part_node: ast.expr, want: bool) -> Column:
    """Return the condition that a text has a part in it, or a list has an entry."""
    environment = builder.environment
    value, part = builder.value(whole_node), builder.value(part_node)
    if facts_of(whole_node).type.kind not in LISTS:
        found = compare(position(environment, value, part), ">", ZERO)
    elif environment.is_sqlite:
        entries = call("json_each", value, type_=TYPE).table_valued("value").alias()
        found = select(ONE).select_from(entries).where(compare(entries.c.value, "=", part)).correlate_except(entries).exists()
    else:
        found = call("jsonb_exists", value, part, type_=TYPE)
    return found if want else is_not_true(found)


def compile_starts(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile starts_with(t, part): a range on a field and a constant, so that an index serves it."""
    environment, (text, part) = builder.environment, node.args
    value = builder.value(text)
    if facts_of(part).is_constant:
        prefix = builder.constant(part)
        if not prefix:
            return NO if want else builder.yes
        found = _prefixed(environment, value, str(prefix)) if facts_of(text).path is not None else None
    else:
        found = None
    if found is None:
        found = compare(position(environment, value, builder.value(part)), "=", ONE)
    return found if want else is_not_true(found)


def _prefixed(environment: Environment, value: Column, prefix: str) -> Column:
    value = by_code_point(environment, value)
    edges = [compare(value, ">=", literal(prefix, TYPE))]
    after = next_text(prefix)
    return every([*edges, compare(value, "<", literal(after, TYPE))] if after else edges)


def next_text(prefix: str) -> str | None:
    """Return the first text by code point after every text with the prefix; None when there is none."""
    cut = prefix.rstrip(chr(LAST))
    if not cut:
        return None
    point = ord(cut[-1]) + 1
    return cut[:-1] + chr(0xE000 if 0xD800 <= point <= 0xDFFF else point)


def compile_ends(builder: Builder, node: ast.Call, want: bool) -> Column:
    """Compile ends_with(t, part)."""
    found = call("tenon_ends_with", *[builder.value(a) for a in node.args], type_=TYPE)
    found = compare(found, "=", ONE) if builder.environment.is_sqlite else found
    return found if want else is_not_true(found)


def compile_replace(builder: Builder, node: ast.Call) -> Column:
    """Compile replace(t, a, b)."""
    text, old, new = (builder.cast(a, TEXT) for a in node.args)
    return or_nothing(call("replace", text, old, call("coalesce", new, literal("", TYPE), type_=TYPE), type_=TYPE))


def compile_cut(builder: Builder, node: ast.Call) -> Column:
    """Compile left(t, n) and right(t, n)."""
    environment, name = builder.environment, facts_of(node).function.name
    text, count = builder.cast(node.args[0], TEXT), whole(builder, node.args[1])
    if environment.is_sqlite:
        return call(f"tenon_{name}", text, count, type_=TYPE)
    limits = cast(call("tenon_clamp", count, cast(ZERO, EXACT), cast(integer(LONGEST), EXACT), type_=EXACT), Integer)
    return or_nothing(call(name, text, limits, type_=TYPE))


def compile_concat(builder: Builder, node: ast.Call) -> Column:
    """Compile concat(a, …)."""
    columns = [builder.cast(a, TEXT) for a in node.args if facts_of(a).type.kind != "empty"]
    if not columns:
        return builder.empty(TEXT)
    return or_nothing(call("tenon_concat" if builder.environment.is_sqlite else "concat", *columns, type_=TYPE))


def compile_text(builder: Builder, node: ast.Call) -> Column:
    """Compile text(x)."""
    environment, kind = builder.environment, facts_of(node.args[0]).type.kind
    if kind in ("number", "duration"):
        number = builder.number(node.args[0])
        if environment.is_sqlite:
            return call("tenon_show", number.column, integer(number.scale or 0), type_=TYPE)
        exact = to_exact(environment, number.column)
        return cast(call("round", exact, cast(integer(number.scale or 0), Integer), type_=EXACT), Text())
    value = builder.cast(node.args[0], TEXT) if kind == "empty" else builder.value(node.args[0])
    if kind == "date" and not environment.is_sqlite:
        return call("to_char", value, literal("YYYY-MM-DD", TYPE), type_=TYPE)
    return value


FUNCTIONS: dict[str, Any] = {
    "len": compile_len, "lower": compile_case, "upper": compile_case, "trim": compile_trim, "replace": compile_replace, "left": compile_cut,
    "right": compile_cut, "concat": compile_concat, "text": compile_text,
}
CONDITIONS: dict[str, Any] = {"contains": compile_contains, "starts_with": compile_starts, "ends_with": compile_ends}
