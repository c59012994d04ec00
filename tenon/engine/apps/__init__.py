"""Apps: packages of documents that are installed, exported and removed together; each of that is a publish."""

from __future__ import annotations

from tenon.engine.apps.export import export
from tenon.engine.apps.install import Installed, find_app, import_package, install, install_all, list_apps, missing_for, uninstall
from tenon.engine.apps.package import Package, available, read_package
from tenon.engine.apps.upgrade import Upgrade, check_upgrade, plan_upgrade, upgrade

__all__ = [
    "Installed", "Package", "Upgrade", "available", "check_upgrade", "export", "find_app", "import_package", "install", "install_all", "list_apps",
    "missing_for", "plan_upgrade", "read_package", "uninstall", "upgrade",
]  # fmt: skip
