"""Every text of the pages has a translation, and no translation is left over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from jinja2.ext import babel_extract

import tenon.ui
from tenon.engine.formats import Formats
from tenon.ui.i18n import choose_language, read_translations, script_words

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
UI = Path(tenon.ui.__file__).parent
SAID = re.compile(r'\.say\("([^"]+)"')
PLACE = re.compile(r"%\((\w+)\)s")


def used() -> set[str]:
    """Return every text of templates, pages and browser modules; of a plural pair the plural."""
    environment = Environment(loader=FileSystemLoader(UI / "templates"), autoescape=True)
    assert environment
    found = set(script_words())
    for path in (UI / "templates").rglob("*.html"):
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "extensions": "jinja2.ext.do"}
        with path.open("rb") as stream:
            for _, _, message, _ in babel_extract(stream, ["_", "gettext", "ngettext"], [], options):
                found.add(message if isinstance(message, str) else message[1] or message[0] or "")
    for path in UI.rglob("*.py"):
        found |= set(SAID.findall(path.read_text("utf-8")))
    return found


def test_nothing_is_missing_and_nothing_left_over() -> None:
    known = set(read_translations("zh").texts)
    assert sorted(used() - known) == []
    assert sorted(known - used()) == []


def test_translations_keep_their_places() -> None:
    for text, translated in read_translations("zh").texts.items():
        assert set(PLACE.findall(translated)) <= set(PLACE.findall(text)), text


def test_one_word_for_each_term() -> None:
    """What holds records is 对象 a group of them 分群, a part of a dashboard 组件, in pages, messages, documents and guides."""
    root = UI.parents[1]
    texts = [p for ending in ("*.py", "*.po", "*.json", "*.md", "*.html", "*.js") for p in UI.parent.rglob(ending) if "vendor" not in p.parts]
    texts += [root / "README.zh-CN.md", *(root / "docs").rglob("*.zh.md")]
    assert [(p.name, word) for p in texts for word in ("实体", "细分", "小部件") if word in p.read_text("utf-8")] == []


def test_templates_say_nothing_untranslated() -> None:
    """No run of English words stands between tags outside of an expression."""
    for path in (UI / "templates").rglob("*.html"):
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text("utf-8"), flags=re.S)
        bare = {t.strip() for t in re.findall(r">([^<>]+)<", text)}
        wordy = {t for t in bare if re.search(r"[A-Za-z]{3,}", t)}
        assert wordy <= {"Ctrl", "Ctrl K", "Tenon"}, (path.name, wordy)


@pytest.mark.parametrize(
    ("cookie", "account", "accepted", "language"),
    [
        ("zh", "en", "en", "zh"),
        (None, "zh", "en", "zh"),
        (None, None, "fr,zh-TW;q=0.8", "zh"),
        ("xx", None, None, "en"),
        (None, None, "", "en"),
    ],
)
def test_the_language_is_chosen(cookie: str | None, account: str | None, accepted: str | None, language: str) -> None:
    assert choose_language(cookie, account, accepted) == language


def test_formats() -> None:
    en, zh = (Formats(language, "Asia/Shanghai", lambda: NOW) for language in ("en", "zh"))
    number = Decimal("1234567.5")
    assert (en.number(number), en.money(number, "CNY"), en.money(-number, "USD")) == ("1,234,567.5", "¥1,234,567.50", "−$1,234,567.50")
    assert (en.percent(Decimal("0.305")), en.percent(Decimal("0.305"), 0)) == ("30.5%", "30%")
    assert en.percent(Decimal("0.064"), is_fixed=True) == "6.40%"
    assert zh.numbers_in("¥34432 – ¥36921.5 (-33), 2026-01-31, A-1000") == "¥34,432 – ¥36,921.5 (−33), 2026-01-31, A-1000"
    assert (en.short(10000), zh.short(10000)) == ("10K", "1万")
    assert en.datetime(NOW) == "2026-11-20 17:30"
    assert (en.relative(NOW.date()), zh.relative(NOW.date())) == ("today", "今天")
    assert (en.relative(NOW - timedelta(hours=3)), zh.relative(NOW - timedelta(hours=3))) == (
        "3 hours ago",
        "3小时前",
    )
    assert (en.change(Decimal("-3.25")), en.change(Decimal(0)), en.size(1536), en.duration(5400)) == (
        "−3.2",
        "±0",
        "1.5 KB",
        "1 h 30 min",
    )
    assert [en.number(None), en.money(None), en.date(None), en.relative(None), en.score(None)] == [""] * 5
    assert (en.inside("Customer"), en.inside("CRM lead"), zh.inside("客户")) == ("customer", "CRM lead", "客户")
