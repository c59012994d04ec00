"""Webhooks in: the address of a rule is made and changed by administrators, and called by other systems."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.jobs.table import show_time
from tenon.engine.webhooks import incoming
from tenon.engine.webhooks.signing import ID, is_signed
from tenon.metamodel.errors import Invalid, NotFound, Problem, TooLarge, Unauthenticated, not_found
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.api.answers import answer, empty
from tenon.platform.api.calls import AnyCall, Call, ThisCall
from tenon.platform.hooks import renew
from tenon.platform.limits import Limit
from tenon.platform.secrets import hash_token

root = APIRouter()
router = APIRouter()
MOST_BYTES = 256_000
MINUTE = timedelta(minutes=1)
MOST_OF_HOOK, MOST_OF_ADDRESS, MOST_UNKNOWN = 600, 1_200, 30
"""So many calls a minute of one hook, of one address, and of an address that does not know a hook."""


@root.post("/hooks/{token}")
def call_hook(token: str, call: AnyCall) -> Response:
    """Wake the rule of this address (202); what comes twice under one ``webhook-id`` is done once and answered the same."""
    call.params(())
    address = str(call.address)
    _note(call, "address", MOST_OF_ADDRESS, address)
    if len(call.body) > MOST_BYTES:
        message = say("A call holds at most {n} KB.", "单次调用最多 {n} KB。", n=MOST_BYTES // 1000)
        raise TooLarge(Problem("", "too_long", message, say("Send less at once.", "请减少单次发送的内容。")))
    with call.platform.write() as uow:
        try:
            hook, rule = incoming.find(uow, hash_token(token))
        except NotFound:
            _note(call, "unknown", MOST_UNKNOWN, address)
            raise
        _note(call, "hook", MOST_OF_HOOK, rule.id)
        if getattr(rule.body.trigger, "signed", False) and not is_signed([incoming.key_of(uow, hook)], call.request.headers, call.body, now=uow.real_now):
            message = say("The signature does not fit.", "签名不正确。")
            raise Unauthenticated(Problem("", "forbidden", message, say("Sign after Standard Webhooks with the secret of this address.", "请使用该地址的密钥按 Standard Webhooks 签名。")))
        payload = call.json() if call.body else {}
        uow.after_commit.append(call.platform.wake)
        return answer(incoming.take(uow, rule, _id_of(call), payload), 202)


@router.get("/rules/{name}/hook")
def show_hook(name: str, call: ThisCall) -> Response:
    """Return since when a rule has an address, and when it was called last; the address itself was told when it was made."""
    call.params(())
    call.admin()
    with call.platform.read() as uow:
        found = incoming.hook_of(uow, incoming.rule_with_hook(uow, name).id)
        if found is None:
            raise not_found()
        return answer({"rule": name, "created_at": show_time(found["created_at"]), "last_at": show_time(found["last_at"])})


@router.post("/rules/{name}/hook")
def renew_hook(name: str, call: ThisCall) -> Response:
    """Give a rule an address and a secret, or others than before, and return them, this once."""
    call.params(())
    ctx = call.admin()
    call.json_object(())
    return answer(asdict(renew(call.platform, ctx, name)), 201)


@router.delete("/rules/{name}/hook")
def close_hook(name: str, call: ThisCall) -> Response:
    """Take the address of a rule away."""
    call.params(())
    ctx = call.admin()
    with call.platform.write() as uow:
        document = incoming.rule_with_hook(uow, name)
        incoming.close(uow, document.id)
        audit.write(uow.connection, ctx, "hook.close", "rule", document.id, {"rule": name})
    return empty()


def _id_of(call: Call) -> str | None:
    """Return what the other side calls this call."""
    sent = call.request.headers.get(ID) or call.request.headers.get("idempotency-key")
    if sent is not None and len(sent) > incoming.LONGEST_CALL:
        raise Invalid(Problem("", "too_long", say("The id of a call has at most {n} characters.", "调用编号最多 {n} 个字符。", n=incoming.LONGEST_CALL)))
    return sent


def _note(call: Call, kind: str, most: int, key: str) -> None:
    """Count a call. Raises TooMany."""
    state = call.request.app.state
    if not hasattr(state, "hook_limits"):
        state.hook_limits = {}
    limits: dict[str, Limit] = state.hook_limits
    limits.setdefault(kind, Limit(most, MINUTE, call.platform.outside.clock.real_now)).note(key)
