"""The kind workflow: steps inside steps, ids that people choose, and what the whole of it may not say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.naming import to_shown
from tenon.metamodel.references import users_of
from tenon.metamodel.steps import STEPS
from tests.metamodel.kinds.contract import QUOTE, WORKFLOW, found, read, refused, with_world

TWICE = {"kind": "workflow", "name": "follow_up", "entity": "customer", "steps": [{"type": "for_each", "relation": "quotes", "where": "discount > 0", "steps": [
    {"type": "branch", "paths": [{"when": "status == 'draft' and customer.arr > 0", "steps": [{"type": "set_fields", "fields": {"discount": "discount / 2"}}]}]}]}]}  # fmt: skip


def test_the_example_is_read_to_the_letter() -> None:
    body = read(WORKFLOW).body
    boss = body.steps[0].paths[0].steps[0]
    assert [step.id for step in (*body.steps, boss)] == ["check", "done", "pause", "boss"]
    assert (boss.approvers.manager_of, boss.on_due.escalate_to.role, body.steps[2].for_) == ("owner", "director", "3 days")
    back = copy.deepcopy(WORKFLOW)
    back["steps"][0]["paths"][0]["steps"][0]["reject"] = "back_to:ask"
    back["steps"].insert(0, {"id": "ask", "type": "task", "title": {"en": "Correct it"}, "assign_to": "owner"})
    assert found(with_world(back), "discount_approval") == []


def test_every_action_that_runs_after_is_a_step() -> None:
    assert {name for name, action in ACTIONS.items() if action.AFTER} < set(STEPS)
    assert "refuse" not in STEPS
    labelled = {**WORKFLOW, "steps": [{"id": "tell", "label": {"en": "Tell them"}, "type": "notify", "to": ["owner", {"role": "csm"}], "title": {"en": "Look"}}]}
    assert found(with_world(labelled), "discount_approval") == []


def test_ids_that_people_chose_stay_and_others_are_given() -> None:
    model = with_world({**WORKFLOW, "steps": [*WORKFLOW["steps"], {"type": "end"}]})
    shown = to_shown(model.get("workflow", "discount_approval"), model)
    assert [step["id"] for step in shown["steps"][:3]] == ["check", "done", "pause"]
    assert len(shown["steps"][3]["id"]) == len(shown["steps"][0]["paths"][0]["id"]) == 36


def test_what_stands_in_a_step_for_each_is_read_in_the_far_record() -> None:
    model = with_world(TWICE)
    assert found(model, "follow_up") == []
    document = model.get("workflow", "follow_up")
    shown = to_shown(document, model)
    inner = shown["steps"][0]["steps"][0]["paths"][0]
    assert inner["steps"][0]["fields"] == {"discount": "discount / 2"}
    discount = model.get_entity("quote").get_field("discount")
    assert document.id in {use.document_id for use in users_of(model, discount.id)}
    renamed = copy.deepcopy(QUOTE) | {"id": model.get_entity("quote").id, "fields": [
        {**field, "name": "rebate", "id": discount.id} if field["name"] == "discount" else field for field in QUOTE["fields"]]}
    after = with_world(renamed, {**shown}, base=model)
    assert to_shown(after.get("workflow", "follow_up"), after)["steps"][0]["steps"][0]["paths"][0]["steps"][0]["fields"] == {"rebate": "rebate / 2"}


def _each(relation: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "for_each", "relation": relation, "steps": list(steps), **more}


def test_what_stands_in_one_inside_another_is_read_in_the_farther_record() -> None:
    inner = _each("quotes", {"type": "set_fields", "fields": {"discount": "discount / 2"}}, where="discount > 0")
    update = {"type": "update_records", "relation": "quotes", "where": "discount > 0.5", "fields": {"discount": "discount - 0.1"}}
    model = with_world({**TWICE, "steps": [_each("subsidiaries", inner, update)]})
    assert found(model, "follow_up") == []
    document, discount = model.get("workflow", "follow_up"), model.get_entity("quote").get_field("discount")
    assert str(document.json["steps"]).count(discount.id.replace("-", "")) == 6
    shown = to_shown(document, model)["steps"][0]["steps"]
    assert (shown[0]["where"], shown[0]["steps"][0]["fields"]) == ("discount > 0", {"discount": "discount / 2"})
    assert (shown[1]["where"], shown[1]["fields"]) == ("discount > 0.5", {"discount": "discount - 0.1"})
    wrong = _each("subsidiaries", _each("quotes", {"type": "set_fields", "fields": {"arr": "1"}}, where="arr > 0"), {**update, "relation": "discounts"})
    assert {("/steps/0/steps/0/where", "unknown_name"), ("/steps/0/steps/0/steps/0/fields/arr", "unknown_name"), ("/steps/0/steps/1/relation", "unknown_name")} <= set(
        found(with_world({**TWICE, "steps": [wrong]}), "follow_up"))  # fmt: skip
    deep = _each("subsidiaries", _each("subsidiaries", _each("subsidiaries", _each("quotes"))))
    assert found(with_world({**TWICE, "steps": [deep]}), "follow_up") == [("/steps/0/steps/0/steps/0/steps/0/type", "out_of_range")]


def _steps(*steps: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return found(with_world({**WORKFLOW, "exit_when": None, **more, "steps": list(steps)}), "discount_approval")


ASK = {"type": "task", "title": {"en": "Ask"}, "assign_to": "owner"}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"type": "end"}, {"type": "end"}], ("/steps/1", "unreachable")),
        ([{"type": "wait"}], ("/steps/0", "required")),
        ([{"type": "wait", "for": "3 days", "or_after": "9 days"}], ("/steps/0/or_after", "mixed_model")),
        ([{"type": "wait", "for": "36501 days"}], ("/steps/0/for", "out_of_range")),
        ([{"type": "wait", "when": "discount > 1", "or_after": {"for": "999999 months"}}], ("/steps/0/or_after/for", "out_of_range")),
        ([{"type": "wait", "for": "3 days", "when": "discount > 1"}], ("/steps/0/for", "mixed_model")),
        ([{"type": "wait", "until": "valid_until", "event": "login"}], ("/steps/0/until", "mixed_model")),
        ([{"type": "approval", "approvers": "owner", "editable": ["discount", "created_at"]}], ("/steps/0/editable/1", "read_only")),
        ([{"type": "wait", "until": "discount"}], ("/steps/0/until", "type_mismatch")),
        ([{"type": "approval", "approvers": "owner", "reject": "back_to:nowhere"}], ("/steps/0/reject", "unknown_name")),
        ([{"type": "approval", "approvers": [{"expression": "customer"}]}], ("/steps/0/approvers/0/expression", "type_mismatch")),
        ([{"type": "form", "form": "customer_form", "assign_to": "owner"}], ("/steps/0/form", "type_mismatch")),
        ([{**ASK, "on_due": {"remind": True}}], ("/steps/0/due_hours", "required")),
        ([{**ASK, "due_hours": 2, "on_due": {"decide": "approve"}}], ("/steps/0/on_due/decide", "unknown_name")),
        ([{**ASK, "assign_to": {"field": "owner", "role": "csm"}}], ("/steps/0/assign_to", "required")),
        ([{"type": "subflow", "workflow": "discount_approval"}], ("/steps/0/workflow", "circle")),
        ([{"type": "subflow", "workflow": "nothing"}], ("/steps/0/workflow", "unknown_name")),
        ([{"type": "parallel", "paths": [{"steps": [{"type": "set_fields", "fields": {"discount": "'x'"}}]}]}], ("/steps/0/paths/0/steps/0/fields/discount", "type_mismatch")),
    ],
)
def test_what_does_not_fit_together_is_said(steps: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    assert expected in _steps(*steps)


def test_what_may_be_said_is_not_refused() -> None:
    assert _steps({"id": "a", **ASK, "due_hours": 2, "on_due": {"decide": "ok"}, "outcomes": [{"name": "ok", "steps": [{"type": "end"}]}]}) == []
    assert _steps({"type": "wait", "until": "valid_until"}, {"type": "wait", "when": "status == 'approved'", "or_after": {"for": "2 days", "steps": [{"type": "end"}]}}) == []
    assert _steps({"id": "a", **ASK}, {"type": "branch", "paths": [{"steps": [{"type": "approval", "approvers": ["owner"], "reject": "back_to:a"}]}]}) == []


def test_the_shape_is_refused_where_it_is_wrong() -> None:
    assert ("/steps/0/id", "bad_format") in refused({**WORKFLOW, "steps": [{"type": "end", "id": "Not So"}]})
    assert ("/steps/0/type", "bad_choice") in refused({**WORKFLOW, "steps": [{"type": "refuse"}]})
    assert ("/steps/0/for", "bad_format") in refused({**WORKFLOW, "steps": [{"type": "wait", "for": "soon"}]})
    assert ("/steps/0/event", "required") in refused({**WORKFLOW, "steps": [{"type": "wait", "event": ""}]})
    assert ("/steps/1/id", "not_unique") in refused({**WORKFLOW, "steps": [{"type": "end", "id": "a"}, {"type": "end", "id": "a"}]})
    assert ("/enrol", "mixed_model") in _steps(entity="customer", start=None, enrol={"segment": "vip_at_risk"})
