"""Documents: the draft, what publishing it would do, publishing, releases."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.releases import draft, publish as publish_draft, restore as restore_release
from tenon.engine.releases.check import changes as list_changes, check_draft, settle
from tenon.engine.releases.meeting import meet_document, telling_sides
from tenon.engine.releases.publish import Release
from tenon.engine.releases.store import list_releases
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.digits import read_whole
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.intake import check_keys
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.references import items_of, members_of, users_of
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import Members, one_of
from tenon.platform.api.calls import Call, ThisCall
from tenon.platform.api.idempotent import idempotent_apart
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/metadata")


@router.get("")
def list_documents(call: ThisCall) -> Response:
    """Return the documents of the draft over the release, by kind and name, each with its state."""
    kind = one_of(call.params(("kind", *PAGING)).get("kind"), "kind", list(KINDS))
    call.builder()
    paging = Paging(call, "metadata", kind)
    with call.platform.read() as uow:
        listed = [{**each, "key": f"{each['kind']}/{each['name']}"} for each in draft.list_documents(uow.connection, uow.model, kind)]
    rest = [each for each in listed if paging.before is None or each["key"] > paging.before]
    return paging.answer(rest[: paging.fetch], key="key", show=lambda each: {k: v for k, v in each.items() if k != "key"})


@router.get("/changes")
def get_changes(call: ThisCall) -> Response:
    """Return the draft against the release, item by item."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        return answer({"changes": list_changes(uow.connection, uow.model), "next": None})


@router.delete("/changes")
def discard_changes(call: ThisCall) -> Response:
    """Throw the draft away, or with kind and name what it says about one document."""
    params = call.params(("kind", "name"))
    ctx, kind, name = call.builder(), params.get("kind"), params.get("name")
    if (kind is None) is not (name is None):
        hint = say("Without both the whole draft is thrown away.", "两者都不提供时将放弃整个草稿。")
        raise Invalid(Problem("/name", "required", say("Give kind and name, or neither.", "请同时提供 kind 和 name，或都不提供。"), hint))
    with call.platform.write() as uow:
        gone = draft.discard(uow.connection, ctx, uow.model, kind, name)
    return answer({"discarded": gone})


@router.post("/check")
def check(call: ThisCall) -> Response:
    """Return what publishing the draft would do: errors, broken references, the plan with rows touched, disclosures."""
    call.params(())
    call.builder()
    call.json_object(())
    with call.platform.read() as uow:
        checked = check_draft(uow.connection, uow.model, now=uow.now, zone=uow.timezone, stories=call.platform.publisher.stories)
        return answer(checked.to_json(uow.connection.dialect, call.language))


@router.post("/publish")
def publish(call: ThisCall) -> Response:
    """Publish the draft; steps that lose data have to be in ``accept``."""
    call.params(())
    ctx, (note, accept) = call.builder(), _order(call)
    return idempotent_apart(call, lambda: _published(call, publish_draft(call.platform.publisher, ctx, note=note, accept=accept)))


@router.get("/releases")
def get_releases(call: ThisCall) -> Response:
    """Return the releases, newest first."""
    call.params(PAGING)
    call.builder()
    paging = Paging(call, "releases", kind=int)
    with call.platform.read() as uow:
        return paging.answer(list_releases(uow.connection, before=paging.before, limit=paging.fetch), key="number")


@router.post("/releases/{number}/restore")
def restore(number: str, call: ThisCall) -> Response:
    """Publish the content of an earlier release as a new one."""
    call.params(())
    ctx, (note, accept) = call.builder(), _order(call)
    if read_whole(number) is None or len(number) > 9:
        raise not_found()
    publisher = call.platform.publisher
    return idempotent_apart(call, lambda: _published(call, restore_release(publisher, ctx, int(number), note=note, accept=accept)))


@router.get("/{kind}/{name}")
def get_document(kind: str, name: str, call: ThisCall) -> Response:
    """Return a document of the draft, else of the release; the ETag is its revision."""
    call.params(())
    call.builder()
    with call.platform.read() as uow:
        found, revision = draft.get(uow.connection, uow.model, kind, name)
    return answer(found, headers=_etag(revision))


@router.put("/{kind}/{name}")
def put_document(kind: str, name: str, call: ThisCall) -> Response:
    """Save a document in the draft; with If-Match only over the revision that was seen: else both sides are told, place by place."""
    call.params(())
    ctx, raw, seen = call.builder(), call.json(), call.if_match
    doubled = check_keys(call.body)
    if doubled:
        raise Invalid(doubled)
    with call.platform.write() as uow, telling_sides(lambda: meet_document(uow.connection, ctx, uow.model, kind, name, raw, revision=seen or "")):
        found, revision = draft.put(uow.connection, ctx, uow.model, kind, name, raw, now=uow.now, if_match=seen)
    return answer(found, headers=_etag(revision))


@router.delete("/{kind}/{name}")
def delete_document(kind: str, name: str, call: ThisCall) -> Response:
    """Remove a document in the draft."""
    call.params(())
    ctx = call.builder()
    with call.platform.write() as uow:
        draft.delete(uow.connection, ctx, uow.model, kind, name, now=uow.now, if_match=call.if_match)
    return empty()


@router.get("/{kind}/{name}/uses")
def get_uses(kind: str, name: str, call: ThisCall) -> Response:
    """Return who uses a document and its items, or with ``item`` (a name or an id) that one: document, place and the item used."""
    wanted = call.params(("item",)).get("item")
    call.builder()
    with call.platform.read() as uow:
        model = drafted(uow)
    document = model.get(kind, name)
    items = items_of(model, document)
    if wanted is None:
        found = [_use(model.documents[use.document_id], use.pointer, None) for use in users_of(model, document.id)]
        found += [_use(user, pointer, None) for user, pointer in (members_of(model, document) if kind == "app" else ())]
    else:
        found, items = [], {i: n for i, n in items.items() if wanted in (i, n)}
        if not items:
            raise not_found("/item")
    found += [_use(model.documents[use.document_id], use.pointer, shown) for i, shown in items.items() for use in users_of(model, i)]
    return answer({"uses": found, "next": None})


def _use(user: Document, pointer: str, item: str | None) -> dict[str, Any]:
    return {"kind": user.kind, "name": user.name, "label": user.label.to_json(), "path": pointer, "item": item}


def drafted(uow: UnitOfWork) -> Model:
    """Return the whole model of the draft."""
    return settle(uow.model, draft.overlay(uow.model, draft.load_edits(uow.connection).values()))[1]


def _order(call: Call) -> tuple[str | None, list[str]]:
    members = Members(call.json_object(("note", "accept")))
    note, accept = members.text("note", nullable=True), members.texts("accept", nullable=True)
    members.check()
    return note, accept or []


def _published(call: Call, release: Release) -> Response:
    call.platform.principals.forget()
    with call.platform.read() as uow:
        plan = release.plan.to_json(uow.connection.dialect, call.language)
    return answer({
        "number": release.number, "note": release.note, "restored_from": release.restored_from, "changes": list(release.summary), "plan": plan,
    })  # fmt: skip


def _etag(revision: str) -> dict[str, str]:
    return {"ETag": f'"{revision}"'}
