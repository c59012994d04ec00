"""What browser modules are sent as: those that one page script alone asks for come within it."""

from __future__ import annotations

import re

from tenon.ui.modules import SCRIPTS, script

IMPORTED = re.compile(r'^import .*"\./([\w-]+\.js)";$', re.MULTILINE)


def test_what_one_script_alone_asks_for_comes_within_it() -> None:
    main = script("js/main.js")
    assert main is not None
    assert "const $palette = (() => {" in main
    assert set(IMPORTED.findall(main)) == {"dom.js", "form.js", "inputs.js", "toast.js"}
    assert not re.search(r"^export ", main, re.MULTILINE)


def test_what_several_scripts_share_stays_a_module_of_its_own() -> None:
    """It is there once, with what it keeps; a name that scripts import means the same in all of them."""
    for path in SCRIPTS.glob("*.js"):
        text = script(f"js/{path.name}") or ""
        names = [name.split(" as ")[-1] for found in re.findall(r"^import \{ (.*) \} from", text, re.MULTILINE) for name in found.split(", ")]
        assert len(names) == len(set(names)), path.name
        assert "$toast" not in text
    assert script("js/nothing.js") is None
    assert script("js/../css/base.css") is None
