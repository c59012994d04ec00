"""Names of companies: the core name alone, legal form, region and branch apart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tenon.engine.duplicates.company import Company, parse
from tenon.engine.duplicates.comparators.base import NOTHING, Likeness
from tenon.engine.duplicates.comparators.text import BEGIN, LONG, MOST, written_alike
from tenon.engine.folding import sort_key

ONE_WITHOUT_REGION = 0.9
"""The same core name, and only one says where: most often the other left it out."""
FOREIGN = 0.6
"""The same core name under the law of two countries: often sisters, seldom one company."""
SHORT_FOR = 0.6
"""One name is how the other begins: it may be the short one of the same company."""
SOUNDS_ALIKE = 0.5


def read(value: Any) -> Company | None:
    """Return a name taken apart; None when nothing is left of it."""
    found = parse(str(value)[:MOST])
    return found if found.core else None


@lru_cache(maxsize=20_000)
def _sound(core: str) -> str:
    return sort_key(core).replace(" ", "")


def keys(read: Company) -> list[str]:
    """Return how the core name sounds and, of a long one, how that begins."""
    sound = _sound(read.core)
    return [f"={sound}", *([f"^{sound[:BEGIN]}"] if len(sound) >= LONG else [])]


def liken(one: Company, other: Company) -> Likeness:
    """Return how likely two names mean one company; another place or another branch is another one."""
    if one.branch != other.branch or (one.region and other.region and one.region != other.region):
        return NOTHING
    if one.core.replace(" ", "") == other.core.replace(" ", ""):
        core = max(one.core, other.core, key=lambda name: (len(name), name))
        if one.lands and other.lands and one.lands.isdisjoint(other.lands):
            return Likeness(FOREIGN, core)
        return Likeness(1.0 if one.region == other.region else ONE_WITHOUT_REGION, core)
    if _sound(one.core) == _sound(other.core):
        return Likeness(SOUNDS_ALIKE)
    share = written_alike(one.core, other.core)
    if share:
        return Likeness(share)
    short, long = sorted((one.core, other.core), key=len)
    return Likeness(SHORT_FOR) if len(short) >= 2 and long.startswith(short) and not short.isascii() else NOTHING
