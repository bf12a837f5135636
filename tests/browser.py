"""A real Chromium for tests: opened, clicked and asked over its debugging pipe, without a driver.

The DevTools protocol: https://chromedevtools.github.io/devtools-protocol/. The browser reads messages
from its file descriptor 3 and writes to 4, each a line of JSON ended by a NUL.
"""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_S = 60  # a busy machine is no failure
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-dev-shm-usage", "--remote-debugging-pipe"),
)
_SPARE = 10  # file descriptors from here on are free to be moved to 3 and 4


class NavigatedError(Exception):
    """The page that was asked made way for another one before it could answer."""


class Browser:
    """One browser process. Calls wait for their answers; events are passed over."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out = to_browser
        self._in = os.fdopen(from_browser, "rb", buffering=0)
        self._numbers = itertools.count(1)
        self._rest = b""

    def call(self, method: str, session: str = "", **parameters: object) -> dict[str, Any]:
        """The result of one command of the protocol."""
        number = next(self._numbers)
        message: dict[str, object] = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            pass
        if "navigated" in str(answer.get("error")):
            raise NavigatedError(method)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._in.read(1 << 16)
            assert more, "the browser has ended"
            self._rest += more
        line, _end, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        """A new tab that shows ``url``, in a window of that size."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.look(width=width, height=height, dark=dark)
        page.call("Page.navigate", url=url)
        page.until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def look(self, *, width: int, height: int, dark: bool) -> None:
        """Give the window a size, and the system a colour scheme."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; a promise's once it has come."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait for an expression to be true, as JavaScript understands it; what isn't there yet is not."""
        end = time.monotonic() + PATIENCE_S
        while not self._is(expression):
            assert time.monotonic() < end, f"never true: {expression}; the page says {self.text()!r}"
            time.sleep(0.05)

    def _is(self, expression: str) -> bool:
        with suppress(NavigatedError):
            return bool(
                self.ask(f"(() => {{ try {{ return Boolean({expression}) }} catch {{ return false }} }})()")
            )
        return False

    def text(self) -> str:
        found: str = self.ask("document.body.innerText")
        return found

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element, as a person would; it must be in sight."""
        middle = (
            "(e => { e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2] })"
        )
        place = self.ask(f"{middle}(document.querySelector({json.dumps(selector)}))")
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    def press(self, key: str) -> None:
        """Press a key, such as Tab or ArrowRight."""
        codes = {"Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=codes[key])

    def violations(self) -> list[str]:
        """Rules of axe that the page breaks; what stands in its frames is the frames' own affair."""
        self.ask(f"{AXE.read_text('utf-8')};1")
        found: list[str] = self.ask(
            "axe.run(document, {iframes: false})"
            ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html}`))"
        )
        return found

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of the window, or of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(profile: Path, options: Sequence[str] = ()) -> Iterator[Browser]:
    """A browser with a fresh profile, ended with the block."""
    assert CHROMIUM
    pipes = [*os.pipe(), *os.pipe()]
    theirs_in, ours_out, ours_in, theirs_out = (
        fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _SPARE) for end in pipes
    )
    for end in pipes:
        os.close(end)

    def place() -> None:  # in the child, before it becomes the browser
        os.dup2(theirs_in, 3)
        os.dup2(theirs_out, 4)

    process = subprocess.Popen(
        [CHROMIUM, *_OPTIONS, *options, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(3, 4),
        preexec_fn=place,  # noqa: PLW1509 - two system calls, and no lock is taken
    )
    for end in (theirs_in, theirs_out):
        os.close(end)
    opened = Browser(ours_out, ours_in)
    try:
        yield opened
    finally:
        with suppress(AssertionError, OSError):
            opened.call("Browser.close")
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(ours_out)
        opened._in.close()
