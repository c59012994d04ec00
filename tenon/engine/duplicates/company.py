"""The name of a company taken apart: core name, where it is, which branch of it; what it is by law does not count."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tenon.engine.duplicates.regions import REGION_NAMES
from tenon.engine.folding import fold, sort_key

_FORMS = """
股份有限责任公司 有限责任公司 股份有限公司 有限公司 集团公司 股份公司 总公司 公司 集团 控股 股份 有限合伙企业 有限合伙 普通合伙企业 普通合伙 特殊普通合伙 合伙企业
个人独资企业 个体工商户 (有限合伙) (普通合伙) (特殊普通合伙)
"""
FORMS = tuple(sorted(_FORMS.split(), key=len, reverse=True))
_LATIN_FORMS = """
co company ltd limited inc incorporated corp corporation llc llp lp plc gmbh mbh ag kg kgaa ohg ug se sa sas sarl srl spa bv nv oy ab as aps pte pty
sdn bhd kk group holding holdings the and und et
"""
LATIN_FORMS = frozenset(_LATIN_FORMS.split())
_LANDS = """
us: inc incorporated corp corporation llc|gb: plc llp|de: gmbh mbh ag kg kgaa ohg ug|fr: sas sarl sa|it: srl spa|nl: bv nv|se: ab|fi: oy|dk no: as aps|au: pty|sg: pte|my: sdn bhd|jp: kk
"""
LANDS: dict[str, frozenset[str]] = {
    form: frozenset(lands.split()) for lands, _, forms in (each.partition(":") for each in _LANDS.strip().split("|")) for form in forms.split()
}
"""Where a company with a legal form is registered, for forms that say so; Co. and Ltd. are used everywhere."""
_BRANCH = re.compile(r"(?<=.)(?:分公司|分部|分店|分行|支行|办事处|代表处|营业部|分厂|分院)\Z")
_BRACKETS = re.compile(r"[(\[【〔「](.*?)[)\]】〕」]")
_PLACE_ENDS = ("特别行政区", "自治区", "自治州", "省", "市", "区", "县")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SIGNS = re.compile(r"[^\w\s]|_")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")


class Company(NamedTuple):
    """The core name, the region in pinyin ("" when none is named), what tells a branch from its company ("" for the company itself), and the
    countries in which its legal form is one, none when it may be any."""

    core: str
    region: str = ""
    branch: str = ""
    lands: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def parse(name: str) -> Company:
    """Return a name taken apart; a core of its own is always left, the whole name if need be."""
    text = _DOTTED.sub(lambda found: found.group(0).replace(".", ""), fold(name))
    return _chinese(text.replace(" ", "")) if _CHINESE.search(text) else _latin(text)


def _chinese(text: str) -> Company:
    text, branch = _without_branch(text)
    inside = _BRACKETS.findall(text)
    text = _BRACKETS.sub("", text)
    core = _SIGNS.sub("", _without_forms(text))
    region, core = _leading_region(core)
    for each in inside:
        place, rest = _leading_region(each)
        if place and not rest:
            region = region or place
        elif each not in FORMS and each not in ("中国", "china"):
            core += _SIGNS.sub("", _without_forms(each))
    return Company(core or _SIGNS.sub("", text), region, branch)


def _without_branch(text: str) -> tuple[str, str]:
    """Return the name of the company that a branch belongs to, and what the branch is called."""
    rest = _BRANCH.sub("", text)
    if rest == text:
        return text, ""
    whole, form, where = rest.rpartition("公司")
    if whole:
        return whole + form, where or text[len(rest) :]
    size = next((n for n in range(min(8, len(rest) - 1), 1, -1) if _place(rest[-n:])), 0)
    return (rest[:-size], rest[-size:]) if size else (rest, text[len(rest) :])


def _without_forms(text: str) -> str:
    """Return a name without its legal form; one that is nothing else stays."""
    while True:
        form = next((each for each in FORMS if text.endswith(each) and len(text) > len(each)), None)
        if form is None:
            return text
        text = text[: -len(form)]


def _place(text: str) -> str:
    """Return a place in pinyin when a text is the name of one, "" otherwise."""
    plain = next((text[: -len(end)] for end in _PLACE_ENDS if text.endswith(end) and len(text) > len(end) + 1), text)
    return sort_key(plain) if plain in REGION_NAMES else ""


def _leading_region(text: str) -> tuple[str, str]:
    """Return the place that a name begins with, the last one where a province and a city stand there, and the rest of the name."""
    region = ""
    while True:
        size = next((n for n in range(min(8, len(text)), 1, -1) if _place(text[:n])), 0)
        if not size or (len(text) - size == 1):
            return region, text
        region, text = _place(text[:size]), text[size:]
        if not text:
            return region, text


def _latin(text: str) -> Company:
    region = ""
    for inside in _BRACKETS.findall(text):
        region = region or _latin_place(inside)
    words = _SIGNS.sub(" ", _BRACKETS.sub(lambda found: " " if _latin_place(found.group(1)) else found.group(0), text)).split()
    core = [word for word in words if word not in LATIN_FORMS] or words
    if len(core) > 1 and (place := _latin_place(core[0])):
        region, core = region or place, core[1:]
    core = core[:-1] if len(core) > 1 and core[-1] == "china" else core
    lands = frozenset[str]().union(*(LANDS.get(word, ()) for word in words if word not in core))
    return Company(" ".join(core), region, "", lands)


_LATIN_PLACES = frozenset(sort_key(name) for name in REGION_NAMES)


def _latin_place(text: str) -> str:
    plain = text.strip().replace(" ", "")
    return plain if plain in _LATIN_PLACES else ""
