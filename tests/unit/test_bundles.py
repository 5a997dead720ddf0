"""Bundles: the current version keeps what it does not know, and earlier ones are read as they were meant."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import agentconv
from agentconv.core.meant import Pattern
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.core.format import ReadResult
    from agentconv.core.ir import AgentSet
    from agentconv.core.source import SourceText

PATH = ".opencode/agents/x.md"
TEXT = "---\ndescription: Does one thing.\npermission:\n  bash:\n    '*': ask\n    git *: allow\n---\n\nDo one thing.\n"


def _bundle(agents: AgentSet, format_id: str = "json") -> str:
    return agentconv.write(agents, format_id).files[0].data.decode()


def _document(**more: Any) -> dict[str, Any]:
    return {**json.loads(_bundle(agentconv.reads(TEXT, "opencode", path=PATH))), **more}


def _back(document: dict[str, Any]) -> str:
    """Return the file that a bundle gives back."""
    return agentconv.write(agentconv.reads(json.dumps(document), "json"), "opencode").files[0].data.decode()


def test_version_1_patterns_take_the_language_of_their_client() -> None:
    """In a bundle of version 1 a pattern is text, in the language in which the client of its tool reads one; servers had another name."""
    rule = {"effect": "deny", "native": "bash", "format": "kilo", "pattern": "rm *"}
    grant = {"native": "edit", "format": "roo", "pattern": "x"}
    agent = {"id": "a", "tools": {"mode": "list", "allow": [grant]}, "permissions": {"rules": [rule]}}
    document = {"$schema": "urn:agentconv:bundle:1", "agents": [agent], "mcp_servers": [{"name": "s"}]}
    found = agentconv.reads(json.dumps(document), "json")

    assert [found.agents[0].tools.allow[0].pattern, found.agents[0].permissions.rules[0].pattern] == [
        Pattern("x", "regex"),
        Pattern("rm *", "glob"),
    ]
    assert [server.name for server in found.servers] == ["s"]


@pytest.mark.parametrize("hub", ["json", "toml"])
def test_lists_that_nobody_knows_are_kept(hub: str) -> None:
    """A list that a newer version put into a bundle survives being read and written, in either form, with the order of its maps."""
    quests = [{"id": "s", "files": [{"path": "a"}], "name": "s"}]
    found = agentconv.reads(json.dumps(_document(quests=quests, rewards=["gold", None])), "json")
    again = agentconv.reads(_bundle(found, hub), hub)
    written = json.loads(_bundle(again))

    assert json.dumps([written["quests"], written["rewards"]]) == json.dumps([quests, ["gold", None]])


def test_conversion_says_which_lists_stay() -> None:
    """A conversion to a client's files says that the other parts of a bundle are in none of them."""
    found = agentconv.reads(json.dumps(_document(quests=[{"id": "s"}])), "json")

    assert [(loss.code, loss.detail) for loss in agentconv.write(found, "codex").losses if loss.agent == "the set"] == [
        ("set-dropped", "quests")
    ]


def _learn_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reader of OpenCode know one more field than when a bundle was written."""
    module = registry.load("opencode")
    honest = module.read

    def read(source: SourceText) -> ReadResult:
        result = honest(source)
        return replace(result, set=replace(result.set, agents=tuple(replace(agent, effort="high") for agent in result.set.agents)))

    monkeypatch.setattr(module, "read", read)


def test_untouched_source_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that has learned a field since a bundle was written finds it in the bundle's text, and takes nothing for an edit."""
    document = _document()
    _learn_a_field(monkeypatch)

    assert agentconv.reads(json.dumps(document), "json").agents[0].effort == "high"
    assert _back(document) == TEXT


def test_edited_field_of_a_bundle_wins() -> None:
    """A field that somebody changes in a bundle is what its file says then: such a source is not read anew."""
    document = _document()
    document["agents"][0]["description"] = "Does another."

    assert _back(document) == TEXT.replace("Does one thing.\nperm", "Does another.\nperm")


def test_edited_agent_of_a_set_wins() -> None:
    """An agent that a program changes is what the bundle says then, although the source that it was read from is there."""
    found = agentconv.reads(TEXT, "opencode", path=PATH)
    edited = replace(found, agents=(replace(found.agents[0], description="Does another."),))
    once = agentconv.reads(_bundle(edited), "json")

    assert once.agents[0].description == "Does another."
    assert _back(json.loads(_bundle(once))) == TEXT.replace("Does one thing.\nperm", "Does another.\nperm")


SLIPS = {
    "agents[0].tools.allow: a list of tools is not heeded": {"tools": {"allow": [{"native": "Read", "format": "claude-code"}]}},
    "agents[0].tools.deny[0].capability: `shel` is no capability": {
        "tools": {"mode": "list", "deny": [{"native": "Bash", "format": "claude-code", "capability": "shel"}]}
    },
    "agents[0].permissions.rules[0].capability: `everything` is no capability": {
        "permissions": {"rules": [{"effect": "deny", "native": "Bash", "format": "claude-code", "capability": "everything"}]}
    },
}


@pytest.mark.parametrize("said", SLIPS)
def test_what_was_to_be_closed_is_not_open_by_a_slip(said: str) -> None:
    """A bundle that somebody wrote is refused where it would let an agent do what its words close; what is in extras is its own."""
    agent = {"id": "a", "name": "a", "extras": {"roo": {"native": "x", "capability": "any"}}}
    right, wrong = (
        agentconv.reads(json.dumps({"$schema": "urn:agentconv:bundle:2", "agents": [{**agent, **more}]}), "json")
        for more in ({}, SLIPS[said])
    )

    assert (len(right.agents), right.diagnostics, len(wrong.agents)) == (1, (), 0)
    assert wrong.diagnostics[0].message.startswith(said)
