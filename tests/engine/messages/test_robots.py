"""Groups are written to in the words of each service, signed, and their answers are understood."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from tenon.engine import outbox
from tenon.engine.outbox import NewDelivery
from tenon.engine.outside import KeptCalls, KnownSecrets, fake_outside
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tests.filling import MOMENT

KEY = "SEC000"


class Groups(KeptCalls):
    """Services that answer what they are told to."""

    answer: dict[str, Any]

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
        super().request(method, url, headers=headers, body=body, timeout=timeout)
        return self.status, orjson.dumps(self.answer)


@pytest.mark.parametrize(
    ("channel", "answer", "state"),
    [
        ("wecom", {"errcode": 0, "errmsg": "ok"}, "sent"), ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, "failed"),
        ("dingtalk", {"errcode": 0}, "sent"), ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "dead"),
        ("feishu", {"code": 0, "msg": "success"}, "sent"), ("feishu", {"code": 19021, "msg": "sign match fail"}, "dead"),
    ],
)  # fmt: skip
def test_a_group_is_written_to(tmp_path: Path, sqlite_template: Path, channel: str, answer: dict[str, Any], state: str) -> None:
    (tmp_path / "tenon.db").write_bytes(sqlite_template.read_bytes())
    groups = Groups()
    groups.answer = answer
    outside = replace(fake_outside(MOMENT), http=groups, secrets=KnownSecrets({"group": f"https://robot.example/send?key=1\n{KEY}\n"}))
    platform = start(Settings.load({"TENON_HOME": str(tmp_path)}), Database(f"sqlite:///{tmp_path / 'tenon.db'}"), outside)
    try:
        payload = {"subject": "", "text": "<at user_id=\"all\"></at> 您好", "robot": "group", "log": None}
        with platform.write() as uow:
            ids = outbox.put_all(uow.connection, [NewDelivery("message", channel, "t", payload, endpoint="group"), NewDelivery("message", channel, "t", {**payload, "robot": "none"})])
        make_worker(platform).run_until_idle()
        with platform.read() as uow:
            assert [outbox.get(uow.connection, id)["state"] for id in ids] == [state, "dead"]
            assert "robot.example" not in str(outbox.list_page(uow.connection))
    finally:
        platform.close()
    [sent] = groups.calls
    body, query = orjson.loads(sent["body"]), parse_qs(urlsplit(sent["url"]).query)
    if channel == "wecom":
        assert body == {"msgtype": "text", "text": {"content": payload["text"]}}
    elif channel == "dingtalk":
        expected = hmac.new(KEY.encode(), f"{query['timestamp'][0]}\n{KEY}".encode(), hashlib.sha256).digest()
        assert query["sign"] == [base64.b64encode(expected).decode()]
        assert (body["msgtype"], body["text"]["content"], query["key"]) == ("text", payload["text"], ["1"])
    else:
        expected = hmac.new(f"{body['timestamp']}\n{KEY}".encode(), b"", hashlib.sha256).digest()
        assert (body["msg_type"], body["sign"]) == ("text", base64.b64encode(expected).decode())
        assert "<at" not in body["content"]["text"]
