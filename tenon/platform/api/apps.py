"""Apps: what is installed and available, installing, removing, exporting and importing them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tenon.engine import apps
from tenon.engine.apps import read_package
from tenon.engine.apps.install import find_app, install_all, uninstall
from tenon.engine.jobs import get
from tenon.engine.jobs.table import job_json
from tenon.engine.releases.publish import Release
from tenon.metamodel.errors import Conflict, Invalid, Problem, Unsupported
from tenon.metamodel.labels import say
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import Members, one_of
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.idempotent import idempotent_apart
from tenon.platform.api.uploads import read_upload

router = APIRouter(prefix="/apps")
DATA = ("keep", "archive", "remove")
ZIPS = ("application/zip", "application/octet-stream", "application/x-zip-compressed")
MOST_BYTES = 64 << 20


async def read_zip(request: Request, call: ThisCall) -> bytes:
    """Return the bytes of a package: the file of a form, or the body itself."""
    _ = call.builder()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ZIPS:
        return call.body
    if kind == "multipart/form-data":
        return (await read_upload(request, call)).content.read(MOST_BYTES + 1)
    message = say("This call takes the zip of an app.", "此调用需要应用的 zip 包。")
    raise Unsupported(Problem("", "bad_format", message, say("Send it as application/zip or as the field file of a form.", "请以 application/zip 或表单的 file 字段提交。")))


@router.get("")
def list_apps(call: ThisCall) -> Response:
    """Return the apps that are installed or could be."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        return answer({"apps": apps.list_apps(uow.model), "next": None})


@router.post("/import")
def import_app(call: ThisCall, package: Annotated[bytes, Depends(read_zip)]) -> Response:
    """Install the app in a zip."""
    call.params(())
    ctx = call.builder()

    def work() -> Response:
        read = read_package(package)
        return _published(call, read.name, install_all(call.platform.publisher, ctx, read).release)

    return idempotent_apart(call, work, body=package)


@router.post("/{name}/install")
def install_app(name: str, call: ThisCall) -> Response:
    """Install an app that comes with Tenon, with its sample records when asked."""
    call.params(())
    ctx = call.builder()
    members = Members(call.json_object(("demo_data", "accept")))
    demo, accept = members.truth("demo_data"), members.texts("accept", nullable=True)
    members.check()

    def work() -> Response:
        done = install_all(call.platform.publisher, ctx, find_app(name), demo_data=demo, accept=accept or ())
        return _published(call, name, done.release, done.job)

    return idempotent_apart(call, work)


@router.post("/{name}/uninstall")
def uninstall_app(name: str, call: ThisCall) -> Response:
    """Remove an app; ``data`` says what becomes of its records: keep (they wait in the trash), archive (30 days), remove."""
    call.params(())
    ctx = call.builder()
    members = Members(call.json_object(("data",)))
    data = one_of(members.text("data"), "data", DATA) or "keep"
    members.check()
    return idempotent_apart(call, lambda: _published(call, name, uninstall(call.platform.publisher, ctx, name, data)))  # type: ignore[arg-type]


@router.post("/{name}/upgrade")
def upgrade_app(name: str, call: ThisCall) -> Response:
    """Refuse: this version cannot upgrade an app in place."""
    call.params(())
    call.builder()
    body = call.json_object(("decisions", "dry_run"))
    Members(body).truth("dry_run")
    if not isinstance(body.get("decisions", {}), dict):
        raise Invalid(Problem("/decisions", "wrong_type", say("decisions is an object.", "decisions 应为对象。")))
    with call.platform.read() as uow:
        uow.model.get("app", name)
    message = say("This version of Tenon cannot upgrade an installed app.", "当前版本的 Tenon 尚不支持升级已安装的应用。")
    hint = say("Export it, then remove it keeping its data and import the new version.", "请先导出，再以保留数据的方式移除，然后导入新版本。")
    raise Conflict(Problem("", "refused", message, hint))


@router.get("/{name}/export")
def export_app(name: str, call: ThisCall) -> Response:
    """Return an installed app as a zip of readable JSON, without records."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        content = apps.export(uow.model, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


def _published(call: Call, name: str, release: Release, job: str | None = None) -> Response:
    """Answer with the release; with the job that loads sample records beside it, when there is one."""
    call.platform.principals.forget()
    body = {"app": name, "number": release.number, "note": release.note, "changes": list(release.summary)}
    if job is None:
        return answer(body)
    call.platform.wake()
    with call.platform.database.read() as connection:
        return answer({**job_json(get(connection, job), call.language), **body}, status=202, headers={"Location": f"/api/v1/jobs/{job}"})
