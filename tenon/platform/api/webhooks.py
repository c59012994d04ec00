"""Webhooks out: who is told of what. Their deliveries, the dead ones among them, are those of the outbox."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.context import Context
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks import subscriptions
from tenon.engine.webhooks.signing import show_secret
from tenon.engine.webhooks.subscriptions import Webhook, webhook_json
from tenon.engine.webhooks.telling import last_states, ping
from tenon.platform import audit
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.bodies import Members
from tenon.platform.api.calls import PREFIX, Call, ThisCall, record_id

router = APIRouter()
FIELDS = ("name", "url", "events", "role", "active")


@router.get("/webhooks")
def list_webhooks(call: ThisCall) -> Response:
    """Return the webhooks with what became of their newest delivery; for administrators."""
    call.params(())
    call.admin()
    with call.platform.read() as uow:
        last = last_states(uow)
        shown = [{**webhook_json(uow.model, each), "last_state": last.get(each.id)} for each in subscriptions.every(uow)]
    return answer({"webhooks": shown, "next": None})


@router.post("/webhooks")
def create_webhook(call: ThisCall) -> Response:
    """Make a webhook and return it with its secret, this once."""
    call.params(())
    ctx, values = call.admin(), _values(call, "url", "events", "role")
    with call.platform.write() as uow:
        made = subscriptions.create(uow, ctx, values)
        _note(uow, ctx, "create", made, {"url": made.url})
        return answer({**webhook_json(uow.model, made), "secret": _secret(uow, made)}, 201, headers={"Location": f"{PREFIX}/webhooks/{made.id}"})


@router.get("/webhooks/{id}")
def get_webhook(id: str, call: ThisCall) -> Response:
    """Return a webhook."""
    call.params(())
    call.admin()
    with call.platform.read() as uow:
        found = subscriptions.get(uow, record_id(id))
        return answer({**webhook_json(uow.model, found), "last_state": last_states(uow).get(found.id)})


@router.patch("/webhooks/{id}")
def change_webhook(id: str, call: ThisCall) -> Response:
    """Change a webhook, or turn it on or off."""
    call.params(())
    ctx, values = call.admin(), _values(call)
    with call.platform.write() as uow:
        changed = subscriptions.change(uow, record_id(id), values)
        _note(uow, ctx, "change", changed, {key: value for key, value in values.items() if key in ("url", "active", "role", "events")})
        return answer(webhook_json(uow.model, changed))


@router.delete("/webhooks/{id}")
def delete_webhook(id: str, call: ThisCall) -> Response:
    """Delete a webhook."""
    call.params(())
    ctx = call.admin()
    with call.platform.write() as uow:
        found = subscriptions.get(uow, record_id(id))
        subscriptions.remove(uow, found.id)
        _note(uow, ctx, "delete", found, {"url": found.url})
    return empty()


@router.post("/webhooks/{id}/rotate")
def rotate_secret(id: str, call: ThisCall) -> Response:
    """Give a webhook another secret and return it, this once; for a day calls are signed with the one before, too."""
    call.params(())
    ctx = call.admin()
    call.json_object(())
    with call.platform.write() as uow:
        found = subscriptions.rotate(uow, record_id(id))
        _note(uow, ctx, "rotate", found, {})
        return answer({**webhook_json(uow.model, found), "secret": _secret(uow, found)})


@router.post("/webhooks/{id}/test")
def try_webhook(id: str, call: ThisCall) -> Response:
    """Send a call that says nothing but that calls arrive (202)."""
    call.params(())
    call.admin()
    call.json_object(())
    with call.platform.write() as uow:
        made = ping(uow, subscriptions.get(uow, record_id(id)))
        uow.after_commit.append(call.platform.wake)
    return answer({"delivery": made}, 202)


def _values(call: Call, *required: str) -> dict[str, Any]:
    body = call.json_object(FIELDS)
    members = Members(body)
    members.require(*required)
    members.text("name", nullable=True)
    members.text("url")
    members.texts("events")
    members.text("role")
    members.truth("active")
    members.check()
    return dict(body)


def _secret(uow: UnitOfWork, webhook: Webhook) -> str:
    return show_secret(subscriptions.keys_of(uow, webhook)[0])


def _note(uow: UnitOfWork, ctx: Context, what: str, webhook: Webhook, detail: dict[str, Any]) -> None:
    audit.write(uow.connection, ctx, f"webhook.{what}", "webhook", webhook.id, {"name": webhook.name, **detail})
