"""The pages' backend over a platform: one file for each thing the pages ask for."""

from __future__ import annotations

from pathlib import Path

from tenon.engine.apps.package import TEMPLATES
from tenon.platform.workspace import Platform
from tenon.ui.backend.apps import Apps
from tenon.ui.backend.boards import Boards
from tenon.ui.backend.entrance import People
from tenon.ui.backend.exporting import Exporting
from tenon.ui.backend.forms import Forms
from tenon.ui.backend.home import HomePage
from tenon.ui.backend.imports import Imports
from tenon.ui.backend.jobs import Jobs
from tenon.ui.backend.lists import Lists
from tenon.ui.backend.options import Options
from tenon.ui.backend.overrides import Overrides
from tenon.ui.backend.people import Accounts
from tenon.ui.backend.record_page import RecordPages
from tenon.ui.backend.saving import Saving
from tenon.ui.backend.trashes import Trashes
from tenon.ui.port import Backend


class PlatformBackend(
    People, Accounts, HomePage, Lists, Boards, RecordPages, Overrides, Forms, Saving, Options, Trashes, Exporting, Imports, Apps, Jobs
):
    """Everything the pages ask for, answered by a platform."""


def make_backend(platform: Platform, *, templates: Path = TEMPLATES) -> Backend:
    """Return the backend of the pages over a platform; ``templates`` is the folder of the apps that can be installed."""
    return PlatformBackend(platform, templates)
