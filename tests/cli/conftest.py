"""Running the command line in this process, in a folder of its own."""

import ctypes
import io
import os
import sys
from dataclasses import dataclass

import pytest

from agentconv.cli import main

GOOD = b"---\nname: good\ndescription: A good one\ntools: Read\n---\n\nDo good.\n"


@dataclass(frozen=True)
class Done:
    """What one command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """A function that runs a command line and returns what it gave; a traceback or a bug fails the test."""
    monkeypatch.chdir(tmp_path)

    def run(*words, stdin=b"", code=None):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        found = main([str(word) for word in words])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        assert code is None or found == code, captured.err
        return Done(found, captured.out, captured.err)

    return run


@pytest.fixture
def source(tmp_path):
    """A project with one good agent; hostile neighbours are put beside it."""
    folder = tmp_path / "src" / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "good.md").write_bytes(GOOD)
    return folder


@pytest.fixture
def files(tmp_path):
    """A function that lists every file below the test's folder."""

    def files(folder=tmp_path):
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink())

    return files


_OVERRIDES = 0b110
"""The capabilities by which root reads and writes what its permissions forbid."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _hold_back(*, root):
    """Take from this thread, or give back, what lets root pass over permissions (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, found = _Header(0x20080522, 0), (_Capabilities * 2)()
    assert libc.capget(ctypes.byref(header), ctypes.byref(found)) == 0
    found[0].effective = found[0].effective & ~_OVERRIDES if root else found[0].effective | (found[0].permitted & _OVERRIDES)
    assert libc.capset(ctypes.byref(header), ctypes.byref(found)) == 0


@pytest.fixture
def permissions():
    """Let permissions hold this process back, be it root or not."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        _hold_back(root=True)
    yield
    if root:
        _hold_back(root=False)
