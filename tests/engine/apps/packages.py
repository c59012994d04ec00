"""Packages of tests, as files and as zips."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from typing import Any

FILES: dict[str, Any] = {
    "app.json": {
        "kind": "app", "name": "core", "version": "1.2.0", "label": {"en": "Core", "zh": "核心"},
        "sample": [{"entity": "customer", "file": "sample/customer.csv"}],
        "menu": [{"label": {"en": "Main", "zh": "主菜单"}, "items": [{"view": "all_customers"}]}],
    },
    "entity/customer.json": {
        "kind": "entity", "name": "customer", "label": {"en": "Customer", "zh": "客户"},
        "fields": [{"name": "name", "type": "text"}, {"name": "stage", "type": "choice", "options": [{"name": "trial"}, {"name": "live"}]}],
    },
    "view/all_customers.json": {
        "kind": "view", "name": "all_customers", "entity": "customer", "columns": ["name"], "filter": "stage == 'live'",
    },
    "sample/customer.csv": "name,stage\nA,live\n",
    "README.md": "# Core\n",
}  # fmt: skip
EXTRA: dict[str, Any] = {
    "app.json": {"kind": "app", "name": "extra", "version": "0.1.0", "requires": [{"app": "core", "version": ">=1.1"}]},
    "extension/customer_extra.json": {
        "kind": "extension", "name": "customer_extra", "entity": "customer", "fields": [{"name": "extra_size", "type": "integer"}],
    },
}  # fmt: skip


def zipped(files: dict[str, Any], root: str = "") -> bytes:
    """A zip of files; JSON for what is no text."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(root + name, each if isinstance(each, str | bytes) else json.dumps(each))
    return content.getvalue()


def with_link(files: dict[str, Any]) -> bytes:
    """A zip in which one entry is a symbolic link."""
    content = io.BytesIO(zipped(files))
    with zipfile.ZipFile(content, "a") as archive:
        entry = zipfile.ZipInfo("entity/link.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/hostname")
    return content.getvalue()
