"""The lock: sorted, byte-stable, closed, and refused with its place where it is not one of ours."""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any

import pytest
import tomli
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentconv.core import schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError
from agentconv.core.kinds import KINDS
from agentconv.install import lock, lock_check
from agentconv.install.lock import Accepted, Entry, Fates, Lock, LockedAgent, LockedPack, Synced

SHA, OTHER = "a" * 64, "b" * 64
ACCEPTED = Accepted("1.1.0", OTHER, {"one": ("write", "mcp:db")})
FATES = Fates({"roo": ("two",)}, {"codex": ("three",)}, {"cursor": ("one",)})
PACK = LockedPack(
    "backend-agents",
    "1.2.0",
    "wheel",
    "b.whl",
    SHA,
    OTHER,
    {"roo": ("one",), "codex": None},
    (LockedAgent("one", "one", SHA, "1.1.0"),),
    ACCEPTED,
    ("one",),
    FATES,
)
FULL = Lock(
    (PACK, LockedPack("another", "1", "pip", None, SHA, None, {})),
    (
        Entry(".roomodes", "/customModes/b", "roo", "b", ("backend-agents", "another"), SHA, OTHER, losses=("y", "x"), created=False),
        Entry(".roomodes", "/customModes/a", "roo", "a", ("another",), SHA, OTHER, SHA),
        Entry(
            ".codex/agents/a.toml", "", "codex", "a", ("another",), SHA, OTHER, beside=".codex/agents/a.toml.agentconv-new",
            beside_sha256=SHA, beside_pending_sha256="absent",
        ),
        Entry(".codex/skills/x/scripts/a.sh", "", "codex", "skills/x", ("another",), SHA, OTHER, part="skills"),
        Entry(".codex/config.toml", "/mcp_servers/x", "codex", "servers/x", ("another",), SHA, OTHER, part="servers"),
    ),
    (".codex/agents", ".codex", ".codex/skills", ".codex/skills/x", ".codex/skills/x/scripts"),
)  # fmt: skip


def test_what_is_written_comes_back_and_has_the_same_bytes():
    data = lock.dump(FULL)
    again = lock.load(data, "agentconv.lock")

    assert lock.dump(again) == data
    assert set(again.folders) == set(FULL.folders)
    assert {entry.key for entry in again.entries} == {entry.key for entry in FULL.entries}
    assert again.entries[-1].losses == ("y", "x")
    assert again.pack("backend-agents").accepted == ACCEPTED
    assert again.pack("backend-agents").agents[0].version == "1.1.0"
    assert again.interrupted


def test_the_order_of_making_does_not_show():
    turned = Lock(tuple(reversed(FULL.packs)), tuple(reversed(FULL.entries)), tuple(reversed(FULL.folders)))

    assert lock.dump(turned) == lock.dump(FULL)


def test_no_lock_is_none(tmp_path):
    assert lock.read(tmp_path / lock.FILE) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 1\n<<<<<<< HEAD\n", ["conflict", ":2:1", "install"]),
        ("version = 5\n", ["format 5", "pip install", ":1:1"]),
        ("version = 1\nfolders = [\n", ["not TOML", ":3:1"]),
        ("version = 1\nother = 1\n", ["other"]),
        ("", ["version"]),
        ("version = true\n", ["version"]),
        ("version = 1\n[[packs]]\nname = 'a'\n", ["packs[0]", ":2:1"]),
        ("\udcff", ["no valid lock"]),
    ],
)
def test_what_is_no_lock_is_refused_with_its_place(text, words):
    with pytest.raises(InputError) as caught:
        lock.load(text.encode("utf-8", "surrogateescape"), "agentconv.lock")
    said = f"{caught.value} {caught.value.diagnostic.hint}"

    assert all(word in said for word in words), said


def _document(**changes: Any) -> dict[str, Any]:
    document = tomli.loads(lock.dump(FULL).decode())
    document["entries"][0].update(changes)
    return document


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"path": "../a.toml"}, "leads out"),
        ({"path": "/etc/passwd"}, "absolute"),
        ({"path": "C:/a.toml"}, "absolute"),
        ({"path": ".codex/agents/../../a.toml"}, "leads out"),
        ({"path": ".codex\\agents\\a.toml"}, "portable"),
        ({"path": ".git/config"}, "no place"),
        ({"path": "pyproject.toml"}, "no place"),
        ({"path": ".codex/agents/.toml/x.md"}, "no place"),
        ({"path": ".codex/agents/a.toml", "part": "skills"}, "no place"),
        ({"path": ".codex/skills/SKILL.md", "part": "servers"}, "no place"),
        ({"path": ".codex/skills/../../a.toml", "part": "skills"}, "leads out"),
        ({"path": ".codex/skills/a.sh", "part": "skills"}, "no place"),
        ({"beside": ".codex/agents/other.toml"}, "not beside"),
        ({"beside": ".codex/agents/a.toml/../b.agentconv-new"}, "not beside"),
        ({"packs": ["gone"]}, "`gone`"),
        ({"path": ".roomodes", "target": "roo", "pointer": "/customModes/a", "beside": ".roomodes.agentconv-new"}, "twice"),
    ],
)
def test_a_lock_leads_to_nothing_but_agents(changes, word):
    with pytest.raises(InputError) as caught:
        lock.load(tomli_w.dumps(_document(**changes)).encode(), "agentconv.lock")

    assert word in str(caught.value)


@pytest.mark.parametrize("folder", ["..", "/etc", "src", ".codex/../src", ".git"])
def test_a_lock_removes_no_other_folder(folder):
    with pytest.raises(InputError):
        lock.load(tomli_w.dumps({"version": 1, "folders": [folder]}).encode(), "agentconv.lock")


def test_a_folder_that_a_script_is_in_is_one_of_a_lock():
    """A hook's script lies anywhere in the project: the folders above it may be ours, and no other one for that."""
    script = Entry("tools/hooks/guard.sh", "", "codex", "a", ("backend-agents",), SHA, SHA, part="hooks")
    fine, others, itself = (lock.dump(Lock((PACK,), (script,), ("tools", one))) for one in ("tools/hooks", "src", script.path))

    assert lock.load(fine, "agentconv.lock").folders == ("tools", "tools/hooks")
    for data in (others, itself):
        with pytest.raises(InputError, match="is no folder of an assistant"):
            lock.load(data, "agentconv.lock")


def test_in_the_users_own_scope_places_are_the_users():
    document = _document(path="/home/me/x/a.toml", beside="/home/me/x/a.toml.agentconv-new")

    assert lock.load(tomli_w.dumps(document).encode(), "agentconv.lock", anywhere=True)


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "x", "all", "/x", "absent", SHA, SHA + "a"]))
_ANY = st.one_of(_VALUES, st.lists(_VALUES, max_size=2), st.dictionaries(st.sampled_from(["a", "path"]), _VALUES, max_size=1))


@given(st.data())
def test_the_quick_check_is_the_schema(data):
    """Whatever one place of a document becomes, it is valid for both or for neither."""
    document = copy.deepcopy(_document())
    node: Any = document
    while True:
        key = data.draw(st.sampled_from([*node, "surprise"] if isinstance(node, dict) else range(len(node))))
        child = node.get(key) if isinstance(node, dict) else node[key]
        if isinstance(child, dict | list) and child and data.draw(st.booleans()):
            node = child
            continue
        if isinstance(node, dict) and data.draw(st.booleans()):
            node.pop(key, None)
        else:
            node[key] = data.draw(_ANY)
        break

    assert lock_check.fits(document) == Draft202012Validator(schema_files.load("lock")).is_valid(document)


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_the_schema_has_all_that_a_lock_says(kind):
    """An entry of each kind of part, with all that anything in a lock may say, is valid as it is written, and is read back as it was."""
    beside = {"beside": ".claude/agents/a.md.agentconv-new", "beside_sha256": SHA, "beside_pending_sha256": SHA}
    said = {"losses": ("x",), "created": False, "among": True, "came": ("y",), "undo": ("a", "b"), "restated": True, "executable": True}
    entry = Entry(".claude/agents/a.md", "/x", "claude-code", "a", ("p",), SHA, SHA, SHA, part=kind, **beside, **said)
    packs = LockedPack("p", "1", "wheel", "p.whl", SHA, SHA, {"codex": None, "claude-code": ("a",)}, (LockedAgent("a", "A", SHA, "0"),))
    whole = replace(packs, accepted=Accepted("1", SHA, {"a": ("run",)}), kept=("a",), fates=FATES)
    own = Synced(".codex/agents/a.toml", "codex", ".claude/agents/a.md", "a", SHA, {"name": "0" * 16}, bytes_sha256=SHA, blob="0" * 40)
    synced = replace(own, pointer="/a", source_pointer="/b", own={"name": "*"}, losses=("x",), created=False, made=True, allows="*")
    written = lock.dump(Lock((whole,), (entry,), (".claude",), (synced,), "0.1.0", 1, SHA))
    document = tomli.loads(written.decode())

    for one in (entry, whole, synced):
        assert [each.name for each in fields(one) if getattr(one, each.name) == each.default and each.name != "part"] == []
    assert list(Draft202012Validator(schema_files.load("lock")).iter_errors(document)) == []
    assert lock_check.fits(document)
