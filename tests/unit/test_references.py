"""What values of MCP servers refer to is the same in every client, or is told: never another variable's value, never a text for a value."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconv import reads, write
from agentconv.core import credentials, references, server_variables
from agentconv.core.ir import Agent, AgentSet, McpServer, Origin, Prompt
from agentconv.core.meant import Foreign, Reference, Text
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.projecting import by_hand
from client_variables import EXPANDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

PIECES = [
    "$",
    "{",
    "}",
    "${",
    "{env:",
    "${env:",
    "\\",
    ":-",
    "-",
    ":",
    "A",
    "B",
    "AB",
    "x",
    " ",
    "${A}",
    "$B",
    "{env:A}",
    "${B:-x y}",
    "${CLAUDE_PLUGIN_ROOT}",
    "${PLUGIN_ROOT}",
    "${extensionPath}",
    "${/}",
    "\\$",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
VALUES = st.text("xyz-/", min_size=1, max_size=4)


def _environments(text: Text) -> st.SearchStrategy[Mapping[str, str]]:
    """Environments in which each variable of a text has a value, or else a default."""
    named = [part for part in text.parts if isinstance(part, Reference)]
    always = {part.env for part in named if part.default is None}
    return st.fixed_dictionaries(dict.fromkeys(always, VALUES), optional={part.env: VALUES for part in named if part.env not in always})


@settings(max_examples=300)
@given(source=st.sampled_from(sorted(EXPANDERS)), target=st.sampled_from(sorted(EXPANDERS)), text=TEXTS, data=st.data())
def test_translated_text_comes_to_the_same(source: str, target: str, text: str, data: st.DataObject) -> None:
    """What a client makes of a text is what another makes of its translation, whatever is in the environment."""
    read = references.read(source, text)
    written = references.write(target, read.parts)
    env = data.draw(_environments(read))

    assert written is None or EXPANDERS[source](text, env) == EXPANDERS[target](str(written), env)


@given(text=TEXTS, language=st.sampled_from(references.LANGUAGES), data=st.data())
def test_parts_are_what_a_client_makes_of_a_text(text: str, language: str, data: st.DataObject) -> None:
    """A text without anything that only its language says is its parts, each with its value, to the client."""
    read = references.read(language, text)
    env = data.draw(_environments(read))
    said = "".join(part if isinstance(part, str) else env.get(part.env, part.default or "") for part in read.parts if not _foreign(part))

    assert any(map(_foreign, read.parts)) or said == EXPANDERS[language](text, env)


def _foreign(part: object) -> bool:
    return isinstance(part, Foreign)


@pytest.mark.parametrize(
    ("source", "text", "target", "expected"),
    [
        ("braces", "Bearer ${X:-y}", "dotenv", "Bearer ${X:-y}"),
        ("braces", "${X}", "env", "{env:X}"),
        ("braces", "${X:-y}", "env", None),
        ("env", "{env:X}/{env:Y}", "editor", "${env:X}/${env:Y}"),
        ("dotenv", "$X-1", "shell", "${X}-1"),
        ("braces", "costs $X", "dotenv", "costs \\$X"),
        ("braces", "costs $X", "shell", None),
        ("editor", "${workspaceFolder}/x", "braces", None),
        ("env", "{file:token.txt}", "dotenv", None),
        ("dotenv", "${X:+set}", "braces", None),
        ("dotenv", "\\${A} ${A}", "braces", None),
        ("keys", "${X}", "braces", None),
        ("keys", "$X", "braces", "$X"),
    ],
)
def test_text_is_spelled_in_the_other_language(source: str, text: str, target: str, expected: str | None) -> None:
    """A text is spelled as the other language says the same, escaped where it can be, else not at all."""
    assert expected == references.write(target, references.read(source, text).parts)


def test_text_is_its_spelling() -> None:
    """As text it is its author's spelling, equal to plain text of that spelling; copies are equal to it, other meanings are not."""
    text = references.read("dotenv", "$X")

    assert text == "$X"
    assert (str(text), type(str(text))) == ("$X", str)
    assert copy.deepcopy(text) == text
    assert text != references.read("braces", "$X")


def _agent(server: McpServer, origin: str) -> AgentSet:
    return AgentSet((Agent("a", "a", description="d", prompt=Prompt("p"), mcp_servers=(server,), origin=Origin(origin, "a")),))


def _told(server: McpServer, source: str, target: str) -> tuple[McpServer | None, dict[str, str | None]]:
    """Convert a server, and return it as the target reads it, with the losses that are about references and their hints."""
    result = write(_agent(server, source), target)
    hints = {loss.code: loss.hint for loss in result.losses if loss.code.startswith(("reference", "mcp-"))}
    again = registry.load(target).read(SourceText("a", result.files[0].data)).set.agents[0]
    return (again.mcp_servers or (None,))[0], hints


LOCAL = McpServer("s", "stdio", command="run", args=(), env={"ACCESS": "${ACCESS}", "MODE": "${MODE:-fast}", "PLAIN": "yes"})
REMOTE = McpServer("s", "http", url="https://mcp.example.com/x", headers={"Authorization": "Bearer ${KEY}", "X-Team": "${TEAM}"})


def _by_hand(hint: str | None) -> str:
    """Return what a hint has to be written, without how that is to be taken."""
    return (hint or "").partition(": ")[2].partition(", with the value of ")[0]


def test_codex_names_variables_in_keys_of_their_own() -> None:
    """Codex fills in nothing: the line for its configuration hands a variable on or names it; what has a default is for a person."""
    none, local = _told(LOCAL, "claude-code", "codex")
    _, remote = _told(REMOTE, "claude-code", "codex")
    lines = [tomli.loads(_by_hand(told["mcp-dropped"]))["mcp_servers"]["s"] for told in (local, remote)]

    assert none is None
    assert lines[0] == {"command": "run", "env": {"MODE": "<MODE>", "PLAIN": "yes"}, "env_vars": ["ACCESS"]}
    assert lines[1].items() >= {"bearer_token_env_var": "KEY", "env_http_headers": {"X-Team": "TEAM"}}.items()


@pytest.mark.parametrize("target", ["opencode", "kilo", "cursor", "roo", "cline", "droid"])
def test_line_to_write_by_hand_is_in_the_target_s_language(target: str) -> None:
    """Where no agent's file holds a server, the line for the client's configuration says its references as that client does."""
    known = server_variables.variables(target)
    server = _agent(LOCAL, "claude-code").agents[0].mcp_servers or ()
    line = by_hand.hint(target, server) or ""
    values = json.loads(_by_hand(line))[known.key]["s"]
    env = values.get("env") or values["environment"]
    said = EXPANDERS[known.configured](env["ACCESS"], {"ACCESS": "t"}) if known.configured else "t" if env["ACCESS"] == "<ACCESS>" else ""

    assert line.startswith(f"write it to {known.file}: ")
    assert (said, env["PLAIN"]) == ("t", "yes")


def test_line_to_write_by_hand_says_what_is_not_in_it() -> None:
    """Keys in the source client's own words or unit, and what closes tools, are a person's to write."""
    plain = McpServer("s", "stdio", command="run")
    server = McpServer("s", "stdio", command="run", enabled=False, disabled_tools=("drop",), options={"timeout": 5000})

    assert by_hand.hint("cursor", [plain]) == ('write it to .cursor/mcp.json: {"mcpServers": {"s": {"command": "run"}}}')
    assert (by_hand.hint("cursor", [server]) or "").endswith("}, which says nothing of `timeout`, `disabled_tools`, `enabled`")


def test_claude_code_fills_in_headers_alone() -> None:
    """A variable that Claude Code's servers get anyway is left out, another one is told with the line for .mcp.json; headers hold all."""
    local, lines = _told(LOCAL, "copilot", "claude-code")
    remote, none = _told(REMOTE, "copilot", "claude-code")

    assert local
    assert local.env == {"PLAIN": "yes"}
    assert {"reference-inherited", "reference-dropped"} == lines.keys()
    assert '"MODE": "${MODE:-fast}"' in (lines["reference-dropped"] or "")
    assert remote
    assert remote.headers == REMOTE.headers
    assert not none


def test_text_that_the_target_would_fill_in_is_escaped_or_told() -> None:
    """What Codex hands on as it stands reaches a server of Gemini CLI as it stands, and one of Copilot not at all."""
    plain = McpServer("s", "stdio", command="run", args=(), env={"PATTERN": "$HOME ${X}"})
    gemini, _ = _told(plain, "codex", "gemini-cli")
    copilot, lines = _told(plain, "codex", "copilot")

    assert gemini
    assert EXPANDERS["dotenv"](str((gemini.env or {})["PATTERN"]), {"HOME": "/h", "X": "x"}) == "$HOME ${X}"
    assert copilot
    assert not copilot.env
    assert "reference-dropped" in lines


@pytest.mark.parametrize("hub", ["json", "toml"])
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), language=st.sampled_from(references.LANGUAGES))
def test_bundle_keeps_spelling_and_meaning(hub: str, texts: list[str], language: str) -> None:
    """A bundle gives back each value as it was spelled and meant."""
    values = tuple(references.read(language, text) for text in texts)
    server = McpServer("s", "stdio", command="run", args=values, env={"A": values[0]})
    module = registry.load(hub)
    again = module.read(SourceText("b", module.write(_agent(server, "cline"), SourceText("b", b"")).data)).set.agents[0]

    assert again.mcp_servers == (server,)


def test_plain_text_is_meant_as_it_stands_in_version_2_and_read_in_version_1() -> None:
    """`${X}` in a bundle of version 1 is what the agent's client reads; in version 2 it is these four characters."""
    document = json.loads(write(_agent(LOCAL, "gemini-cli"), "json").files[0].data)
    document["agents"][0]["mcp_servers"][0]["env"] = {"A": "${X}"}
    found = []
    for version in (1, 2):
        text = json.dumps({**document, "$schema": f"urn:agentconv:bundle:{version}"})
        found += [references.parts_of(server.env["A"]) for server in reads(text, "json").agents[0].mcp_servers or () if server.env]

    assert found == [(Reference("X"),), ("${X}",)]


def test_reference_is_no_credential() -> None:
    """Nothing that names a variable is taken for a secret, in a file, in a bundle or in a line to write by hand."""
    agents = _agent(LOCAL, "claude-code")
    texts = [write(agents, target).files[0].data.decode() for target in ("json", "codex", "gemini-cli", "copilot")]
    lines = [by_hand.hint(target, agents.agents[0].mcp_servers or ()) or "" for target in ("opencode", "cursor", "codex")]

    assert [one for text in (*texts, *lines) for one in credentials.secrets(text)] == []
