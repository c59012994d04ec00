"""Templates: hostile ones are refused before anything runs, values stay values, and what is written fits where it goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.formats import Formats
from tenon.engine.messages.rendering import render, write
from tenon.engine.messages.shown import EMPTY, Shown
from tenon.metamodel.errors import Invalid
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.templates.syntax import parse

HOSTILE = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ record.__class__.__init__.__globals__ }}", "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ lipsum.__globals__ }}", "{{ config }}", "{{ request }}", "{{ namespace }}",
    "{% for i in range(10**9) %}x{% endfor %}", "{{ 'a' * 10**9 }}", "{{ 2 ** 4000000 }}", "{{ '%999999999s' % 1 }}", "{{ '{:999999999}'.format(1) }}",
    "{{ record.name.upper() }}", "{{ record['name'] }}", "{{ record.name|attr('__class__') }}", "{{ record.name|format(1) }}", "{{ record.name|safe }}",
    "{{ record.name|map('upper')|list }}", "{{ record.name|truncate(999999999) }}", "{{ record.name|default(record.secret) }}",
    "{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% extends 'base.html' %}", "{% set x = record %}", "{% macro m() %}{{ m() }}{% endmacro %}",
    "{% block b %}{% endblock %}", "{% filter upper %}x{% endfilter %}", "{% call m() %}{% endcall %}", "{% with x=1 %}{% endwith %}",
    "{% autoescape false %}{{ record.name }}{% endautoescape %}", "{{ [1, 2, 3] }}", "{{ {'a': 1} }}", "{{ 'a' ~ 'b' }}", "{{ record.name is defined }}",
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}", "{{ " + " or ".join(["1"] * 3_000) + " }}", "{{ " + "not " * 3_000 + "1 }}",
    "{% for x in record %}{% endfor %}", "{% for x in a %}{% for y in b %}{% endfor %}{% endfor %}", "{% for x in a recursive %}{{ loop(x) }}{% endfor %}",
    "{% for a, b in c %}{% endfor %}", "{% for x in a if x.y %}{% endfor %}", "{% for x in a %}{{ loop.index }}{% endfor %}", "{% for x in a %}{% endfor %}{{ x.name }}",
    "{% for x in a %}{{ x.__class__ }}{% endfor %}", "{% for record in a %}{% endfor %}", "{% for x in 'abc' %}{% endfor %}", "{% for x in a|upper %}{% endfor %}",
    "{% for x in a.b %}{% endfor %}", "{% for x in x %}{% endfor %}", "{% for x in today %}{% endfor %}", "{% for x in a %}{{ x['b'] }}{{ a }}{% endfor %}", "{{ a }}",
    "{% if 1 %}" * 500 + "{% endif %}" * 500, "{{ record.name", "{% if record.name %}", "x" * 20_001, "{{ record_Xname }}", "{{ _formats }}", "{{ 1 + 1 }}",
)  # fmt: skip
SECRET = "s3cret"


def formats(language: str = "en") -> Formats:
    return Formats(language, "Asia/Shanghai", lambda: datetime(2026, 3, 2, 1, tzinfo=UTC))


def message(subject: str = "S", body: str = "B", **more: Any) -> MessageKind:
    return MessageKind.model_validate({"name": "m", "channel": "email", "entity": "c", "subject": {"en": subject}, "body": {"en": body}, **more})


@pytest.mark.parametrize("template", HOSTILE)
def test_hostile_templates_are_refused_at_save_and_harmless_when_run(template: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(template)
    problem = caught.value.problems[0]
    assert (problem.line or 0) >= 1
    assert (problem.column or 0) >= 1
    assert problem.message.zh
    assert problem.hint is not None
    with pytest.raises(Invalid):
        render(template, {"record": Shown("t", "t"), "record_Xsecret": Shown(SECRET, SECRET), "_formats": formats()})


def test_only_paths_that_are_named_are_there() -> None:
    text = "{{ record.items }}{{ record.mro }}{{ record.name }}"
    assert parse(text).paths == ("items", "mro", "name")
    written = write(message(body=text), {"items": EMPTY, "mro": EMPTY, "name": Shown("Ann", "Ann")}, formats())
    assert written.text == "Ann"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% if record.arr > 100.5 %}big{% elif record.arr == 100.5 %}even{% else %}small{% endif %}", "even"),
        ("{{ 'late' if record.day < '2026-02-01' else 'early' }} {{ record.day|date }}", "late Jan 2, 2026"),
        ("{{ record.stage == 'won' }} {{ record.stage }} {{ record.stage|upper }}", "True Won WON"),
        ("{{ record.none|default('nobody') }}{% if not record.none %}!{% endif %}", "nobody!"),
        ("{{ record.arr|number(1) }} {{ record.name|truncate(3) }} {{ record.name > 5 }} {{ today|date }}", "100.5 An… False Mar 2, 2026"),
        ("{% raw %}{{ record.name }}{% endraw %}{# no #} {{ recipient }} {{ link }}", "{{ record.name }} Lee https://x"),
    ],
)  # fmt: skip
def test_values_compare_as_what_they_are_and_read_as_people_read_them(template: str, expected: str) -> None:
    values = {
        "arr": Shown(Decimal("100.50"), "¥100.50"), "day": Shown(date(2026, 1, 2), "2026-01-02"), "stage": Shown("won", "Won"), "none": EMPTY,
        "name": Shown("Anna", "Anna"),
    }  # fmt: skip
    assert write(message(body=template), values, formats(), recipient="Lee", link="https://x").text == expected


def test_rows_of_lists_are_written_one_after_the_other() -> None:
    text = "{% for each in tasks %}{{ each.title|upper }}: {{ each.due.day|default('-') }} of {{ record.name }};{% else %}none{% endfor %}"
    assert parse(text).lists == {"tasks": ("due.day", "title")}
    rows = [{"title": Shown("call", "call"), "due.day": Shown("Mon", "Mon")}, {"title": Shown("<b>", "<b>"), "due.day": EMPTY}]
    name = {"name": Shown("Ann", "Ann")}
    assert write(message(body=text), name, formats(), lists={"tasks": rows}).text == "CALL: Mon of Ann;<B>: - of Ann;"
    assert write(message(body=text), name, formats()).text == "none"
    rich = write(message(body=text, style="html"), name, formats(), lists={"tasks": rows})
    assert "&lt;B&gt;" in str(rich.html)
    with pytest.raises(Invalid) as caught:
        write(message(body="{% for each in tasks %}{{ each.title }}{% endfor %}" * 5), {}, formats(), lists={"tasks": [{"title": Shown("x", "x" * 10_000)}] * 50})
    assert caught.value.problems[0].code == "over_limit"


def test_markup_in_values_stays_text_and_scripts_of_the_template_go() -> None:
    values = {"name": Shown("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>")}
    plain = write(message("{{ record.name }}", "Hi {{ record.name }}\nhttps://a.example/?a=1&b=2\n\nBye"), values, formats())
    assert plain.text.startswith("Hi <img src=x")
    assert plain.html is not None
    assert "<img" not in plain.html
    assert '<a href="https://a.example/?a=1&amp;b=2">' in plain.html
    body = '<p onclick="x()">{{ record.name }}<script>alert(1)</script><a href="javascript:alert(1)">a</a><a href="https://b.example">b</a></p>'
    rich = write(message("s", body, style="html"), values, formats())
    assert rich.html is not None
    for bad in ("<img", "<script", "onclick", "javascript:"):
        assert bad not in rich.html
    assert 'href="https://b.example"' in rich.html
    assert "<img src=x onerror=alert(1)>ab" in rich.text


def test_a_subject_is_one_short_line_and_long_values_have_an_end() -> None:
    written = write(message("{{ record.name }}"), {"name": Shown("a", "a\r\nBcc: b@x.test\n" + "x" * 500)}, formats())
    assert "\n" not in written.subject
    assert len(written.subject) == 200
    with pytest.raises(Invalid) as caught:
        render("{{ record.name }}" * 30, {"record_Xname": Shown("x", "x" * 10_000), "_formats": formats()})
    assert caught.value.problems[0].code == "over_limit"
