"""Jobs have names in both languages: what runs at night, too."""

from __future__ import annotations

from tenon.engine.apps.install_job import INSTALL
from tenon.ui.backend.jobs import KINDS
from tests.ui.conftest import Site


def test_every_kind_of_job_has_a_name(site: Site) -> None:
    assert set(site.platform.kinds) - {INSTALL} <= set(KINDS)
    assert all(label.show("en") != label.show("zh") for label in KINDS.values())
