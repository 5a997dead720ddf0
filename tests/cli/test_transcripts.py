"""Transcripts: Markdown files with files, commands and what they print, run in a fresh folder each.

A block that starts with ```` ```file PATH ```` makes a file. A block that starts with ```` ```console ```` holds command lines
(`% ` and what `sh` runs), each followed by its standard output, its standard error (`2> ` before each line), and its exit status
(`=> 1`) where that is not 0. `AGENTCONV_ACCEPT=1 pytest tests/cli/test_transcripts.py` writes down what the program prints now.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "transcripts"
SOURCE = Path(__file__).parents[2] / "converters"
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>console|file [^\n]+)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def program(tmp_path):
    """A folder with an `agentconv` that runs this checkout, and the environment to run it in."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = programs / "agentconv"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agentconv "$@"\n')
    script.chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(SOURCE),
        "HOME": str(tmp_path),
        "COLUMNS": "100",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def run(command, folder, environment):
    """Run one command line and write down what it prints."""
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    stdout = done.stdout.decode().replace("\x1b", "␛")
    stderr = done.stderr.decode().replace("\x1b", "␛")
    lines = [f"% {command}", *stdout.splitlines(), *(f"2> {line}".rstrip() for line in stderr.splitlines())]
    return "\n".join([*lines, *([f"=> {done.returncode}"] if done.returncode else [])]) + "\n"


def played(text, folder, environment):
    """Return a transcript with what its commands print now."""

    def block(match):
        if match["info"] != "console":
            path = folder / match["info"].removeprefix("file ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(match["body"])
            return match[0]
        commands = re.findall(r"^% (.*)$", match["body"], re.MULTILINE)
        body = "\n".join(run(command, folder, environment) for command in commands)
        return f"{match['fence']}console\n{body}{match['fence']}"

    return BLOCK.sub(block, text)


@pytest.mark.skipif(sys.platform == "win32", reason="transcripts are run by sh")
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_transcript(path, tmp_path, program):
    """What the program prints is what the transcript says, to the letter."""
    folder = tmp_path / "work"
    folder.mkdir()
    expected = path.read_text("utf-8")
    actual = played(expected, folder, program)
    if os.environ.get("AGENTCONV_ACCEPT"):
        path.write_text(actual, "utf-8")
        expected = actual

    assert expected == actual
