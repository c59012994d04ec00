"""Calls addresses outside: resolves first, refuses private networks, connects to what was checked, follows nothing."""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tenon.engine.outside import HttpAnswer
from tenon.metamodel.errors import Invalid, Problem, Unavailable
from tenon.metamodel.labels import Text, say

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]
PORTS = frozenset({80, 443, 8000, 8080, 8443})
MOST_BYTES = 1_000_000
METHOD = re.compile(r"[A-Z]{3,10}")
# Addresses that carry an IPv4 address inside: NAT64, 6to4, and the old compatible form.
NAT64, SIX_TO_FOUR, COMPATIBLE = (ipaddress.ip_network(each) for each in ("64:ff9b::/96", "2002::/16", "::/96"))
# Networks that are public nowhere, though the tables of this Python may not say so: site-local, documentation, old relays of 6to4.
NOWHERE = tuple(ipaddress.ip_network(each) for each in ("fec0::/10", "3fff::/20", "192.88.99.0/24"))
INSIDE = ("localhost", "local", "internal", "home.arpa", "lan", "intranet")
"""The last parts of names that lead into networks of one's own."""
# What the system would read as an IPv4 address in an old form: a number, octal or hexadecimal parts, fewer than four of them.
NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class SafeWebClient:
    """Calls http and https addresses of the public network.

    ``allow_private`` lifts the ban for everything, ``allowed`` for some networks; with either any port is fine.
    """

    allow_private: bool = False
    allowed: tuple[Network, ...] = ()
    most_bytes: int = MOST_BYTES
    resolve: Resolve | None = None

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
        """Return status and at most ``most_bytes`` of the answer, as `fetch` does."""
        answer = self.fetch(method, url, headers=headers, body=body, timeout=timeout, most_bytes=self.most_bytes)
        return answer.status, answer.body

    def fetch(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float, most_bytes: int) -> HttpAnswer:
        """Return an answer with its headers and at most ``most_bytes`` of its body; redirects are answers like any other.

        Invalid when the address may not be called, Unavailable when it cannot be reached or takes longer than ``timeout``
        seconds in all.
        """
        parts, host, port = self.read(url)
        if not METHOD.fullmatch(method):
            raise _refuse(say("This method is not allowed.", "不允许该请求方法。"))
        deadline = time.monotonic() + timeout
        address = self._pick(host, port)
        connection = _Pinned(host, port, str(address), parts.scheme == "https", timeout)
        watch = threading.Timer(max(0.001, deadline - time.monotonic()), connection.cut)
        watch.daemon = True
        watch.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body=body or None, headers={"User-Agent": "Tenon", "Connection": "close", **headers})
            answer = connection.getresponse()
            content = answer.read(most_bytes + 1)
            if connection.was_cut:
                raise TimeoutError
            named = {name.lower(): value for name, value in answer.getheaders()}
            return HttpAnswer(answer.status, named, content[:most_bytes], len(content) > most_bytes)
        except ValueError as error:  # a header or an address with line breaks
            message = say("A header or the address holds characters that are not allowed.", "请求头或地址含有不允许的字符。")
            raise _refuse(message) from error
        except (OSError, http.client.HTTPException) as error:
            reason = "timeout" if connection.was_cut or isinstance(error, TimeoutError) else type(error).__name__
            raise _unreachable(host, reason) from error
        finally:
            watch.cancel()
            connection.close()

    def check(self, url: str) -> None:
        """Raise Invalid when an address may not be called, as far as can be told without asking the network."""
        _, host, _ = self.read(url)
        literal = _literal(host)
        if literal is not None:
            self._require_public(literal)
        elif any(host.lower() == each or host.lower().endswith(f".{each}") for each in INSIDE):
            if not self.allow_private:
                raise _private()

    def read(self, url: str) -> tuple[SplitResult, str, int]:
        """Return the parts, the host and the port of an address; Invalid when its form is not allowed."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            host = parts.hostname or ""
            if not _literal(host):
                host = host.encode("idna").decode().rstrip(".")
        except (ValueError, UnicodeError) as error:
            raise _refuse(say("This is not a web address.", "这不是有效的网址。")) from error
        if parts.scheme not in ("http", "https") or not host or any(ord(each) <= 32 or each == "\\" for each in url):
            raise _refuse(say("This is not a web address.", "这不是有效的网址。"))
        if not _literal(host) and NUMBER.match(host.rpartition(".")[2]):
            raise _refuse(say("Write this address as four numbers.", "请将该地址写为四段数字。"))
        if parts.username is not None or parts.password is not None:
            raise _refuse(say("A web address may not hold a user or a password.", "网址中不能包含用户名或密码。"))
        if port not in PORTS and not self.allow_private and not self.allowed:
            raise _refuse(say("Port {n} may not be called.", "不允许访问端口 {n}。", n=port))
        return parts, host, port

    def _pick(self, host: str, port: int) -> Address:
        """Return the address to connect to; every one the name has must be allowed."""
        literal = _literal(host)
        try:
            found = [literal] if literal else [_without_zone(each) for each in (self.resolve or _resolve)(host, port)]
        except (OSError, ValueError, UnicodeError) as error:
            raise _unreachable(host, "name") from error
        if not found:
            raise _unreachable(host, "name")
        for each in found:
            self._require_public(each)
        return found[0]

    def _require_public(self, address: Address) -> None:
        if self.allow_private or any(address in network for network in self.allowed):
            return
        if not all(_is_public(each) for each in _meanings(address)):
            raise _private()


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address that still names the host, to the server and to its certificate."""

    def __init__(self, host: str, port: int, address: str, is_safe: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._is_safe = address, is_safe
        self.default_port = 443 if is_safe else 80
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the address that was checked, whatever the name means by now."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_safe:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End the call: its time is over, however slowly the other side goes on."""
        self.was_cut = True
        sock: Any = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _resolve(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _literal(host: str) -> Address | None:
    try:
        return _without_zone(host.strip("[]"))
    except ValueError:
        return None


def _without_zone(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _meanings(address: Address) -> Sequence[Address]:
    """Return the address and every IPv4 address that may be meant by it."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return [address.ipv4_mapped]
        if address in SIX_TO_FOUR:
            found.append(ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF))
        if address in NAT64:
            return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
        if address in COMPATIBLE:
            found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.teredo:
            found += address.teredo
    return found


def _is_public(address: Address) -> bool:
    is_nowhere = any(address.version == network.version and address in network for network in NOWHERE)
    return address.is_global and not is_nowhere and not (address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback)


def _refuse(message: Text) -> Invalid:
    hint = say("Write https://example.com/path.", "请填写如 https://example.com/path 的地址。")
    return Invalid(Problem("/url", "refused", message, hint))


def _private() -> Invalid:
    message = say("This address lies in a private network.", "该地址位于内部网络。")
    hint = say("An operator may allow it with TENON_ALLOW_PRIVATE_ADDRESSES.", "运维人员可通过 TENON_ALLOW_PRIVATE_ADDRESSES 允许访问。")
    return Invalid(Problem("/url", "refused", message, hint))


def _unreachable(host: str, reason: str) -> Unavailable:
    message = say("{host} cannot be reached ({reason}).", "无法连接 {host}（{reason}）。", host=host[:100], reason=reason)
    return Unavailable(Problem("/url", "blocked", message, say("Check the address; it can be tried again.", "请检查地址；可稍后重试。")))
