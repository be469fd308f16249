"""Start the dashboard and look at it in headless Chromium: for screenshots and for the tests."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

HOME = Path(__file__).resolve().parents[1]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's own services would be tried, and refused, at every start.
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_START_S = 90
_SETTLE_S = 180
_LOOK_MS, _CALM_LOOKS = 200, 4


def find_chromium() -> str | None:
    """Path of an installed Chromium, or None."""
    return next((path for name in _CHROMIUM if (path := shutil.which(name))), None)


def launch_chromium(playwright: Playwright) -> Browser:
    """Start headless Chromium."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=_CHROMIUM_FLAGS)


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_dashboard(
    data: Path, models: Path, runs: Path | None = None, port: int | None = None
) -> Iterator[str]:
    """Run `seaice app` on a port, a free one where None; yields its address, ends it on leaving."""
    port = port or free_port()
    command = [sys.executable, "-m", "seaice", "app", "--port", str(port)]
    folder = ["--runs", str(runs)] if runs else []
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [*command, "--data", str(data), "--models", str(models), *folder],
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            _wait_until_up(server, port)
            yield f"http://127.0.0.1:{port}"
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-4000:])
            raise
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_until_up(server: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The dashboard ended at its start with status {server.returncode}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The dashboard did not answer within {_START_S} s.")


_SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  return app
    && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector(
      '[data-testid=stSpinner], [data-testid=stSkeleton], [data-stale=true]');
}"""


def settle(page: Page) -> None:
    """Wait until the page's script has run and nothing has been drawn for a while.

    A click reaches the server only after a moment, so one look is not enough.
    """
    deadline = time.monotonic() + _SETTLE_S
    calm = 0
    while calm < _CALM_LOOKS:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The page did not come to rest within {_SETTLE_S} s.")
        page.wait_for_timeout(_LOOK_MS)
        calm = calm + 1 if page.evaluate(_SETTLED) else 0


def choose_drag(page: Page, what: str) -> None:
    """Choose on Compare what dragging over the maps does, by its label."""
    page.get_by_role("button", name="Region").click()
    page.get_by_text(what, exact=True).click()
    settle(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")


def open_display(page: Page) -> None:
    """Open the settings of Compare at how the maps look."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("tab", name="Display").click()


class Watch:
    """Notes what a page must not do: ask other hosts, or complain on the console.

    Attributes:
        foreign: Addresses on other hosts that were asked for.
        errors: Console errors and uncaught exceptions.
    """

    def __init__(self, page: Page) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page that is opened by its path looks for the server below that path first.
        probed = "/_stcore/" in str(message.location.get("url", ""))
        if message.type == "error" and not probed:
            self.errors.append(message.text)
