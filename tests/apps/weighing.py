"""What a page sends to somebody who was never here, counted as a browser fetches it, without one."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urljoin

from starlette.testclient import TestClient

PULSE = 600
"""What the frame asks for by itself once it stands."""
MOST = 120 * 1024 - PULSE
WHEN_SHOWN = ("echarts.js", "codemirror.js", "sortable.js", "js/chart.js", "js/score_chart.js", "js/expression_editor.js")
"""Charts, the editor of expressions, and what is carried by mouse: they come when they are first shown or wanted."""
LINKED = re.compile(r'<(?:script[^>]*\ssrc|link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*\shref|use[^>]*\shref|img[^>]*\ssrc)="(/[^"#]+)')
AT_ONCE = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="load[,"]')
IMPORTED = re.compile(r'^import (?:[^"]* from )?"\./([\w-]+\.js)"', re.MULTILINE)
FACE = re.compile(r"url\((vendor/[\w-]+\.woff2)\)[^}]*unicode-range:([^;}]+)")


class Scales:
    """Weighs pages: what was fetched once for a page is not fetched again for it, files are read once."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.files: dict[str, tuple[int, str]] = {}

    def weigh(self, place: str) -> dict[str, int]:
        """Return the packed size of everything that is fetched for a page, by address."""
        size, page = self._fetch(place)
        sent, texts = {place: size}, [page]
        for part in AT_ONCE.findall(page):
            size, text = self._fetch(part.replace("&amp;", "&"), {"HX-Request": "true"})
            if "tn-chart" not in text:
                sent[part] = size
            texts.append(text)
        for text in texts:
            for address in LINKED.findall(text):
                self._add(sent, address)
        shown = {ord(letter) for text in texts for letter in text}
        for sheet in [address for address in sent if address.endswith("/styles.css")]:
            for font, ranges in FACE.findall(self.files[sheet][1]):
                if shown & points(ranges):
                    self._add(sent, urljoin(sheet, font))
        return sent

    def _add(self, sent: dict[str, int], address: str) -> None:
        if address in sent or address.endswith(WHEN_SHOWN):
            return
        if address not in self.files:
            self.files[address] = self._fetch(address)
        sent[address], text = self.files[address]
        if address.endswith(".js"):
            for name in IMPORTED.findall(text):
                self._add(sent, urljoin(address, name))

    def _fetch(self, address: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        answer = self.client.get(address, headers=headers)
        assert answer.status_code == 200, (address, answer.status_code)
        return int(answer.headers["Content-Length"]), "" if address.endswith((".woff2", ".svg")) else answer.text


@cache
def points(ranges: str) -> frozenset[int]:
    """Return the characters of a rule of a font."""
    ends = [[int(end, 16) for end in each.strip().removeprefix("U+").split("-")] for each in ranges.split(",")]
    return frozenset(point for each in ends for point in range(each[0], each[-1] + 1))
