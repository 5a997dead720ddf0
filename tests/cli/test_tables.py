"""Tables fit a terminal of 80 columns, and say the same without colour."""

import json
import re
from pathlib import Path

import pytest

from agent_files import dealt
from agentconv.cli import COMMANDS
from agentconv.cli.run import build_parser
from agentconv.formats import registry
from thorough import in_turns

FIXTURES = Path(__file__).parents[2] / "fixtures"
LINES = [["formats"], *(["formats", format_id, "-v"] for format_id in registry.FORMATS)]
FOLDERS = [FIXTURES / "examples", *(folder for client in registry.CLIENTS for folder in sorted((FIXTURES / client).glob("*valid")))]
COLOR = re.compile("\x1b\\[[0-9;]*m")


def own(folder):
    """Return the client whose files are in a folder."""
    return folder.parent.name if folder.parent.name in registry.FORMATS else "claude-code"


def asked(folder):
    """Return the clients that are asked about a folder: its own, and several others."""
    return [*dict.fromkeys((own(folder), *dealt(FOLDERS.index(folder))))]


def inspected(run, folder, *words):
    """Inspect the files of a folder."""
    source = folder / ".claude" / "agents" if folder.name == "examples" else folder
    return run("inspect", source, "-f", own(folder), "--for", ",".join(asked(folder)), *words)


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_formats_in_80_columns(words, run, monkeypatch):
    """What is said about formats fits."""
    monkeypatch.setenv("COLUMNS", "80")

    assert [line for line in run(*words, code=0).out.splitlines() if len(line) > 80] == []


@pytest.fixture
def help_of(run, monkeypatch):
    """A function that returns the help of a command, or of all of them, on a terminal of some width."""

    def help_of(command, columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        return build_parser(command).format_help() if command else run("--help", code=0).out

    return help_of


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits(command, columns, help_of):
    """Help fits the terminal, and says the same however wide that is."""
    shown = help_of(command, columns)

    assert [line for line in shown.splitlines() if len(line) > columns] == []
    assert shown.split() == help_of(command, 200).split()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_inspect_in_80_columns(folder, run, monkeypatch):
    """What clients make of files fits, but for paths and single words that are longer; the words are the same in colour."""
    monkeypatch.setenv("COLUMNS", "80")
    short, verbose, colored = (inspected(run, folder, *words).out for words in ((), ("-v",), ("--color", "always")))
    lines = [*short.splitlines(), *verbose.splitlines()]

    assert [line for line in lines if len(line) > 80 and " " in line.strip(" -") and not line.startswith(str(FIXTURES))] == []
    assert "\x1b" not in short + verbose
    assert short == COLOR.sub("", colored)


@pytest.mark.parametrize("folder", in_turns(FOLDERS, 3), ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_report_for_programs(folder, run):
    """The report as JSON says of each file and client what the text says, and the exit code."""
    done = inspected(run, folder, "--output-format", "json")
    report = json.loads(done.out)
    lost = {reading["state"] for result in report["results"] for reading in result["readings"]} & {"not loaded", "stops the client"}

    code = int(bool(lost)) if report["results"] else 2  # no file of the folder is an agent's

    assert report.get("clients") == (asked(folder) if report["results"] else None)
    assert (report["exit_code"], done.code) == (code, code)
