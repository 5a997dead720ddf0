"""A patch that has to spell other values anew says so; depth is counted outside of texts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import agentconv
from agentconv.core.diagnostics import Code

BROKEN = "---\nname: a\ndescription: Use when: x [y]\nmodel: sonnet # c\n---\n\nDo it.\n"


def _edited(text: str | bytes, format_id: str = "claude-code", path: str = "a.md") -> agentconv.Result:
    agents = agentconv.reads(text, format_id, path=path)
    changed = tuple(replace(agent, description="Plain words") for agent in agents.agents)
    return agentconv.write(replace(agents, agents=changed), format_id)


def test_respelled_key_is_reported() -> None:
    """Where an edit ends a client's fallback, the neighbour that is spelled anew is named."""
    result = _edited(BROKEN)

    assert [(one.code, one.message.split(":")[0]) for one in result.diagnostics] == [(Code.RESPELLED, "model")]
    assert 'model: "sonnet # c"' in result.files[0].data.decode()


ROLE = 'name = "a"\ndescription = "b" # c\ndeveloper_instructions = "d"\n'
IN_A_LINE = "customModes:\n  - {slug: a, name: A, roleDefinition: Do., description: b, groups: [read]}\n"
BROKEN_MODES = "customModes:\n  - slug: a\n    name: A\n    roleDefinition: Do: it.\n    groups: [read]\n"
WIDE = "---\ndescription: b\n---\n\nDo it.\n".encode("utf-16")


@pytest.mark.parametrize(
    ("format_id", "path", "text", "words"),
    [
        ("roo", ".roomodes", IN_A_LINE, "`a`"),
        ("roo", ".roomodes", BROKEN_MODES, "the whole file"),
        ("codex", ".codex/agents/a.toml", ROLE + "broken = yes\n", "the whole file"),
        ("cursor", ".cursor/agents/a.md", WIDE, "the whole header"),
    ],
)
def test_what_is_spelled_anew_as_a_whole_is_reported(format_id: str, path: str, text: str | bytes, words: str) -> None:
    """An agent of several in a file is named by its name; what could not be patched, by how much of the file it was."""
    result = _edited(text, format_id, path)

    assert [(one.code, one.message.split(": ")[0]) for one in result.diagnostics] == [(Code.RESPELLED, words)]


def test_plain_edit_reports_nothing() -> None:
    """An edit that touches its own bytes only needs no report."""
    result = _edited(BROKEN.replace("Use when: x [y]", "Some words").replace(" # c", ""))

    assert result.diagnostics == ()


@pytest.mark.parametrize("opening", ["[", "{", "[{"])
def test_brackets_in_a_prompt_are_text(opening: str) -> None:
    """A prompt may open as many brackets as it likes."""
    text = BROKEN.replace("Do it.", f"x {opening}\n" * 300)
    result = agentconv.write(agentconv.reads(text, "claude-code"), "codex")

    assert (len(result.files), result.diagnostics) == (1, ())
    assert agentconv.reads(result.files[0].data, "codex").agents[0].name == "a"


def test_deep_bundle_is_an_error() -> None:
    """A bundle that nests without bound is refused in one line."""
    deep: object = 1
    for _ in range(400):
        deep = [deep]
    bundle = {"$schema": "urn:agentconv:bundle:1", "agents": [{"id": "a", "extras": {"codex": {"k": deep}}}]}
    found = agentconv.reads(json.dumps(bundle), "json").diagnostics

    assert [(one.code, one.message) for one in found] == [(Code.LIMIT, "nested deeper than 200 levels")]


def test_deep_dotted_key_is_not_loaded() -> None:
    """A key of hundreds of parts does not reach a writer that would recurse on it."""
    text = 'name = "a"\ndescription = "b"\ndeveloper_instructions = "c"\n' + "a." * 300 + "b = 1\n"
    agents = agentconv.reads(text, "codex")

    assert [one.code for one in agents.diagnostics] == [Code.NOT_LOADED]
    assert len(agentconv.write(agents, "toml").files) == 1
