"""What goes out of the workspace, for administrators: the queue, why something waits, and having it tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenon.engine import outbox
from tenon.engine.jobs.table import show_problem
from tenon.engine.outbox import STATES
from tenon.engine.outbox.channels import CHANNELS
from tenon.engine.webhooks import subscriptions
from tenon.metamodel.labels import Text, sentences
from tenon.platform import audit
from tenon.platform.rights import require_admin
from tenon.ui.backend.base import View, id_of
from tenon.ui.outgoing_shapes import DeliveryRow, OutgoingPage
from tenon.ui.shapes import Choice

SIZE = 50
CAUSES: dict[str, Text] = {
    "rule": Text("Rule", "规则"), "workflow": Text("Workflow", "流程"), "person": Text("Somebody", "人员"), "system": Text("The platform", "系统"),
    "api": Text("API", "接口"), "import": Text("Import", "导入"),
}  # fmt: skip


def page(view: View, chosen: Mapping[str, str], before: str | None) -> OutgoingPage:
    """Return deliveries newest first, narrowed by ``state`` and ``channel``. Raises Forbidden."""
    require_admin(view.ctx)
    connection = view.uow.connection
    state, channel = chosen.get("state"), chosen.get("channel") or None
    found = outbox.list_page(connection, states=[state] if state in STATES else (), channel=channel, before=before, limit=SIZE + 1)
    counted = outbox.counts(connection, channel=channel)
    channels = tuple(Choice(name, module.LABEL.show(view.language)) for name, module in CHANNELS.items())
    rows = tuple(_row(view, row) for row in found[:SIZE])
    return OutgoingPage(
        rows, {name: counted.get(name, 0) for name in STATES}, channels, rows[-1].id if len(found) > SIZE else None,
        any(row.state == "waiting" for row in rows),
    )  # fmt: skip


def of_endpoint(view: View, channel: str, endpoint: str, size: int) -> OutgoingPage:
    """Return the newest deliveries of one endpoint. Raises Forbidden."""
    require_admin(view.ctx)
    rows = tuple(_row(view, row) for row in outbox.list_page(view.uow.connection, channel=channel, endpoint=endpoint, limit=size))
    return OutgoingPage(rows, {}, (), None, any(row.state == "waiting" for row in rows))


def retry(view: View, id: str) -> None:
    """Have a failed delivery tried again. Raises Forbidden, NotFound, Conflict."""
    require_admin(view.ctx)
    row = outbox.replay(view.uow.connection, id_of(id))
    audit.write(view.uow.connection, view.ctx, "delivery.replay", "delivery", row["id"], {"title": row["title"]})


def retry_all(view: View, channel: str | None) -> int:
    """Have all dead letters tried again, those of a channel if named; return how many. Raises Forbidden."""
    require_admin(view.ctx)
    count = outbox.replay_all(view.uow.connection, channel=channel or None)
    audit.write(view.uow.connection, view.ctx, "delivery.replay_all", "delivery", None, {"channel": channel or None, "count": count})
    return count


def _row(view: View, row: Mapping[str, Any]) -> DeliveryRow:
    problem = show_problem(row["problem"], view.language) if row["problem"] else None
    is_dead = row["state"] == "dead"  # then nothing is tried again by itself, whatever was hoped for before
    hint = "" if problem is None or (is_dead and problem["code"] == "failed") else str(problem.get("hint") or "")
    told = sentences(view.language, [str(problem["message"]), hint]) if problem else None
    module, entity = CHANNELS.get(row["channel"]), view.model.entities.get(row["entity"] or "")
    label = module.LABEL.show(view.language) if module is not None else row["channel"]
    where = _names(view).get(row["endpoint"], row["endpoint"]) if row["channel"] == "webhook" else ""
    is_open = row["state"] in ("waiting", "failed")
    return DeliveryRow(
        row["id"], row["title"], f"{label} · {where}" if where else label, row["state"], row["attempts"], row["created_at"], row["next_at"] if is_open else None, row["ended_at"],
        told if row["state"] in ("failed", "dead") else None, _cause(view, row["cause"]),
        f"/records/{entity.name}/{row['record']}" if entity is not None and row["record"] else None, row["state"] in ("failed", "dead"),
    )  # fmt: skip


def _names(view: View) -> dict[str, str]:
    """Return what the webhooks of the workspace are called, read once a page."""
    found: dict[str, str] | None = view.uow.notes.get("webhook_names")
    if found is None:
        found = view.uow.notes["webhook_names"] = {each.id: each.name for each in subscriptions.every(view.uow)}
    return found


def _cause(view: View, cause: Mapping[str, Any] | None) -> str | None:
    if not cause:
        return None
    kind = CAUSES.get(str(cause.get("kind")))
    word = kind.show(view.language) if kind is not None else str(cause.get("kind") or "")
    return f"{word} {cause['label']}" if cause.get("label") else word
