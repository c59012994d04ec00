"""An uploaded file."""

from __future__ import annotations

from typing import ClassVar, Literal

from tenon.metamodel.fields._files import AttachedSpec
from tenon.metamodel.labels import Text, say


class FileSpec(AttachedSpec):
    """One uploaded file of any type, or of the types listed."""

    type: Literal["file"]

    input: ClassVar[str] = "file"
    icon: ClassVar[str] = "paperclip"
    type_label: ClassVar[Text] = say("File", "文件")
    type_help: ClassVar[Text] = say("One uploaded file, such as a contract.", "一个上传的文件，例如合同。")
    example: ClassVar[Text] = say("0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000001")
    is_sortable: ClassVar[bool] = False
    may_be_unique: ClassVar[bool] = False
