"""A country or a region, by its code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar, Literal

from babel import Locale

from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import Text, say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

_CODE = re.compile(r"([A-Z]{2}(-[A-Z0-9]{1,3})?|[0-9]{6})\Z")


class RegionSpec(FieldSpec):
    """A country (ISO 3166, ``CN``), a part of one (``US-CA``) or a Chinese region (GB/T 2260, ``310115``).

    Only the form of a code is checked. Countries are shown by name, everything else by its code.
    """

    type: Literal["region"]

    input: ClassVar[str] = "region"
    icon: ClassVar[str] = "map"
    type_label: ClassVar[Text] = say("Region", "地区")
    type_help: ClassVar[Text] = say("A country or a region, by its code.", "国家或行政区划，以代码表示。")
    example: ClassVar[Text] = say("310115", "310115")

    def value_type(self) -> Type:
        """Return a short text: the code."""
        return Type("text", length=6)

    def storage(self) -> Storage:
        """Return a text: the code."""
        return Storage("text", length=6)

    def read(self, raw: Any, place: Place) -> str:
        """Return the code, from the code or from ``{"code", "name"}``."""
        code = raw.get("code") if isinstance(raw, dict) and raw.keys() <= {"code", "name"} else raw
        if not isinstance(code, str):
            raise wrong_type("the code of a region", "地区代码")
        if not _CODE.match(code):
            hint = say(
                "Use a country code such as CN, or six digits such as 310115.", "请使用国家代码（如 CN）或六位区划代码（如 310115）。"
            )
            raise BadValue("bad_format", say("This is not the code of a region.", "这不是有效的地区代码。"), hint)
        return code

    def show(self, value: str | None) -> dict[str, str] | None:
        """Return ``{"code", "name"}``, the name in English; `region_name` gives both languages."""
        return None if value is None else {"code": value, "name": region_name(value).show("en")}


@lru_cache(maxsize=2000)
def region_name(code: str) -> Text:
    """Return the name of a country in both languages, the code itself for anything else."""
    names = {language: Locale(language).territories.get(code, code) for language in ("en", "zh")}
    return Text(names["en"], names["zh"]) if len(code) == 2 else Text(code, code)
