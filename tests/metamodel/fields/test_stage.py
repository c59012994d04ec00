"""Stages and their moves."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.metamodel.fields.contract import ID, clean, faults, make, refusal

STAGES = [{"name": name} for name in ("trial", "active", "lost")]
MOVES = [
    {"from": "trial", "to": "active", "when": "arr > 0", "requires": ["arr"], "roles": ["sales"]},
    {"from": ["trial", "active"], "to": "lost"},
    {"from": "*", "to": "trial"},
]


def a_stage(**options: Any) -> Any:
    return make("stage", options=STAGES, **options)


def test_a_stage_is_read_like_a_choice() -> None:
    assert clean(a_stage(), "active") == "active"
    assert refusal(a_stage(), "activ") == "bad_choice"
    assert a_stage(id=ID).value_type().kind == "choice"
    assert a_stage(id=ID).value_type().options == ("trial", "active", "lost")


def test_moves_between_stages() -> None:
    spec = a_stage(moves=MOVES)
    assert [move.to for move in spec.moves_between("trial", "active")] == ["active"]
    assert [move.to for move in spec.moves_between("active", "lost")] == ["lost"]
    assert [move.to for move in spec.moves_between("lost", "trial")] == ["trial"]
    assert spec.moves_between("lost", "active") == []
    assert spec.moves_between(None, "active") is None
    assert spec.moves_between("lost", "lost") is None
    assert a_stage().moves_between("lost", "active") is None


def test_moves_name_stages_that_exist() -> None:
    assert faults(a_stage(moves=MOVES)) == []
    wrong = a_stage(moves=[{"from": "trail", "to": "won"}, {"from": ["trial", "nowhere"], "to": "lost"}])
    assert faults(wrong) == [("/moves/0/from", "unknown_name"), ("/moves/0/to", "unknown_name"), ("/moves/1/from", "unknown_name")]


@pytest.mark.parametrize(
    "move", [{"to": "active"}, {"from": "trial"}, {"from": 1, "to": "active"}, {"from": "trial", "to": "active", "by": "me"}]
)
def test_a_move_has_a_form(move: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_stage(moves=[move])
