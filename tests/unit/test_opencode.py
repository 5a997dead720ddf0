"""OpenCode and Kilo, as measured: places, the repair of headers, deprecated keys, references, and the JSON configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent_files import agent_of, convert_agent, read
from agentconv.conversion.converting import Options, convert
from agentconv.core import fields
from agentconv.core.format import State
from agentconv.core.ir import AgentSet, Permissions, Prompt, Rule
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources.loaded import Loaded


def _read(format_id: str, path: str, text: str) -> Any:
    return registry.load(format_id).read(SourceText(path, text.encode("utf-8")))


def _agent(format_id: str, path: str, text: str) -> Any:
    (agent,) = _read(format_id, path, text).set.agents
    return agent


def _rules(agent: Any) -> list[tuple[str, str, str | None]]:
    return [(rule.native, rule.effect, rule.pattern) for rule in agent.permissions.rules]


HEADER = "---\ndescription: d\nmode: subagent\n---\nB\n"


@pytest.mark.parametrize(
    ("path", "name", "by"),
    [
        (".opencode/agents/e.md", "e", "agents"),
        (".opencode/agent/n/d.md", "n/d", "agents"),
        (".opencode/agents/agents/f.md", "agents/f", "agents"),
        (".opencode/modes/b.md", "b", "user"),
        (".opencode/mode/a.md", "a", "user"),
        ("x/.opencode/agents/e.md", "e", "agents"),
        ("nested/e.md", "nested/e", "agents"),
        ("agents/e.md", "e", "agents"),
    ],
)
def test_place_names_the_agent(path: str, name: str, by: str) -> None:
    """The path below the folder of agents is the name; a mode is the user's whatever it says."""
    agent = _agent("opencode", path, HEADER)

    assert (agent.name, agent.invocation.by) == (name, by)


def test_bad_mode_is_passed_over() -> None:
    """A wrong value in an agent's file stops OpenCode; the same in a mode's file only loses the mode."""
    text = "---\ndescription: d\ncolor: blue\n---\nB\n"
    states = [_read("opencode", f".opencode/{folder}/a.md", text).states[0] for folder in ("agents", "modes")]

    assert states == [State.STOPS, State.NOT_LOADED]


def test_tools_come_before_permissions() -> None:
    """A deprecated tool keeps its place when a permission of its key changes what happens."""
    text = '---\ntools: {bash: true, write: false, foo: true}\npermission: {"*": deny, bash: ask, edit: allow}\n---\nB'
    agent = _agent("opencode", "a.md", text)

    assert _rules(agent) == [("bash", "ask", None), ("edit", "allow", None), ("foo", "allow", None), ("*", "deny", None)]


def test_permissions_that_go_take_the_deprecated_tools_along() -> None:
    """When no rule is left of a file with `tools`, that key goes; the rest of the file keeps its bytes."""
    source = SourceText("a.md", b"---\ndescription:   d\ntools:\n  bash: false\nmode: subagent   # a remark\n---\nB\n")
    agent = replace(agent_of("opencode", source), permissions=Permissions())

    data = registry.load("opencode").write(AgentSet((agent,)), source).data

    assert data == b"---\ndescription:   d\nmode: subagent   # a remark\n---\nB\n"


@pytest.mark.parametrize("format_id", ["opencode", "kilo"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_repaired_value_is_patched_in_place(format_id: str, newline: str) -> None:
    """A value that only the client's repair reads is replaced where it stands, whatever the repair made of its line."""
    lines = ["---", "description: a: b", "mode: subagent", "model: openai/gpt-6.1-sol", "---", "Body"]
    source = SourceText("a.md", newline.join(lines).encode())
    agent = agent_of(format_id, source)
    assert agent.description == "a: b"

    data = registry.load(format_id).write(AgentSet((replace(agent, description="c"),)), source).data

    assert newline.join([lines[0], "description: c", *lines[2:]]).encode() == data


def test_rules_of_one_key_are_put_together() -> None:
    """Rules that no map can have in their order are ordered anew, and none opens what another closes."""
    rules = (
        Rule("allow", "bash", "opencode", "shell", "git *"),
        Rule("deny", "*", "opencode", "*"),
        Rule("ask", "bash", "opencode", "shell", "ls *"),
        Rule("deny", "webfetch", "opencode", "web.fetch", "http:*"),
    )
    agent = _agent("opencode", "a.md", HEADER)
    agent = replace(agent, permissions=replace(agent.permissions, rules=rules, resolution="last"))
    done = convert_agent(replace(agent, id="a"), "opencode")
    assert done.file

    expected = [("*", "deny", None), ("bash", "ask", "ls *"), ("webfetch", "deny", None)]

    assert expected == _rules(agent_of("opencode", done.file.data))


@pytest.mark.parametrize(
    ("text", "syntax", "state"),
    [
        ("a {file:./x} b", "kilo", State.LOADS),
        ("// {file:./x} {env:Y}", "literal", State.LOADS),
        ("a ${file:x} ${env:X} {env:} {file: b", "literal", State.LOADS),
        ("a {env:HOME} b", "literal", State.NOT_LOADED),
        ("a {file:x\ny} b", "kilo", State.LOADS),
    ],
)
def test_references_of_kilo(text: str, syntax: str, state: State) -> None:
    """Kilo fills in a file, drops an agent that asks for the environment, and passes over comments and shell variables."""
    result = _read("kilo", "a.md", f"---\ndescription: d\n---\n{text}")

    assert (syntax, state) == (result.set.agents[0].prompt.syntax, result.states[0])


def _into(agents: list[Any], target: str, path: str) -> list[Any]:
    piece = Loaded("agents", "json", None, tuple(agents), tuple(State.LOADS for _ in agents))
    return list(convert([piece], target, Options(into=path)))


CONFIG = b"""// mine
{
  "theme": "dark", /* and more */
  "provider": {"x": {"key": "{env:SECRET}"}},
  "agent": {
    "reviewer": {"description": "Reviews.", "prompt": "{file:./review.md}", "mode": "subagent", "tools": {"write": false},},
    "writer": {"prompt": " Write. ", "permission": {"bash": "ask"}}
  },
  "mode": {"lead": {"prompt": "Lead."}},
}
"""


def test_configuration_is_read() -> None:
    """Both maps are agents; a reference makes a prompt a template, and texts are not trimmed."""
    result = _read("opencode", "opencode.json", CONFIG.decode())
    found = [(one.name, one.prompt.text, one.prompt.syntax, one.invocation.by, one.origin.pointer) for one in result.set.agents]

    assert found == [
        ("reviewer", "{file:./review.md}", "opencode", "agents", "/agent/reviewer"),
        ("writer", " Write. ", "literal", "both", "/agent/writer"),
        ("lead", "Lead.", "literal", "user", "/mode/lead"),
    ]
    assert result.states == (State.LOADS,) * 3


def test_configuration_keeps_what_is_not_changed() -> None:
    """One changed value changes its own bytes only, in either map."""
    source = SourceText("opencode.json", CONFIG)
    module = registry.load("opencode")
    agents = module.read(source).set.agents
    changed = [
        replace(agents[0], description="Looks."),
        agents[1],
        replace(agents[2], prompt=Prompt("Lead well.")),
    ]

    data = module.write(AgentSet(tuple(changed)), source).data

    assert CONFIG.replace(b"Reviews.", b"Looks.").replace(b'"Lead."', b'"Lead well."') == data


def test_bundle_holds_no_configuration() -> None:
    """What else stands in a configuration is the user's, and stays out of bundles."""
    spec = registry.load("opencode").SPEC
    assert spec.essence

    kept = spec.essence(SourceText("opencode.json", CONFIG))

    assert "SECRET" not in kept.text
    assert "theme" not in kept.text
    again = registry.load("opencode").read(kept).set.agents
    assert all(map(fields.same, again, registry.load("opencode").read(SourceText("opencode.json", CONFIG)).set.agents))


@pytest.mark.parametrize("target", ["opencode", "kilo"])
def test_reference_from_elsewhere_is_refused_in_a_configuration(target: str) -> None:
    """What the client would fill in has no escape that is documented, so that no such text is written there."""
    plain = replace(_agent("claude-code", "a.md", "---\nname: a\ndescription: d\n---\nPlain."), id="a")
    live = replace(plain, id="b", name="b", prompt=Prompt("Write {file:x} and {env:Y}."))

    done = _into([plain, live], target, f"{target}.json")

    assert [loss.code for one in done for loss in one.losses if loss.severity == "refusal"] == ["refused-text"]
    assert [agent.name for agent in registry.load(target).read(SourceText(f"{target}.json", done[-1].file.data)).set.agents] == ["a"]


@pytest.mark.parametrize(("format_id", "state"), [("opencode", State.STOPS), ("kilo", State.NOT_LOADED)])
def test_one_wrong_value_loses_the_configuration(format_id: str, state: State) -> None:
    """Neither client takes a part of its configuration."""
    result = _read(format_id, f"{format_id}.json", '{"agent": {"a": {"color": "blue"}, "b": {"prompt": "x"}}}')

    assert state is result.states[0]
    assert all(one.dropped for one in result.states)


MODES = """customModes:
  - slug: docs
    name: Docs
    roleDefinition: You write.
    customInstructions: Only markdown.
    groups:
      - read
      - - edit
        - fileRegex: \\.md$
      - browser
  - slug: code
    name: Code
    groups: [read]
"""


def test_old_modes_of_kilo() -> None:
    """A group is a permission, a pattern closes what it should open, and the client's own modes are passed over."""
    result = _read("kilo", ".kilocodemodes", MODES)
    docs, code = result.set.agents
    expected = [
        ("read", "allow", None),
        ("edit", "allow", "\\.md$"),
        ("edit", "deny", "*"),
        ("bash", "allow", None),
        ("mcp", "deny", None),
    ]

    assert (docs.name, docs.description, docs.prompt.text, docs.invocation.by) == ("docs", "Docs", "You write.\n\nOnly markdown.", "user")
    assert _rules(docs) == expected
    assert (code.name, *result.states) == ("code", State.LOADS, State.NOT_LOADED)


def test_old_modes_are_patched_and_not_added_to() -> None:
    """A mode's text is changed in place; an agent from elsewhere goes to the folder of agents instead."""
    source = SourceText(".kilocodemodes", MODES.encode())
    module = registry.load("kilo")
    docs, code = module.read(source).set.agents
    changed = replace(docs, prompt=replace(docs.prompt, text="You write well.\n\nOnly markdown."))

    data = module.write(AgentSet((changed, code)), source).data

    assert MODES.replace("You write.", "You write well.").encode() == data
    done = _into([replace(_agent("opencode", "a.md", HEADER), id="a")], "kilo", ".kilocodemodes")
    assert [loss.code for one in done for loss in one.losses if loss.severity == "refusal"] == ["refused-place"]


NATIVE = """{
  "agents": {
    "a": {"description": "A.", "system": "Do a.", "model": "p/m#fast", "request": {"body": {"k": 1}}, "disabled": false},
    "b": {"description": "Theirs."},
    "c": {"system": "Do c.", "color": "primary"},
    "d": {"permission": {"edit": "deny"}, "model": {"providerID": "p", "model": "m"}}
  },
  "agent": {"b": {"description": "Ours."}}
}
"""
"""What `opencode serve` 1.18.33 says of it (GET /config): a, with options and a variant; b as in `agent`; d, which may edit."""


def test_native_agents_are_read_as_the_client_turns_them_into_its_own() -> None:
    """The map of OpenCode 2 counts where `agent` has no such name; a wrong value loses its own entry and no other."""
    result = _read("opencode", "opencode.json", NATIVE)
    b, a, c, d = result.set.agents

    assert (b.description, b.origin.pointer) == ("Ours.", "/agent/b")
    assert (a.prompt.text, a.model.provider, a.model.value, a.invocation.by) == ("Do a.", "p", "m", "both")
    assert a.extras["opencode"] == {"variant": "fast", "options": {"k": 1}}
    assert (c.prompt.text, d.model.value, d.permissions.rules) == ("Do c.", "m", ())
    assert result.states == (State.LOADS, State.LOADS, State.NOT_LOADED, State.DEGRADED)
    assert {(one.agent, str(one.code)) for one in result.diagnostics} == {
        ("b", "duplicate-name"),
        ("c", "not-loaded"),
        ("d", "unknown-key"),
    }


def test_native_agents_stay_as_they_are_or_go_to_the_other_map() -> None:
    """Nothing is written into the map of OpenCode 2: one that is changed goes to `agent`, and its entry goes."""
    source = SourceText("opencode.json", NATIVE.encode())
    module = registry.load("opencode")
    b, a, *others = module.read(source).set.agents

    assert module.write(AgentSet((b, a, *others)), source).data == source.data
    changed = replace(a, description="Better.")
    again = module.read(SourceText("opencode.json", module.write(AgentSet((b, changed, *others)), source).data)).set.agents
    assert [(one.name, one.description, one.origin.pointer) for one in again[:2]] == [
        ("b", "Ours.", "/agent/b"),
        ("a", "Better.", "/agent/a"),
    ]
    assert all(map(fields.same, again, (b, changed, *others)))
    without = module.read(SourceText("opencode.json", module.write(AgentSet((a, *others)), source).data)).set.agents
    assert [one.name for one in without] == ["a", "c", "d"]


@pytest.mark.parametrize(("format_id", "names"), [("opencode", ["a"]), ("kilo", [])])
def test_native_agents_are_those_of_opencode_alone(format_id: str, names: list[str]) -> None:
    """Kilo does not know the map."""
    result = _read(format_id, f"{format_id}.json", '{"agents": {"a": {"system": "x"}}}')

    assert [one.name for one in result.set.agents] == names


def test_native_permissions_keep_the_client_from_starting() -> None:
    """`permissions` in either map loses every agent of the configuration."""
    text = '{"agents": {"a": {"description": "x", "permissions": []}}, "agent": {"b": {"description": "x"}}}'
    result = _read("opencode", "opencode.json", text)

    assert result.states == (State.NOT_LOADED, State.STOPS)


def test_bundle_holds_native_agents() -> None:
    """The map is the agents' own, so that it comes back from a bundle."""
    source = SourceText("opencode.json", NATIVE.encode())
    module = registry.load("opencode")

    kept = module.SPEC.essence(source)

    assert all(map(fields.same, module.read(kept).set.agents, module.read(source).set.agents))


@pytest.mark.parametrize("word", ["[]", "{}", "5", "[primary]"])
@pytest.mark.parametrize(("format_id", "folder"), [("opencode", ".opencode"), ("kilo", ".kilo")])
def test_mode_that_is_no_word(format_id: str, folder: str, word: str) -> None:
    """A file of a mode whose `mode` is no word is passed over, as the client does it."""
    source = SourceText(f"{folder}/modes/a.md", f"---\nmode: {word}\ndescription: d\n---\nHi\n".encode())

    assert read(format_id, source).states == (State.NOT_LOADED,)
