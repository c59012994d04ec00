"""The backend over a real workspace on both databases: pages there and back, exports, trash, forms and rights."""

from __future__ import annotations

import pytest

from tenon.engine.context import Context, User, system_context
from tenon.engine.records import writing
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, Stale
from tenon.platform.workspace import Platform
from tenon.ui.backend import exporting, forms, lists, menu, palette, people, record_page, saving, trashes
from tenon.ui.list_shapes import ColumnAsked, ListQuery
from tenon.ui.shapes import Link, ScoreMark
from tests import world
from tests.ui.backend.person import Person


def walk(who: Person, query: ListQuery) -> list[list[str]]:
    """Return the titles of every page forwards, having checked that the way back shows the same pages."""
    pages, cursors = [], [""]
    page = who.read(lists.list_page, "customer", query)
    pages.append([row.title for row in page.body.rows])
    while page.body.next:
        cursors.append(page.body.next)
        page = who.read(lists.list_page, "customer", ListQuery(sort=query.sort, limit=query.limit, cursor=page.body.next))
        pages.append([row.title for row in page.body.rows])
    back = [pages[-1]]
    while page.body.previous:
        page = who.read(lists.list_page, "customer", ListQuery(sort=query.sort, limit=query.limit, cursor=page.body.previous))
        back.append([row.title for row in page.body.rows])
    assert back[::-1] == pages
    assert page.body.first == 1
    return pages


@pytest.mark.parametrize("sort", ["", "name", "-name", "arr", "-arr", "industry", "-renewal", "owner"])
def test_pages_turn_there_and_back(platform: Platform, ann: Person, sort: str) -> None:
    rows = [
        {"name": f"{'创' if n % 3 else 'A'} {n % 4}", "arr": str(n % 3) if n % 2 else None, "industry": ("saas", None, "energy")[n % 3],
         "renewal": f"2026-03-0{n % 5 + 1}" if n % 4 else None}
        for n in range(17)
    ]  # fmt: skip
    ann.add("customer", rows)
    pages = walk(ann, ListQuery(sort=sort, limit=5))
    assert [len(page) for page in pages] == [5, 5, 5, 2]


def test_a_list_shows_scores_links_and_a_fault(platform: Platform, ann: Person) -> None:
    ann.add("customer", [{"name": "Big", "arr": "200000"}, {"name": "Small", "arr": "5"}])
    page = ann.read(lists.list_page, "customer", ListQuery(view="big_ones"))
    assert [row.title for row in page.body.rows] == ["Big"]
    mark = page.body.rows[0].values["health_score"]
    assert isinstance(mark, ScoreMark)
    assert mark.band is not None
    assert (mark.value, mark.band.label) == (60, "Watch")
    assert page.body.rows[0].values["owner.name"] == "Ann Lee"
    fault = ann.read(lists.list_page, "customer", ListQuery(filter="arrr > 3")).fault
    assert fault is not None
    assert fault.column == 1
    chosen = ann.read(lists.list_page, "customer", ListQuery(chosen={"health_band": ("risk", "nonsense'")}))
    assert [row.title for row in chosen.body.rows] == ["Small"]
    with pytest.raises(Malformed):
        ann.read(lists.list_page, "customer", ListQuery(cursor="51.nonsense"))


def test_an_export_is_the_list_in_words(platform: Platform, ann: Person) -> None:
    ann.add("customer", [{"name": "=1+1", "industry": "saas", "arr": "12.5"}])
    query = ListQuery(columns=tuple(map(ColumnAsked, ("name", "industry", "arr", "owner"))))
    lines = b"".join(exporting.export_list(platform, ann.ctx, "customer", query)).decode("utf-8-sig").splitlines()
    assert lines == ["Name,Industry,Contract value,Owner", "'=1+1,SaaS,12.50,Ann Lee"]


def test_ticked_records_go_to_the_trash_together_or_not_at_all(platform: Platform, ann: Person) -> None:
    one, two, three = ann.add("customer", [{"name": n} for n in ("One", "Two", "Three")])
    ann.add("order", [{"customer": two, "amount": "1"}])
    ann.add("contact", [{"name": "Mia", "customer": three}])
    with pytest.raises(Conflict):
        ann.write(trashes.delete_many, "customer", [one, two])
    assert ann.read(trashes.trash_page, "customer", "").rows == ()
    assert ann.write(trashes.delete_many, "customer", [one, three]) == 2
    rows = {row.title: row for row in ann.read(trashes.trash_page, "customer", "").rows}
    assert {title: (row.who, row.together) for title, row in rows.items()} == {"One": ("Ann Lee", 0), "Three": ("Ann Lee", 1)}
    assert ann.read(record_page.record_page, "customer", three, "").is_deleted
    assert ann.write(saving.restore, "customer", three).title == "Three"
    assert [row.title for row in ann.read(lists.list_page, "contact", ListQuery()).body.rows] == ["Mia"]


def test_what_is_typed_is_stored_and_comes_back(ann: Person) -> None:
    typed = {"name": "Typed", "arr": "¥12，000.5", "discount": "30", "renewal": "2026-05-01", "stage": "active", "tags": ["a", "b"]}
    made = ann.write(saving.save, "customer", None, typed, None)
    form = {f.name: f.value for f in ann.read(forms.form, "customer", made.id, None).fields()}
    shown = {name: form[name] for name in ("name", "arr", "discount", "renewal", "stage", "tags")}
    assert shown == {"name": "Typed", "arr": "12000.5", "discount": "30", "renewal": "2026-05-01", "stage": "active", "tags": ("a", "b")}
    assert form["owner"] == Link(ann.ctx.user_id or "", "Ann Lee")
    assert "lost_reason" not in form
    with pytest.raises(Invalid) as refused:
        ann.write(saving.save, "customer", made.id, {"stage": "lost"}, None)
    assert refused.value.problems[0].path == "/lost_reason"


def test_a_stale_save_keeps_what_others_wrote(platform: Platform, ann: Person) -> None:
    made = ann.write(saving.save, "customer", None, {"name": "Old", "arr": "1", "discount": "10"}, None)
    with platform.write() as uow:
        writing.change(uow, system_context(), uow.model.get_entity("customer"), made.id, {"arr": "2"})
    ann.write(saving.save, "customer", made.id, {"name": "New", "arr": "1", "discount": "10"}, 1)
    form = {f.name: f.value for f in ann.read(forms.form, "customer", made.id, None).fields()}
    assert (form["name"], form["arr"]) == ("New", "2")
    with pytest.raises(Stale):
        ann.write(saving.save, "customer", made.id, {"name": "Newer", "arr": "3"}, 1)
    clash = ann.read(saving.clash, "customer", made.id, {"name": "New", "arr": "3"}, 1)
    with pytest.raises(Stale):
        ann.write(saving.delete, "customer", made.id, 1)
    assert [(d.field.name, str(d.mine), str(d.theirs)) for d in clash.fields] == [("arr", "3.00", "2.00")]


def test_a_seller_reads_and_writes_only_her_own(platform: Platform, ann: Person) -> None:
    seller = Person(platform, Context(world.add_person(platform, "sam@example.com", "Sam Wu", ["seller"])))
    values = {"phone": "13800138000", "discount": "0.1"}
    own, other = ann.add("customer", [{"name": "Mine", "owner": seller.ctx.user_id, **values}, {"name": "Hers", **values}])
    page = seller.read(lists.list_page, "customer", ListQuery())
    assert [row.title for row in page.body.rows] == ["Mine"]
    assert "discount" not in {f.name for f in page.all_columns}
    facts = {
        f.field.name: f for b in seller.read(record_page.record_page, "customer", own, "tab2").tabs[1].blocks for g in b.content for f in g.facts
    }
    assert facts["phone"].is_masked
    assert "13800138000" not in str(facts["phone"].value)
    assert {f.name for f in seller.read(forms.form, "customer", own, None).fields() if f.read_only} >= {"phone"}
    for call in (lambda: seller.read(record_page.record_page, "customer", other, ""), lambda: seller.read(forms.form, "customer", other, None)):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(Forbidden):
        list(exporting.export_list(platform, seller.ctx, "customer", ListQuery()))
    with pytest.raises(Forbidden):
        seller.read(trashes.trash_page, "customer", "")
    with pytest.raises(Forbidden):
        seller.read(people.people, "", "")
    assert [g.label for g in seller.read(menu.menu)] == ["Data"]
    assert [item.label for item in seller.read(menu.menu)[0].items] == ["Customers", "Orders"]
    assert seller.read(palette.search, "hers", "") == []


def test_users_are_nobody_without_an_account(platform: Platform) -> None:
    nobody = Person(platform, Context(User("nobody", "", "Nobody")))
    assert nobody.read(menu.menu) == []
    with pytest.raises(NotFound):
        nobody.read(lists.list_page, "customer", ListQuery())
