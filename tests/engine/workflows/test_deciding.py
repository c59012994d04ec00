"""Approvals as values: modes, whose turn it is, signers who were added."""

from decimal import Decimal

import pytest

from tenon.engine.workflows.deciding import Seat, Standing, needed, standing

STATES = {"-": "open", "y": "approved", "n": "rejected", "h": "handed_over", "s": "skipped"}


def seats(said: str) -> list[Seat]:
    return [Seat(str(at), f"p{at}", STATES[each]) for at, each in enumerate(said)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("mode", "share", "said", "verdict", "turns"), [
    ("any", None, "---", "pending", "012"), ("any", None, "-y-", "approved", ""), ("any", None, "--n", "rejected", ""),
    ("all", None, "-y-", "pending", "02"), ("all", None, "yyy", "approved", ""), ("all", None, "yn-", "rejected", ""),
    ("sequence", None, "---", "pending", "0"), ("sequence", None, "y--", "pending", "1"), ("sequence", None, "yn-", "rejected", ""),
    ("sequence", None, "yyy", "approved", ""),
    ("vote", None, "y---", "pending", "123"), ("vote", None, "yy--", "pending", "23"), ("vote", None, "yyy-", "approved", ""),
    ("vote", None, "nn--", "rejected", ""), ("vote", None, "yn-", "pending", "2"),
    ("vote", "0.5", "yy--", "approved", ""), ("vote", "0.5", "nn--", "pending", "23"), ("vote", "0.5", "nnn-", "rejected", ""),
    ("vote", "0.6667", "yy-", "pending", "2"), ("vote", "0.6666", "yy-", "approved", ""), ("vote", "1", "yyn", "rejected", ""),
    ("vote", "0.01", "y---", "approved", ""),
    ("any", None, "h-", "pending", "1"), ("all", None, "hy", "approved", ""), ("vote", None, "hyy-", "approved", ""), ("all", None, "", "approved", ""),
])  # fmt: skip
def test_modes(mode: str, share: str | None, said: str, verdict: str, turns: str) -> None:
    assert standing(mode, seats(said), Decimal(share) if share else None) == Standing(verdict, tuple(turns))  # type: ignore[arg-type]


def test_more_than_half_is_needed_where_no_share_is_said() -> None:
    assert [needed(n, None) for n in (1, 2, 3, 4, 5)] == [1, 2, 2, 3, 3]
    assert [needed(n, Decimal("0.5")) for n in (1, 2, 3, 4, 5)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(("mode", "a", "before", "b", "verdict", "turns"), [
    ("all", "-", "-", "-", "pending", ("x", "b")),  # who was asked first signs before a; b is not touched
    ("all", "-", "y", "y", "pending", ("a",)), ("all", "-", "n", "-", "rejected", ()), ("all", "y", "y", "y", "approved", ()),
    ("any", "-", "y", "-", "pending", ("a", "b")),  # their yes is not the yes of the one who asked
    ("any", "-", "-", "y", "approved", ()), ("sequence", "-", "-", "-", "pending", ("x",)), ("sequence", "y", "y", "-", "pending", ("b",)),
])  # fmt: skip
def test_a_signer_before(mode: str, a: str, before: str, b: str, verdict: str, turns: tuple[str, ...]) -> None:
    asked = [Seat("a", "ann", STATES[a]), Seat("b", "bob", STATES[b]), Seat("x", "xi", STATES[before], "a", "before")]  # type: ignore[arg-type]
    assert standing(mode, asked) == Standing(verdict, turns)  # type: ignore[arg-type]


@pytest.mark.parametrize(("mode", "a", "after", "b", "verdict", "turns"), [
    ("all", "-", "-", "y", "pending", ("a",)), ("all", "y", "-", "y", "pending", ("x",)), ("all", "y", "y", "y", "approved", ()),
    ("any", "y", "-", "-", "pending", ("x", "b")), ("any", "y", "n", "-", "rejected", ()), ("any", "y", "y", "-", "approved", ()),
    ("sequence", "y", "-", "-", "pending", ("x",)), ("sequence", "y", "y", "-", "pending", ("b",)), ("vote", "y", "-", "y", "pending", ("x",)),
])  # fmt: skip
def test_a_signer_after(mode: str, a: str, after: str, b: str, verdict: str, turns: tuple[str, ...]) -> None:
    asked = [Seat("a", "ann", STATES[a]), Seat("b", "bob", STATES[b]), Seat("x", "xi", STATES[after], "a", "after")]  # type: ignore[arg-type]
    assert standing(mode, asked) == Standing(verdict, turns)  # type: ignore[arg-type]


def test_a_signer_of_a_signer_comes_before_them() -> None:
    asked = [Seat("a", "ann", "open"), Seat("x", "xi", "open", "a", "before"), Seat("y", "yu", "open", "x", "before")]
    assert standing("all", asked).turns == ("y",)
