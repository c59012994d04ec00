"""What a matching that is not published yet would propose, among the newest records that somebody may read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.book import Found, compare, compiled
from tenon.engine.duplicates.finding import MOST_ALIKE
from tenon.engine.duplicates.reading import read_seen
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity

LOOKED_AT = 2_000
EXAMPLES = 5


@dataclass(frozen=True)
class Tried:
    """How many records were looked at, how many pairs would be proposed among them, and the most alike: the two ids and what was found."""

    records: int
    pairs: int
    examples: tuple[tuple[str, str, Found], ...]


def try_out(uow: UnitOfWork, ctx: Context, entity: Entity, document: Document) -> Tried:
    """Compare the newest records as a drafted matching says; nothing is kept. ``entity`` is that of the release in force."""
    rights = rights_of(uow.model, ctx)
    if not rights.may(entity, "read"):
        return Tried(0, 0, ())
    matching = compiled(document, entity)
    reads = read_seen(uow, rights, matching, limit=LOOKED_AT)
    sharing: dict[str, list[str]] = defaultdict(list)
    for record, read in reads.items():
        for key in dict.fromkeys(matching.keys(read)):
            sharing[key].append(record)
    near = {(min(a, b), max(a, b)) for listed in sharing.values() if len(listed) <= MOST_ALIKE for n, a in enumerate(listed) for b in listed[n + 1 :]}
    found = [(a, b, each) for a, b in near if (each := compare(matching, reads[a], reads[b])) is not None]
    found.sort(key=lambda pair: (-pair[2].score, pair[0], pair[1]))
    return Tried(len(reads), len(found), tuple(found[:EXAMPLES]))
