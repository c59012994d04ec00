"""Yes or no."""

from __future__ import annotations

import pytest

from tests.metamodel.fields.contract import clean, make, refusal


def test_only_true_and_false() -> None:
    assert clean(make("boolean"), True) is True
    assert clean(make("boolean"), False) is False
    assert clean(make("boolean"), None) is None


@pytest.mark.parametrize("raw", [0, 1, 0.0, "true", "false", "yes", "是", [], {}])
def test_nothing_is_guessed(raw: object) -> None:
    assert refusal(make("boolean"), raw) == "wrong_type"
