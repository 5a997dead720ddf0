"""Bad input: one line that says what and where, the right exit code, no partial file, and the good agents converted all the same."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import warm_program
from agentconv import cli
from agentconv.cli.exit_codes import Exit
from agentconv.sources import discovery, loading
from interrupting import interrupted
from thorough import THOROUGH
from work import LINEAR, growth, lines

CHECKOUT = Path(__file__).parents[2]
DEEP = 1_000_000 if THOROUGH else 600_000


def agent(name="bad", header="", body="Do it.\n"):
    """Return an agent file."""
    return f"---\nname: {name}\ndescription: d\n{header}---\n{body}".encode("utf-8", "surrogatepass")


def program(*words, folder, **options):
    """Run the program as a process of its own, which a crash cannot hide from."""
    return subprocess.run([warm_program.program(), *map(str, words)], cwd=folder, capture_output=True, timeout=600, check=False, **options)


HOSTILE = {
    "an alias bomb": (
        b"---\nname: bad\ndescription: d\na: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (ord("b") + i, ord("b") + i, b",".join([b"*%c" % (ord("a") + i)] * 9)) for i in range(9))
        + b"---\nhi\n",
        1,
    ),
    "frontmatter in JavaScript": (b"---js\nmodule.exports = { name: require('fs').writeFileSync('pwned', '') }\n---\nhi\n", 0),
    "a Python object": (b"---\nname: bad\ndescription: !!python/object/apply:os.system ['touch pwned']\n---\nhi\n", 1),
    "binary": (bytes(range(256)) * 20, 0),
    "a name that leads out": (agent("../../evil"), 0),
    "an absolute path as name": (agent("/etc/evil"), 0),
    "a Windows path as name": (agent(r"C:\evil"), 1),
    "NUL": (agent("bad", body="a\0b\n"), 0),
    "a lone surrogate escape": (agent("bad", header='x: "a\\ud800b"\n'), 1),
    "Latin-1": (b"---\nname: bad\ndescription: caf\xe9\n---\n\xe9t\xe9\n", 0),
    "a name that Windows reserves": (agent("con"), 0),
    "a name of 300 characters": (agent("n" * 300), 1),
    "an empty file": (b"", 0),
    "nothing but an opening": (b"---", 0),
    "no closing": (b"---\nname: bad\ndescription: d\n", None),
    "only line separators": ("\u2028\u2029\x85".encode() * 100, 0),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_agent(data, code, run, source, files):
    """A hostile agent file is reported, nothing is run or written elsewhere, and its neighbour is converted."""
    (source / "bad.md").write_bytes(data)
    before = files()
    done = run("convert", "src", "-t", "codex", "-o", "out")
    new = set(files()) - set(before)

    assert "out/.codex/agents/good.toml" in new
    assert all(path.startswith("out/.codex/agents/") and path.endswith(".toml") for path in new)
    assert done.code in ((0, 1) if code is None else (code,)), done.err


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_agent_in_a_bundle(data, code, run, source, tmp_path):
    """A bundle holds any file exactly, and gives it back."""
    (source / "bad.md").write_bytes(data)
    run("to-json", "src", "-o", "all.json")
    run("from-json", "all.json", "-t", "claude-code", "-o", "back")

    assert (tmp_path / "back/.claude/agents/bad.md").read_bytes() == data


NESTED = {
    "flow.md": b"---\nname: bad\ndescription: d\nx: " + b"[" * DEEP + b"]" * DEEP + b"\n---\nhi\n",
    "maps.md": b"---\nname: bad\ndescription: d\nx: " + b"{a: " * DEEP + b"}" * DEEP + b"\n---\nhi\n",
    "block.md": b"---\nname: bad\ndescription: d\nx:\n  " + b"- " * DEEP + b"a\n---\nhi\n",
    "under-the-limit.md": b"---\nname: bad\ndescription: d\nx: " + b"[" * 400_000 + b"]" * 400_000 + b"\n---\nhi\n",
    "block-under-the-limit.md": b"---\nname: bad\ndescription: d\nx:\n  " + b"- " * 400_000 + b"a\n---\nhi\n",
    "flow.toml": b'name = "bad"\ndescription = "d"\ndeveloper_instructions = "x"\nx = ' + b"[" * DEEP + b"]" * DEEP + b"\n",
    "inline.toml": b'name = "bad"\ndescription = "d"\ndeveloper_instructions = "x"\nx = ' + b"{a=" * DEEP + b"1" + b"}" * DEEP + b"\n",
    "keys.toml": b'name = "bad"\n' + b"a." * DEEP + b"b = 1\n",
    "bundle.json": b'{"$schema": "urn:agentconv:bundle:1", "agents": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "maps.json": b'{"$schema": "urn:agentconv:bundle:1", "agents": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "bundle.toml": b'"$schema" = "urn:agentconv:bundle:1"\nagents = ' + b"[" * DEEP + b"]" * DEEP + b"\n",
}


@pytest.mark.parametrize("name", NESTED)
def test_nesting(name, tmp_path):
    """A million levels, or nearly so many, neither crash the program nor take long."""
    (tmp_path / name).write_bytes(NESTED[name])
    (tmp_path / "good.md").write_bytes(agent("good"))
    done = program("convert", name, "good.md", "-t", "json", "-o", "out", folder=tmp_path)

    assert done.returncode in (0, 1), done.stderr[-500:]
    assert b"Traceback" not in done.stderr
    assert [found["name"] for found in json.loads((tmp_path / "out/agents.json").read_text())["agents"]][-1] == "good"


def test_large_file(run, source, tmp_path):
    """A file of 50 MB is left out, with its size."""
    with (source / "big.md").open("wb") as stream:
        stream.write(b"---\nname: big\ndescription: d\n---\n")
        stream.truncate(50_000_000)
    done = run("convert", "src", "-t", "codex", "-o", "out", code=1)

    assert "big.md: error: the file has 50,000,000 bytes; agentconv reads agents of up to 16,777,216" in done.err
    assert (tmp_path / "out/.codex/agents/good.toml").is_file()


def test_large_standard_input(run):
    """Standard input is bounded too."""
    done = run("convert", "-", "-f", "claude-code", "-t", "codex", stdin=agent(body="a" * 17_000_000), code=2)

    assert "stdin" in done.err
    assert "16,777,216" in done.err


LARGE = {
    "colons": lambda size: agent(header="x: " + "a: " * (size // 3) + "\n"),
    "keys": lambda size: agent(header="".join(f"k{i}: v\n" for i in range(size // 16))),
    "tools": lambda size: agent(header="tools: " + "Read, " * (size // 6) + "\n"),
    "rules": lambda size: agent(body="---\n" * (size // 4)),
    "quotes": lambda size: agent(header="x: " + '"\\' * (size // 2) + "\n"),
    "comment": lambda size: agent(header="#" * size + "\n"),
    "aliases": lambda size: agent(header="x: " + "&a *a " * (size // 6) + "\n"),
    "name": lambda size: agent("a" * size),
    "body": lambda size: agent(body="<" * (size // 2) + "good " * (size // 10)),
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_a_megabyte(data, source, tmp_path, run):
    """No shape of 1 MB crashes the program, and none makes it slow."""
    (source / "bad.md").write_bytes(data(1_000_000))
    done = program("convert", "src", "-t", "codex", "-o", "out", folder=tmp_path)

    def convert(size):
        (source / "bad.md").write_bytes(data(size))
        run("convert", "src", "-t", "codex", "-o", str(size))

    assert done.returncode in (0, 1), done.stderr[-500:]
    assert growth(convert, 10_000) < LINEAR


HEAVY = {
    "brackets": lambda size: agent(header="x: " + "[" * (size // 2) + "\n"),
    "closed brackets": lambda size: agent(header="x: " + "[" * (size // 2) + "]" * (size // 2) + "\n"),
    "blanks": lambda size: agent(header="x:" + "\t" * size + "y\n"),
    "keys": lambda size: agent(header="".join(f"key{i}: v\n" for i in range(size // 100))),
}


@pytest.mark.parametrize("command", ["lint", "inspect"])
@pytest.mark.parametrize("data", HEAVY.values(), ids=HEAVY)
def test_work_grows_with_the_file(data, command, source, run):
    """No shape of a header takes lint or inspect more work than its size is worth."""

    def look(size):
        (source / "bad.md").write_bytes(data(size))
        run(command, "src")

    assert growth(look, 20_000) < LINEAR


def test_aliases_that_multiply(source, run):
    """Aliases that stand for millions of values are more than is read: they take the same work, whatever they stand for, and it is said."""

    def look(levels):
        lists = "".join(f"k{i}: &k{i} [{', '.join([f'*k{i - 1}' if i else 'x'] * 9)}]\n" for i in range(levels))
        (source / "bad.md").write_bytes(agent(header=f"{lists}tools: *k{levels - 1}\n"))
        return lines(lambda: told.append(run("lint", "src").out))

    told = []
    look(5)

    assert look(40) < 2 * look(6)
    assert all("aliases expand to too many values" in " ".join(one.split()) and "write less of it" in one for one in told)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is in use cannot be deleted there")
@pytest.mark.parametrize("line", ["", "convert . -t codex", "lint", "status", "install x", "schema bundle"])
def test_current_folder_is_gone(line, run, tmp_path):
    """Where the current folder was deleted, that is said, and where to go."""
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    done = run(*line.split(), code=2)

    assert done.err == 'error: the current folder is not there any more\n  hint: go to one that is: cd "$HOME"\n'


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is in use cannot be deleted there")
def test_starting_where_nothing_is_left(tmp_path):
    """A program that is only just started there says the same."""
    (tmp_path / "gone").mkdir()
    command = f"cd {tmp_path}/gone && rmdir {tmp_path}/gone && exec {sys.executable} -P -m agentconv lint"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: the current folder is not there any more")


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
@pytest.mark.usefixtures("permissions")
@pytest.mark.parametrize("line", ["lint", "convert", "inspect", "report", "to-json", "pack"])
def test_no_way_into_a_folder(line, run, tmp_path):
    """A file of a folder that lets nobody in is told with its path, whatever the command."""
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked/x.md").write_bytes(agent("x"))
    (tmp_path / "locked").chmod(0)
    more = {"convert": ["-t", "codex"], "pack": ["--name", "x-y", "--version", "1"], "report": ["-o", "x.html"]}.get(line, [])
    done = run(line, "locked/x.md", *more, code=2)
    (tmp_path / "locked").chmod(0o755)

    assert "locked/x.md" in done.err
    assert "permission denied\n" in done.err


def test_missing_file(run, source):
    """A path that does not exist names the one that was meant."""
    done = run("convert", "src/.claude/agents/god.md", "-t", "codex", code=2)

    assert "hint: did you mean `src/.claude/agents/good.md`?" in done.err


def test_folder_without_agents(run, tmp_path):
    """A folder without agents is named, with where agents would be."""
    (tmp_path / "empty").mkdir()
    done = run("to-json", "empty", code=2)

    assert done.err == "error: no agents in `empty`\n  hint: `agentconv formats` says where a project has them\n"


def test_links(run, source, tmp_path, files):
    """Links that loop or lead nowhere are named; those that lead out of the project are not followed."""
    (tmp_path / "secret.md").write_bytes(agent("secret"))
    (source / "self.md").symlink_to("self.md")
    (source / "nowhere.md").symlink_to("missing.md")
    (source / "out.md").symlink_to(tmp_path / "secret.md")
    (source / "loop").symlink_to(source)
    (source / "up").symlink_to(tmp_path)
    (source / "inside.md").symlink_to("good.md")
    done = run("convert", "src", "-t", "codex", "-o", "out", code=1)

    assert "self.md: error: cannot be read: too many levels of symbolic links" in done.err
    assert "nowhere.md: error: cannot be read: no such file or directory" in done.err
    assert "out.md: error: a symbolic link leads out of the project" in done.err
    assert "up: warning: a symbolic link leads out of the project" in done.err
    assert files(tmp_path / "out") == [".codex/agents/good-2.toml", ".codex/agents/good.toml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_special_files(run, source, tmp_path, files):
    """A FIFO or a socket is no file to wait for, and a folder may be called x.md."""
    os.mkfifo(source / "pipe.md")
    os.mkfifo(tmp_path / "pipe.toml")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(source)
        listener.bind("socket.md")
        os.chdir(tmp_path)
        (source / "folder.md").mkdir()
        (source / "folder.md" / "inner.md").write_bytes(agent("inner"))
        done = run("convert", "src", "-t", "codex", "-o", "out", code=1)
    run("convert", "pipe.toml", "-t", "claude-code", code=2)

    assert "pipe.md: error: cannot be read: not a regular file" in done.err
    assert "socket.md: error: cannot be read: not a regular file" in done.err
    assert files(tmp_path / "out") == [".codex/agents/good.toml", ".codex/agents/inner.toml"]


@pytest.mark.usefixtures("permissions")
def test_unreadable_file(run, source, tmp_path):
    """A file without permission to read is named, and the others are converted."""
    (source / "closed.md").write_bytes(agent())
    (source / "closed.md").chmod(0)
    done = run("convert", "src", "-t", "codex", "-o", "out", code=1)

    assert "closed.md: error: cannot be read: permission denied" in done.err
    assert (tmp_path / "out/.codex/agents/good.toml").is_file()


@pytest.mark.usefixtures("permissions")
@pytest.mark.parametrize(
    "words", [[], ["lint", "."], ["inspect", "."], ["convert", ".", "-t", "codex"]], ids=lambda words: words[0] if words else "alone"
)
def test_unreadable_folder(words, run, source, tmp_path, monkeypatch):
    """A folder of agents without permission to read is named by every command, the bare one included."""
    folder = tmp_path / ".claude/agents"
    folder.mkdir(parents=True)
    folder.chmod(0)
    monkeypatch.chdir(tmp_path)
    done = run(*words, code=None)

    assert "cannot be read: permission denied" in done.out + done.err


@pytest.mark.usefixtures("permissions")
def test_unwritable_output(run, source, tmp_path, files):
    """An output folder without permission to write is named, with one file and how many more."""
    (source / "other.md").write_bytes(agent("other"))
    (tmp_path / "out").mkdir(mode=0o555)
    done = run("convert", "src", "-t", "codex", "-o", "out", code=2)

    assert done.err.count("cannot be written: permission denied") == 2  # the first, and how many more
    assert files(tmp_path / "out") == []


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_disk_refuses(error, run, source, files, monkeypatch):
    """Whatever the disk says is told in one line, and no part of a file is left."""
    (source / "other.md").write_bytes(agent("other"))

    def refuse(*_):
        raise error

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    done = run("convert", "src", "-t", "codex", "-o", "out", code=2)

    assert done.err.count(f"error: cannot be written: {error.strerror.lower()}") == 1
    assert "2 files not written" in done.err
    assert not [path for path in files() if path.startswith("out/")]


def test_output_is_a_file(run, source, tmp_path):
    """A file where the output folder, or a folder in it, would be stays what it is."""
    (tmp_path / "taken").write_text("mine")
    run("convert", "src", "-t", "codex", "-o", "taken", code=2)
    done = run("convert", "src", "-t", "codex", "-o", "taken/sub", code=2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.codex").write_text("mine")
    run("convert", "src", "-t", "codex", "-o", "out", code=2)

    assert "error: `taken` is a file, not a folder" in done.err
    assert (tmp_path / "taken").read_text() == (tmp_path / "out/.codex").read_text() == "mine"


def test_output_leads_out(run, source, tmp_path, files):
    """A symbolic link in the output folder leads no file out of it, with --force neither."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/.codex").symlink_to(tmp_path / "elsewhere")
    done = run("convert", "src", "-t", "codex", "-o", "out", "--force", code=2)

    assert "a symbolic link leads out of the output folder" in done.err
    assert files(tmp_path / "elsewhere") == []


def test_output_entry_is_a_link(run, source, tmp_path):
    """A link to nowhere in a file's place stays, and nothing is made where it leads, with --force neither."""
    place = tmp_path / "out/.codex/agents/good.toml"
    place.parent.mkdir(parents=True)
    place.symlink_to("nowhere")
    done = run("convert", "src", "-t", "codex", "-o", "out", "--force", code=2)

    assert "good.toml: error: cannot be written: it is a symbolic link that leads nowhere" in done.err
    assert place.readlink() == Path("nowhere")
    assert not place.exists()


def test_output_entry_is_a_folder(run, source, tmp_path):
    """A folder in a file's place concerns that file alone."""
    (source / "other.md").write_bytes(agent("other"))
    (tmp_path / "out/.codex/agents/good.toml").mkdir(parents=True)
    done = run("convert", "src", "-t", "codex", "-o", "out", "--force", code=1)

    assert "good.toml: error: cannot be written: it is a folder" in done.err
    assert (tmp_path / "out/.codex/agents/other.toml").is_file()


NAMES = ["new\nline.md", "a\\b.md", "c:x.md", "\x1b[31mred.md", "trailing .md", "f" * 250 + ".md", "-dash.md", "nul.md", "é.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere refuse such names")
def test_file_names(run, source, tmp_path, files):
    """Any name that the file system has is read; nothing in it reaches the terminal or another folder."""
    for number, name in enumerate(NAMES):
        (source / name).write_bytes(agent(f"a{number}"))
    for byte in (0xFE, 0xFF):
        Path(os.fsdecode(os.fsencode(source) + b"/bad%c.md" % byte)).write_bytes(agent(f"b{byte}"))
    (source / "unnamed\x1b.md").write_bytes(b"---\ndescription: d\nmodel: x\n---\nhi\n")
    run("to-json", "src", "-o", "all.json")
    done = run("from-json", "all.json", "-t", "claude-code", "-o", "back", "-v", code=0)
    run("convert", "src", "-t", "codex", "-o", "out", "-v", code=1)

    assert "\x1b" not in done.err
    assert len(files(tmp_path / "back")) == len(files(tmp_path / "out")) == len(NAMES) + 4


@pytest.mark.skipif(sys.platform != "linux", reason="file systems elsewhere do not tell case apart")
def test_names_that_differ_by_case(run, source, tmp_path):
    """Outputs are unique on file systems that do not tell case apart."""
    for name in ("Good", "GOOD", "CON", "con"):
        (source / f"{name}.md").write_bytes(agent(name))
    run("convert", "src", "-t", "codex", "-o", "out", code=0)
    stems = [path.stem.casefold() for path in (tmp_path / "out/.codex/agents").iterdir()]

    assert len(set(stems)) == len(stems) == 5
    assert "con" not in stems


def bundle(**changes):
    """Return a small valid bundle, changed."""
    document = {
        "$schema": "urn:agentconv:bundle:1",
        "agents": [
            {"id": "a", "name": "a", "description": "d", "prompt": {"text": "p"}},
            {"id": "b", "name": "b", "description": "d", "prompt": {"text": "p"}},
        ],
    }
    return json.dumps({**document, **changes}).encode()


def special(value):
    """Return a bundle with a value in one client's own key."""
    return bundle(agents=[{"id": "a", "name": "a", "description": "d", "prompt": {"text": "p"}, "extras": {"claude-code": {"zq": value}}}])


def stored(path, text="---\nname: x\ndescription: d\n---\nhi\n"):
    """Return a stored source."""
    return [{"path": path, "format": "claude-code", "sha256": "0" * 64, "text": [text]}]


def test_toml_bundle_that_is_not_utf_8(run, tmp_path):
    """Bytes that are not UTF-8 are no TOML; the place is told."""
    (tmp_path / "bad.toml").write_bytes(b'"$schema" = "urn:agentconv:bundle:1"\n\n[[agents]]\nid = "a"\ndescription = "caf\xe9"\n')
    done = run("from-json", "bad.toml", "-t", "claude-code", "-o", "out", code=2)

    assert "bad.toml:5:19: error: not UTF-8" in done.err


BUNDLES = {
    "a path that leads out": (bundle(sources=stored("../x.md")), "leads out"),
    "a path that leads out, hidden": (bundle(sources=stored("a/../../x.md")), "leads out"),
    "an absolute path": (bundle(sources=stored("/x.md")), "leads out"),
    "a Windows path": (bundle(sources=stored("..\\x.md")), "leads out"),
    "a drive": (bundle(sources=stored("C:x.md")), "leads out"),
    "duplicate ids": (bundle(agents=[{"id": "a"}, {"id": "a"}]), "the id `a` is taken"),
    "an unknown key": (bundle(agent=[]), "did you mean `agents`?"),
    "an unknown key in an agent": (bundle(agents=[{"id": "a", "promt": {}}]), "did you mean `prompt`?"),
    "a wrong type": (bundle(agents=[{"id": "a", "name": 1}]), "agents[0].name: wants text"),
    "a list at the top": (b"[]", "not a bundle"),
    "no schema": (b"{}", "not a bundle"),
    "a number that is none": (special({"$float": 1}), "zq.$float: wants one of nan, inf, -inf"),
    "a number with more": (special({"$float": "nan", "x": 1}), "zq.$float: wants one of"),
    "null as TOML has it": (special({"$null": True}), "zq.$null: in JSON it is `null`"),
    "a date that is none": (special({"$datetime": '2020"\nx = 1'}), "zq.$datetime: wants a date"),
    "pairs that are a map": (special([{"$key": [["a", 1]]}]), "zq[0].$key: wants pairs"),
    "pairs that are none": (special({"$key": "a"}), "zq.$key: wants pairs"),
    "a newer version": (bundle(**{"$schema": "urn:agentconv:bundle:3"}), "pip install --upgrade"),
    "a list that version 1 did not have": (bundle(further=[]), "there is no key `further` here"),
    "a key that is no list": (bundle(**{"$schema": "urn:agentconv:bundle:2", "further": {}}), "there is no key `further` here"),
    "a list that is misspelt": (bundle(**{"$schema": "urn:agentconv:bundle:2", "skils": []}), "did you mean `skills`?"),
    "a pattern in no language": (
        bundle(agents=[{"id": "a", "tools": {"allow": [{"native": "x", "format": "y", "pattern": {"pattern": "z", "language": "w"}}]}}]),
        "agents[0].tools.allow[0].pattern",
    ),
    "a strange version": (bundle(**{"$schema": "urn:agentconv:bundle:x"}), "version x"),
    "a repeated key": (b'{"$schema": "urn:agentconv:bundle:1", "agents": [], "agents": []}', "given twice"),
    "trailing garbage": (bundle() + b"x", "not JSON"),
    "a truncated bundle": (bundle()[:-20], "not JSON"),
    "an empty file": (b"", "not JSON"),
    "NaN": (bundle().replace(b'"d"', b"NaN"), "NaN"),
    "a lone surrogate": (bundle().replace(b'"d"', b'"\\ud800"'), "surrogate"),
    "a lone surrogate as key": (bundle(agents=[{"id": "a", "extras": {"codex": {"\ud800": 1}}}]), "surrogate"),
    "Latin-1": (bundle().replace(b'"d"', b'"\xe9"'), "not UTF-8"),
    "an endless number": (bundle().replace(b'"d"', b"1" * 100_000), ""),
    "nothing in it": (bundle(agents=[]), "no agents in `bad.json`"),
}


@pytest.mark.parametrize(("data", "words"), BUNDLES.values(), ids=BUNDLES)
def test_bad_bundle(data, words, run, tmp_path, files):
    """A bad bundle gives nothing but an error that says where and what; a good one beside it is converted."""
    (tmp_path / "bad.json").write_bytes(data)
    (tmp_path / "good.json").write_bytes(bundle())
    alone = run("from-json", "bad.json", "-t", "claude-code", "-o", "out", code=2)
    before = files()
    run("from-json", "bad.json", "good.json", "-t", "claude-code", "-o", "out")

    assert words in alone.err
    assert "bad.json" in alone.err
    assert before == ["bad.json", "good.json"]
    assert files(tmp_path / "out") == [".claude/agents/a.md", ".claude/agents/b.md"]


def test_bundle_that_contradicts_itself(run, source, tmp_path):
    """Fields win over stored text, which can smuggle nothing past them, and the contradiction is told with its line."""
    run("to-json", "src", "-o", "all.json", code=0)
    text = (tmp_path / "all.json").read_text()
    (tmp_path / "all.json").write_text(text.replace("tools: Read", "tools: Bash\\npermissionMode: bypassPermissions"))
    done = run("from-json", "all.json", "-t", "claude-code", "-o", "back")
    written = (tmp_path / "back/.claude/agents/good.md").read_text()

    assert "all.json:" in done.err
    assert "is not what its sha256 says" in done.err
    assert "Bash" not in written
    assert "bypass" not in written


def test_bundle_that_says_what_a_broken_file_says(run, source, tmp_path):
    """A changed agent whose words come down to those of a file that its client does not load gets a file that it loads."""
    (source / "good.md").write_bytes(
        b'---\nname: good\ndescription: Say:\n\nuser: "a table"\nassistant: "yes"\ntools: Read\n---\n\nDo good.\n'
    )
    run("to-json", "src", "-o", "all.json", code=1)
    text = (tmp_path / "all.json").read_text()
    (tmp_path / "all.json").write_text(text.replace('"native": "Read"', '"native": "Peruse"'))
    run("from-json", "all.json", "-t", "claude-code", "-o", "back", code=0)
    done = run("inspect", "back", "--for", "claude-code", code=0)

    assert "good" in done.out


@pytest.mark.parametrize("again", ["gone", "changed"])
def test_file_changes_between_passes(again, source, tmp_path, monkeypatch):
    """A file that is gone, or another one, on the second pass is left out and named; no other agent takes its name."""
    monkeypatch.setattr(loading, "KEPT_BYTES", 0)
    (source / "first.md").write_bytes(agent("good"))
    found = discovery.discover([str(tmp_path / "src")])
    loader = loading.Loader(found.files)
    before = [[agent.id for agent in piece.agents] for piece in loader]
    if again == "gone":
        (source / "first.md").unlink()
    else:
        (source / "first.md").write_bytes(agent("new"))
    after = list(loader)

    assert before == [["good"], ["good~2"]]
    assert [[agent.id for agent in piece.agents] for piece in after] == [[], ["good~2"]]
    assert after[0].diagnostics[0].span.path == ".claude/agents/first.md"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_interrupt(source, tmp_path):
    """Ctrl-C ends with 130, says so in one line, and leaves whole files only."""
    for number in range(300):
        (source / f"{number}.md").write_bytes(agent(f"a{number}"))
    done = interrupted("convert", "src", "-t", "codex", "-o", "out", folder=tmp_path, opened=100, written=True)

    assert (done.returncode, done.stderr) == (130, b"\ninterrupted\n")
    assert len(list((tmp_path / "out/.codex/agents").iterdir())) > 90
    assert all(path.read_text().endswith("\n") for path in (tmp_path / "out/.codex/agents").iterdir())
    assert not list(tmp_path.glob("out/.codex/agents/.agentconv-*"))


def test_closed_pipe(source, tmp_path):
    """A reader that goes away early is nothing to speak of, and no success either: nobody knows what else there was to find."""
    (source / "big.md").write_bytes(agent("big", body="x\n" * 400_000))
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "converters")}
    command = [sys.executable, "-m", "agentconv", "to-json", "src", "-q"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        err = process.stderr.read()

    assert (process.returncode, err) == (Exit.CUT_OFF, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="run by sh")
@pytest.mark.parametrize("number", [1, 200])
def test_no_check_passes_since_nobody_reads_it(source, tmp_path, number):
    """A check that fails fails in a pipe, too, whether its reader went away in the midst of it or before it began."""
    for count in range(number):
        (source / f"{count}.md").write_bytes(agent(f"a{count}").replace(b"description:", b"descripton:"))
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "converters")}
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        command = [sys.executable, "-m", "agentconv", "lint", "src", "--for", "claude-code"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=gone, stderr=subprocess.PIPE, check=False)

    assert done.returncode in (Exit.FINDINGS, Exit.CUT_OFF), done.stderr


def test_what_a_run_came_to_is_known_before_its_last_words_are_read(monkeypatch):
    """Where only the end of the output finds no reader, the exit code is that of the run."""

    class Gone:
        def flush(self):
            raise BrokenPipeError

        def fileno(self):
            return os.open(os.devnull, os.O_WRONLY)

    monkeypatch.setattr("agentconv.cli.run.run", lambda _: Exit.FINDINGS)
    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(sys, "stderr", Gone())

    assert cli.main(["lint"]) == Exit.FINDINGS
    assert cli.CUT_OFF == Exit.CUT_OFF


STREAMS = {
    "standard output is full": (
        "convert helper.md -t codex -q > /dev/full",
        2,
        "standard output cannot be written: no space left on device",
    ),
    "standard output is full at the end": ("--version > /dev/full", 2, "standard output cannot be written: no space left on device"),
    "standard output is closed": ("formats >&-", 2, "standard output cannot be written: bad file descriptor"),
    "nothing goes to a closed standard output": ("convert helper.md -t codex -q -o out >&-", 0, ""),
    "standard input is closed": (
        "convert - -f claude-code -t codex <&-",
        2,
        "no agents in standard input\n  hint: send an agent's file there (`< FILE`), or name the file instead of `-`",
    ),
    "standard error is closed": ("convert helper.md -t codex -o out 2>&-", 0, ""),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(("words", "code", "message"), STREAMS.values(), ids=STREAMS)
def test_streams(words, code, message, tmp_path):
    """A stream that is full or closed is one line, and is no bug of the program's."""
    (tmp_path / "helper.md").write_bytes(agent("helper"))
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT / "converters")}
    line = f"'{sys.executable}' -m agentconv {words}"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False)

    assert (done.returncode, done.stderr) == (code, f"error: {message}\n" if message else "")


def test_names_outside_the_locale(tmp_path):
    """Where the locale has no such letters, file names are shown as they are, and one that cannot be made is told in one line."""
    (tmp_path / "ünï.md").write_bytes(agent("ünï"))
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(CHECKOUT / "converters")}
    command = [sys.executable, "-m", "agentconv", "convert", "ünï.md", "-t", "codex", "-q", "-o"]
    kept = subprocess.run([*command, "ünï.toml"], cwd=tmp_path, env=environment, capture_output=True, timeout=600, check=False)
    lost = subprocess.run([*command, "out"], cwd=tmp_path, env=environment, capture_output=True, timeout=600, check=False)
    none = subprocess.run([*command, "ünï.txt"], cwd=tmp_path, env=environment, capture_output=True, timeout=600, check=False)

    assert (kept.returncode, (tmp_path / "ünï.toml").is_file()) == (0, True)
    assert (lost.returncode, lost.stderr.count(b"\n"), b"file names are ascii here" in lost.stderr) == (2, 1, True)
    assert none.stderr.decode().startswith("error: `ünï.txt` does not end in .toml")


@pytest.mark.parametrize(
    ("command", "word", "hint"),
    [
        ("lint", "nowhere", "name a file or a folder that is there, such as ."),
        ("lint", "packges", "did you mean `packages`?"),
        ("lint", "packges/one", "did you mean `packages/one`?"),  # no repository of anybody's
        ("lint", "packges/one/AGENTS.md", "did you mean `packages/one/AGENTS.md`?"),
        ("lint", "packages/one/AGENT.md", "did you mean `packages/one/AGENTS.md`?"),
        ("lint", "packges/two", "if it is a repository: git clone https://github.com/packges/two, and name what comes of it"),
        ("lint", "packages/two/three", "name a file or a folder that is there, such as ."),
        ("from-json", "all.json", "agentconv to-json . -o FILE writes a bundle of the agents that are here"),
        ("from-json", "bundel.json", "did you mean `bundle.json`?"),
    ],
)
def test_a_path_that_is_nowhere_has_a_next_step(tmp_path, command, word, hint):
    """The nearest that is there, of whatever name of it is misspelt; else what can be named."""
    (tmp_path / "packages/one").mkdir(parents=True)
    (tmp_path / "packages/one/AGENTS.md").write_text("Read.\n")
    (tmp_path / "bundle.json").write_text("{}")
    done = program(command, word, *(("-t", "codex") if command == "from-json" else ()), folder=tmp_path)

    assert done.stderr.decode() == f"error: there is no file or folder `{word}`\n  hint: {hint}\n"


def test_a_byte_that_is_no_letter(tmp_path):
    """A byte of a file name that is not UTF-8 is shown as that byte."""
    done = program("convert", os.fsdecode(b"caf\xe9.md"), "-t", "codex", folder=tmp_path)

    assert done.stderr.splitlines()[0] == b"error: there is no file or folder `caf\\xe9.md`"


def test_several_targets_given_apart(tmp_path):
    """`-t` given twice writes both formats."""
    (tmp_path / "helper.md").write_bytes(agent("helper"))
    program("convert", "helper.md", "-t", "codex", "-t", "json", "-o", "out", folder=tmp_path)

    assert {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()} == {"helper.toml", "agents.json"}


def test_an_empty_folder_name(tmp_path):
    """An empty `-o`, such as that of an unset variable, is not taken for the current folder."""
    (tmp_path / "helper.md").write_bytes(agent("helper"))
    done = program("convert", "helper.md", "-t", "codex", "-o", "", folder=tmp_path)

    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["helper.md"])
