"""An uploaded picture."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.fields._files import AttachedSpec
from tenon.metamodel.labels import Text, say

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Pictures that a browser shows and that cannot hold programs."""


class ImageSpec(AttachedSpec):
    """One uploaded picture, shown in place."""

    type: Literal["image"]

    input: ClassVar[str] = "image"
    icon: ClassVar[str] = "image"
    type_label: ClassVar[Text] = say("Picture", "图片")
    type_help: ClassVar[Text] = say("One uploaded picture, shown in place.", "一张上传的图片，直接显示。")
    example: ClassVar[Text] = say("0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000001")
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False

    def taken_types(self) -> tuple[str, ...]:
        """Return the types listed, else the pictures that browsers show."""
        return tuple(self.types or PICTURES)
