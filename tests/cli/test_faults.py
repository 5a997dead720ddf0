"""Faults of the machine: each is told in a line that says what and where, no file is left half written, and the rest is done."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import pack_files
import warm_program
from agentconv.cli import COMMANDS, progress
from agentconv.formats import registry
from agentconv.sources import inputs
from interrupting import interrupted
from thorough import in_turns

CHECKOUT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, limits and permissions are others there")
BROKEN = "---\nname: bad\ndescription: Reviews: a lot\ntools: Read\n---\nDo it.\n"
BUGS = "Traceback", "bug in agentconv", "Exception ignored"


@pytest.fixture
def project(tmp_path, run):
    """A project whose agents have something to convert, to lint and to mend, a bundle of them, and a pack."""
    place = tmp_path / ".claude/agents"
    place.mkdir(parents=True)
    for name in ("one", "two", "three"):
        (place / f"{name}.md").write_text(BROKEN.replace("bad", name))
    run("to-json", ".", "-o", "all.json", code=0)
    pack_files.write(tmp_path / "backend_agents", pack_files.packed())
    (tmp_path / "kept/.claude/agents").mkdir(parents=True)
    (tmp_path / "kept/.claude/agents/one.md").write_text(
        "---\nname: one\ndescription: Does one thing, and says so\n---\nDo it, and say so.\n"
    )
    (tmp_path / "kept/agentconv.toml").write_text('source = "claude-code"\ntargets = ["codex"]\nmodels = "tier"\nexclude = ["x"]\n')
    return tmp_path


def program(*words, folder, environment=(), **options):
    """Run the program as a process of its own."""
    settings = {**os.environ, "PYTHONPATH": str(CHECKOUT / "converters"), **dict(environment)}
    command = [sys.executable, "-m", "agentconv", *words]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(command, cwd=folder, env=settings, timeout=600, check=False, **options)


LINES = {
    "init": "init -t codex --dry-run",
    "doctor": "doctor --no-programs",
    "convert": "convert . -t codex -o out -v",
    "sync": "sync --project kept --dry-run",
    "to-json": "to-json .",
    "from-json": "from-json all.json -t codex -o out -v",
    "inspect": "inspect . --for all",
    "report": "report -t codex -o -",
    "lint": "lint .",
    "rule": "rule AC101",
    "formats": "formats codex",
    "schema": "schema bundle",
    "pack": "pack .claude/agents --name a-pack --version 1 --no-lint --dry-run",
    "install": "install backend_agents --to claude-code --dry-run",
    "uninstall": "uninstall backend-agents --dry-run",
    "status": "status",
    "list": "list",
    "completion": "completion bash",
}
SERVING = {"lsp", "mcp"}
"""Commands that answer whoever asks on standard input: tests/editors and tests/assistants try them."""
MORE = ["", "--help", "convert . -t codex -o out --diff", "lint . --output-format sarif"]


def test_each_command_has_a_line():
    """Each command is among those that are tried here."""
    assert set(LINES) | SERVING == set(COMMANDS)


@pytest.mark.parametrize("line", [*LINES.values(), *MORE, *(f"{command} --help" for command in ("convert", "lint"))])
def test_nobody_reads(line, project):
    """`| head`: a reader that has gone away is no bug, and the files are written all the same."""
    reading, writing = os.pipe()
    os.close(reading)
    writes = "-o out -v" in line
    command = [warm_program.program(), *line.split()]
    done = subprocess.run(command, cwd=project, stdout=writing, stderr=writing if writes else subprocess.PIPE, timeout=600, check=False)
    os.close(writing)

    assert done.returncode in ((0, 1, 141) if not line.startswith("uninstall") else (2,))
    assert not any(word in (done.stderr or b"").decode() for word in BUGS)
    assert len(list(project.glob("out/**/*.toml"))) == (3 if writes else 0)


PLACES = {
    "no HOME": {"HOME": ""},
    "a HOME that nobody can write to": {"HOME": "/proc/1"},
    "no locale": {"LC_ALL": "", "LANG": "C", "PYTHONUTF8": "0"},
    "the C locale without UTF-8": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "streams in ASCII": {"PYTHONIOENCODING": "ascii"},
}


@pytest.mark.parametrize("environment", PLACES.values(), ids=PLACES)
def test_surroundings(environment, run, project):
    """Whatever the surroundings, what is written is the same bytes."""
    (project / ".claude/agents/one.md").write_text(BROKEN.replace("bad", "gr\u00fc\u00df").replace("lot", "\u2713 \u65e5"), "utf-8")
    lines = in_turns(("to-json .", "lint .", "list", "convert .claude/agents/one.md -t codex"), 2, [*PLACES.values()].index(environment))
    here = [run(*line.split()) for line in lines]
    there = [program(*line.split(), folder=project, environment=environment) for line in lines]

    assert [(one.code, one.out, one.err) for one in here] == [(one.returncode, one.stdout.decode(), one.stderr.decode()) for one in there]


def limited():
    """Let no file grow above 100 bytes, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("line", ["convert . -t codex -o out", "to-json . -o out.json", "from-json all.json -t codex -o out"])
def test_full_disk(line, project):
    """A disk that takes the beginning of a file leaves no part of it; that is told once."""
    before = sorted(project.rglob("*"))
    done = program(*line.split(), "-q", folder=project, preexec_fn=limited)
    after = [path for path in project.rglob("*") if path not in before and path.is_file()]

    assert (done.returncode, after) == (2, [])
    assert done.stderr.decode().count("error: cannot be written: file too large") == 1


def test_full_disk_while_mending(project):
    """A file that cannot be mended is left as it was."""
    before = [path.read_bytes() for path in sorted((project / ".claude/agents").iterdir())]
    (project / ".claude/agents/two.md").write_text(BROKEN + "x\n" * 100)
    program("lint", ".", "--fix", folder=project, preexec_fn=limited)
    done = program("lint", ".claude/agents/two.md", "--fix", folder=project, preexec_fn=limited)
    after = [path.read_bytes() for path in sorted((project / ".claude/agents").iterdir())]

    assert done.returncode == 2
    assert done.stderr.decode().startswith(".claude/agents/two.md: error: cannot be written: file too large\n")
    assert len(before) == len(after)


@pytest.mark.usefixtures("permissions")
def test_source_that_nobody_can_write_to(run, project):
    """A project without permission to write is read, and mending it is refused in a line."""
    (project / ".claude/agents").chmod(0o555)
    before = [path.read_bytes() for path in sorted((project / ".claude/agents").iterdir())]
    run("convert", ".", "-t", "codex", "-o", "out", code=0)
    done = run("lint", ".", "--fix", code=2)
    (project / ".claude/agents").chmod(0o755)

    assert "error: cannot be written: permission denied" in done.err
    assert before == [path.read_bytes() for path in sorted((project / ".claude/agents").iterdir())]


@pytest.mark.usefixtures("permissions")
def test_folder_that_nobody_can_list(run, project):
    """A folder without permission is named, and the others are read."""
    (project / ".claude/agents/closed").mkdir(mode=0)
    done = run("convert", ".", "-t", "codex", "-o", "out", code=1)
    (project / ".claude/agents/closed").chmod(0o755)

    assert "closed: error: cannot be read: permission denied" in done.err
    assert len(list((project / "out").rglob("*.toml"))) == 3


@pytest.mark.parametrize("line", ["convert . -t codex -o out", "to-json . -o out.json", "inspect .", "lint ."])
def test_file_that_vanishes(line, run, project, monkeypatch):
    """A file that is gone once it is read is named, and the others are worked on."""
    honest = inputs.read_bytes

    def late(file):
        (project / ".claude/agents/two.md").unlink(missing_ok=True)
        return honest(file)

    monkeypatch.setattr(inputs, "read_bytes", late)
    done = run(*line.split(), code=1)

    assert "two.md: error: cannot be read: no such file or directory" in done.err


def test_folder_that_vanishes(run, project, monkeypatch):
    """So is a folder."""
    (project / ".claude/agents/more").mkdir()
    honest = os.scandir

    def late(folder):
        if str(folder).endswith("more"):
            os.rmdir(folder)
        return honest(folder)

    monkeypatch.setattr(os, "scandir", late)
    done = run("convert", ".", "-t", "codex", "-o", "out", code=1)

    assert "more: error: cannot be read: no such file or directory" in done.err


INTERRUPTED = {"convert . -t codex -o out": (1, 50, 300, 600), "lint . --fix -q": (1, 50, 300, 600), "to-json . -o out.json": (1, 50, 300)}


@pytest.mark.parametrize(("line", "opened"), [(line, opened) for line, several in INTERRUPTED.items() for opened in several])
def test_interrupt_at_any_moment(line, opened, project):
    """Ctrl-C ends with 130 and leaves whole files only, whenever it comes."""
    place = project / ".claude/agents"
    for number in range(400):
        (place / f"a{number}.md").write_text(BROKEN.replace("bad", f"a{number}"))
    done = interrupted(*line.split(), folder=project, opened=opened)
    written = [path.read_text() for path in project.rglob("*") if path.suffix in (".md", ".toml", ".json")]

    assert (done.returncode, done.stderr) == (130, b"\ninterrupted\n")
    assert not list(project.rglob(".agentconv-*"))
    assert all(text.endswith("\n") and len(text) > 60 for text in written)


@pytest.mark.parametrize("step", ["write", "link", "replace", "unlink"])
def test_interrupt_while_a_file_is_written(step, run, project, monkeypatch):
    """No step of writing leaves a part of a file, or a temporary one, when it is interrupted."""
    monkeypatch.setattr(os, step, _interrupted_write if step == "write" else _interrupted_once(getattr(os, step)))
    monkeypatch.setattr(os, "link", _no_links) if step == "replace" else None
    before = sorted((project / ".claude/agents").iterdir())
    run("convert", ".", "-t", "codex", "-o", "out", code=130)
    found = [path for path in (project / "out").rglob("*") if path.is_file()]

    assert not [path for path in found if path.name.startswith(".agentconv-")]
    assert all(path.read_text().endswith("\n") for path in found)
    assert before == sorted((project / ".claude/agents").iterdir())


def _interrupted_once(honest):
    calls = []

    def step(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return honest(*arguments)

    return step


def _no_links(*_):
    raise OSError


def _interrupted_write(descriptor, data):
    os.pwrite(descriptor, data[:6], 0)
    raise KeyboardInterrupt


class Terminal:
    """A standard error that is a terminal."""

    def __init__(self, *, tty=True):
        self.text = ""
        self.tty = tty

    def isatty(self):
        return self.tty

    def write(self, text):
        self.text += text

    def flush(self):
        """Do nothing: nothing is held back."""


@pytest.mark.parametrize("line", ["convert . -t codex -o out", "to-json . -o out.json", "inspect .", "lint ."])
def test_progress(line, run, project, monkeypatch):
    """On a terminal, work that takes long shows how far it is, and that line is gone before any other is written."""
    monkeypatch.setattr(progress, "SLOW_SECONDS", 0)
    monkeypatch.setattr(progress, "_BETWEEN_SECONDS", 0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(*line.split())
    lines = terminal.text.replace("\r\x1b[K", "\n").split("\n")
    shown = [one for one in lines if " of 3 files" in one]

    assert "[################        ] 2 of 3 files" in "\n".join(shown)
    assert all(one.startswith("[") for one in shown)
    assert terminal.text.rindex("\r\x1b[K") > terminal.text.rindex(" of 3 files")


@pytest.mark.parametrize(("flags", "tty"), [(["-q"], True), (["--output-format", "json"], True), ([], False)])
def test_no_progress(flags, tty, run, project, monkeypatch):
    """Nothing of it is shown where it is not wanted, and nothing in pipes."""
    monkeypatch.setattr(progress, "SLOW_SECONDS", 0)
    monkeypatch.setattr(progress, "_BETWEEN_SECONDS", 0)
    terminal = Terminal(tty=tty)
    monkeypatch.setattr(sys, "stderr", terminal)
    run("convert", ".", "-t", "codex", "-o", "out", *flags)

    assert "of 3" not in terminal.text
    assert "\r" not in terminal.text


def test_short_work_shows_no_progress(run, project, monkeypatch):
    """Nor is it for what is done at once."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("convert", ".", "-t", "codex", "-o", "out", "--color", "never")

    assert "\r" not in terminal.text


PATHS = ["a\\b.md", "C:\\x.md", "a\0b.md", "a//b.md", "./a.md", "../a.md", "a/"]


@pytest.mark.parametrize("path", PATHS)
def test_paths_in_a_bundle(path, run, project):
    """A stored path that is none everywhere is refused, with what paths are."""
    text = (project / "all.json").read_text().replace(".claude/agents/one.md", path.replace("\\", "\\\\").replace("\0", "\\u0000"))
    (project / "all.json").write_text(text)
    done = run("from-json", "all.json", "-t", "claude-code", "-o", "out", code=2)

    assert "].path: a path that leads out of the folder" in done.err
    assert "hint: paths are relative" in done.err
    assert not (project / "out").exists()


@pytest.mark.parametrize("client", ["claude-code", "codex", "copilot"])
def test_names_that_no_disk_takes(client, run, tmp_path):
    """Names that are reserved, too long, alike without case or no names at all become files with names of their own on any system."""
    names = ["CON", "con", "COM\u00b9", "nul.x", "a.", "a", "A", "n" * 300, "\u00e9" * 200, "a\0b", "..", "C:\\x", "a/b", " ", "-rf"]
    row = registry.FORMATS[client]
    bundle = {
        "$schema": "urn:agentconv:bundle:1",
        "agents": [{"id": name, "name": name, "description": "d", "prompt": {"text": "p"}} for name in names],
    }
    (tmp_path / "all.json").write_text(json.dumps(bundle))
    run("from-json", "all.json", "-t", client, "-o", "out")
    found = [path.name for path in (tmp_path / "out" / row.folders[0]).iterdir()]
    stems = [name.removesuffix(row.suffixes[0]).casefold() for name in found]

    assert len(found) == len(set(stems)) == len(names)
    assert not {"con", "com\u00b9", "nul"} & {stem.partition(".")[0] for stem in stems}
    assert all(len(os.fsencode(name)) <= 255 and not set(name) & set('\0/\\:*?"<>|') for name in found)
    assert not [stem for stem in stems if stem.endswith((".", " ")) or stem.startswith("-")]
