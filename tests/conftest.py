"""What all tests share: where the repository is, and one hypothesis profile that gives the same examples each time."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile(
    "default", max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=600, derandomize=False)
settings.register_profile("long", settings.get_profile("thorough"), max_examples=6000)
settings.load_profile(os.environ.get("AGENTCONV_HYPOTHESIS", "default"))

os.environ.pop("COLUMNS", None)
os.unsetenv("COLUMNS")
"""What is printed is as wide as it is to a program, in a worker of pytest-xdist, too, which has been told a width; and in a process whose
readline has set one behind Python's back, in the environment that a child gets."""

os.fsync = os.fstat
"""Nothing waits for the disk: no power is cut here. The calls are made, and counted, as ever."""


def pytest_configure(config):
    """Let a worker of pytest-xdist tell of a test once, with how it ended: of six messages for each test, four say that nothing was amiss.

    Who asks for more, by name or by time, gets all of them. That not one is lost of a test that did not pass: see `_is_news`.
    """
    worker = next((found for found in config.pluginmanager.get_plugins() if type(found).__name__ == "WorkerInteractor"), None)
    if worker is None or config.option.verbose > 0 or config.option.xmlpath or config.option.durations is not None:
        return
    send = worker.sendevent
    worker.sendevent = lambda name, **told: send(name, **told) if _is_news(name, told.get("data")) else None


def _is_news(name, report):
    """Whether a message of a worker says more than that a test begins or ends, or that it was set up or taken down without a fault."""
    if name == "testreport":
        return report["when"] == "call" or report["outcome"] != "passed"
    return name not in {"logstart", "logfinish"}


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the collector of garbage from looking through what is collected here, time and again: all of it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)  # as each run of the program sets it, from which on it is so anyway


@pytest.fixture(autouse=True)
def _no_format_stays_broken():
    """Forget formats that a test's lock names and that are not here: they are told for as long as a process lives."""
    registry = sys.modules.get("agentconv.formats.registry")
    before = dict(registry.BROKEN) if registry is not None else {}
    yield
    registry = sys.modules.get("agentconv.formats.registry")
    if registry is not None and before != registry.BROKEN:
        for name in registry.BROKEN.keys() - before.keys():
            del registry.BROKEN[name]


@pytest.fixture(scope="module")
def with_the_template():
    """Let the template of a format be one of the clients."""
    from template_format import registered

    with registered():
        yield
