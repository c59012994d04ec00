"""The parts of the font: a page fetches those whose characters it shows, so each part holds exactly what its rule says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tenon.ui.assets import STATIC

ROOT = Path(__file__).parents[2]
FACE = re.compile(r"vendor/([\w-]+\.woff2).*?unicode-range: ([^;]+);", re.DOTALL)


def points(ranges: list[str]) -> set[int]:
    """Return the characters of hexadecimal ranges."""
    ends = [[int(end, 16) for end in each.removeprefix("U+").split("-")] for each in ranges]
    return {point for each in ends for point in range(each[0], each[-1] + 1)}


def test_every_part_holds_the_characters_that_its_rule_names() -> None:
    fonts = json.loads((ROOT / "web" / "assets.json").read_text("utf-8"))["fonts"]
    made = {name: points(ranges.split()) for parts in fonts.values() for name, ranges in parts.items()}
    asked = {name: points(ranges.split(", ")) for name, ranges in FACE.findall((STATIC / "css" / "tokens.css").read_text("utf-8"))}
    assert made == asked
    assert sum(map(len, made.values())) == len(set().union(*made.values()))
