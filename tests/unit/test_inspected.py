"""How what clients make of files is shown: what is the same is said once."""

from __future__ import annotations

import pytest

from agentconv.cli import main
from agentconv.core.format import State
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.lint.inspection import Inspected, Reading, Reason
from agentconv.render import inspected
from agentconv.render.text import Style

FIRST, SECOND = registry.CLIENTS[:2]
YAML = ("line 3: the header is not valid YAML: one parser's words", "line 3: the header is not valid YAML: another's (words)")
NO_YAML = ("line 3", "it does not parse")
"""What both are about."""


def shown(*readings, agents=("a",), verbose=False):
    """Return the lines about one file, below its heading."""
    file = Inspected("a.md", FIRST, agents, readings)
    return inspected.report([("a.md", file)], [FIRST, SECOND], Style(), verbose=verbose)[3:]


def lost(client, *words, topic=None, **more):
    return Reading(client, State.NOT_LOADED, reasons=tuple(Reason(one, topic) for one in words), **more)


def test_the_same_complaint_is_said_once():
    """Clients that complain about the same, each in its parser's words, stand on one line; in full, each says its own."""
    readings = [lost(client, words, topic=NO_YAML) for client, words in zip((FIRST, SECOND), YAML, strict=True)]
    titles = [registry.FORMATS[client].title for client in (FIRST, SECOND)]

    assert shown(*readings) == [f"  not loaded  -      {', '.join(titles)}", f"    - {YAML[0]}"]
    assert [line for line in shown(*readings, verbose=True) if line.startswith("    - ")] == [f"    - {words}" for words in YAML]


def test_other_complaints_stay_apart():
    """Clients that complain about different things stand on lines of their own."""
    lines = shown(lost(FIRST, "line 2: `name` is missing"), lost(SECOND, "line 2: `description` is missing"))

    assert len(lines) == 4


def test_what_differs_in_tools_stays_apart():
    """Clients that grant other tools stand on lines of their own, and the one that grants too much says so."""
    own = Reading(FIRST, State.LOADS, "a", "a", "read")
    other = Reading(SECOND, State.LOADS, "a", "b", "all", wider=("writing files",))

    assert shown(own, other) == [
        f"  loads  read   {registry.FORMATS[FIRST].title}",
        f"  loads  all    {registry.FORMATS[SECOND].title}",
        "    - it is called `b` there",
        "    - may do what its author did not allow: writing files",
    ]


def test_who_does_not_look_there_stands_apart():
    """What a client would make of a copy is no fact about the project: it stands below a line that says so, in the counts as well."""
    readings = (Reading(FIRST, State.LOADS, "a", "a", "all"), Reading(SECOND, State.STOPS, "a", "a", reasons=(Reason("it ends"),)))
    file = Inspected("a.md", FIRST, ("a",), readings, looking=frozenset({FIRST}))
    lines = inspected.report([("a.md", file), ("b.md", file)], [FIRST, SECOND], Style())
    first, second = registry.FORMATS[FIRST].title, registry.FORMATS[SECOND].title
    apart = "not read here; what each would make of a copy in its own folder:"

    assert [line.split() for line in lines[3:6]] == [
        ["loads", "all", *first.split()],
        apart.split(),
        ["stops", "the", "client", "-", second],
    ]
    assert [line.split()[-1] for line in lines[-3:]] == ["-", "folder:", "2"]


def test_a_hint_stands_below_what_it_is_about():
    """What is to be done is said beside the reason, not below the others."""
    reasons = (Reason("line 2: one"), Reason("line 3: two", None, "mend it"), Reason("line 4: three"))
    lines = shown(Reading(FIRST, State.DEGRADED, "a", "a", "all", reasons=reasons))

    assert lines[1:] == ["    - line 2: one", "    - line 3: two", "      hint: mend it", "    - line 4: three"]


def test_many_reasons_are_counted():
    """In short, the first reasons are shown and the others counted; in full, all are."""
    reasons = [f"line {number}: `key{number}` is wrong" for number in range(2, 7)]
    short, full = (shown(lost(FIRST, *reasons), verbose=verbose)[1:] for verbose in (False, True))

    assert short == [f"    - {reasons[0]}", f"    - {reasons[1]}", "    - and 3 more (-v)"]
    assert full == [f"    - {reason}" for reason in reasons]


def test_other_files_are_named_once():
    """Clients that read files of another kind stand last, with what they read; in full, with what their readers say."""
    readings = (lost(SECOND, "not TOML", other_kind=True), Reading(FIRST, State.STOPS, reasons=(Reason("it ends"),)))

    assert "reads other files: " in shown(*readings)[-1]
    assert shown(*readings, verbose=True)[-1] == "    - not TOML"


def test_several_agents_of_a_file():
    """What concerns the whole file is said once, above what concerns each agent."""
    readings = (Reading(FIRST, State.LOADS, "a", "a", "all"), Reading(FIRST, State.STOPS, "b", "b"), lost(SECOND, "no list"))
    lines = shown(*readings, agents=("a", "b"))

    assert [line.strip().partition("  ")[0] for line in lines[:6]] == [
        "not loaded",
        "- no list",
        "a.md: a",
        "loads",
        "a.md: b",
        "stops the client",
    ]


def test_counts_are_of_agents():
    """A file that is lost counts as all of its agents."""
    readings = (Reading(FIRST, State.LOADS, "a", "a", "all"), Reading(FIRST, State.LOADS, "b", "b", "all"), lost(SECOND))
    rows = [line.split()[-3:] for line in shown(*readings, agents=("a", "b"))[-2:]]

    assert rows == [["2", "-", "-"], ["-", "-", "2"]]


@pytest.mark.parametrize("state", [state for state in State if state.dropped])
def test_colour_is_that_of_errors(state):
    """What is lost has the colour of errors."""
    file = Inspected("a.md", FIRST, ("a",), (Reading(FIRST, state),))

    assert f"\x1b[31;1m{state.value}\x1b[0m" in "\n".join(inspected.report([("a.md", file)], [FIRST], Style(color=True)))


@pytest.mark.parametrize("words", ["mcp:" + "server" * 40, " ".join(f"mcp:server-{number}" for number in range(40))])
def test_long_tools_are_cut(words):
    """Tools stay in their column, and are cut when they are very many; in full, they are all there."""
    reading = Reading(FIRST, State.LOADS, "a", "a", words)
    full = [line[9:].strip().removesuffix(registry.FORMATS[FIRST].title).strip() for line in shown(reading, verbose=True)]

    assert shown(reading)[-1].endswith("…")
    assert "".join(full).replace(" ", "") == words.replace(" ", "")


def test_a_file_of_settings_need_have_no_agents(tmp_path, monkeypatch, capsys):
    """It is no stray file: sync writes servers into one. Who names it is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "opencode.json").write_text("{}")
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: a\ndescription: Reads\n---\n\nRead.\n")
    told = []
    for words in ([], [".", "opencode.json"]):
        main(["inspect", "--effects", *words])
        told.append(capsys.readouterr().err)

    assert told == ["", "no agent in opencode.json\n"]


def test_no_server_is_promised_where_none_stands(tmp_path, monkeypatch, capsys):
    """An agent that may use all MCP servers is told to use those that there may be, where the project has none for its assistant."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cursor/agents").mkdir(parents=True)
    (tmp_path / ".cursor/agents/one.md").write_text("---\nname: one\ndescription: Is one\n---\n\nYou are one.\n", "utf-8")
    main(["inspect", "--effects"])
    without = capsys.readouterr().out
    (tmp_path / ".cursor/mcp.json").write_text('{"mcpServers": {"jira": {"command": "jira"}}}', "utf-8")
    project.forget()
    main(["inspect", "--effects"])
    having = capsys.readouterr().out

    assert "if any: no MCP server stands in the project for this assistant" in " ".join(without.split())
    assert "if any" not in having
