"""What file types share: which files may be attached, and reading the id of one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tenon.metamodel.fields._references import read_id
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place, wrong_type
from tenon.metamodel.labels import say
from tenon.metamodel.storage import Storage
from tenon.metamodel.types import Type

FileType = Annotated[str, Field(pattern=r"^(\.?[a-z0-9]{1,12}|[a-z]{1,20}/(\*|[a-z0-9.+-]{1,80}))$", examples=["image/*", "pdf"])]
"""A media type, ``image/*``, or the ending of a name, ``pdf``."""
MEGABYTE = 1024 * 1024


class AttachedSpec(FieldSpec):
    """A field that holds one uploaded file."""

    types: list[FileType] | None = None
    max_mb: Annotated[int, Field(ge=1, le=1000)] = 20

    def value_type(self) -> Type:
        """Return a file."""
        return Type("file")

    def storage(self) -> Storage:
        """Return the id of the file."""
        return Storage("id")

    def read(self, raw: Any, place: Place) -> str:
        """Return the id of a file from the id, or from the object that is shown for it."""
        if isinstance(raw, dict):
            raw = raw.get("id")
        if not isinstance(raw, str):
            raise wrong_type("the id that the upload gave", "上传后得到的文件编号")
        return read_id(raw)

    def taken_types(self) -> tuple[str, ...]:
        """Return the media types and endings that are taken; () for all."""
        return tuple(self.types or ())

    def check_file(self, name: str, media_type: str, size: int) -> None:
        """Raise `BadValue` for a file (size in bytes) that this field does not take."""
        if size > self.max_mb * MEGABYTE:
            message = say("The file is larger than {max} MB.", "文件超过 {max} MB。", max=self.max_mb)
            raise BadValue("over_limit", message, say("Choose a smaller file.", "请选择较小的文件。"))
        taken = self.taken_types()
        if taken and not any(_is_taken(kind, name.lower(), media_type.lower().split(";")[0].strip()) for kind in taken):
            message = say("Files of this type are not taken here.", "此处不接受该类型的文件。")
            raise BadValue("bad_format", message, say("Choose one of: {types}.", "请选择：{types}。", types=", ".join(taken)))


def _is_taken(kind: str, name: str, media_type: str) -> bool:
    if "/" not in kind:
        return name.endswith(f".{kind.lstrip('.')}")
    return media_type.startswith(kind[:-1]) if kind.endswith("/*") else media_type == kind
