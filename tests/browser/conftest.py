"""Pages in headless Chromium: `pytest -m browser`, with the extra `browser` and a Chromium that is installed.

`AGENTCONV_CHROMIUM` names the browser where it is none of the usual ones; `AGENTCONV_SCREENSHOTS` a folder that pictures go to.
"""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def chromium():
    """A browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = os.environ.get("AGENTCONV_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
