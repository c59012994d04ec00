from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenon.platform.secrets import Signer, csrf_of, hash_token, is_same, new_token

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SIGNER = Signer("a secret of thirty-two characters")


def test_tokens_are_random_and_kept_as_hashes() -> None:
    made = {new_token("tnn_") for _ in range(1000)}
    assert len(made) == 1000
    assert all(token.startswith("tnn_") and len(token) == 47 for token in made)
    assert len({hash_token(token) for token in made}) == 1000
    assert csrf_of("a") != csrf_of("b")
    assert is_same("ü", "ü")
    assert not is_same("ü", "u")


def test_a_signed_value_comes_back_until_it_is_too_old() -> None:
    word = SIGNER.sign("export", {"id": 7, "名": "王"}, expires_at=NOW + timedelta(hours=1))
    assert word.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert SIGNER.read("export", word, now=NOW) == {"id": 7, "名": "王"}
    assert SIGNER.read("export", word, now=NOW + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    "spoil", [lambda w: w[:-1], lambda w: "x" + w, lambda w: w.split(".")[0], lambda _w: "", lambda _w: ".", lambda _w: "\ud800.ü"]
)
def test_a_spoiled_word_is_nothing(spoil: object) -> None:
    word = SIGNER.sign("export", 7, expires_at=NOW + timedelta(hours=1))
    assert SIGNER.read("export", spoil(word), now=NOW) is None  # type: ignore[operator]


def test_words_of_other_purposes_and_secrets_are_nothing() -> None:
    word = SIGNER.sign("export", 7, expires_at=NOW + timedelta(hours=1))
    assert SIGNER.read("unsubscribe", word, now=NOW) is None
    assert Signer("another secret of many characters").read("export", word, now=NOW) is None
