"""Apps: what is installed and available, installing, removing, exporting and importing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tenon.engine import apps
from tenon.engine.apps import read_package
from tenon.engine.apps.clashes import CHOICES, find_clashes
from tenon.engine.apps.gather import find_document, gather
from tenon.engine.apps.install import find_app, install_all, uninstall
from tenon.engine.apps.sample_marks import count_samples
from tenon.engine.apps.upgrade_words import say_upgrade
from tenon.engine.jobs import get
from tenon.engine.jobs.table import job_json
from tenon.engine.releases.publish import Release
from tenon.metamodel.errors import Invalid, Problem, Unsupported, pointer_of
from tenon.metamodel.labels import Text, say
from tenon.metamodel.merging import Side
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import Members, one_of
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.idempotent import idempotent_apart
from tenon.platform.api.uploads import read_upload

router = APIRouter(prefix="/apps")
SIDES = get_args(Side)
DATA = ("keep", "archive", "remove")
ZIPS = ("application/zip", "application/octet-stream", "application/x-zip-compressed")
MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Sent:
    """What a call was sent: its members, the zip when there is one, and the body as it came."""

    body: dict[str, Any]
    package: bytes | None
    raw: bytes


def _form_of(*keys: str) -> Callable[[Request, Call], Awaitable[Sent]]:
    """Return what reads a form with the zip as its file and other members as JSON text; the zip alone as the body, or JSON alone."""

    async def read(request: Request, call: ThisCall) -> Sent:
        _ = call.builder()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ZIPS:
            return Sent({}, call.body, call.body)
        if kind != "multipart/form-data":
            return Sent(call.json_object(keys), None, call.body)
        upload = await read_upload(request, call)
        content = upload.content.read(MOST_BYTES + 1)
        body: dict[str, Any] = {}
        for key in (key for key in keys if key in upload.fields):
            try:
                body[key] = orjson.loads(upload.fields[key])
            except orjson.JSONDecodeError as error:
                message = say("{name} is not JSON.", "{name} 不是 JSON。", name=key)
                raise Invalid(Problem(f"/{key}", "bad_format", message, say("Send it as JSON text.", "请以 JSON 文本提交。"))) from error
        return Sent(body, content, content + orjson.dumps(body))

    return read


read_upgrade = _form_of("decisions", "dry_run", "accept")
read_import = _form_of("clashes", "dry_run", "accept")


@router.get("")
def list_apps(call: ThisCall) -> Response:
    """Return the apps that are installed or could be, and how many sample records each has."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        samples = count_samples(uow)
        return answer({"apps": [{**app, "sample_records": samples.get(app["name"], 0)} for app in apps.list_apps(uow.model)], "next": None})


@router.post("/import")
def import_app(call: ThisCall, sent: Annotated[Sent, Depends(read_import)]) -> Response:
    """Install the app in a zip; ``clashes`` says what becomes of documents whose names are taken, ``dry_run`` lists them."""
    call.params(())
    ctx = call.builder()
    if sent.package is None:
        message = say("This call takes the zip of an app.", "此调用需要应用的 zip 包。")
        raise Unsupported(Problem("", "bad_format", message, say("Send it as application/zip or as the field file of a form.", "请以 application/zip 或表单的 file 字段提交。")))
    members = Members(sent.body)
    is_dry, accept = members.truth("dry_run"), members.texts("accept", nullable=True)
    members.check()
    clashes = _chosen(sent.body.get("clashes"), "clashes", CHOICES)
    content = sent.package

    def work() -> Response:
        read = read_package(content)
        if is_dry:
            return _names(call, read)
        return _published(call, read.name, install_all(call.platform.publisher, ctx, read, clashes=clashes, accept=accept or ()).release)

    return work() if is_dry else idempotent_apart(call, work, body=sent.raw)


def _names(call: Call, package: apps.Package) -> Response:
    """Answer with the names of a package that are taken here, and what can be chosen about each."""
    with call.platform.read() as uow:
        found = [
            {
                "key": clash.key, "kind": clash.document.kind, "name": clash.document.name, "label": clash.document.label.show(call.language),
                "here": {"id": clash.there.id, "name": clash.there.name, "label": clash.there.label.show(call.language), "app": clash.there.app}, "choices": list(clash.choices),
            }
            for clash in find_clashes(uow.model, package)
        ]  # fmt: skip
        return answer({"app": package.name, "version": package.app.body.version, "documents": len(package.documents), "clashes": found, "dry_run": True})


def _chosen(given: object, name: str, sides: tuple[Any, ...]) -> dict[str, Any]:
    """Return choices by key. Raises Invalid for what cannot be chosen."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Invalid(Problem(f"/{name}", "wrong_type", say("{name} is an object.", "{name} 应为 JSON 对象。", name=name)))
    wrong = [key for key, side in given.items() if side not in sides]
    if wrong:
        message = say("Choose one of {sides}.", "请选择其一：{sides}。", sides=", ".join(sides))
        raise Invalid([Problem(pointer_of([name, key]), "bad_choice", message, say("A dry run lists what can be chosen.", "试运行会列出可选项。")) for key in wrong[:20]])
    return dict(given)


@router.post("/package")
def package_app(call: ThisCall) -> Response:
    """Return the zip of an app made of chosen published documents; nothing changes here."""
    call.params(())
    call.builder()
    body = call.json_object(("name", "label", "version", "documents"))
    members = Members(body)
    name, version, documents = members.text("name"), members.text("version"), members.texts("documents")
    members.require("name", "documents")
    members.check()
    given = body.get("label")
    label = Text.of(given) if isinstance(given, dict | str) else Text(name, name)
    with call.platform.read() as uow:
        ids = [find_document(uow.model, each, f"/documents/{index}").id for index, each in enumerate(documents or ())]
        content, package = gather(uow.model, ids, name=name or "", label=label, version=version or "1.0.0")
    headers = {"Content-Disposition": f'attachment; filename="{package.name}.zip"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/zip", headers=headers)


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
def upgrade_app(name: str, call: ThisCall, sent: Annotated[Sent, Depends(read_upgrade)]) -> Response:
    """Merge a newer version into an installed app: the one that comes with Tenon, or that of a zip; with ``dry_run`` say what it would do."""
    call.params(())
    ctx = call.builder()
    members = Members(sent.body)
    is_dry, accept = members.truth("dry_run"), members.texts("accept", nullable=True)
    members.check()
    decisions = _chosen(sent.body.get("decisions"), "decisions", SIDES)
    with call.platform.read() as uow:
        uow.model.get("app", name)
    package = find_app(name) if sent.package is None else read_package(sent.package)
    if package.name != name:
        message = say("This is the package of {app}.", "这是 {app} 的应用包。", app=package.name)
        raise Invalid(Problem("/file", "refused", message, say("Send it to its own address.", "请提交到该应用的地址。")))
    if is_dry:
        return _preview(call, package, decisions)
    return idempotent_apart(
        call, lambda: _published(call, name, apps.upgrade(call.platform.publisher, ctx, package, decisions=decisions, accept=accept or ())), body=sent.raw,
    )


def _preview(call: Call, package: apps.Package, decisions: dict[str, Side]) -> Response:
    """Answer with the merge in words, its conflicts and the plan; nothing is done."""
    with call.platform.read() as uow:
        wanted = apps.plan_upgrade(uow.connection, uow.model, package, decisions)
        checked = apps.check_upgrade(uow.connection, uow.model, wanted, now=uow.now, zone=uow.timezone, stories=call.platform.publisher.stories)
        said = say_upgrade(uow.model, wanted)
        return answer({**said.to_json(wanted, call.language), **checked.to_json(uow.connection.dialect, call.language), "dry_run": True})


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
