"""Find a browser for the tests: Debian's chromium, or Playwright's own. As a module it exits with 0 if there is one."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# What Chromium looks up by itself, whatever page it shows.
OF_ITS_OWN = ("update.googleapis.com", "content-autofill.googleapis.com")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=" + ", ".join(f"MAP {name} ~NOTFOUND" for name in OF_ITS_OWN),
]


def find() -> str | None:
    """Path of a browser, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window. Raises AssertionError where there is none."""
    path = find()
    assert path is not None, "no browser was found: `make browser` installs one"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


if __name__ == "__main__":
    sys.exit(0 if find() else 1)
