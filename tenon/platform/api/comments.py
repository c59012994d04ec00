"""Comments on the documents of the draft: what builders say to each other before it is published."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.releases.comments import LONGEST, add_comment, delete_comment, find_edit, list_comments
from tenon.metamodel.kinds import KINDS
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import one_of
from tenon.platform.api.calls import ThisCall, record_id
from tenon.platform.api.paging import PAGING, Paging

router = APIRouter(prefix="/metadata")


@router.get("/comments")
def get_comments(call: ThisCall) -> Response:
    """Return what was said about the documents of the draft, the oldest first; with kind and name about one of them."""
    params = call.params(("kind", "name", *PAGING))
    kind, name = one_of(params.get("kind"), "kind", list(KINDS)), params.get("name")
    call.builder()
    paging = Paging(call, "comments", kind, name)
    with call.platform.read() as uow:
        listed = [{**c.to_json(), "key": f"{c.at.isoformat()} {c.id}"} for c in list_comments(uow.connection, kind, name)]
    rest = [each for each in listed if paging.before is None or each["key"] > paging.before]
    return paging.answer(rest[: paging.fetch], key="key", show=lambda each: {k: v for k, v in each.items() if k != "key"})


@router.post("/{kind}/{name}/comments")
def create_comment(kind: str, name: str, call: ThisCall) -> Response:
    """Say something about a document of the draft."""
    call.params(())
    ctx = call.builder()
    text = call.text_of(call.json_object(("text",)), "text", limit=LONGEST)
    with call.platform.write() as uow:
        document, made = find_edit(uow.connection, kind, name).document_id, uow.new_id()
        add_comment(uow.connection, ctx, document, text, id=made, now=uow.now)
        return answer(next(c for c in list_comments(uow.connection) if c.id == made).to_json(), status=201)


@router.delete("/comments/{id}")
def remove_comment(id: str, call: ThisCall) -> Response:
    """Take back what one said oneself."""
    call.params(())
    ctx = call.builder()
    with call.platform.write() as uow:
        delete_comment(uow.connection, ctx, record_id(id))
    return empty()
