"""`--jobs`: the same files, the same report and the same exit code with any number of processes."""

import json
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from agentconv.cli import processes
from interrupting import interrupted
from warm_program import program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process does it all here")
SOURCE = Path(__file__).parents[2] / "converters"
PROGRAM = """
import contextlib, io, json, os, signal, sys
from collections import Counter
from agentconv.cli import main
from agentconv.core import workers

here, said, say, lose = os.getpid(), Counter(), workers._say, sys.argv[1] == "lose"
copies = 0

def say_or_be_lost(what, to):
    said[os.getpid()] += 1
    if lose and os.getpid() != here and said[os.getpid()] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    say(what, to)

workers._say = say_or_be_lost
fork = os.fork

def forked():
    global copies
    copies += 1
    return fork()

os.fork = forked
found = []
for words in json.loads(sys.argv[2]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    found.append([code, out.getvalue(), err.getvalue()])
print(json.dumps([found, copies]))
"""
KEYS = (
    "tools: Read, Grep\n",
    "tools: [Read, Bash]\nmodel: opus\n",
    "permissionMode: plan\nskills: [look]\n",
    "colour: blue\ntools: Read, Raed\n",
    "hooks:\n  PreToolUse:\n    - hooks: [{type: command, command: x}]\n",
)
COMMANDS = (
    "convert . -f claude -t codex,cursor,json,roo,claude-code,kilo -o OUT -v",
    "convert . -f claude -t codex,claude-plugin -o OUT --with none --output-format json",
    "convert . -f claude -t opencode -o OUT --check --on-duplicate first --only-loaded",
    "convert . -f codex -t gemini-cli -o OUT",
    "convert . -t codex -o OUT",
    "inspect . --for codex,opencode,kimi --output-format json",
    "lint . --for codex,cursor --output-format json",
    "lint . --diff",
    "lint . --fix",
)


def project(folder):
    """Write a project with what makes files depend on each other, or differ from what they seem."""
    agents = folder / ".claude" / "agents"
    agents.mkdir(parents=True)
    for number in range(30):
        name = f"agent-{number % 20}" if number % 3 else f"Agent {number % 10}!"
        text = f"---\nname: {name}\ndescription: {'a: b' if number % 9 == 4 else 'Looks.'}\n{KEYS[number % 5]}---\n\nAsk agent-{number}.\n"
        (agents / f"{number:02}.md").write_bytes(text.replace("\n", "\r\n" if number % 7 == 3 else "\n").encode())
    (agents / "README.md").write_text("# Agents\n")
    (agents / "notes-on.md").write_text("What we know.\n")
    (agents / "mute.md").write_bytes(b"---\nname: \xff\n---\n")
    (folder / ".codex" / "agents").mkdir(parents=True)
    (folder / ".codex" / "agents" / "one.toml").write_text('name = "one"\ndescription = "d"\ndeveloper_instructions = "e"\n')
    (folder / ".codex" / "config.toml").write_text('[agents.two]\nconfig_file = "agents/one.toml"\n')
    (folder / "skill").mkdir()


def ran(folder, jobs, *, lose=False):
    """Return what the commands gave with so many processes, and every file that is there then."""
    folder.mkdir()
    project(folder)
    lines = [[*line.split(), "--jobs", str(jobs)] for line in COMMANDS]
    command = [sys.executable, "-c", PROGRAM, "lose" if lose else "", json.dumps(lines)]
    settings = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=True)
    found, copies = json.loads(done.stdout)
    return found, {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}, copies


def test_the_same_with_any_number(tmp_path):
    """Commands write the same bytes and say the same with one process, with three, and where these are lost in the middle."""
    one = ran(tmp_path / "one", 1)
    three = ran(tmp_path / "three", 3)
    lost = ran(tmp_path / "lost", 2, lose=True)

    rounds = len(COMMANDS) + 1  # lint looks twice where it mends, and one file of Codex is no work for two
    assert (one[2], three[2], lost[2]) == (0, 3 * rounds, 2 * rounds)
    for line, *several in zip(COMMANDS, one[0], three[0], lost[0], strict=True):
        assert several[1] == several[0], line
        assert several[2] == several[0], line
    assert one[1] == three[1] == lost[1]
    assert {code for code, _, _ in one[0]} == {0, 1}


def test_interrupted(tmp_path):
    """Ctrl-C ends all of them, with 130 and whole files only: those that a run to the end writes."""
    project(tmp_path)
    shutil.rmtree(tmp_path / ".codex")
    done = interrupted("convert", ".", "-t", "opencode", "-o", "out", "--jobs", "2", folder=tmp_path, opened=20, written=True)
    there = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    interrupted("convert", ".", "-t", "opencode", "-o", "whole", "--jobs", "2", folder=tmp_path, opened=-1)
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").rglob("*") if path.is_file()}

    assert (done.returncode, done.stderr[-13:]) == (130, b"\ninterrupted\n")
    assert there
    assert there.items() < whole.items()


def test_sync_with_any_number(tmp_path):
    """What is kept in step is the same, and so is the lock, with one process and with one for each target."""
    found = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        project(folder)
        shutil.rmtree(folder / ".codex")
        (folder / "agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex", "opencode"]\n')
        command = [program(), "sync", "--jobs", str(jobs)]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        there = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        found.append((done.returncode, done.stdout, done.stderr, there))

    assert found[0] == found[1]
    assert found[0][0] in (0, 1)


@pytest.mark.parametrize("given", ["0", "-1", "two", ""])
def test_no_such_number(run, source, given):
    """A number of processes that there cannot be is told with what there can be."""
    done = run("convert", "src", "-t", "codex", "-o", "out", f"--jobs={given}", code=2)

    assert done.err.splitlines()[-1] == "  hint: it is a number from 1 on, or auto"


def test_what_is_traced_is_traced_by_one_process():
    """With --debug one process does all of it, so that the traceback of what fails at every file is printed once."""
    given = [Namespace(jobs=2, debug=debug) for debug in (False, True)]

    assert [processes.number(options, 1000) for options in given] == [2, 1]
