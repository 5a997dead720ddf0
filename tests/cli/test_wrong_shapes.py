"""Whatever shape a lock, a manifest or a bundle has, every command that reads it tells what is wrong, and where, and exits with 2."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

import pack_files
from agentconv.cli import main
from agentconv.formats.canonical import toml_values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SPECIAL = (
    {"$float": 1}, {"$float": "nan"}, {"$float": "nan", "x": 1}, {"$null": True}, {"$null": 1}, {"$datetime": "soon"}, {"$datetime": []},
    {"$key": [["a", 1]]}, {"$key": [["a", 1], ["a", 2]]}, {"$key": [[1, 1]]}, {"$key": [[{"$key": 1}, 1]]}, {"$key": [["a"]]}, {"$key": {}},
    {"$$key": 1}, {"$": 1},
)  # fmt: skip
PLAIN = (None, True, False, 0, 1, -1, 2**70, 1.5, 1e300, "", "x", "$x", "../x", "/x", "\ufeff", "a" * 64, [], {}, [[]], {"": None})
SHAPES = st.recursive(
    st.sampled_from([*PLAIN, *SPECIAL]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(["a", "$float", "$key", "prompt", "name", "path"]), inner, max_size=2)
    ),
    max_leaves=4,
)
GRANTS = {"tools": {"mode": "list", "allow": [{"native": "Read"}]}, "hooks": [{"native_event": "x", "handlers": [{"command": "y"}]}]}
BUNDLE = {
    "$schema": "urn:agentconv:bundle:1",
    "agents": [
        {
            "id": "a",
            "name": "a",
            "description": "d",
            "prompt": {"text": "Do what is to be done, and say what was done, in few words."},
            "tools": {"mode": "list", "allow": [{"native": "Read", "format": "claude-code", "capability": "fs.read"}]},
            "permissions": {
                "rules": [{"native": "Bash", "format": "claude-code", "effect": "deny", "pattern": "rm *"}],
                "resolution": "last",
            },
            "model": {"kind": "alias", "value": "opus"},
            "mcp_servers": [{"name": "s", "transport": "stdio", "command": "c", "args": ["x"], "env": {"A": "b"}}],
            "hooks": [{"native_event": "PreToolUse", "format": "claude-code", "handlers": [{"type": "command", "command": "c"}]}],
            "extras": {"claude-code": {"zq": {"deep": [1, {"x": "y"}]}}, "codex": {"model_instructions_file": "x.md"}},
            "origin": {"format": "claude-code", "source": "a.md"},
        }
    ],
    "sources": [{"path": "a.md", "format": "claude-code", "sha256": "a" * 64, "text": ["---\nname: a\n---\n", {"prompt": "a"}]}],
}
LOCK = {
    "version": 1,
    "folders": [".claude", ".claude/agents"],
    "packs": [
        {
            "name": "backend-agents",
            "version": "1.2.0",
            "origin": "folder",
            "file": "backend_agents",
            "manifest_sha256": "a" * 64,
            "targets": {"claude-code": "all", "roo": ["reviewer"]},
            "agents": [{"id": "reviewer", "name": "reviewer", "source_sha256": "a" * 64, "grants": GRANTS}],
        }
    ],
    "entries": [
        {
            "path": ".claude/agents/reviewer.md",
            "target": "claude-code",
            "agent": "reviewer",
            "packs": ["backend-agents"],
            "source_sha256": "a" * 64,
            "deployed_sha256": hashlib.sha256(pack_files.REVIEWER).hexdigest(),
        }
    ],
}
MANIFEST = json.loads(pack_files.packed()["agentpack.json"])


def command(*words: str) -> tuple[int, str]:
    """Run a command line in this process; return its exit code and what it said."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
        out.flush()
        err.flush()
    return code, err.buffer.getvalue().decode()


def changed(document: Any, data: st.DataObject) -> Any:
    """Return a document in which one place, however deep, is of another shape."""
    document = copy.deepcopy(document)
    node: Any = document
    while True:
        key = data.draw(st.sampled_from([*node, "surprise"] if isinstance(node, dict) else range(len(node))))
        child = node.get(key) if isinstance(node, dict) else node[key]
        if isinstance(child, dict | list) and child and data.draw(st.integers(0, 3)):
            node = child
            continue
        if isinstance(node, dict) and data.draw(st.integers(0, 5)) == 0:
            node.pop(key, None)
        else:
            node[key] = data.draw(SHAPES)
        return document


def doubled(text: str, data: st.DataObject) -> str:
    """Return JSON in which one key may be given twice."""
    keys = [match.start() for match in re.finditer(r'"[^"]*": ', text)]
    at = data.draw(st.sampled_from([None, *keys]))
    return text if at is None else f"{text[:at]}{text[at : text.index(':', at)]}: 1, {text[at:]}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which a pack is deployed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("VIRTUAL_ENV", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    pack_files.write(tmp_path / "backend_agents", pack_files.packed())
    pack_files.write(tmp_path / ".claude" / "agents", {"reviewer.md": pack_files.REVIEWER})
    pack_files.venv(tmp_path / ".venv")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    return tmp_path


def hold(line: str, name: str = "") -> None:
    """See that a command line ends with a code that it documents, and names the line and column of the file where that is no such one."""
    code, said = command(*line.split())

    assert code in (0, 1, 2), (line, said)
    assert "Traceback" not in said
    assert code != 2 or re.search(rf"{re.escape(name)}:\d+:\d+: error", said) or _is_sound(said), (line, said)


def _is_sound(said: str) -> bool:
    """Whether the file was read, and only has nothing that the command is about."""
    return any(words in said for words in ("stored without their files", "no agents", "no assistant", "is not installed", "the lock has"))


@given(data=st.data())
def test_lock(project: Path, data: st.DataObject) -> None:
    """A lock that is none is told of by all that read it."""
    document = toml_values.prepared(changed(LOCK, data))
    (project / "agentconv.lock").write_text(tomli_w.dumps(document))

    hold(
        data.draw(st.sampled_from(["status", "uninstall backend-agents -n", "install backend_agents --accept -n", "install -n"])),
        "agentconv.lock",
    )


@given(data=st.data())
def test_manifest(project: Path, data: st.DataObject) -> None:
    """A manifest that is none is told of by all that read it: of a folder, and of an installed pack whose record is right."""
    text = doubled(json.dumps(changed(MANIFEST, data), indent=1), data)
    (project / "backend_agents" / "agentpack.json").write_text(text)
    site = project / ".venv/lib/python3.11/site-packages"
    shutil.rmtree(site)
    pack_files.install(site, pack_files.distribution({**pack_files.packed(), "agentpack.json": text.encode()}))

    lines = ["install backend_agents --to claude-code --accept -n", "install backend-agents --to roo --accept -n", "list", "status"]
    hold(data.draw(st.sampled_from(lines)), "agentpack.json")


BUNDLES: list[tuple[str, Callable[[Any], str]]] = [
    ("all.json", lambda document: json.dumps(document, indent=1)),
    ("all.toml", lambda document: tomli_w.dumps(toml_values.prepared(document))),
]


@pytest.mark.parametrize(("name", "dumped"), BUNDLES, ids=[name for name, _ in BUNDLES])
@given(data=st.data())
def test_bundle(project: Path, name: str, dumped: Callable[[Any], str], data: st.DataObject) -> None:
    """A bundle that is none is told of by all that read it, and one that is one is converted, packed, linted, read again."""
    text = dumped(changed(BUNDLE, data))
    (project / name).write_text(doubled(text, data) if name.endswith("json") else text)
    words = f"{name} -f {name.rpartition('.')[2]}"
    lines = [f"convert {words} -t {to} -o out --check" for to in ("json", "toml", "claude-code,codex,roo,opencode,claude-plugin")]
    hold(
        data.draw(
            st.sampled_from([*lines, *(f"{verb} {words}" for verb in ("inspect", "lint", "to-json", "pack -n --name p --version 1"))])
        ),
        name,
    )


def test_the_documents_are_right(project: Path) -> None:
    """The documents that are changed are right as they are, so that what is told is about the change."""
    (project / "agentconv.lock").write_text(tomli_w.dumps(LOCK))
    (project / "all.json").write_text(json.dumps(BUNDLE))

    assert [command(*line.split())[0] for line in ("status", "convert all.json -t json -o out", "lint all.json")] == [0, 0, 0]
