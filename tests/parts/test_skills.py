"""Skills of every client are held to the same: read as it reads them, copied but for what means something, never freer than before."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import command_files as commands
import pytest
from skill_files import CLIENTS, client, fixture, folders, plain, projected, read, read_back, source, told, written

from agentconv.core import effects, schema_files
from agentconv.core.format import State
from agentconv.core.part_format import PartProjection, difference
from agentconv.core.parts import Body, Command, FolderFile, Skill
from agentconv.yaml import emitter
from thorough import crossed

if TYPE_CHECKING:
    from pathlib import Path


FOLDERS = folders()
IDS = ["/".join(folder.parts[-2:]) for folder in FOLDERS]
BASE = {"name": "one", "description": "Does one thing"}


def _rows(format_id: str) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = schema_files.load(schema_files.part_schema("skills", format_id))["properties"]
    return rows


def _made(values: dict[str, Any]) -> bytes:
    return f"---\n{emitter.mapping(values)}---\n\nDo it.\n".encode()


@pytest.mark.parametrize("format_id", CLIENTS)
def test_schema_says_what_becomes_of_each_key(format_id: str) -> None:
    """Each row of a client's schema has a sentence, an example, a field of a skill, and what a wrong value costs."""
    known = {"extras", *(field.name for field in fields(Skill))}
    wrong = [
        key
        for key, row in _rows(format_id).items()
        if not row["description"].endswith(".")
        or not row["examples"]
        or row["x-field"] not in known
        or row["x-invalid"] not in ("drop-key", "skip-file")
    ]

    assert wrong == []


@pytest.mark.parametrize("format_id", CLIENTS)
def test_examples_load_and_count(format_id: str) -> None:
    """A skill with any example of any key of its client's schema loads as written, and what it says is in a field or in `extras`."""
    uncounted = []
    for key, row in _rows(format_id).items():
        for value in row["examples"]:
            folder = value if key == "name" and isinstance(value, str) and "/" not in value else "one"
            result = read(source(format_id, _made({**BASE, "name": folder, key: value}), folder), format_id)
            (skill,) = result.parts
            held = row["x-field"] != "extras" and getattr(skill, row["x-field"]) is not None
            if result.states[0] is not State.LOADS or not (held or key in skill.extras.get(format_id, {}) or key == "name"):
                uncounted.append((key, value, result.diagnostics))

    assert uncounted == []


@pytest.mark.parametrize("format_id", CLIENTS)
def test_bad_examples_cost_what_the_schema_says(format_id: str) -> None:
    """A bad example costs the skill where the schema says so, and the key alone elsewhere: it then stays where it was."""
    wrong = []
    for key, row in _rows(format_id).items():
        for value in row.get("x-bad-examples", ()):
            result = read(source(format_id, _made({**BASE, key: value})), format_id)
            dropped = result.states[0] is State.NOT_LOADED
            kept = written(result.parts[0], format_id, source(format_id, _made({**BASE, key: value})))[0].data
            if dropped != (row["x-invalid"] == "skip-file") or kept != _made({**BASE, key: value}):
                wrong.append((key, value, result.diagnostics))

    assert wrong == []


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_fixture_is_read_as_its_client_reads_it(folder: Path) -> None:
    """A fixture gives the skill, the state and the diagnostics beside it."""
    result = read(fixture(folder), folder.parent.name)
    told = [f"{one.code}: {one.message}" for one in result.diagnostics]
    found = json.dumps({"state": result.states[0], "skill": plain(result.parts[0]), "told": told}, indent=2, ensure_ascii=False) + "\n"
    beside = folder / "expected.json"
    if os.environ.get("AGENTCONV_ACCEPT"):
        beside.write_text(found, "utf-8")

    assert beside.read_text("utf-8") == found


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_same_client_keeps_every_byte(folder: Path) -> None:
    """A skill that is written where it came from keeps its bytes, and those of each file beside it, with their modes."""
    given = fixture(folder)
    main, *beside = written(read(given, folder.parent.name).parts[0], folder.parent.name, given)
    found = [(one.path.removeprefix(f"{given.place.path}/{folder.name}/"), one.data, one.executable) for one in beside]

    assert (main.data, found) == (given.text.data, [(one.path, one.data, one.executable) for one in given.files])


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_change_of_a_field_leaves_the_other_lines(folder: Path) -> None:
    """Where the description alone is another, no line changes but those of its key."""
    given = fixture(folder)
    skill = replace(read(given, folder.parent.name).parts[0], description="Quite another")
    lines = written(skill, folder.parent.name, given)[0].data.split(b"\n")
    kept = [line for line in given.text.data.split(b"\n") if b"description" not in line and not line.startswith(b"  ")]

    assert [line for line in kept if line not in lines] == []


def _is_within(skill: Skill, projection: PartProjection[Skill]) -> bool:
    """Whether what was projected is the user's where it was, grants no more, and closes no less."""
    after = projection.part
    closed = all(one in (after.denied_tools or ()) for one in skill.denied_tools or ())
    guarded = all(
        any(hook.event == one.event for hook in after.hooks or ()) for one in skill.hooks or () if one.event in effects.GUARD_EVENTS
    )
    granted = {one.capability for one in after.approved_tools or ()} <= {one.capability for one in skill.approved_tools or ()}
    return closed and guarded and granted and (skill.invoked_by != "user" or after.invoked_by == "user")


def test_what_says_who_starts_a_skill_is_no_file_that_it_needs() -> None:
    """A skill that is the user's by the file beside it becomes a command, and each key that this has no place for is told."""
    beside = b"interface: {display_name: Count}\npolicy: {allow_implicit_invocation: false}\n"
    header = b"---\nname: one\ndescription: Counts\nlicense: MIT\nowner: me\n---\nCount.\n"
    given = source("codex", header, files=(FolderFile("agents/openai.yaml", beside),))
    skill = read(given, "codex").parts[0]
    projection = projected(skill, "gemini-cli")
    command = PartProjection(projection.instead, "gemini-cli")
    commands.client("gemini-cli").to_project(command)
    more = projected(replace(skill, files=(*skill.files, FolderFile("run.sh", b""))), "gemini-cli")

    assert isinstance(projection.instead, Command)
    assert projection.instead.extras == {"codex": {"owner": "me", "license": "MIT"}}
    assert [(one.code, str(one.detail)) for one in projection.losses] == [
        ("skill-key-dropped", "`agents/openai.yaml`: interface"),
        ("skill-as-command", ""),
    ]
    assert [(one.code, str(one.detail)) for one in command.losses] == [("ignored-key-dropped", "owner, license")]
    assert [str(one.detail) for one in more.losses] == ["a command has no place for run.sh"]


def test_grants_are_said_in_the_targets_words_and_told() -> None:
    """Tools that run unasked are named as the target names them, whatever key the source has them in, and each one is told."""
    found = []
    for line in (b"allowed-tools: [Execute, Edit]", b"tools: [Read]", b"allowed-tools: [Read, Own]"):
        given = source("droid", b"---\nname: one\ndescription: Counts\n" + line + b"\n---\nCount.\n")
        projection = projected(read(given, "droid").parts[0], "claude-code")
        header = written(projection.part, "claude-code", given)[0].data.splitlines()[1:-2]
        found.append((header[2:], [(one.code, str(one.detail)) for one in projection.losses]))

    assert found == [
        ([b"allowed-tools: Bash, Edit"], [("skill-grants-carried", "Bash, Edit")]),
        ([b"allowed-tools: Read"], [("skill-grants-carried", "Read")]),
        ([b"allowed-tools: Read"], [("skill-grants-dropped", "Own"), ("skill-grants-carried", "Read")]),
    ]


@pytest.mark.parametrize(
    ("number", "target"), crossed(range(len(FOLDERS)), CLIENTS, 3), ids=lambda value: value if isinstance(value, str) else IDS[value]
)
def test_law_between_clients(number: int, target: str) -> None:
    """What differs is declared, and only that; what is written reads back, with the source's file and without it; nothing widens."""
    folder = FOLDERS[number]
    given = fixture(folder)
    skill = read(given, folder.parent.name).parts[0]
    projection = projected(skill, target)
    if projection.is_refused() or projection.instead:
        return
    files = [written(projection.part, target, original) for original in (given, None)]
    backs = [read_back(one, target) for one in files]
    found = [(difference(projection.part, back.parts[0]), back.states[0] is State.NOT_LOADED) for back in backs]

    assert sorted(projection.declared) == sorted(difference(skill, projection.part))
    assert found == [([], False), ([], False)]
    assert _is_within(skill, projection)


@pytest.mark.parametrize("target", CLIENTS)
def test_restraint_is_kept_turned_or_refused(target: str) -> None:
    """What is the user's to start is that in the target, or a command; where that has no place, or none for its files, it is refused."""
    skill = Skill("ship", "ship", "Ships it", Body(("Ship it.",)), invoked_by="user")
    alone, with_files = projected(skill, target), projected(replace(skill, files=(FolderFile("a.sh", b"x"),)), target)
    keeps, there = "invoked_by" in client(target).holds, commands.client(target)  # type: ignore[attr-defined]
    expected = (False, False) if keeps else (bool(there.project or there.user), True)

    assert (isinstance(alone.instead, Command), with_files.is_refused()) == expected
    assert isinstance(alone.instead, Command) or alone.is_refused() or alone.part.invoked_by == "user"


GOLDEN = [folder for folder in FOLDERS if (folder / "converted.md").exists()]


@pytest.mark.parametrize("folder", GOLDEN, ids=["/".join(folder.parts[-2:]) for folder in GOLDEN])
def test_conversion_is_as_it_was(folder: Path) -> None:
    """What every client gets of a fixture is what stands beside it."""
    given = fixture(folder)
    skill = read(given, folder.parent.name).parts[0]
    found = "\n".join(told(skill, given, target) for target in CLIENTS)
    beside = folder / "converted.md"
    if os.environ.get("AGENTCONV_ACCEPT"):
        beside.write_text(found, "utf-8")

    assert beside.read_text("utf-8") == found


def test_text_that_ends_with_a_line_break_keeps_it_everywhere() -> None:
    """A text at the end of a header keeps its last line break in clients that cut it off before the fence."""
    skill = Skill("one", "one", "Does one thing", Body(("Do it.",)), extras={"codex": {"notes": "One.\nTwo.\n"}})
    found = {target: read_back(written(projected(skill, target).part, target), target).parts[0].extras[target] for target in CLIENTS}

    assert found == {key: {"notes": "One.\nTwo.\n"} for key in CLIENTS}


BAD = {
    "nothing": b"",
    "blanks": b" \n\t\n",
    "header alone": b"---\nname: one\ndescription: Does one thing\n---",
    "cut in the header": b"---\nname: one\ndescr",
    "cut in a value": b'---\nname: one\ndescription: "Does one',
    "lists": b"---\nname: [one]\ndescription: {a: b}\nmetadata: [x]\n---\nDo it.\n",
    "numbers": b"---\nname: 1\ndescription: 2\nallowed-tools: 3\ndisable-model-invocation: 4\nhooks: 5\npaths: 6\n---\nDo it.\n",
    "nulls": b"---\nname:\ndescription:\nallowed-tools:\ndisable-model-invocation:\nuser-invocable:\nhooks:\n---\nDo it.\n",
    "twice": b"---\nname: one\nname: two\ndescription: a\ndescription: b\n---\nDo it.\n",
    "no map": b"---\n- name\n- description\n---\nDo it.\n",
    "way out": b"---\nname: ../../../etc/passwd\ndescription: Leaves\n---\nDo it.\n",
    "absolute": b"---\nname: /etc/passwd\ndescription: Leaves\n---\nDo it.\n",
    "device": b"---\nname: con\ndescription: Is a device\n---\nDo it.\n",
    "not UTF-8": b"---\nname: one\ndescription: \xff\xfe\n---\nDo \xff it.\n",
    "zeros": b"---\nname: one\ndescription: \x00\n---\n\x00\n",
    "CR alone": b"---\rname: one\rdescription: a\r---\rDo it.\r",
    "deep": b"---\nname: one\ndescription: a\nx: " + b"[" * 2000 + b"\n---\nDo it.\n",
    "aliases": b"---\nname: &a one\ndescription: *a\nmetadata: &m {<<: *m}\n---\nDo it.\n",
    "large": b"---\nname: one\ndescription: a\n---\n" + b"x" * 1_100_000,
    "code": b"---js\n{name: process.exit(1)}\n---\nDo it.\n",
    "program": b"#!/bin/sh\necho no\n",
}


@pytest.mark.parametrize("format_id", CLIENTS)
def test_bad_input_is_told_and_kept(format_id: str) -> None:
    """Whatever a file holds, reading it raises nothing, says what it costs, and the file keeps its bytes and its place."""
    place, wrong = client(format_id).project[0].path, []
    for what, data in BAD.items():
        given = source(format_id, data)
        result = read(given, format_id)
        (skill,), (state,), found = result.parts, result.states, result.diagnostics
        path = client(format_id).path(skill, client(format_id).project[0])
        silent = state is not State.LOADS and not found
        if written(skill, format_id, given)[0].data != data or path.count("/") != place.count("/") + 2 or ".." in path or silent:
            wrong.append((what, state, path, found))

    assert wrong == []


def test_what_agents_openai_yaml_says_is_patched() -> None:
    """Where Codex is to keep a skill to the user, the file that says so keeps all else that stands in it, and a broken one is mended."""
    beside = FolderFile("agents/openai.yaml", b"# shown\ninterface:\n  display_name: One\npolicy:\n  products: [codex]\n")
    skill = Skill("one", "one", "Does one thing", Body(("Do it.",)), invoked_by="user", files=(beside,))
    (file,) = projected(skill, "codex").part.files
    back = read_back(written(projected(skill, "codex").part, "codex"), "codex").parts[0]

    assert (file.data.startswith(b"# shown\ninterface:\n  display_name: One\n"), b"products" in file.data, back.invoked_by) == (
        True,
        True,
        "user",
    )


@pytest.mark.parametrize("shared", ["agents-dir", "antigravity", "agent-plugin"])
def test_nothing_that_another_reader_takes_for_a_grant_goes_where_several_look(shared: str) -> None:
    """Keys that Codex passes over, and that let tools or commands run in other readers of the place, are left out and told."""
    header = b"---\nname: one\ndescription: Counts\nallowed-tools: Bash\nhooks: {Stop: []}\nowner: me\n---\nCount.\n"
    skill = read(source("codex", header), "codex").parts[0]
    projection = projected(skill, shared)

    assert projection.part.extras == {shared: {"owner": "me"}}
    assert [(one.code, str(one.detail)) for one in projection.losses] == [("ignored-key-dropped", "allowed-tools, hooks")]
