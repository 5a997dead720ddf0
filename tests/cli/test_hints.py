"""No hint leads in a circle: what it names, done, ends in a state without that hint.

`hints/*.md` are scenarios: files (```` ```file PATH ````), and command lines (```` ```commands ````) that are run one after the other, each
in a copy of its own of what the ones before it left. Whatever command or option a hint on the way names is tried on another copy.
"""

import contextlib
import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from agentconv.cli import main

FOLDER = Path(__file__).parent / "hints"
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>commands|file [^\n]+)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
HINT = re.compile(r"^\s*(?:hint|help): (.*(?:\n {4,}.*)*)", re.MULTILINE)
COMMAND = re.compile(r"`agentconv ([^`]+)`")
_ONE = r"--[a-z][a-z-]+(?:=[\w/,-]+|(?<=--with) [a-z]+(?:[,/][\w-]+)*|(?<=--on-duplicate) [a-z]+|(?<=--map-models) [a-z]+)?"
OPTIONS = re.compile(rf"(?<![\w`-]){_ONE}(?: {_ONE})*")
"""Options that stand one behind the other are one way."""
LOOKS = re.compile(r"^(?:inspect|formats|rule|report|status|list|schema)\b|^lint\b(?!.*--fix)|--dry-run|--diff|--check")
"""What only looks, and changes nothing."""
INSTEAD = re.compile(r"(?:init|sync)\b")
"""What does in another way what was asked for, which is not to be run again then."""
OTHERS = "codex --"
"""What a hint says that speaks of another program's options."""
REFUSED = "server-open-to-all"
"""What no hint may end in that promises to take a server along."""
ELSEWHERE = ("DIR", "SRC", "FILE", "NAME", "PATH", "<", "…", "...")
"""A command with one of these in it is one that a person has to complete."""


def hints(text):
    """Return the hints that were printed, each in one line."""
    return [" ".join(found.split()) for found in HINT.findall(text)]


def ways(line, hint):
    """Yield the runs that a hint names: its commands, one after the other, and the line that printed it with an option more."""
    commands = [found for found in COMMAND.findall(hint) if not any(word in found for word in ELSEWHERE)]
    if commands:
        yield [*commands, *([] if any(INSTEAD.match(command) for command in commands) else [line])]
    for found in OPTIONS.findall(COMMAND.sub("", hint)) if OTHERS not in hint else []:
        kept = line
        for flag in re.findall(r"--[a-z-]+(?= [a-z])", found):
            kept = re.sub(rf"\s{flag}\s+\S+", "", kept)
        yield [f"{kept} {found}"]


@pytest.fixture
def ask(tmp_path, monkeypatch, capfd):
    """A function that runs a command line in a folder and returns all that it prints."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("HOME", str(tmp_path))

    def ask(line, folder):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        with contextlib.suppress(SystemExit):  # which `--help` ends with
            main(shlex.split(line))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err, captured.err
        return captured.out + captured.err

    return ask


def circles(line, there, copies, ask):
    """Yield what is wrong with each hint that a command line prints: the way that it names ends with the same hint."""
    before = copies(there)
    for hint in dict.fromkeys(hints(ask(line, before))):
        for way in ways(line, hint):
            if any(LOOKS.search(command) for command in way):
                continue
            folder = copies(before)
            told = [ask(command, folder) for command in way][-1]
            if hint in hints(told) or ("along" in hint and REFUSED in told):
                yield f"{line}\n  hint: {hint}\n  then: {way}\n{told}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_no_hint_leads_in_a_circle(path, tmp_path, ask):
    """Who does what a hint says is not told the same again."""
    count = iter(range(10_000))

    def copies(folder):
        return Path(shutil.copytree(folder, tmp_path / f"copy{next(count)}" / "project", symlinks=True))

    there, lines = tmp_path / "project", []
    for block in BLOCK.finditer(path.read_text("utf-8")):
        if block["info"] == "commands":
            lines += block["body"].splitlines()
            continue
        (file := there / block["info"].removeprefix("file ")).parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block["body"], "utf-8")
    wrong = []
    for line in lines:
        wrong += circles(line, there, copies, ask)
        ask(line, there)

    assert not wrong, "\n\n".join(wrong)
