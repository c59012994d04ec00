"""``tenon apps samples``: counted, removed with that count, brought back."""

from __future__ import annotations

from tests.cli.conftest import Call


def test_samples_are_counted_removed_and_brought_back(made: Call) -> None:
    made("apps", "install", "tutorial", "--demo-data")
    assert "131 sample records, 0 of them changed by people; 0 in the trash." in made("apps", "samples", "tutorial").output
    assert "131" in made("apps", "samples", "tutorial", "--remove", "130", exit=1).output
    assert "0 sample records, 0 of them changed by people; 131 in the trash." in made("apps", "samples", "tutorial", "--remove", "131").output
    made("apps", "samples", "tutorial", "--remove", "0", exit=1)
    assert "131 sample records, 0 of them changed by people; 0 in the trash." in made("apps", "samples", "tutorial", "--restore").output
    made("apps", "samples", "nothing", exit=1)
