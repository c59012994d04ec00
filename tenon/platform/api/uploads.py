"""Files that come with a call, read by the multipart parser alone and only for people who are known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from tenon.metamodel.errors import Invalid, Problem, Unsupported
from tenon.metamodel.labels import say
from tenon.platform.api.calls import ThisCall

FIELD = "file"
MOST_FIELDS = 20
FIELD_BYTES = 1 << 20
CHUNK = 1 << 18


@dataclass(frozen=True)
class Upload:
    """A file as it came, spooled to disk when it is large, and the other fields of the form."""

    content: BinaryIO
    name: str
    fields: dict[str, str]

    def digest(self) -> bytes:
        """Return what stands for the whole call when two calls are compared; the content is left at its beginning."""
        self.content.seek(0)
        found = hashlib.sha256()
        while chunk := self.content.read(CHUNK):
            found.update(chunk)
        self.content.seek(0)
        for key, value in [("", self.name), *sorted(self.fields.items())]:
            found.update(f"\0{key}={value}".encode("utf-8", "surrogatepass"))
        return found.digest()


async def read_upload(request: Request, call: ThisCall) -> Upload:
    """Read the one file of a form. Raises Unauthenticated before anything is read, Unsupported, Invalid."""
    _ = call.ctx
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        message = say("This call takes a form with a file.", "此调用需要以表单上传文件。")
        raise Unsupported(Problem("", "bad_format", message, say("Send multipart/form-data with the field file.", "请以 multipart/form-data 提交 file 字段。")))
    form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=FIELD_BYTES)
    found = form.get(FIELD)
    if not isinstance(found, UploadFile):
        raise Invalid(Problem(f"/{FIELD}", "required", say("The file is missing.", "缺少文件。"), say("Send it as the field file.", "请以 file 字段提交。")))
    fields = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    return Upload(found.file, found.filename or "file", fields)


ThisUpload = Annotated[Upload, Depends(read_upload)]
