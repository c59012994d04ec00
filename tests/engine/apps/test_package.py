from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.apps import archive, available, read_package
from tenon.metamodel.errors import Invalid, TenonError, TooLarge
from tests.engine.apps.packages import FILES, with_link, zipped


def test_folder_and_zip_give_the_same(tmp_path: Path) -> None:
    for name, each in FILES.items():
        path = tmp_path / "core" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(each if isinstance(each, str) else json.dumps(each))
    folder, zip_, nested = read_package(tmp_path / "core"), read_package(zipped(FILES)), read_package(zipped(FILES, "core-1.2/"))
    for package in (folder, zip_, nested):
        assert (package.name, package.version, package.readme) == ("core", (1, 2, 0), "# Core\n")
        assert [d.json for d in package.documents] == [d.json for d in folder.documents]
        assert {d.app for d in package.documents} == {"core"}
        assert package.samples == {"sample/customer.csv": b"name,stage\nA,live\n"}
    assert [p.name for p in available(tmp_path)] == ["core"]
    assert available(tmp_path / "none") == []


def test_ids_do_not_depend_on_order() -> None:
    entity = FILES["entity/customer.json"]
    turned = {**FILES, "entity/customer.json": {**entity, "fields": entity["fields"][::-1]}}
    one, two = read_package(zipped(FILES)), read_package(zipped(turned))
    assert {f["name"]: f["id"] for f in one.documents[0].json["fields"]} == {f["name"]: f["id"] for f in two.documents[0].json["fields"]}


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in FILES.items() if k != name}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (zipped(without("app.json")), "/app.json"),
        (zipped({**FILES, "../evil.json": "{}"}), "/../evil.json"),
        (zipped({**FILES, "/etc/evil.json": "{}"}), "//etc/evil.json"),
        (zipped({**FILES, "entity\\..\\evil.json": "{}"}), "/entity"),
        (zipped({**FILES, "run.py": "print(1)"}), "/run.py"),
        (zipped({**FILES, "sample/a.exe": "x"}), "/sample/a.exe"),
        (with_link(FILES), "/entity/link.json"),
        (zipped({**FILES, "entity/other.json": FILES["entity/customer.json"]}), "/entity/other.json"),
        (zipped({**FILES, "entity/bad.json": "{"}), "/entity/bad.json"),
        (zipped({**FILES, "entity/bad.json": [1]}), "/entity/bad.json"),
        (zipped(without("sample/customer.csv")), "/app.json/sample/0/file"),
        (zipped({**FILES, "view/v.json": {"kind": "view", "name": "v", "entity": "customer", "app": "other"}}), "/view/v/app"),
        (zipped({**FILES, "view/v.json": {"kind": "view", "name": "v", "entity": "customer", "format": 99}}), "/view/v/format"),
        (zipped({**FILES, "view/v.json": {"kind": "view", "name": "v"}}), "/view/v/entity"),
        (b"PK nothing", ""),
        (zipped(FILES)[:-30], ""),
    ],
)
def test_refused(content: bytes, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_package(content)
    assert caught.value.problems[0].path.startswith(path)


@pytest.mark.parametrize(
    "content",
    [
        zipped({**FILES, "sample/bomb.csv": b"0" * (archive.MAX_FILE + 1)}),
        zipped({**FILES, "sample/bomb.csv": b"0" * 5_000_000}),
        zipped({**FILES, **{f"sample/f{i}.csv": "a" for i in range(archive.MAX_ENTRIES)}}),
    ],
)
def test_too_large(content: bytes) -> None:
    with pytest.raises(TooLarge):
        read_package(content)


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(json.dumps({"kind": "app", "name": "core"}))
    (tmp_path / "README.md").symlink_to("/etc/hostname")
    with pytest.raises(TenonError):
        read_package(tmp_path)
