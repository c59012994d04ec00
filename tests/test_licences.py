"""Every library Tenon stands on has a licence that lets a company use, change and pass on Tenon as it likes."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from script.dependencies import ROOT, Dependency, read_all

ALLOWED = {
    "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "PSF-2.0", "MPL-2.0", "OFL-1.1",
}
# Each stands here with its reason.
ARGUED = {
    # Given to the public domain; a dedication without conditions, and FastAPI itself checks addresses with it.
    ("email-validator", "Unlicense"),
    # LGPL, used unchanged as a library of its own, in the extra for PostgreSQL only: nobody gets it who does not ask for it.
    ("psycopg", "LGPL-3.0-only"),
    ("psycopg-binary", "LGPL-3.0-only"),
}


def is_allowed(each: Dependency) -> bool:
    """True when the expression holds: any side of OR, every side of AND."""
    if (each.name, each.licence) in ARGUED:
        return each.use != "runtime" or not each.licence.startswith("LGPL")
    return holds(each.licence)


def holds(expression: str) -> bool:
    """True when one side of every OR and all sides of every AND are allowed; innermost brackets first."""
    while "(" in expression:
        expression = re.sub(r"\(([^()]*)\)", lambda found: "MIT" if holds(found[1]) else "refused", expression)
    return any(all(name.strip() in ALLOWED for name in side.split(" AND ")) for side in expression.split(" OR "))


def test_every_licence_is_allowed() -> None:
    refused = [f"{each.source} {each.name} {each.version}: {each.licence or 'none'}" for each in read_all() if not is_allowed(each)]
    assert not refused, "\n" + "\n".join(refused)


def test_the_check_can_fail() -> None:
    def judged(licence: str, name: str = "x", use: str = "runtime") -> bool:
        return is_allowed(Dependency("pypi", name, "1", licence, use))

    assert judged("MPL-2.0 AND (Apache-2.0 OR MIT)")
    assert judged("GPL-3.0-only OR MIT")
    assert not judged("GPL-3.0-only")
    assert not judged("MIT AND GPL-3.0-only")
    assert not judged("")
    assert not judged("LGPL-3.0-only", "psycopg")
    assert judged("LGPL-3.0-only", "psycopg", "pg")


def test_notices_and_bill_of_materials_name_everything() -> None:
    subprocess.run([sys.executable, "script/notices"], cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((ROOT / "build" / "sbom.json").read_text("utf-8"))
    assert {(each["name"], each["version"]) for each in bill["components"]} == {(each.name, each.version) for each in read_all()}
    notices = (ROOT / "build" / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    assert all(f"## {name} " in notices for name in ("fastapi", "sqlalchemy", "pydantic", "alembic"))
    assert "hypothesis" not in notices.split("## ")[0]
