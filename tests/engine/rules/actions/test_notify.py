"""The action notify."""

from __future__ import annotations

from tenon.engine.notices.mailing import choose
from tenon.engine.outside import KeptMail
from tests.engine.rules.world import Rules, rule


def test_people_read_it_in_their_language_and_only_who_may_read_the_record(w: Rules) -> None:
    role = {"kind": "role", "name": "seller", "grants": [{"entity": "customer", "actions": ["read"], "where": "owner == user.id"}, {"entity": "notice", "actions": ["read"]}]}
    w.publish(role)
    lee, kim = w.person("lee", "seller", language="zh"), w.person("kim", "seller")
    title = {"en": "Look at this", "zh": "请查看"}
    w.publish(rule("tell", "created", {"type": "notify", "title": title, "to": ["owner", {"role": "seller"}, {"user": "KIM@tenon.example"}], "level": "urgent"}))
    ann = w.add("customer", name="Ann", owner=lee)
    w.add("customer", name="Bob", owner=kim)
    w.work()
    told = {(n["recipient"]["id"], n["title"], n["level"]) for n in w.records("notice", "recipient", "title", "level")}
    assert told == {(lee, "请查看 · Ann", "urgent"), (kim, "Look at this · Bob", "urgent")}
    assert sorted(mail[:2] for mail in sent(w)) == [("kim@tenon.example", "Look at this · Bob"), ("lee@tenon.example", "请查看 · Ann")]  # urgent ones come by mail too
    everything = {"kind": "role", "name": "reader", "grants": [{"entity": each, "actions": ["read"]} for each in ("customer", "contact", "notice")]}
    w.publish(everything, rule("left", "created", {"type": "notify", "title": title, "to": [{"user": "max@tenon.example"}, {"user": "sam@tenon.example"}]}, entity="contact"))
    blind = {"kind": "role", "name": "blind", "grants": [{"entity": each, "actions": ["read"]} for each in ("contact", "notice")]}
    w.publish(blind)
    people = w.person("max", "reader", language="zh"), w.person("sam", "blind")
    w.add("contact", name="苏晓", customer=ann)
    w.work()
    names = {n["recipient"]["id"]: n["title"] for n in w.records("notice", "recipient", "title") if n["recipient"]["id"] in people}
    assert names == {people[0]: "请查看 · 苏晓（Ann）", people[1]: "Look at this · 苏晓"}  # the customer is named to those who may see it


def test_by_mail_as_well_for_those_who_chose_it(w: Rules) -> None:
    """Urgent ones to who chose nothing, important ones to those who want alerts and tasks, everything to those who want all, in the language of each; none without a mail server."""
    people = {name: w.person(name, "admin", language=language) for name, language in (("lee", "zh"), ("kim", "en"), ("sam", "en"), ("max", "en"))}
    with w.platform.write() as uow:
        choose(uow, people["lee"], "alerts")
        choose(uow, people["kim"], "all")
        choose(uow, people["max"], "off")
    to = [{"user": f"{name}@tenon.example"} for name in people]
    for level in ("info", "urgent"):
        w.publish(rule(level, "created", {"type": "notify", "title": {"en": level, "zh": "请看"}, "text": {"en": "Why", "zh": "原因"}, "to": to, "level": level}))
    w.add("customer", name="Ann")
    w.work()
    kim = [("kim@tenon.example", f"{level} · Ann") for level in ("info", "urgent")]
    assert sorted(mail[:2] for mail in sent(w)) == [*kim, ("lee@tenon.example", "请看 · Ann"), ("sam@tenon.example", "urgent · Ann")]
    (text,) = [text for to, _, text in sent(w) if to.startswith("lee")]
    assert "原因" in text
    assert "/settings" in text
    w.platform.outside.mail.is_set_up = False  # type: ignore[misc]
    w.add("customer", name="Bob")
    w.work()
    assert (len(sent(w)), len(w.records("notice", "title"))) == (4, 16)


def sent(w: Rules) -> list[tuple[str, str, str]]:
    """Return to whom mail went, its subject and text."""
    mail = w.platform.outside.mail
    assert isinstance(mail, KeptMail)
    return [(each.to, each.subject, each.text) for each in mail.sent]
