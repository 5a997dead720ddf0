"""Agents that a program makes: they are judged as their fields say, whichever words these are in, and for every target."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

import agentconv
from agentconv.core import access, fields, rule_facts, vocabulary
from agentconv.core.ir import Agent, AgentSet, Limits, Origin, Permissions, Prompt, Rule, ToolGrant, Tools
from agentconv.core.meant import Pattern
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = ("sheet", "json", "opencode", "kilo", "kiro", "claude-code", "gemini-cli", "copilot")
"""A program's own words, a bundle's, and those of clients that hold an agent to patterns, or do not."""
CAPABILITIES = {"shell": "git log *", "fs.read": "docs/*", "fs.edit": "docs/*", "web.fetch": "https://example.com/*"}
SHARED = ("agents-dir", "antigravity")
DENIED = {
    ("shell",): "rm *",
    ("fs.read",): "secrets/*",
    ("fs.write", "fs.edit", "notebook.edit"): "docs/*",
    ("web.fetch",): "https://example.com/*",
}
"""What is denied together: all that changes files is one effect."""
each_client = pytest.mark.parametrize("target", registry.CLIENTS)


def _made(tools: Tools, permissions: Permissions | None = None) -> AgentSet:
    said = permissions or Permissions()
    return AgentSet((Agent(id="a", name="a", description="Does one thing.", prompt=Prompt("Do it."), tools=tools, permissions=said),))


def _word(format_id: str, capability: str) -> str:
    return vocabulary.tool_for(format_id, capability) or capability


def _granting(format_id: str, capability: str, pattern: str | None = None) -> ToolGrant:
    return ToolGrant(_word(format_id, capability), format_id, capability, Pattern(pattern, "glob") if pattern else None)


def _again(result: agentconv.Result, target: str) -> Agent:
    """Return the agent that the target's own reader finds in what was written."""
    file = result.files[0]
    return agentconv.reads(file.data, target, path=file.path).agents[0]


def _is_told(result: agentconv.Result) -> bool:
    return any(loss.severity != "note" for loss in result.losses)


def _open(agent: Agent, target: str) -> dict[str, access.Access]:
    return dict(access.accesses(agent.tools, agent.permissions, target, held=True))


def _partly() -> Iterator[tuple[str, str, str, bool]]:
    """Yield formats that hold patterns, with a capability, its pattern, and whether another tool is listed too."""
    for format_id, (capability, pattern), more in product(FORMATS, CAPABILITIES.items(), (False, True)):
        if rule_facts.holds_patterns(format_id):
            yield format_id, capability, pattern, more


@each_client
def test_what_is_open_to_a_part_never_opens_in_silence(target: str) -> None:
    """A grant with a pattern, in words that hold it, is that pattern in the target, or closed, or it is told."""
    for format_id, capability, pattern, more in _partly():
        others = (_granting(format_id, "fs.search"),) if more else ()
        result = agentconv.write(_made(Tools("list", (*others, _granting(format_id, capability, pattern)))), target)
        assert not result.failed, (format_id, capability, result.diagnostics)
        if result.files and not _is_told(result):
            there = _open(_again(result, target), target).get(capability)
            assert there is None or there.parts, (format_id, capability, result.files)


@each_client
def test_a_denied_part_never_opens_in_silence(target: str) -> None:
    """A denied part, be it a denied grant or a rule, is denied in the target, or all of it is, or it is told."""
    for format_id, (capabilities, pattern) in product(FORMATS, DENIED.items()):
        denied = tuple(_granting(format_id, one, pattern) for one in capabilities)
        rules = tuple(Rule("deny", one.native, format_id, one.capability, one.pattern) for one in denied)
        for made in (_made(Tools(deny=denied)), _made(Tools(), Permissions(rules=rules, resolution="deny"))):
            result = agentconv.write(made, target)
            assert not result.failed, (format_id, capabilities, result.diagnostics)
            if result.files and not _is_told(result):
                there = [one for capability, one in _open(_again(result, target), target).items() if capability in capabilities]
                assert all(one.parts for one in there), (format_id, capabilities, result.files)


@each_client
def test_a_denied_tool_stays_denied(target: str) -> None:
    """A whole tool that is denied is closed in the target, or it is told: but for one of several words of the target's own."""
    for format_id, capabilities in product(FORMATS, DENIED):
        if vocabulary.words_of(format_id) == vocabulary.words_of(target):
            continue
        result = agentconv.write(_made(Tools(deny=tuple(_granting(format_id, one) for one in capabilities))), target)
        assert not result.failed, (format_id, capabilities, result.diagnostics)
        if result.files and not _is_told(result):
            assert not {*capabilities} & {*_open(_again(result, target), target)}, (format_id, capabilities, result.files)


@each_client
def test_the_own_words_of_a_client_come_back(target: str) -> None:
    """What is made in a client's own words is written to it as it is, or what becomes of its tools is told.

    A folder that several clients read has no list of one of them.
    """
    own = vocabulary.words_of(target)
    for word in vocabulary.tool_words(own):
        grant = ToolGrant(word, own, next(iter(vocabulary.grants(own, word)), None))
        for tools in (Tools("list", (grant,)), Tools(deny=(grant,))):
            made = _made(tools)
            read = AgentSet((replace(made.agents[0], origin=Origin(target, "")),))
            result, known = agentconv.write(made, target), agentconv.write(read, target)
            assert not result.failed, result.diagnostics
            if known.files and own not in SHARED:
                assert result.files, (word, tools, [str(loss) for loss in result.losses])
                told = any(loss.field.startswith("tools") for loss in result.losses)
                assert told or _again(result, target).tools == _again(known, target).tools


def test_one_word_of_several_is_denied_as_it_is_said() -> None:
    """Claude Code runs commands by three tools: the first of them is denied where a program says so, and no other."""
    result = agentconv.write(_made(Tools(deny=(ToolGrant("Bash", "claude-code", "shell"),))), "claude-code")

    assert result.refused == ()
    assert b"disallowedTools: Bash\n" in result.files[0].data


def test_a_program_s_words_beside_a_client_s_close_all_that_they_mean() -> None:
    """A denial in a program's own words closes every tool for it, beside one that closes a client's word alone."""
    denied = ToolGrant("Bash", "claude-code", "shell"), ToolGrant("internet", "sheet", "web.fetch")
    result = agentconv.write(_made(Tools(deny=denied)), "claude-code")

    assert b"disallowedTools: Bash, WebFetch\n" in result.files[0].data


@pytest.mark.parametrize("format_id", ["sheet", "json", "opencode"])
def test_a_pattern_holds_in_words_that_hold_it(format_id: str) -> None:
    """A program's pattern is what its author says; OpenCode holds an agent to it, and Claude Code cannot."""
    grants = _granting(format_id, "fs.read"), _granting(format_id, "shell", "git log *")
    there, here = (agentconv.write(_made(Tools("list", grants)), target) for target in ("opencode", "claude-code"))

    assert b'  bash:\n    "*": deny\n    git log *: ask\n' in there.files[0].data
    assert b"tools: Read\n" in here.files[0].data
    assert [loss.code for loss in here.losses if loss.severity == "warning"] == ["tools-narrowed"]


def test_the_client_of_a_made_agent_is_that_of_its_words() -> None:
    """Words that are no client's say nothing of the client, and two clients' say none."""
    sheet, claude, gemini = (_granting(one, "shell") for one in ("sheet", "claude-code", "gemini-cli"))
    made = [_made(Tools("list", grants)).agents[0] for grants in ((sheet,), (sheet, claude), (claude, gemini), ())]

    assert [fields.client_of(one) for one in made] == ["sheet", "claude-code", None, None]


# --- values that no file holds


def _deep(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


def _itself() -> Any:
    found: list[Any] = []
    found.append(found)
    return found


def _hooked(value: Any) -> tuple[agentconv.Hook, ...]:
    return (agentconv.Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"type": "command", "command": "x", "z": value},)),)


IMPOSSIBLE = {
    "prompt.text has half a character in it (U+DCE9)": {"prompt": Prompt("caf\udce9")},
    "extras['codex']['z'] is nan": {"extras": {"codex": {"z": float("nan")}}},
    "extras['codex']['z'][0] is inf": {"extras": {"codex": {"z": [float("inf")]}}},
    "extras['codex'] has a key that has half a character": {"extras": {"codex": {"z\ud800": 1}}},
    "extras['codex']['z'] has a key that has half a character": {"extras": {"codex": {"z": {"\ud800": 1}}}},
    "temperature is a larger number": {"temperature": 10**5000},
    "limits.max_turns is a larger number": {"limits": Limits(max_turns=10**5000)},
    "extras['codex']['z'] is a larger number": {"extras": {"codex": {"z": -(10**5000)}}},
    "hooks[0].handlers[0] is nested deeper than 100 levels": {"hooks": _hooked(_itself())},
    "hooks[0].handlers[0] is nested deeper": {"hooks": _hooked(_deep(150))},
    "extras['codex']['z'] is nested deeper": {"extras": {"codex": {"z": _itself()}}},
    "tools.allow[0].native: `Bash(git push *)` is a tool with its pattern": {
        "tools": Tools("list", (ToolGrant("Bash(git push *)", "claude-code", "shell"),))
    },
}


@pytest.mark.parametrize("target", ["json", "toml", "claude-code", "codex", "opencode"])
@pytest.mark.parametrize("message", IMPOSSIBLE)
def test_what_no_file_holds_is_named_with_its_place(message: str, target: str) -> None:
    """A value of the right type that nothing can hold is the caller's to mend, and not a bug."""
    made: Any = {"id": "a", "name": "a", "description": "d", "prompt": Prompt("x"), **IMPOSSIBLE[message]}
    with pytest.raises(agentconv.InputError) as told:
        agentconv.write(AgentSet((Agent(**made),)), target)

    assert told.value.diagnostic.message.startswith(f"agents[0].{message}")


@pytest.mark.parametrize("target", ["json", "claude-code", "opencode"])
@pytest.mark.parametrize("value", [{"z": 10**299}, {"z": _deep(90)}, {"z": "😀"}, {"z": [True, None, 1.5, {}]}])
def test_what_a_file_holds_is_written(value: Any, target: str) -> None:
    """What a reader could give is written, or told."""
    result = agentconv.write(AgentSet((Agent(id="a", name="a", description="d", prompt=Prompt("x"), hooks=_hooked(value)),)), target)

    assert not result.failed


@pytest.mark.parametrize("path", ["../../settings.json", "/etc/x", "", ".", "a//b", "a/../SKILL.md", "a\0b"])
def test_a_path_that_leads_elsewhere_is_named(path: str) -> None:
    """A file of a skill lies in its folder, and what was read below the folder that it was read from."""
    skill = agentconv.Skill("s", "s", "d", agentconv.Body(("x",)), files=(agentconv.FolderFile(path, b"y"),))
    source = agentconv.Source(path, "claude-code", b"---\nname: a\ndescription: d\n---\nx")
    for made, place in ((AgentSet(skills=(skill,)), "skills[0].files[0].path"), (AgentSet(sources=(source,)), "sources[0].path")):
        with pytest.raises(agentconv.InputError) as told:
            agentconv.write(made, "claude-code")

        assert told.value.diagnostic.message.startswith(f"{place}: `")


@pytest.mark.parametrize("paths", [("SKILL.md",), ("a.md", "a.md")])
def test_two_files_of_one_path_are_named(paths: tuple[str, ...]) -> None:
    """Only one of them would be saved."""
    skill = agentconv.Skill("s", "s", "d", agentconv.Body(("x",)), files=tuple(agentconv.FolderFile(one, b"y") for one in paths))
    with pytest.raises(agentconv.InputError, match=f"`{paths[-1]}` is there twice"):
        agentconv.write(AgentSet(skills=(skill,)), "claude-code")


def test_a_mode_that_frees_nothing_is_not_said_to_be_missing() -> None:
    """Claude Code has `acceptEdits`; to an agent that edits nothing it is of no use, and one that runs commands would ask less."""
    told = []
    for words in (("Read",), ("Read", "Bash")):
        tools = Tools("list", tuple(_granting("claude-code", {"Read": "fs.read", "Bash": "shell"}[word]) for word in words))
        losses = agentconv.write(_made(tools, Permissions(mode="accept-edits")), "claude-code").losses
        told.append([(loss.code, str(loss.severity)) for loss in losses])

    assert told == [[("mode-idle", "note")], [("mode-freer", "warning")]]
