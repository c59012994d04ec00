"""Finds a Chromium for browser tests, or installs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

VARIABLE = "TENON_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
OFF = (
    # Parts of the browser's own frame that are loaded with every page, a third of a second each, and that nobody sees here.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI",
    # What Playwright turns off: naming features takes the place of its list.
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter",
    "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", f"--disable-features={','.join(OFF)}"]


def find() -> str | None:
    """Return the path of a Chromium that starts: named in TENON_TEST_BROWSER, Playwright's own, or the system's."""
    places = [os.environ.get(VARIABLE), _playwrights(), *(shutil.which(name) for name in NAMES)]
    if sys.platform == "darwin":
        places.append("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return next((place for place in places if place and _starts(place)), None)


def install() -> str | None:
    """Install a Chromium and return its path: Playwright's, or as root the system's package; else None."""
    if _run([sys.executable, "-m", "playwright", "install", "chromium"]) and (found := find()):
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "fonts-noto-cjk"]
        for step in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *packages]):
            _run(["apt-get", *step], DEBIAN_FRONTEND="noninteractive")
        return find()
    return None


def _playwrights() -> str | None:
    try:
        with sync_playwright() as started:
            path = started.chromium.executable_path
    except Error:
        return None
    return path if Path(path).is_file() else None


def _starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _run(command: list[str], **environment: str) -> bool:
    try:
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
