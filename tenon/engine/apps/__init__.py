"""Apps: packages of documents that are installed, exported and removed together; each of that is a publish."""

from __future__ import annotations

from tenon.engine.apps.export import export
from tenon.engine.apps.install import Installed, find_app, import_package, install, install_all, list_apps, missing_for, uninstall
from tenon.engine.apps.package import Package, available, read_package

__all__ = ["Installed", "Package", "available", "export", "find_app", "import_package", "install", "install_all", "list_apps", "missing_for", "read_package", "uninstall"]
