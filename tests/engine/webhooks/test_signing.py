"""Signatures are those of Standard Webhooks: its published vector, several keys, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tenon.engine.webhooks.signing import headers, is_signed, read_secret, show_secret, sign

# The vector of the reference libraries of the specification.
SECRET, ID, TIMESTAMP, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
KEY = read_secret(SECRET)
NOW = datetime.fromtimestamp(TIMESTAMP, UTC)
SENT = {"webhook-id": ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": SIGNATURE}


def test_the_published_vector() -> None:
    assert sign(KEY, ID, TIMESTAMP, BODY) == SIGNATURE
    assert headers([KEY], ID, NOW, BODY) == SENT
    assert show_secret(KEY) == SECRET
    assert is_signed([KEY], SENT, BODY, now=NOW)


def test_one_of_several_keys_and_signatures_is_enough() -> None:
    both = headers([b"other" * 6, KEY], ID, NOW, BODY)
    assert is_signed([KEY], both, BODY, now=NOW)
    assert is_signed([b"new" * 10, KEY], SENT, BODY, now=NOW)
    assert is_signed([KEY], {**SENT, "webhook-signature": f"v2,abc {SIGNATURE}"}, BODY, now=NOW)


def test_another_body_key_id_or_time_is_refused() -> None:
    assert not is_signed([KEY], SENT, BODY + b" ", now=NOW)
    assert not is_signed([b"other" * 6], SENT, BODY, now=NOW)
    for changed in ({"webhook-id": "msg_other"}, {"webhook-id": ""}, {"webhook-timestamp": "1614265331"}, {"webhook-timestamp": "x"}, {"webhook-signature": "v1,é"}):
        assert not is_signed([KEY], {**SENT, **changed}, BODY, now=NOW)
    for moved in (timedelta(minutes=6), -timedelta(minutes=6)):
        assert not is_signed([KEY], SENT, BODY, now=NOW + moved)
