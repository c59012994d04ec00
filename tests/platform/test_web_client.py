from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tenon.metamodel.errors import Invalid, Unavailable
from tenon.platform.web_client import SafeWebClient

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Listen on loopback, keep what comes, and let ``answer`` write."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    seen: list[bytes] = []

    def serve() -> None:
        try:
            peer, _ = listener.accept()
        except OSError:
            return
        with peer:
            peer.settimeout(10)
            seen.append(peer.recv(65536))
            try:
                answer(peer)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], seen
    listener.close()
    thread.join(1)


def say(text: bytes) -> Callable[[socket.socket], None]:
    return lambda peer: peer.sendall(text)


def post(client: SafeWebClient, url: str, timeout: float = 10.0, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    return client.request("POST", url, headers=headers or {}, body=b'{"a": 1}', timeout=timeout)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.1.2.3/", "http://192.168.0.1:8080/", "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://0.0.0.0/", "http://0/",
        "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://127.1/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[::127.0.0.1]/", "http://224.0.0.1/",
        "http://100.64.0.1/", "http://255.255.255.255/", "http://[::]/", "http://127.0.0.1./", "http://①②⑦.0.0.1/",
    ],
)
def test_private_addresses_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises((Invalid, Unavailable)):
        post(SafeWebClient(), url, 3)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "http://", "//example.com/", "http://user:pass@example.com/",
        "http://example.com@127.0.0.1/", "http://example.com:22/", "http://example.com:99999/", "http://exa mple.com/", "http://example.com\\@x/",
        "http://example.com/\r\nX: y", "javascript:alert(1)", "", "http://[bad/", "http://[::1]/", "http://127.0.0.1/", "http://localhost/",
        "http://crm.internal/", "http://" + "a" * 300 + ".com/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://1.2.3.4.5/", "http://127。0。0。1/", "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://loc\u00adalhost/", "http://LOCALHOST./", "http://a.localhost/",
        "http://metadata.google.internal/", "http://169.254.169.254./", "http://[::ffff:a9fe:a9fe]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b:1::7f00:1]/", "http://[fec0::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[100::1]/", "http://198.18.0.1/", "http://192.88.99.1/",
        "http://240.0.0.1/", "http://router.lan/", "http://home.arpa/", "http://127.0.0.1%2f@x.com/", "http:/127.0.0.1", "http:127.0.0.1", "dict://x/", "ldap://x/",
        "data:text/html,x", "ws://example.com/", "HTTP://127.0.0.1/",
    ],
)
def test_bad_addresses_are_refused_when_they_are_saved(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        SafeWebClient().check(url)
    assert caught.value.problems[0].code == "refused"


def test_good_addresses_pass_the_check() -> None:
    for url in ("https://example.com/hook?a=1", "http://例子.测试/", "https://8.8.8.8:8443/"):
        SafeWebClient().check(url)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    client = SafeWebClient(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Invalid):
        post(client, "http://example.com/")


def test_the_name_is_resolved_once_and_the_checked_address_is_called() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with server(say(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, seen):
        client = SafeWebClient(allowed=LOOPBACK, resolve=lambda host, _port: next(answers))
        assert post(client, f"http://hooks.example.com:{port}/a?b=1", headers={"X-Id": "7"}) == (204, b"")
    assert seen[0].startswith(b"POST /a?b=1 HTTP/1.1\r\n")
    assert f"Host: hooks.example.com:{port}".encode() in seen[0]
    assert b"X-Id: 7" in seen[0]
    assert next(answers) == ["10.0.0.1"]


def test_redirects_are_not_followed() -> None:
    with server(say(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/secret\r\nContent-Length: 0\r\n\r\n")) as (port, _):
        assert post(SafeWebClient(allowed=LOOPBACK), f"http://127.0.0.1:{port}/")[0] == 302


def test_large_answers_are_cut() -> None:
    with server(say(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000_000)) as (port, _):
        status, body = post(SafeWebClient(allowed=LOOPBACK, most_bytes=1000), f"http://127.0.0.1:{port}/")
    assert (status, len(body)) == (200, 1000)


def drip(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        peer.sendall(b"X-A: b\r\n")
        time.sleep(0.1)


def test_an_answer_that_drips_is_cut_at_the_limit_for_all_of_it() -> None:
    with server(drip) as (port, _), pytest.raises(Unavailable) as caught:
        post(SafeWebClient(allowed=LOOPBACK), f"http://127.0.0.1:{port}/", timeout=0.5)
    assert "timeout" in caught.value.problems[0].message.show("en")


def test_headers_cannot_be_split() -> None:
    with server(say(b"HTTP/1.1 200 OK\r\n\r\n")) as (port, _), pytest.raises(Invalid):
        post(SafeWebClient(allowed=LOOPBACK), f"http://127.0.0.1:{port}/", headers={"X-A": "b\r\nX-C: d"})


def test_what_cannot_be_reached_may_be_tried_again() -> None:
    with server(say(b"")) as (port, _):
        closed = port
    with pytest.raises(Unavailable):
        post(SafeWebClient(allowed=LOOPBACK), f"http://127.0.0.1:{closed}/", timeout=2)
    with pytest.raises(Unavailable):
        post(SafeWebClient(resolve=lambda host, port: []), "http://example.com/")
