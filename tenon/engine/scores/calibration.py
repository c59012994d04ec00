"""How well a score foresees what it is to foresee, looked at from time to time and kept, with other edges of its bands where they would do better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from tenon.engine.context import Context, system_context
from tenon.engine.jobs import put
from tenon.engine.people import names_of
from tenon.engine.scores.backtest import look_back
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.outcomes import Asked, Case
from tenon.engine.scores.tables import calibrations
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.kinds.score import Foresight
from tenon.metamodel.labels import say

CALIBRATE = "score_calibration"
FEWEST, FEWEST_CAME = 200, 30
"""With fewer records, or fewer with the outcome, no other edges are proposed."""
STEPS = 100
LEAST_SHARE = 0.05
BETTER = 1.05
"""So many times better than now other edges have to part the outcome to be proposed."""
LISTED = 40


def calibrate(uow: UnitOfWork, score: str) -> str:
    """Look back as far as the horizon says, keep what was found and return its id. Raises Invalid when the score is to foresee nothing."""
    definition = define(uow.model, uow.model.get("score", score))
    wanted = _foresight(definition)
    asked = Asked(wanted.outcome, uow.today - timedelta(days=wanted.horizon_days), wanted.horizon_days)
    cases, found = look_back(uow, system_context(), definition, asked)
    row = {"id": uow.new_id(), "score": definition.id, "at": uow.now, "release": definition.release, "figures": _plain(found), "proposal": propose(definition, cases)}
    uow.connection.execute(insert(calibrations), row)
    return str(row["id"])


def put_calibration(uow: UnitOfWork, ctx: Context, score: str) -> str:
    """Put a job that looks how well a score foresees and return its id. Raises Invalid when the score is to foresee nothing."""
    definition = define(uow.model, uow.model.get("score", score))
    _foresight(definition)
    return put(uow.connection, CALIBRATE, {"score": definition.id}, unique_key=f"{CALIBRATE}:{definition.id}", key_until="started", created_by=ctx.user_id)


def _foresight(definition: Definition) -> Foresight:
    wanted = definition.body.foresees
    if wanted is None:
        message = say("It is not said what this score is to foresee.", "尚未指明此评分需要预见的结果。")
        raise Invalid(Problem("/foresees", "required", message, say("Set the outcome in its designer.", "请在评分设计器中设置结果。")))
    return wanted


def _plain(value: Any) -> Any:
    """Return an answer as JSON keeps it: numbers as numbers."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | bool) else float(value)


def propose(definition: Definition, cases: Sequence[Case]) -> dict[str, Any] | None:
    """Return the edges that part the outcome best, None when those in force do nearly as well or too little is known.

    ``explained`` is the share of the spread of the outcome that lies between the bands, before and after.
    """
    came, bands = sum(c.came for c in cases), len(definition.bands)
    if len(cases) < FEWEST or min(came, len(cases) - came) < FEWEST_CAME or bands < 2:
        return None
    low, high = (float(end) for end in definition.body.scale)
    step = (high - low) / STEPS
    counts, hits = [0] * (STEPS + 1), [0] * (STEPS + 1)
    for each in cases:
        at = min(max(int((each.value - low) / step + 1e-9), 0), STEPS)
        counts[at] += 1
        hits[at] += each.came
    now = [min(max(round((edge / 10_000 - low) / step), 0), STEPS + 1) for edge in definition.edges[1:]]
    least = max(1, int(len(cases) * LEAST_SHARE))
    best = _best_edges(counts, hits, bands, least)
    spread = came * (len(cases) - came) / len(cases)
    before, after = (_between(counts, hits, edges) / spread for edges in (now, best or now))
    if best is None or best == now or after < before * BETTER:
        return None
    edges = [float(definition.body.bands[0].lower), *(round(low + at * step, 4) for at in best)]
    return {"bands": [{"band": b, "from": e} for b, e in zip(definition.bands, edges, strict=True)], "explained": {"before": round(before, 4), "after": round(after, 4)}}


def _between(counts: Sequence[int], hits: Sequence[int], edges: Sequence[int]) -> float:
    """Return the squares of the outcome's share between the parts that edges make."""
    base, total = sum(hits) / sum(counts), 0.0
    for start, end in zip([0, *edges], [*edges, len(counts)], strict=True):
        n = sum(counts[start:end])
        total += n * (sum(hits[start:end]) / n - base) ** 2 if n else 0.0
    return total


def _best_edges(counts: Sequence[int], hits: Sequence[int], parts: int, least: int) -> list[int] | None:
    """Return the edges of so many parts, each of at least so many records, that part the outcome best."""
    size, base = len(counts), sum(hits) / sum(counts)
    n, h = [0], [0]
    for count, hit in zip(counts, hits, strict=True):
        n.append(n[-1] + count)
        h.append(h[-1] + hit)

    def worth(start: int, end: int) -> float | None:
        many = n[end] - n[start]
        return many * ((h[end] - h[start]) / many - base) ** 2 if many >= least else None

    # The best way to part everything up to a place, for one part more each time.
    best: list[tuple[float, list[int]] | None] = [(w, []) if (w := worth(0, end)) is not None else None for end in range(size + 1)]
    for _ in range(parts - 1):
        following: list[tuple[float, list[int]] | None] = []
        for end in range(size + 1):
            ways = [
                (left[0] + right, [*left[1], start]) for start in range(1, end)
                if counts[start] and (left := best[start]) is not None and (right := worth(start, end)) is not None
            ]  # fmt: skip
            following.append(max(ways, key=lambda way: way[0], default=None))
        best = following
    found = best[size]
    return found[1] if found is not None else None


def find_calibrations(uow: UnitOfWork, score: str, limit: int = LISTED) -> list[dict[str, Any]]:
    """Return the calibrations of a score, the newest first: ``id``, ``at``, ``release``, the figures, ``proposal`` and who accepted it."""
    c = calibrations.c
    rows = uow.connection.execute(select(calibrations).where(c.score == score).order_by(c.id.desc()).limit(limit)).mappings().all()
    names = names_of(uow.connection, [row["accepted_by"] for row in rows if row["accepted_by"]])
    return [
        {
            "id": row["id"], "at": row["at"], "release": row["release"], **row["figures"], "proposal": row["proposal"], "accepted_at": row["accepted_at"],
            "accepted_by": {"id": row["accepted_by"], "title": names.get(row["accepted_by"])} if row["accepted_by"] else None,
        }
        for row in rows
    ]  # fmt: skip


def accept(uow: UnitOfWork, ctx: Context, score: str, id: str) -> list[dict[str, Any]]:
    """Note that a proposal was accepted, and return the operations that bring it into the draft. Raises NotFound."""
    found = next((each for each in find_calibrations(uow, score) if each["id"] == id and each["proposal"]), None)
    if found is None:
        raise not_found()
    values = {"accepted_at": uow.now, "accepted_by": ctx.user_id}
    uow.connection.execute(update(calibrations).where(calibrations.c.id == id).values(**values))
    return [{"op": "set", "at": f"/bands/{edge['band']}/from", "value": edge["from"]} for edge in found["proposal"]["bands"][1:]]
