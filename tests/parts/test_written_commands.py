"""Commands of every client are held to the same: read as it reads them, said in its words, never freer than before."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from command_files import CLIENTS, cases, client, fixture, plain, projected, read, source, written

from agentconv.core import schema_files
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.part_format import PartSource, difference
from agentconv.core.parts import AllArguments, Body, Command, ShellOutput, Skill
from agentconv.core.source import SourceText
from agentconv.families import toml_text
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases()
IDS = ["/".join(folder.parts[-2:]) for folder in CASES]
WRITERS = tuple(target for target in CLIENTS if client(target).project)


def _rows(format_id: str) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = schema_files.load(schema_files.part_schema("commands", format_id))["properties"]
    return rows


def _made(format_id: str, values: dict[str, Any]) -> PartSource:
    """Return a file with keys, in the shape of the client's own."""
    if format_id == "gemini-cli":
        return source(format_id, toml_text.document({**values, "prompt": "Do it."}).encode(), "one.toml")
    header = f"---\n{emitter.mapping(values)}---\n\n" if values else ""
    return source(format_id, f"{header}Do it.\n".encode(), "one.prompt.md" if format_id == "copilot" else "one.md")


@pytest.mark.parametrize("format_id", WRITERS)
def test_examples_load_and_count(format_id: str) -> None:
    """A command with any example of any key of its client's schema loads as written, and what it says is in a field or in `extras`."""
    uncounted = []
    for key, row in _rows(format_id).items():
        for value in row["examples"]:
            result = read(_made(format_id, {key: value}), format_id)
            (command,) = result.parts
            held = row["x-field"] != "extras" and getattr(command, row["x-field"]) is not None
            if result.states[0] is not State.LOADS or not (held or key in command.extras.get(format_id, {})):
                uncounted.append((key, value, result.diagnostics))

    assert uncounted == []


@pytest.mark.parametrize("format_id", WRITERS)
def test_bad_examples_cost_what_the_schema_says(format_id: str) -> None:
    """A bad example costs the command where the schema says so, and the key alone elsewhere: it then stays where it was."""
    costs = {"skip-file": (State.NOT_LOADED,), "stop-client": (State.STOPS,), "drop-key": (State.LOADS, State.DEGRADED)}
    wrong = []
    for key, row in _rows(format_id).items():
        for value in row.get("x-bad-examples", ()):
            given = _made(format_id, {key: value})
            result = read(given, format_id)
            kept = written(result.parts[0], format_id, given).text.data
            if result.states[0] not in costs[row["x-invalid"]] or kept != given.text.data:
                wrong.append((key, value, result.states, result.diagnostics))

    assert wrong == []


@pytest.mark.parametrize("folder", CASES, ids=IDS)
def test_fixture_is_read_as_its_client_reads_it(folder: Path) -> None:
    """A fixture gives the commands, the states and the diagnostics beside it."""
    result = read(fixture(folder), folder.parent.name)
    told = [f"{one.code}: {one.message}" for one in result.diagnostics]
    found = json.dumps({"states": result.states, "commands": plain(result.parts), "told": told}, indent=2, ensure_ascii=False) + "\n"
    beside = folder / "expected.json"
    if os.environ.get("AGENTCONV_ACCEPT"):
        beside.write_text(found, "utf-8")

    assert beside.read_text("utf-8") == found


@pytest.mark.parametrize("folder", CASES, ids=IDS)
def test_same_client_keeps_every_byte(folder: Path) -> None:
    """Commands that are written where they came from keep their bytes."""
    given, there = fixture(folder), client(folder.parent.name)
    (file,) = there.write(read(given, folder.parent.name).parts, given.text.path, given)

    assert file.data == given.text.data


@pytest.mark.parametrize("folder", CASES, ids=IDS)
def test_change_of_the_description_leaves_the_other_lines(folder: Path) -> None:
    """Where the description alone is another, no line changes but that of its key, and those of a shared file's other entries stay."""
    given, format_id = fixture(folder), folder.parent.name
    result = read(given, format_id)
    command = replace(result.parts[0], description="Quite another")
    after = written(command, format_id, given) if result.states[0] is State.LOADS else given
    kept = [line for line in given.text.data.split(b"\n") if b"escription" not in line]
    again = read(after, format_id).parts

    assert [line for line in kept if line not in after.text.data.split(b"\n")] == []
    assert [one.name for one in again] == [one.name for one in result.parts]


@pytest.mark.parametrize("folder", CASES, ids=IDS)
def test_law_between_clients(folder: Path) -> None:
    """What differs in any other client is declared, and only that; what is written reads back; nothing widens."""
    broken = []
    for command in read(fixture(folder), folder.parent.name).parts:
        for target in WRITERS:
            projection = projected(command, target)
            if projection.is_refused():
                continue
            part = projection.part
            back = read(written(part, target), target)
            undeclared = projection.declared ^ set(difference(command, part))
            if undeclared or difference(part, back.parts[0]) or back.states[0].dropped or not _is_within(command, part):
                broken.append((target, undeclared, difference(part, back.parts[0]), back))

    assert broken == []


def _is_within(command: Command, part: Command) -> bool:
    """Whether what was projected is the user's where it was, grants no more, and closes no less."""
    denied = {one.capability for one in command.denied_tools or ()} <= {one.capability for one in part.denied_tools or ()}
    granted = {one.capability for one in part.approved_tools or ()} <= {one.capability for one in command.approved_tools or ()}
    return denied and granted and (command.invoked_by != "user" or part.invoked_by == "user")


@pytest.mark.parametrize("target", WRITERS)
def test_restraints_are_kept_or_refused(target: str) -> None:
    """Tools that a command closes are closed in the target, or it is not written."""
    given = source("claude-code", b"---\ndisallowed-tools: Write\n---\nDo it.\n")
    projection = projected(read(given, "claude-code").parts[0], target)

    assert projection.is_refused() != bool(target.startswith("claude"))


@pytest.mark.parametrize("target", WRITERS)
def test_what_the_user_types_is_never_lost_in_silence(target: str) -> None:
    """Arguments and command lines are said in the target's words, or each is told with its line."""
    body = Body(("Fix ", AllArguments(), ".\n\n", ShellOutput(("git log",)), "\n"))
    projection = projected(Command(name="fix", body=body), target)
    said = projection.part.body
    lost = [str(one.detail) for one in projection.losses if one.field == "body"]
    has = [any(isinstance(part, kind) for part in said.parts) if said else False for kind in (AllArguments, ShellOutput)]

    assert has[0] or "the arguments in line 1 of the text" in lost
    assert has[1] or "`git log` in line 3 of the text" in lost


def test_a_client_without_commands_gets_a_skill() -> None:
    """Codex has no commands: a command becomes a skill there, the user's alone where it was."""
    projection = projected(Command(name="git/fix", description="Fixes", body=Body(("Fix it.",)), invoked_by="user"), "codex")

    assert isinstance(projection.instead, Skill)
    assert (projection.instead.name, projection.instead.invoked_by) == ("git-fix", "user")
    assert [(one.code, str(one.detail)) for one in projection.losses] == [
        ("command-renamed", "`git/fix` becomes `git-fix`"),
        ("command-as-skill", "`git-fix`"),
    ]


def test_a_command_without_a_description_has_that_of_its_text_as_a_skill() -> None:
    """Codex loads no skill without a description: the first line of the text is one, and that is told."""
    (command,) = read(source("claude-code", b"# Fix it\n\nWith $ARGUMENTS.\n"), "claude-code").parts
    projection = projected(command, "codex")

    assert isinstance(projection.instead, Skill)
    assert projection.instead.description == "Fix it"
    assert ("skill-description-derived", "`Fix it`") in [(one.code, str(one.detail)) for one in projection.losses]


@pytest.mark.parametrize("text", ["  a ", "a\rb", "a\n  b\n\n", "  a\nb", "---", "|", "- a", "", " ", "'a'"])
def test_a_header_of_lines_gives_back_what_is_written(text: str) -> None:
    """Letta Code quotes nothing: what a line, or a block of lines, cannot hold of a description is declared."""
    command = Command(name="fix it", description=text, argument_hint=text, body=Body(("---\nx: y\n---\n\nFix it.",)))
    projection = projected(command, "letta")
    (back,) = read(written(projection.part, "letta"), "letta").parts

    assert difference(projection.part, back) == []
    assert {"description", "argument_hint"} & projection.declared == (
        {*()} if projection.part.description == text else {"description", "argument_hint"}
    )
    assert back.name == "fix-it"


@pytest.mark.parametrize("target", CLIENTS)
def test_blanks_at_the_ends_of_a_description_are_kept_or_told(target: str) -> None:
    """A description that a client trims is trimmed before it is written."""
    projection = projected(Command(name="fix", description=" Fixes\n", body=Body(("Fix it.",)), invoked_by="user"), target)
    instead = projection.instead
    part = projection.part if instead is None else instead
    back = read(written(projection.part, target), target).parts[0].description if instead is None and not projection.is_refused() else None
    trimmed = isinstance(part, (Command, Skill)) and part.description != " Fixes\n"

    assert back in (None, projection.part.description)
    assert trimmed == ("description" in projection.declared)


@pytest.mark.parametrize(("header", "count"), [("invokable: true", 1), ("invokable: false", 0), ("name: a", 0), ("a: [", 0)])
def test_a_rule_of_continue_is_a_command_where_it_says_so(header: str, count: int) -> None:
    """Any other rule is an instruction alone."""
    place = client("continue").project[-1]
    given = PartSource(SourceText(f"{place.path}/one.md", f"---\n{header}\n---\nDo it.\n".encode()), place)

    assert [one.name for one in read(given, "continue").parts] == ["one.md"] * count


def test_what_continue_fills_in_and_cuts_off_is_told() -> None:
    """A line of three dashes would end the text, and Handlebars fills in other braces beside what the user types."""
    body = Body(("Fix ", AllArguments(), ".\n---\n${{ secrets.X }}\n---"))
    projection = projected(Command(name="fix", body=body, invoked_by="user"), "continue")
    told = [(one.code, str(one.detail)) for one in projection.losses]
    alone = projected(Command(name="fix", body=Body(("${{ secrets.X }}",)), invoked_by="user"), "continue")

    assert written(projection.part, "continue").text.text.endswith("\n\nFix {{{ input }}}.\n----\n${{ secrets.X }}\n----\n")
    assert told == [
        ("text-approximated", "a line `---` is one of four dashes"),
        ("placeholder-literal", "{{ secrets.X }} in line 3 of the text"),
    ]
    assert alone.losses == []


@pytest.mark.parametrize(("format_id", "target"), [("gemini-cli", "opencode"), ("claude-code", "gemini-cli")])
def test_what_is_quoted_for_the_shell_by_one_client_alone_is_a_warning(format_id: str, target: str) -> None:
    """Where one client quotes what the user types into a command line, and the other does not, the user is warned."""
    command = Command(name="fix", body=Body((ShellOutput(("ls ", AllArguments())),)), origin=Origin(format_id, "fix"))
    (loss,) = [one for one in projected(command, target).losses if one.field == "body"]

    assert (loss.code, loss.severity) == ("placeholder-quotes", LossSeverity.WARNING)


def test_what_no_skill_has_is_told_of_a_command_that_becomes_one() -> None:
    """Keys that only commands have are told where one becomes a skill, and what one of them restrains is refused as elsewhere."""
    told = {}
    for format_id, header in (
        ("claude-code", "hooks:\n  PreToolUse: []"),
        ("copilot", "tools: [read]"),
        ("claude-code", "context: fork\nagent: rev\nshell: bash\nowner: me\nlicense: MIT"),
        ("opencode", "agent: rev\nsubtask: true\nvariant: high"),
        ("roo", "mode: rev"),
    ):
        path = "one.prompt.md" if format_id == "copilot" else "one.md"
        (command,) = read(source(format_id, f"---\ndescription: Fixes\n{header}\n---\nFix it.\n".encode(), path), format_id).parts
        projection = projected(command, "codex")
        extras = projection.instead.extras if projection.instead else None
        told[header.split(":")[0], format_id] = {one.code for one in projection.losses}, projection.is_refused(), extras

    dropped = {"command-agent-dropped", "command-as-skill"}
    assert told == {
        ("hooks", "claude-code"): ({"command-refused-restraint"}, True, None),
        ("tools", "copilot"): ({"command-refused-restraint"}, True, None),
        ("context", "claude-code"): ({"command-key-dropped", *dropped}, False, {"claude-code": {"owner": "me"}}),
        ("agent", "opencode"): ({"command-key-dropped", *dropped}, False, {}),
        ("mode", "roo"): (dropped, False, {}),
    }


def test_a_script_is_read_and_never_run() -> None:
    """A file that its client runs is its bytes and nothing else, stays executable there, and goes to no other client."""
    given = source("droid", b"#!/bin/sh\ntouch ran\n", "count")
    (command,) = read(given, "droid").parts
    refused = [target for target in CLIENTS if target != "droid" and projected(command, target).is_refused()]
    back = written(projected(command, "droid").part, "droid")

    assert (back.text.data, back.executable) == (given.text.data, True)
    assert refused == [target for target in CLIENTS if target != "droid"]


_BAD = (
    b"",
    b"---",
    b"---\n",
    b"---\n---",
    b"---\ndescription: [\n---\nx",
    b"---\n- a\n- b\n---\nx",
    b"---\ndescription: a\ndescription: b\n---\nx",
    b"\xff\xfe\x00",
    b"---\ndescription: \xff\n---\nx \xff",
    b"\xef\xbb\xbf---\r\ndescription: x\r\n---\r\nbody\r\n",
    b"#!/bin/sh\nrm -rf /\n",
    b'{"command": {"a": 1, "b": {"template": [1]}, "a": {"template": "x"}',
    b'{"command": [1, 2]}',
    b"[1]",
    b'prompt = "a"\nprompt = "b"\n',
    b"prompt = 12\n",
    b"[" * 500,
    b"{" * 500,
    b"!{" * 300,
    b"$1" * 200,
    b"```!\n" * 100,
    b"---\na: &a [*a]\n---\n!{ @{ ${input: $ARGUMENTS[99999999999999999999] $99999999999999999999",
)


@pytest.mark.parametrize("format_id", CLIENTS)
def test_bad_input_is_told_and_never_raises(format_id: str) -> None:
    """Whatever a file holds, reading gives commands with states, and writing them back gives the same bytes."""
    changed = []
    there = client(format_id)
    places = {place.pattern.rpartition("*")[2] if place.pattern else "shared": place for place in reversed(there.project)}
    for place in places.values():
        path = f"{place.path}/../a{place.pattern.rpartition('*')[2]}" if place.pattern else place.path
        for data in _BAD:
            given = source(format_id, data, path.removeprefix(f"{place.path}/"))
            result = read(given, format_id)
            again = there.write(result.parts, given.text.path, given)[0].data
            if len(result.parts) != len(result.states) or (again != data and data):
                changed.append((place.path, data[:40], again[:40]))
            for command, state in zip(result.parts, result.states, strict=True):
                for target in () if state.dropped else ("claude-code", "opencode", "gemini-cli"):
                    projected(command, target)

    assert changed == []


@pytest.mark.parametrize("format_id", WRITERS)
def test_a_file_that_is_too_large_is_not_read(format_id: str) -> None:
    """Above one mebibyte, a file is told of, and its text is not looked at."""
    path = "one.toml" if format_id == "gemini-cli" else "one.prompt.md" if format_id == "copilot" else "one.md"
    result = read(source(format_id, b"x" * 1_048_577, path), format_id)

    assert [state.dropped for state in result.states] == [True]
    assert result.parts[0].body is None


@pytest.mark.parametrize("target", WRITERS)
def test_names_stay_below_their_folder(target: str) -> None:
    """No name leads out of the place that it is written to, and folders are kept where the client calls the command by them."""
    there = client(target)
    paths = [there.path(projected(Command(name=name, body=Body(("x",))), target).part, there.project[0]) for name in ("git/fix", "../../a")]

    assert all(path.startswith(f"{there.project[0].path}/") and ".." not in path.split("/") for path in paths)
    assert ("/git/fix." in paths[0]) == ("**" in there.project[0].pattern and target not in ("continue", "letta"))


@pytest.mark.parametrize(("format_id", "state"), [("opencode", State.STOPS), ("kilo", State.NOT_LOADED)])
def test_one_wrong_entry_costs_the_whole_configuration(format_id: str, state: State) -> None:
    """OpenCode does not start with a command that is none in its configuration, and Kilo passes over the file: no other one loads.

    A command without a template costs Kilo nothing but itself.
    """
    place = next(one for one in client(format_id).project if not one.pattern)
    good = {"template": "Fix $1", "description": "Fixes"}
    for wrong in ({"template": 1}, {"description": "d"}, "text", {"template": "t", "agent": 3}):
        data = json.dumps({"command": {"fix": good, "other": wrong}}).encode()
        fate = State.LOADS if format_id == "kilo" and "description" in wrong else state
        found = client(format_id).read(PartSource(SourceText(place.path, data), place))

        assert [one.name for one in found.parts] == ["fix", "other"]
        assert found.states == (fate, state), wrong
    alone = client(format_id).read(
        PartSource(SourceText(place.path, json.dumps({"command": {"fix": {**good, "more": 1}}}).encode()), place)
    )

    assert alone.states == (State.LOADS,)
