from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from tenon.engine.context import Context
from tenon.engine.releases import changes, draft, list_releases, publish_documents
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.engine.releases.workspace import ADMIN, BUILDER, Workspace, customer, view


@pytest.fixture
def workspace(database: Any, moment: datetime) -> Workspace:
    return Workspace(database, moment)


SIZE = {"name": "size", "type": "integer"}


def test_publish_and_read_back(workspace: Workspace) -> None:
    assert workspace.model().release == 0
    release = workspace.publish(customer(SIZE), view(filter="size > 10", sort=["-size"]))
    assert release.number == 1
    model = workspace.model()
    assert model.release == 1
    assert set(model.entities["customer"].fields) >= {"name", "size", "owner"}
    stored = model.get("view", "all_customers").json
    assert stored["entity"] == model.entities["customer"].id
    assert "size" not in stored["filter"]
    assert workspace.get("view", "all_customers")["filter"] == "size > 10"
    assert workspace.get("view", "all_customers")["sort"] == ["-size"]
    assert {s["change"] for s in release.summary} == {"added"}
    with workspace.database.read() as connection:
        listed = list_releases(connection)
    assert (listed[0]["number"], listed[0]["by"]["title"]) == (1, "Ada")
    with pytest.raises(Conflict):
        workspace.publish()


def test_documents_may_come_in_any_order(workspace: Workspace) -> None:
    workspace.put(view(filter="size > 10"))
    checked = workspace.check()
    assert [e.problem.code for e in checked.errors] == ["unknown_name"]
    with pytest.raises(Invalid) as caught:
        workspace.publish()
    assert caught.value.problems[0].path.startswith("/view/all_customers/")
    workspace.publish(customer(SIZE))
    assert workspace.model().get("view", "all_customers").json["entity"] == workspace.model().entities["customer"].id


def test_wrong_expressions_are_refused_at_once(workspace: Workspace) -> None:
    workspace.put(customer(SIZE))
    for text, code in (("size >", "bad_expression"), ("size > 'x'", "type_mismatch")):
        with pytest.raises(Invalid) as caught:
            workspace.put(view(filter=text))
        assert caught.value.problems[0].code == code
        assert caught.value.problems[0].path == "/filter"


def test_rename_needs_no_change_of_expressions(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view(filter="size > 10", columns=["name", "size"]))
    document = workspace.get("entity", "customer")
    document["fields"][1]["name"] = "employees"
    document["name"] = "client"
    workspace.put(document, name="customer")
    assert workspace.get("view", "all_customers")["filter"] == "employees > 10"
    again = workspace.get("view", "all_customers")
    again["filter"] = "size > 20"
    shown, _ = workspace.put(again)
    assert (shown["filter"], shown["entity"], shown["columns"][1]["field"]) == ("employees > 20", "client", "employees")
    release = workspace.publish()
    assert not [s for s in release.plan.steps if not s.hidden]
    assert workspace.model().entities["client"].fields["employees"].column == workspace.model(1).entities["customer"].fields["size"].column


def test_a_name_in_the_address_has_to_fit(workspace: Workspace) -> None:
    with pytest.raises(Invalid):
        workspace.put(customer(), name="client")
    workspace.publish(customer())
    with pytest.raises(Invalid):
        workspace.put({**customer(), "name": "client"}, name="customer")


def test_stale_save_says_who_and_what(workspace: Workspace) -> None:
    workspace.publish(customer())
    model = workspace.model()
    with workspace.database.read() as connection:
        document, revision = draft.get(connection, model, "entity", "customer")
    workspace.put({**document, "icon": "users"}, ctx=BUILDER, if_match=revision)
    with pytest.raises(Conflict) as caught:
        workspace.put({**document, "icon": "house"}, if_match=revision)
    assert caught.value.extra["author"] == "Bob"
    assert caught.value.extra["difference"] == [{"pointer": "/icon", "id": document["id"], "from": "users", "to": "house"}]
    assert workspace.get("entity", "customer")["icon"] == "users"


def test_saving_what_is_published_leaves_no_draft(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view())
    workspace.put(view())
    workspace.put(customer(SIZE))
    model = workspace.model()
    with workspace.database.read() as connection:
        assert changes(connection, model) == []


def test_changes_item_by_item(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view())
    document = workspace.get("entity", "customer")
    document["fields"][1]["name"] = "employees"
    document["fields"].append({"name": "since", "type": "date"})
    workspace.put(document)
    workspace.delete("view", "all_customers")
    workspace.put({"kind": "segment", "name": "big", "entity": "customer", "filter": "employees > 100"})
    model = workspace.model()
    with workspace.database.read() as connection:
        found = {c["name"]: c for c in changes(connection, model)}
    assert next((i["pointer"], i["from"]) for i in found["customer"]["items"]) == ("/fields/1/name", "size")
    assert found["customer"]["items"][1]["to"]["name"] == "since"
    assert (found["all_customers"]["change"], found["big"]["change"]) == ("removed", "added")
    assert found["big"]["items"][0]["to"]["filter"] == "employees > 100"


def test_broken_references_are_named(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view(filter="size > 10"))
    workspace.put(customer())
    checked = workspace.check()
    assert [(r.document.name, r.problem.path, r.problem.code) for r in checked.references] == [("all_customers", "/filter", "would_break")]
    assert not checked.errors
    with pytest.raises(Conflict) as caught:
        workspace.publish()
    assert caught.value.problems[0].code == "would_break"
    workspace.delete("view", "all_customers")
    workspace.publish()
    assert workspace.model().release == 2


def test_losses_have_to_be_accepted(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE))
    workspace.add("customer", {"name": "A", "size": 5}, {"name": "B"})
    workspace.put(customer())
    with pytest.raises(Conflict) as caught:
        workspace.publish()
    assert caught.value.problems[0].code == "needs_acceptance"
    plan = caught.value.extra["plan"]
    assert [(s["kind"], s["safety"], s["rows"], s["examples"]) for s in plan] == [("drop_field", "lossy", 1, ["5"])]
    assert plan[0]["sql"]
    assert workspace.model().release == 1
    workspace.publish(accept=[plan[0]["id"]])
    assert "size" not in workspace.model().entities["customer"].fields
    workspace.restore(1)
    assert workspace.values("customer", "size") == [5, None]
    assert workspace.model().release == 3


def test_blocked_keys(workspace: Workspace) -> None:
    workspace.publish(customer())
    workspace.add("customer", {"name": "A"}, {"name": "A"})
    with pytest.raises(Conflict) as caught:
        workspace.publish(customer(keys=[["name"]]))
    assert caught.value.problems[0].code == "blocked"
    assert caught.value.extra["plan"][0]["examples"] == ["A"]


def test_restore_brings_entities_back(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view())
    workspace.add("customer", {"name": "A", "size": 5})
    workspace.delete("view", "all_customers")
    workspace.delete("entity", "customer")
    step = workspace.check().plan.steps[-1]
    assert (step.kind, step.safety) == ("drop_entity", "lossy")
    workspace.publish(accept=[step.id])
    assert not workspace.model().entities
    assert workspace.restore(1).restored_from == 1
    assert workspace.values("customer", "size") == [5]
    with pytest.raises(NotFound):
        workspace.restore(9)


def test_builders_do_not_change_roles(workspace: Workspace) -> None:
    role = {"kind": "role", "name": "sales", "grants": []}
    with pytest.raises(Forbidden):
        workspace.put(role, ctx=BUILDER)
    with pytest.raises(Forbidden):
        publish_documents(workspace.publisher, BUILDER, [role])
    with pytest.raises(Forbidden):
        workspace.put(customer(), ctx=Context(None))
    workspace.put(role)


def test_publish_documents_leaves_the_rest(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE))
    workspace.put({"kind": "segment", "name": "big", "entity": "customer", "filter": "size > 100"})
    publish_documents(workspace.publisher, ADMIN, [view(filter="size > 1")], note="folder")
    assert workspace.model().find("view", "all_customers") is not None
    assert workspace.model().find("segment", "big") is None
    assert workspace.get("segment", "big")["filter"] == "size > 100"
    release = publish_documents(workspace.publisher, ADMIN, [view(filter="size > 1"), customer(SIZE)])
    assert release.summary == ()
    with pytest.raises(Invalid) as caught:
        publish_documents(workspace.publisher, ADMIN, [{"kind": "view", "name": "x"}, {"kind": "vew"}])
    assert {p.path for p in caught.value.problems} == {"/view/x/entity", "/1/kind"}


def test_hooks_run_in_the_transaction(workspace: Workspace) -> None:
    seen: list[tuple[int, int]] = []
    late: list[int] = []

    def hook(uow: UnitOfWork, ctx: Context, old: Any, release: Any) -> None:
        seen.append((old.release, release.number))
        uow.after_commit.append(lambda: late.append(release.number))
        if release.number == 2:
            raise RuntimeError("the computing failed")

    object.__setattr__(workspace.publisher, "after_publish", (hook,))
    workspace.publish(customer())
    assert (seen, late) == ([(0, 1)], [1])
    with pytest.raises(RuntimeError):
        workspace.publish(customer(SIZE))
    assert workspace.model().release == 1
    assert workspace.check().plan.steps[0].kind == "add_field"


def test_disclosures_and_translations(workspace: Workspace) -> None:
    workspace.put(customer(SIZE, {"name": "twice", "type": "formula", "expr": "size * 2"}, label={"en": "Customer"}))
    workspace.put(
        {
            "kind": "role",
            "name": "sales",
            "grants": [{"entity": "customer", "actions": ["read"], "read": ["name", "twice"], "hide": ["size"]}],
        }
    )
    checked = workspace.check()
    assert [d.problem.path for d in checked.disclosures] == ["/grants/0/read/1"]
    assert checked.missing_translations == ({"kind": "entity", "name": "customer", "path": "/label", "language": "zh"},)


def test_a_release_that_is_loaded_again_is_not_read_again(workspace: Workspace) -> None:
    workspace.publish(customer(SIZE), view(filter="size > 10"))
    first, again = workspace.model(), workspace.model()
    assert first.get_entity("customer") is again.get_entity("customer")
    first.cache["kept"] = "true of one database only"
    assert again.cache == {} == workspace.model().cache
    workspace.publish(view(filter="size > 20"))
    later = workspace.model()
    assert later.get("entity", "customer") is first.get("entity", "customer")
    assert (workspace.model(1).get("view", "all_customers"), workspace.get("view", "all_customers")["filter"]) == (first.get("view", "all_customers"), "size > 20")


def test_many_documents_load(workspace: Workspace) -> None:
    entities = [{"kind": "entity", "name": f"e{i}", "fields": [{"name": f"f{j}", "type": "text"} for j in range(20)]} for i in range(30)]
    publish_documents(workspace.publisher, ADMIN, entities)
    assert len(workspace.model().entities) == 30


def test_a_draft_never_undoes_a_release_in_silence(workspace: Workspace) -> None:
    workspace.publish(customer())
    workspace.put(customer(icon="users"))
    publish_documents(workspace.publisher, ADMIN, [customer(SIZE)])
    assert [e.problem.code for e in workspace.check().errors] == ["conflict"]
    with pytest.raises(Conflict) as caught:
        workspace.publish()
    assert caught.value.problems[0].path == "/entity/customer"
    workspace.put({**workspace.get("entity", "customer"), "fields": [{"name": "name", "type": "text"}, SIZE]})
    workspace.publish()
    assert workspace.model().entities["customer"].icon == "users"
    assert "size" in workspace.model().entities["customer"].fields


def test_a_save_over_an_old_model_sees_the_release(workspace: Workspace) -> None:
    workspace.publish(customer())
    stale = workspace.model()
    workspace.publish(customer(SIZE))
    with workspace.database.write() as connection:
        draft.put(connection, ADMIN, stale, "entity", "customer", customer(), now=workspace.moment)
    assert [s.kind for s in workspace.check().plan.steps if not s.hidden] == ["drop_field"]


def test_two_saves_from_one_revision_at_once(workspace: Workspace) -> None:
    workspace.publish(customer())
    model = workspace.model()
    with workspace.database.read() as connection:
        document, revision = draft.get(connection, model, "entity", "customer")

    def save(icon: str) -> str:
        try:
            workspace.put({**document, "icon": icon}, if_match=revision)
        except Conflict:
            return "refused"
        return icon

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(save, ["users", "house", "star", "map"]))
    saved = [each for each in found if each != "refused"]
    assert saved == [workspace.get("entity", "customer")["icon"]]


def test_publishes_at_once_follow_each_other(workspace: Workspace) -> None:
    def go(n: int) -> int:
        return publish_documents(workspace.publisher, ADMIN, [{"kind": "entity", "name": f"e{n}"}]).number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(go, range(6))) == [1, 2, 3, 4, 5, 6]
    assert set(workspace.model().entities) == {f"e{n}" for n in range(6)}
