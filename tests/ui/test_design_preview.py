"""The preview of a form over HTTP: conditions over what is typed, roles, languages, and that nothing is saved."""

from __future__ import annotations

from typing import Any

from httpx import Response
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests import world
from tests.ui.conftest import Site
from tests.ui.test_design import csrf, make, step

URL = "/design/form/customer_form/preview"


def look(client: TestClient, url: str = URL, **typed: str) -> Response:
    sent: dict[str, Any] = {"csrf": csrf(client), "form.preview": "1", **{key.replace("__", "."): value for key, value in typed.items()}}
    return client.post(url, data=sent, headers={"HX-Request": "true"})


def customers(site: Site) -> int:
    with site.platform.read() as uow:
        table = uow.tables.of(uow.model.get_entity("customer"))
        return int(uow.connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_conditions_follow_what_is_typed(member: TestClient, site: Site) -> None:
    before = customers(site)
    assert "As yourself" in member.get(URL).text
    assert "Why lost" not in look(member, stage="active").text
    lost = look(member, stage="lost", name="Ada").text
    assert "Why lost" in lost
    assert 'value="Ada"' in lost
    tried = look(member, stage="lost", then="try", name="Ada")
    assert "Why lost is missing." in tried.text
    fine = look(member, stage="lost", then="try", name="Ada", lost_reason="Too dear")
    assert "This could be saved as it is." in fine.text
    assert customers(site) == before


def test_the_draft_is_tried_and_not_the_release(member: TestClient) -> None:
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": {"name": "mood", "type": "choice", "label": {"en": "Mood"}, "options": [{"name": "good"}, {"name": "bad"}]}})
    section = {"label": {"en": "Only in the draft"}, "visible": "mood == 'bad'", "items": [{"field": "notes"}]}
    step(member, "/design/form/customer_form", {"op": "insert", "at": "/sections/0/items", "value": {"field": "mood"}}, {"op": "insert", "at": "/sections", "value": section})
    assert "Mood" in look(member).text
    assert "Only in the draft" not in look(member, mood="good").text
    assert "Only in the draft" in look(member, mood="bad").text


def test_an_entity_of_the_draft_has_a_preview(member: TestClient) -> None:
    make(member, kind="entity", label="Robot")
    make(member, kind="form", label="Robot form", entity="robot")
    page = look(member, "/design/form/robot_form/preview", name="R2")
    assert page.status_code == 200
    assert 'value="R2"' in page.text


def test_a_role_sees_what_it_may_and_a_language_its_texts(member: TestClient, seller: TestClient) -> None:
    assert 'name="discount"' in look(member).text
    as_seller = look(member, form__role="seller", form__lang="zh").text
    assert 'name="discount"' not in as_seller
    assert "基本信息" in as_seller
    assert 'lang="zh-CN"' in as_seller
    make(member, kind="form", label="Order form", entity="order")
    refused = look(member, "/design/form/order_form/preview", form__role="seller").text
    assert "This role may not make new records of Order" in refused
    assert seller.get(URL).status_code == 403
    assert member.get("/design/form/none/preview").status_code == 404


def test_steps_follow_their_sections(member: TestClient) -> None:
    url = "/design/form/customer_form"
    steps = [{"label": {"en": "Who"}, "sections": [0]}, {"label": {"en": "How much"}, "sections": [1]}]
    done = step(member, url, {"op": "set", "at": "/steps", "value": steps})
    assert "Step 2" in done.text
    shown = look(member).text
    assert 'aria-current="step"' in shown
    assert "Next step" in shown
    moved = step(member, url, {"op": "insert", "at": "/sections", "index": 0, "value": {"label": {"en": "First of all"}, "items": []}})
    assert moved.status_code == 200
    document = member.get("/api/v1/metadata/form/customer_form").json()
    assert [s["sections"] for s in document["steps"]] == [[1], [2]]
    gone = step(member, url, {"op": "remove", "item": document["sections"][1]["id"]})
    assert gone.status_code == 200
    assert [s["sections"] for s in member.get("/api/v1/metadata/form/customer_form").json()["steps"]] == [[1]]


def test_a_condition_over_what_the_database_does_not_know_is_said(member: TestClient, site: Site) -> None:
    step(member, "/design/entity/customer", {"op": "insert", "at": "/fields", "value": {"name": "mood", "type": "text", "label": {"en": "Mood"}}})
    make(member, kind="form", label="Order form", entity="order")
    url = "/design/form/order_form"
    place = member.get("/api/v1/metadata/form/order_form").json()["sections"][0]["id"]
    done = step(member, url, {"op": "insert", "at": f"/sections/{place}/items", "value": {"text": {"en": "They are happy."}, "visible": "customer.mood == 'good'"}})
    assert done.status_code == 200
    assert look(member, f"{url}/preview").status_code == 200
    chosen = look(member, f"{url}/preview", customer=site.ids[0])
    assert chosen.status_code == 200
    assert "not published yet" in chosen.text


def test_trying_a_form_as_a_role_shows_nothing_that_only_the_role_may_see(member: TestClient, site: Site, new_client: Any) -> None:
    grants = [{"entity": "order", "actions": ["read", "create"]}, {"entity": "customer", "actions": ["read"]}]
    put = member.put("/api/v1/metadata/role/clerk", json={"kind": "role", "name": "clerk", "grants": grants})
    assert put.status_code == 200, put.text
    make(member, kind="form", label="Order form", entity="order")
    url, one = "/design/form/order_form/preview", site.ids[0]
    name = member.get(f"/api/v1/records/customer/{one}").json()["name"]
    assert name in look(member, url, customer=one, form__role="clerk").text
    bea = new_client(world.add_person(site.platform, "bea@example.com", "Bea", ["builder"]))
    answer = look(bea, url, customer=one, form__role="clerk")
    assert (answer.status_code, name in answer.text, one in answer.text) == (200, False, False)
