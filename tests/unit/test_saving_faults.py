"""A failure, a kill or somebody's change at any call of converting, merging and mending: whole files only, and no edit is lost."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

import disk_faults
from agentconv.cli import main
from agentconv.cli.exit_codes import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Tree = dict[str, tuple[int, bytes | None]]
AGENT = "---\nname: {0}\ndescription: Reviews: a lot\ntools: Read\n---\nDo it.\n"
CODEX = 'name = "two"\ndescription = "mine"\ndeveloper_instructions = "mine"\n'
MODES = "# mine\ncustomModes:\n  - slug: mine\n    name: Mine\n    roleDefinition: Me.\n    groups: [read]\n"
EDITED = {
    "converting": "out/.codex/agents/two.toml",
    "merging": "out/.roomodes",
    "mending": ".claude/agents/two.md",
}
"""By what is done, the file of the user's that is changed for it."""
LINES = {
    "converting": "convert . -t codex -o out --force -q",
    "merging": "convert .claude/agents/two.md -t roo -o out -q",
    "mending": "lint .claude/agents/two.md --fix -q",
}
ERRORS = [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]
SAVED = "saved by an editor"


def _project(root: Path) -> Path:
    for name in ("one", "two"):
        _write(root / f".claude/agents/{name}.md", AGENT.format(name))
    _write(root / EDITED["converting"], CODEX)
    _write(root / EDITED["merging"], MODES)
    for path in EDITED.values():
        (root / path).chmod(0o640)
    return root


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def _tree(root: Path) -> Tree:
    """Everything that is there: modes, bytes (None for a folder). Where one copy could not be looked at, the next one is as good."""
    return {
        path.relative_to(root).as_posix().removesuffix("-2"): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
        for path in sorted(root.rglob("*"))
    }


def _work(root: Path, what: str) -> int:
    os.chdir(root)
    return main(LINES[what].split())


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that each run gets a copy of."""
    monkeypatch.chdir(tmp_path)
    return _project(tmp_path / "template")


def _again(template: Path) -> Path:
    """Return a fresh copy of the project."""
    root = template.with_name("project")
    shutil.rmtree(root, ignore_errors=True)
    return shutil.copytree(template, root)


def _expected(template: Path, what: str) -> Tree:
    root = _again(template)
    assert _work(root, what) in (Exit.OK, Exit.FINDINGS)
    return _tree(root)


def _each(template: Path, what: str, names: frozenset[str] = disk_faults.CALLS, *, first: int = 0, share: int = 6) -> Sequence[int]:
    root = _again(template)
    _work(_again(template), what)  # once, so that what is only done the first time does not count
    root = _again(template)
    number = disk_faults.count(partial(_work, root, what), names)
    assert number > 5
    return disk_faults.tried(number, first, share)


def _check(found: Tree, before: Tree, after: Tree, at: object, *, left: bool = False) -> None:
    """Each path is as it was, or as it is to be; of ours, nothing else is there."""
    for path in {*before, *after, *found}:
        if not (left and "/.agentconv-save-" in path):
            assert found.get(path) in (before.get(path), after.get(path)), (at, path)


@pytest.mark.parametrize("error", ERRORS, ids=["full", "forbidden", "interrupted"])
@pytest.mark.parametrize("what", LINES)
def test_an_error_at_any_call_leaves_whole_files(template, what, error):
    """It is told, each file has its old or its new bytes and its mode, nothing is left behind, and the next run does the rest."""
    before, after = _tree(template), _expected(template, what)
    for number in _each(template, what, first=ERRORS.index(error)):
        root = _again(template)
        with disk_faults.at(number, disk_faults.raising(error), disk_faults.CALLS):
            code = _work(root, what)
        assert code == 130 if isinstance(error, KeyboardInterrupt) else code in (Exit.OK, Exit.FINDINGS, Exit.USAGE), number
        _check(_tree(root), before, after, number)
        _work(root, what)
        assert _tree(root) == after, number


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.skipif(sys.platform == "win32", reason="no process can be copied there")
@pytest.mark.parametrize("what", LINES)
def test_a_kill_at_any_call_leaves_whole_files(template, what):
    """So does a kill; what that leaves behind goes with the next run."""
    before, after = _tree(template), _expected(template, what)
    left = 0
    for number in _each(template, what, disk_faults.WRITING, share=4):
        root = _again(template)
        assert disk_faults.killed(partial(_work, root, what), number)
        found = _tree(root)
        left += any("/.agentconv-save-" in path for path in found)
        _check(found, before, after, number, left=True)
        _work(root, what)
        assert _tree(root) == after, number

    assert left


def _gone(root: Path, what: str) -> None:
    (root / EDITED[what]).unlink(missing_ok=True)


def _saved(root: Path, what: str) -> None:
    place = root / EDITED[what]
    text = place.read_text()
    place.write_text(text + (f"# {SAVED}\n" if place.suffix != ".md" else f"{SAVED}\n"))


@pytest.mark.parametrize("what", LINES)
def test_what_vanishes_at_any_call_is_no_bug(template, what):
    """A file that somebody removes while it is worked on is made anew, or told; the others are as they are to be."""
    before, after = _tree(template), _expected(template, what)
    for number in _each(template, what):
        root = _again(template)
        with disk_faults.at(number, partial(_gone, root, what), disk_faults.CALLS):
            assert _work(root, what) in (Exit.OK, Exit.FINDINGS, Exit.USAGE), number
        found = _tree(root)
        assert not [path for path in found if "/.agentconv-save-" in path], number
        mine = EDITED[what]
        others = {path for path in {*found, *before} if not path.startswith(mine)}
        assert all(found.get(path) in (before.get(path), after.get(path)) for path in others if path != "out/.roomodes"), number


@pytest.mark.parametrize("what", LINES)
def test_what_an_editor_saves_at_any_call_is_kept(template, what):
    """Until the moment in which a file is replaced, what somebody writes into it is in it afterwards, or in the copy of it."""
    told: set[int] = set()
    for number in _each(template, what, disk_faults.BEFORE_COMPARING):
        root = _again(template)
        with disk_faults.at(number, partial(_saved, root, what), disk_faults.BEFORE_COMPARING):
            told.add(_work(root, what))
        kept = [path for path, (_, data) in _tree(root).items() if data and SAVED.encode() in data]
        assert kept, number

    assert Exit.FINDINGS in told


@pytest.mark.parametrize("what", LINES)
def test_a_disk_that_keeps_less_keeps_the_bytes(template, what, monkeypatch):
    """Where a system has no owners, attributes, hard links or flags of POSIX, the same files are written."""
    after = _expected(template, what)
    root = _again(template)
    for name in ("chown", "listxattr", "getxattr", "setxattr"):
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(os, "link", _forbidden)
    _work(root, what)

    assert _tree(root) == after


def _forbidden(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")
