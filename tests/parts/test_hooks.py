"""Hooks of every client are held to the same: read as it reads them, merged byte for byte; no guard watches over less than before."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hook_files import client, files, fixture, is_written, plain, projected, read, source, written
from hypothesis import given, settings
from hypothesis import strategies as st
from parted_clients import clients_with

import warm_program
from agentconv.cli import main
from agentconv.core import hook_contracts, hook_facts, hook_handlers, hook_matchers, restraints, schema_files, vocabulary
from agentconv.core.diagnostics import Effect, InputError
from agentconv.core.format import State
from agentconv.core.ir import Hook, Origin
from agentconv.core.part_format import PartProjection, difference
from agentconv.core.parts import FolderFile, SetHook
from agentconv.parts.hooks import faults
from agentconv.parts.hooks import restraints as hook_restraints
from agentconv.projecting import hook_translation
from agentconv.sources import user_places
from agentconv.sources.discovery import discover_user
from client_matchers import DECIDERS, TOOLS

ACCEPT = os.environ.get("AGENTCONV_ACCEPT") == "1"
FILES = files()
IDS = ["/".join(path.parts[-2:]) for path in FILES]
CLIENTS = clients_with("hooks")
RUNNING = tuple(DECIDERS)
"""The clients that run hooks of files."""
WRITTEN = ("settings.json", "hooks.json", "kimi/config.toml", "kimi-cli/config.toml")
BLOCKING = {"type": "command", "command": "echo no >&2; exit 2"}


def _golden(path: Path, found: Any) -> Any:
    if ACCEPT:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return json.loads(path.read_text("utf-8"))


def _hook(event: str, matcher: str | None, handler: dict[str, Any], format_id: str = "claude-code", scripts: Any = ()) -> SetHook:
    words = vocabulary.words_of(format_id)
    hook = Hook(event, words, vocabulary.portable_event(words, event), matcher, (handler,))
    return SetHook("h", "h", hook, tuple(scripts), origin=Origin(format_id, ".claude/settings.json"))


def _guard(matcher: str | None, line: str = "echo no >&2; exit 2", **scripts: str) -> SetHook:
    named = [FolderFile(f"{name}.sh", text.encode(), executable=True) for name, text in scripts.items()]
    return _hook("PreToolUse", matcher, {"type": "command", "command": line}, scripts=named)


def _codes(projection: PartProjection[SetHook]) -> list[str]:
    return [loss.code for loss in projection.losses]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_fixture_is_read_as_its_client_reads_it(path: Path) -> None:
    """Each handler of a file is a hook with the state that its client gives it, and what is wrong has a line."""
    result = client(path.parent.name).read(fixture(path))
    told = [f"{one.span.line if one.span else 0}: {one.message}" for one in result.diagnostics]
    hooks = [{"state": str(state), **plain(hook)} for hook, state in zip(result.parts, result.states, strict=True)]

    assert {"hooks": hooks, "told": told} == _golden(path.with_name(f"{path.name}.expected.json"), {"hooks": hooks, "told": told})


@pytest.mark.parametrize(
    "path", [one for one, name in zip(FILES, IDS, strict=True) if name.endswith(WRITTEN)], ids=[one for one in IDS if one.endswith(WRITTEN)]
)
def test_file_keeps_each_byte_that_did_not_change(path: Path) -> None:
    """Hooks that are written back leave the file as it was; one that is changed, added or taken out leaves the rest as it was."""
    format_id, original = path.parent.name, fixture(path)
    module = client(format_id)
    hooks = [hook for hook in module.read(original).parts if "command" in hook.definition.handlers[0]]  # type: ignore[operator]
    first = hooks[0]
    handler: Any = {**first.definition.handlers[0], "command": "other"}  # type: ignore[dict-item]
    changed = replace(first, definition=replace(first.definition, handlers=(handler,)))
    added = replace(first, name="new", definition=replace(first.definition, matcher="new", handlers=({"type": "command", "command": "x"},)))
    texts = [written(format_id, found, original).decode() for found in (list(module.read(original).parts), [changed], [added])]
    (less, *_) = module.write((), original.text.path, original, without=[first.name or ""])

    before = list(map(_without_place, module.read(original).parts))
    assert texts[0] == original.text.text
    assert [one["handlers"][0].get("command") for one in _parts(format_id, texts[1], original)].count("other") == 1
    assert len([one for one in _parts(format_id, texts[2], original) if one not in before]) == 1
    assert [one for one in before if one not in _parts(format_id, less.data.decode(), original)][:1] == [_without_place(first)]

    kept = {line for line in original.text.text.splitlines() if "//" in line or "permissions" in line or "model" in line}
    assert all(line in text for line in kept for text in (*texts, less.data.decode()))


def _parts(format_id: str, text: str, original: Any) -> list[dict[str, Any]]:
    return list(map(_without_place, client(format_id).read(source(format_id, text.encode(), original.place)).parts))


def _without_place(hook: SetHook) -> dict[str, Any]:
    return plain(replace(hook, id="", name=None, origin=None))


@pytest.mark.parametrize("target", CLIENTS)
def test_what_is_lost_is_declared_and_comes_back(target: str) -> None:
    """What a hook becomes differs from what it was in declared fields alone, and is read back as written."""
    for path in FILES:
        result = client(path.parent.name).read(fixture(path))
        for hook, state in zip(result.parts, result.states, strict=True):
            if state.dropped and vocabulary.words_of(path.parent.name) == vocabulary.words_of(target):
                continue
            done = projected(hook, target)
            if not is_written(done):
                assert done.losses or done.left_open, (path.name, hook.name)
                continue
            again = read(target, written(target, [done.part]), done.part.files)
            assert set(difference(hook, done.part)) <= done.declared, (path.name, hook.name, _codes(done))
            assert [str(one) for one in again.states] == ["loads"], (path.name, hook.name, again.diagnostics)
            assert difference(done.part, again.parts[0]) == [], (path.name, hook.name)


MATCHERS = ["Bash", "Edit", "Write", "Read", "Edit|Write", "Bash|Read", "^(Bash|Write)$", "Wri.*", None, "*", "mcp__tracker__.*", "mcp__.*"]


@pytest.mark.parametrize("target", RUNNING)
@given(
    source_id=st.sampled_from(RUNNING),
    kinds=st.sets(st.sampled_from(["run", "edit", "write", "read", "server"]), min_size=1),
    spelled=st.sampled_from(["words", "expression"]),
)
@settings(max_examples=settings().max_examples * 2, deadline=None)
def test_no_guard_watches_over_less(target: str, source_id: str, kinds: set[str], spelled: str) -> None:
    """What a guard blocks in its own client it blocks in the target, by the target's own code, or it is said not to be held."""
    tools = [name for kind in sorted(kinds) for name in TOOLS[source_id].get(kind, ())]
    if not tools:
        return
    names = "|".join(map(re.escape, dict.fromkeys(tools))) if spelled == "expression" else "|".join(dict.fromkeys(tools))
    matcher = f"^({names})$" if spelled == "expression" else names
    event = vocabulary.native_event(vocabulary.words_of(source_id), "before-tool") or ""
    done = projected(_hook(event, matcher, dict(BLOCKING), source_id), target)
    if not is_written(done):
        assert done.left_open
        return
    after = done.part.definition
    about = [kind for kind in TOOLS[source_id] if any(DECIDERS[source_id](matcher, name) for name in TOOLS[source_id][kind])]

    assert after.event == "before-tool"
    assert [name for kind in about for name in TOOLS[target].get(kind, ()) if not DECIDERS[target](after.matcher, name)] == []


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ("Bash", {"codex": "Bash", "gemini-cli": "^run_shell_command$", "cursor": "^Shell$", "droid": "^Execute$", "copilot": "Bash"}),
        ("Edit|Write", {"codex": "apply_patch", "gemini-cli": "^(replace|write_file)$", "cursor": "^Write$", "copilot": "Edit|Write"}),
        ("mcp__tracker__.*", {"codex": "^mcp__tracker__.*$", "gemini-cli": "^mcp_tracker_.*$", "cursor": "^MCP:.*$"}),
        (None, {"codex": None, "gemini-cli": None}),
    ],
)
def test_matchers_are_in_the_words_of_the_target(matcher: str | None, expected: dict[str, str | None]) -> None:
    """A guard is about the target's own tools that do what those of its source do."""
    assert {target: projected(_guard(matcher), target).part.definition.matcher for target in expected} == expected


@pytest.mark.parametrize("matcher", ["mcp__.*", "^mcp__", "mcp__tracker__search", "mcp__tracker__.*|mcp__.*", "mcp__.*|", "Bash|mcp__.*"])
def test_guard_of_servers_is_judged_by_the_tools_that_its_matcher_fits(matcher: str) -> None:
    """A client that calls a server's tools otherwise has other words for them: whatever is written is read back as no narrower guard."""
    guard = _guard(matcher)
    for target in {*RUNNING} - {"claude-code", "claude-plugin"}:
        done = projected(guard, target)
        if not is_written(done):
            assert done.left_open or done.losses
            continue
        again = read(target, written(target, [done.part]), done.part.files).parts[0]
        about, left = hook_matchers.meaning(guard.definition), hook_matchers.meaning(again.definition)

        assert left is None or (about is not None and all(hook_matchers.is_among(one, left) for one in about)), (target, left)
        assert all(DECIDERS[target](again.definition.matcher, name) for name in TOOLS[target].get("server", ()))


@pytest.mark.parametrize(
    ("source_id", "matcher", "everything"),
    [("gemini-cli", "|Bash", True), ("cursor", "Shell|", True), ("claude-code", "|Bash", False), ("claude-code", "Ba.*|", True)],
)
def test_empty_side_of_an_expression_fits_each_tool(source_id: str, matcher: str, everything: bool) -> None:
    """An expression with nothing on a side of a bar fits every name; a client that takes words and bars for names has none there."""
    hook = _hook("PreToolUse", matcher, dict(BLOCKING), source_id).definition
    event = replace(hook, event="before-tool")

    assert hook_matchers.is_everything(event) is everything
    assert DECIDERS[source_id](matcher, "anything") is everything


@pytest.mark.parametrize("matcher", ["B.*h", "(Edit|Write)", "mcp__my_hub__get", "^mcp__hub__get"])
def test_guard_that_may_not_fire_is_not_carried(matcher: str) -> None:
    """What a matcher may fit in the target is not known where it is an expression, or a server's name may be spelled otherwise."""
    guard = Hook("PreToolUse", "claude-code", "before-tool", matcher, ({"type": "command", "command": "exit 2"},))
    watch = replace(guard, native_event="PostToolUse", event="after-tool")

    assert hook_translation.carried(guard, "qwen-code", hook_contracts.NOTHING).hook is None
    assert "need not fire" not in hook_translation.carried(watch, "qwen-code", hook_contracts.NOTHING).why


def test_rule_in_a_matcher_is_told_and_restrains_nothing() -> None:
    """`Bash(rm:*)` is the name of no tool: the guard never ran, so nothing is refused for it."""
    hook = _guard("Bash(rm:*)")

    assert hook_restraints.of(hook, None) == ()
    assert {tuple(_codes(projected(hook, target))) for target in RUNNING if target not in ("claude-code", "claude-plugin")} == {
        ("hook-matcher-dead",)
    }


@pytest.mark.parametrize("matcher", ["(?i)bash", "Bash(", "[x"])
def test_matcher_in_another_language_never_fires_and_is_told(matcher: str) -> None:
    """What the client's own language takes for no expression fits no tool there, whatever it says in another one."""
    hook = _guard(matcher)

    assert hook_restraints.of(hook, None) == ()
    assert [fault.message for fault in faults.of(hook)] == [f"takes `{matcher}` for no regular expression: nothing runs for it"]


def test_every_client_that_is_given_a_guard_has_a_decider() -> None:
    """No client into whose files a guard is written is left out of what is held of guards here."""
    given = [
        client_id
        for client_id in CLIENTS
        if (facts := hook_facts.hooks(vocabulary.words_of(client_id))) and facts.blocks and facts.handlers
    ]

    assert [client_id for client_id in given if client_id not in DECIDERS and not client(client_id).client.holds_none] == []


@pytest.mark.parametrize("target", ["opencode", "kilo", "roo", "cline", "vibe", "openhands", "kiro-ide", "goose"])
def test_guard_is_not_held_where_no_file_says_one(target: str) -> None:
    """A client without hooks in files holds no guard, and what it restrains is open; an observer is left out with a note."""
    done = projected(_guard("Bash"), target)
    observer = projected(_hook("PostToolUse", "Edit", {"type": "command", "command": "date"}), target)

    assert (list(done.left_open), is_written(done)) == (["PreToolUse Bash"], False)
    assert (_codes(observer), observer.left_open) == (["hook-dropped"], {})


CONTRACTS = [
    ("echo no >&2; exit 2", {}, True),
    ("exit 2", {}, False),
    ("./g.sh", {"g": "#!/bin/sh\nexit 2\n"}, False),
    ("./g.sh", {"g": "#!/bin/sh\necho no >&2\nexit 2\n"}, True),
    ("./g.sh", {"g": "#!/bin/sh\nif [ -e .frozen ]; then\n  echo frozen >&2; exit 2\nfi\n"}, True),
    ("./g.sh", {"g": "#!/bin/sh\njq -r .tool_input.command | grep -q 'git push' && { echo no >&2; exit 2; }\nexit 0\n"}, True),
    ("./g.sh", {"g": '#!/bin/sh\n[ "$(jq -r .tool_name)" = Bash ] && exit 2\n'}, False),
    ("./g.sh", {"g": '#!/bin/sh\necho \'{"hookSpecificOutput": {"permissionDecision": "deny"}}\'\n'}, False),
    ("./g.sh", {"g": "#!/bin/sh\nexec ./other.sh\n"}, False),
    ("./missing.sh", {}, False),
    ("npx some-guard", {}, False),
    ("python3 -c 'import sys; sys.exit(2)'", {}, False),
]


@pytest.mark.parametrize(("line", "scripts", "held"), CONTRACTS)
def test_guard_is_carried_where_its_contract_is_the_targets(line: str, scripts: dict[str, str], held: bool) -> None:
    """Gemini CLI gives other names, heeds other answers, and blocks nothing where stderr is empty: what needs more is not held there."""
    done = projected(_guard("Bash", line, **scripts), "gemini-cli")

    assert (is_written(done), bool(done.left_open)) == (held, not held)


@pytest.mark.parametrize(
    ("source_id", "target", "word", "held"),
    [
        ("claude-code", "droid", "block", True),
        ("claude-code", "qwen-code", "block", True),
        ("qwen-code", "claude-code", "deny", False),
        ("openhands", "claude-code", "deny", False),
        ("openhands", "qwen-code", "deny", True),
        ("claude-code", "openhands", "block", False),
        ("qwen-code", "openhands", "deny", True),
    ],
)
def test_answer_that_blocks_is_one_that_the_target_heeds(source_id: str, target: str, word: str, held: bool) -> None:
    """`deny` blocks in OpenHands, `block` in Claude Code, and either in Qwen Code: a guard whose word is none there is not held."""
    line = f'echo no >&2; echo \'{{"decision": "{word}"}}\''
    found = hook_contracts.needs(line, {})
    guard = Hook(
        vocabulary.native_event(source_id, "before-tool") or "", source_id, "before-tool", None, ({"type": "command", "command": line},)
    )

    assert (hook_translation.carried(guard, target, found).hook is not None) == held


def test_script_in_python_that_answers_in_json_is_told_by_its_text() -> None:
    """A script in another language counts as read where it runs nothing and brings nothing of the project's along."""
    quiet = "import json, sys\nif 'push' in json.load(sys.stdin)['tool_input']['command']:\n    sys.exit(2)\n"
    texts = {"quiet": quiet, "answers": f"{quiet}print(json.dumps({{'decision': 'block'}}))\n", "brings": f"import helper\n{quiet}"}
    found = {name: hook_contracts.needs(f"python3 {name}.py", {f"{name}.py": text.encode()}) for name, text in texts.items()}

    assert {name: (one.known, "decision" in one.words) for name, one in found.items()} == {
        "quiet": (True, False),
        "answers": (True, True),
        "brings": (False, False),
    }


@pytest.mark.parametrize(
    ("name", "data", "unread"),
    [
        ("g.sh", b"#!/bin/sh\nset -e\ninput=$(cat)\nlookup $input\n", "`lookup` (g.sh:4)"),
        ("g.py", b"import json\nimport requests\n", "`requests` (g.py:2)"),
        ("g.js", b"// checks\nconst rules = require('./rules')\n", "`./rules` (g.js:2)"),
        ("g.sh", b"\xff\xfe", "no text (g.sh)"),
    ],
)
def test_what_of_a_script_cannot_be_read_is_told_with_its_line(name: str, data: bytes, unread: str) -> None:
    """Who wrote the guard can then say it otherwise; a guard of Claude Code is not held by Gemini CLI for it."""
    needs = hook_contracts.needs(f"./{name}", {name: data})
    hook = Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"type": "command", "command": f"./{name}"},))

    assert (needs.known, needs.unread) == (False, unread)
    assert hook_contracts.lacks(needs, hook, "gemini-cli") == f"what it runs cannot be read here: {unread}"


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("codex", '"$(git rev-parse --show-toplevel 2>/dev/null || pwd)"/g.sh'),
        ("gemini-cli", '"$CLAUDE_PROJECT_DIR"/g.sh'),
        ("droid", '"${FACTORY_PROJECT_DIR}"/g.sh'),
        ("claude-plugin", '"${CLAUDE_PLUGIN_ROOT}"/g.sh'),
    ],
)
def test_scripts_are_found_from_the_target(target: str, command: str) -> None:
    """The folder of the project is what the target calls it, and the script goes along with its hook."""
    hook = _guard("Bash", '"$CLAUDE_PROJECT_DIR"/g.sh', g="#!/bin/sh\nexit 2\n")
    done = projected(hook, target)
    _, script = client(target).write([done.part], client(target).project[0].path, None)

    handler: Any = done.part.definition.handlers[0]
    assert handler["command"] == command
    assert (script.path, script.executable) == ("g.sh", True)


@pytest.mark.parametrize("wrong", [{"type": None}, {"command": 5}, {"timeout": "5"}, {"timeout": -1}, {"args": [5]}, {"type": "shell"}])
@pytest.mark.parametrize("target", sorted({*RUNNING, "claude-plugin"} - {"claude-code"}))
def test_what_the_target_would_not_take_is_not_written(target: str, wrong: dict[str, Any]) -> None:
    """A guard whose handler is not as its client wants it is held where the target takes it, and open where it does not."""
    handler = {key: value for key, value in {**BLOCKING, **wrong}.items() if value is not None}
    done = projected(_hook("PreToolUse", "Bash", handler), target)
    if not is_written(done):
        assert done.left_open
        return
    again = read(target, written(target, [done.part]))

    assert [str(one) for one in again.states] == ["loads"]


@pytest.mark.parametrize("target", sorted({*RUNNING, "claude-plugin"} - {"claude-code"}))
def test_program_is_started_with_the_same_words(target: str, tmp_path: Path) -> None:
    """A program that is started without a shell gets the same words from one: folders filled in, blanks and all, and nothing else."""
    script = FolderFile(".claude/my hooks/g.sh", b'printf "%s\\n" "$@" > given\n', True)
    words = ["${CLAUDE_PROJECT_DIR}/.claude/my hooks/g.sh", "${CLAUDE_PROJECT_DIR}/a `b`", "$HOME", "it's", ""]
    handler = {"type": "command", "command": "sh", "args": words}
    data = json.dumps({"hooks": {"SessionStart": [{"hooks": [handler]}]}}).encode()
    done = projected(read("claude-code", data, [script]).parts[0], target)
    if not is_written(done):
        return
    ran = hook_handlers.read(vocabulary.words_of(target), done.part.definition.handlers[0])
    line = hook_handlers.rooted(ran.line).replace(hook_handlers.ROOT, ".")
    (tmp_path / script.path).parent.mkdir(parents=True)
    (tmp_path / script.path).write_bytes(script.data)
    subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, check=True, env={"HOME": "/h"})

    assert done.part.files == (script,)
    assert (tmp_path / "given").read_text().splitlines() == ["./a `b`", "$HOME", "it's", ""]


def test_time_is_one_that_the_target_takes() -> None:
    """Kimi Code takes none of its hooks where one waits for longer than ten minutes, or for half a second."""
    found = {}
    for seconds in (0.5, 30, 1800):
        done = projected(_hook("PreToolUse", "Bash", {**BLOCKING, "timeout": seconds}), "kimi", "user")
        handler: Any = done.part.definition.handlers[0]
        found[seconds] = handler["timeout"], _codes(done)

    assert found == {0.5: (1, ["hook-key-dropped"]), 30: (30, []), 1800: (600, ["hook-key-dropped"])}


def test_guard_of_prompts_that_is_told_otherwise_is_not_held() -> None:
    """Kimi Code (run) tells of a prompt as a list: a guard that reads it is not held, one that reads nothing, or of a tool, is."""
    told = {"type": "command", "command": "grep -q secret && { echo no >&2; exit 2; }"}
    hooks = [
        _hook(event, None, handler) for event, handler in (("UserPromptSubmit", told), ("UserPromptSubmit", BLOCKING), ("PreToolUse", told))
    ]

    assert [is_written(projected(hook, "kimi", "user")) for hook in hooks] == [False, True, True]


@pytest.mark.parametrize("target", ["codex", "copilot", "cursor", "droid"])
def test_no_time_at_all_is_none_elsewhere(target: str) -> None:
    """What is no time in its own client is not written: some would give up at once, and the guard would block nothing."""
    done = projected(_hook("PreToolUse", "Bash", {**BLOCKING, "timeout": -1}), target)

    assert hook_handlers.read(target, done.part.definition.handlers[0]).timeout_seconds is None
    assert "hook-key-dropped" in _codes(done)


def test_times_are_in_the_unit_of_the_target() -> None:
    """Gemini CLI counts milliseconds, and Qwen Code from a thousand on."""
    counts = {}
    for seconds in (5, 1800):
        hook = _hook("PreToolUse", "Bash", {**BLOCKING, "timeout": seconds})
        for target in ("codex", "gemini-cli", "qwen-code"):
            handler: Any = projected(hook, target).part.definition.handlers[0]
            counts[target, seconds] = handler["timeout"]

    assert counts == {
        ("codex", 5): 5,
        ("codex", 1800): 1800,
        ("gemini-cli", 5): 5000,
        ("gemini-cli", 1800): 1800000,
        ("qwen-code", 5): 5,
        ("qwen-code", 1800): 1800000,
    }


def test_guards_say_what_they_hold_back() -> None:
    """A guard of tools holds back their effects, one of prompts everything, an observer or what nobody waits for nothing."""
    hooks = {
        "run": _guard("Bash"),
        "write": _guard("Edit|Write"),
        "all": _guard(None),
        "server": _guard("mcp__tracker__.*"),
        "prompt": _hook("UserPromptSubmit", None, dict(BLOCKING)),
        "after": _hook("PostToolUse", "Bash", dict(BLOCKING)),
        "background": _hook("PreToolUse", "Bash", {**BLOCKING, "async": True}),
        "stop": _hook("Stop", None, dict(BLOCKING)),
    }
    found = {name: [(set(one.effects), one.server) for one in hook_restraints.of(hook, None)] for name, hook in hooks.items()}

    everything = set(restraints.EVERYTHING)
    assert found == {
        "run": [({"run"}, None)],
        "write": [({"write"}, None)],
        "all": [(everything, None)],
        "server": [({"servers"}, "tracker")],
        "prompt": [(everything, None)],
        "after": [],
        "background": [],
        "stop": [],
    }


@pytest.mark.parametrize("format_id", RUNNING)
def test_keys_of_handlers_mean_what_the_schema_says(format_id: str) -> None:
    """Each example of a key comes back from a handler as its client spells it."""
    words = vocabulary.words_of(format_id)
    wrong = []
    for key, row in schema_files.part_rows("hooks", words).items():
        for value in row["examples"]:
            handler = {"type": "command", key: value}
            if hook_handlers.spelled(words, hook_handlers.read(words, handler)) != handler and (row["x-field"], key) not in _SECOND:
                wrong.append((key, value))

    assert wrong == []


_SECOND = {("handler.command", "bash"), ("handler.timeout_seconds", "timeoutSec")}
"""Other keys of the same client for the same field."""


@pytest.mark.parametrize("format_id", RUNNING)
def test_own_decider_agrees_with_the_client(format_id: str) -> None:
    """Whether a matcher fits a tool is decided as the client's code does."""
    names = [name for several in TOOLS[format_id].values() for name in several]
    words = vocabulary.words_of(format_id)
    differing = [
        (matcher, name)
        for matcher in (*MATCHERS, *names, "|".join(names), f"^({'|'.join(names)})$", "B", "(", "Bash,Edit")
        for name in names
        if format_id != "copilot" and hook_matchers.matches(words, matcher, name) != DECIDERS[format_id](matcher, name)
    ]

    assert differing == []


BROKEN = {
    "empty": b"",
    "truncated": b'{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type"',
    "list": b"[]",
    "list of hooks": b'{"hooks": []}',
    "wrong kinds": b'{"hooks": {"PreToolUse": {}, "Stop": [5, {"hooks": 5}, {"hooks": [5, {"type": []}, {"command": {}}]}], "x": null}}',
    "deep": b'{"hooks": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "twice": b'{"hooks": {"Stop": []}, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x"}]}]}}',
    "up": b'{"hooks": {"Stop": [{"matcher": 5, "hooks": [{"type": "command", "command": "../../x /etc/passwd $HOME"}]}]}}',
    "not text": b'\xff\xfe{"hooks": {"\xff": [{"hooks": []}]}}',
}


@pytest.mark.parametrize("format_id", CLIENTS)
def test_no_input_raises(format_id: str) -> None:
    """Whatever stands in a file, reading it, writing it back, and taking its hooks elsewhere raises nothing."""
    module = client(format_id)
    for data in BROKEN.values() if module.project else ():
        original = source(format_id, data)
        found = module.read(original)
        (file, *_) = module.write(found.parts, original.text.path, original)
        assert file.data == data
        for hook in found.parts:
            for target in CLIENTS:
                projected(hook, target)


def test_one_bad_guard_costs_the_file_in_claude_code() -> None:
    """Claude Code applies nothing of a file whose guard it cannot load; of any other bad entry, only that is lost."""
    good = '{"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}'
    bad = '{"matcher": 5, "hooks": [{"type": "command", "command": "exit 2"}]}'
    guard = read("claude-code", f'{{"hooks": {{"PreToolUse": [{good}, {bad}]}}}}'.encode())
    other = read("claude-code", f'{{"hooks": {{"PreToolUse": [{good}], "Stop": [{bad}]}}}}'.encode())

    assert guard.states == (State.NOT_LOADED, State.NOT_LOADED)
    assert other.states == (State.LOADS, State.NOT_LOADED)


def test_a_guard_that_stands_alone_costs_the_file_in_claude_code() -> None:
    """An entry is a group with `hooks`: a handler in its place is none, and of a guard it costs all (asked)."""
    found = read(
        "claude-code", json.dumps({"hooks": {"Stop": [{"hooks": [BLOCKING]}], "PreToolUse": [{"matcher": "Bash", **BLOCKING}]}}).encode()
    )

    assert set(found.states) == {State.NOT_LOADED}
    assert [one.effect for one in found.diagnostics] == [Effect.DROPS_ALL]


@pytest.mark.parametrize(
    ("line", "held"), [("jq -r .tool_input.url | grep -q x && { echo no >&2; exit 2; }", False), ("echo no >&2; exit 2", True)]
)
def test_a_guard_that_reads_what_nobody_knows_the_name_of_is_not_held(line: str, held: bool) -> None:
    """What Qwen Code calls the arguments of its tool for the web is in no vocabulary: a guard that looks at them may find nothing."""
    assert is_written(projected(_guard("WebFetch", line), "qwen-code")) == held


@pytest.mark.parametrize(
    "format_id", ["codebuddy", "codex", "copilot", "deepagents", "droid", "gemini-cli", "goose", "junie", "letta", "openhands", "qwen-code"]
)
def test_a_handler_in_no_group_runs_in_copilot_alone(format_id: str) -> None:
    """Where groups are wanted, a handler in place of one never runs: that is told, and what it was to hold back is meant all the same."""
    event = vocabulary.native_event(vocabulary.words_of(format_id), "before-tool")
    places = client(format_id).project or client(format_id).user
    place = next((one for one in places if one.path.endswith("settings.json")), places[0])
    given = source(format_id, json.dumps({"hooks": {event: [BLOCKING, {"hooks": [BLOCKING]}]}}, indent=1).encode(), place)
    found = client(format_id).read(given)
    told = [(one.span.line if one.span else 0, one.effect, one.reason) for one in found.diagnostics]
    is_run = format_id == "copilot"

    assert [str(one) for one in found.states] == ["loads" if is_run else "not loaded", "loads"]
    assert told == ([] if is_run else [(4, Effect.DROPS, "it has no `hooks`")])
    assert all(hook_restraints.of(part, given) for part in found.parts)


def test_a_table_in_no_group_never_runs_in_codex() -> None:
    """So it is in the tables of Codex's configuration: a group without handlers costs nothing but itself."""
    place = client("codex").project[1]
    text = b'[[hooks.PreToolUse]]\ntype = "command"\ncommand = "exit 2"\n[[hooks.Stop]]\nhooks = [{type = "command", command = "x"}]\n'
    found = client("codex").read(source("codex", text, place))

    assert [str(one) for one in found.states] == ["not loaded", "loads"]
    assert [one.reason for one in found.diagnostics] == ["it has no `hooks`"]


@pytest.mark.parametrize("wrong", [{"hooks": [BLOCKING]}, [{"hooks": BLOCKING}], [5], "exit 2"], ids=json.dumps)
@pytest.mark.parametrize("format_id", ["claude-code", "codebuddy", "gemini-cli"])
def test_a_guard_that_is_no_hook_at_all_is_meant_all_the_same(format_id: str, wrong: Any) -> None:
    """What stands where a guard should was to hold something back, and what is written elsewhere holds none of it."""
    event, other = (str(vocabulary.native_event(format_id, one)) for one in ("before-tool", "session-start"))
    given = source(format_id, json.dumps({"hooks": {event: wrong, other: wrong}}).encode())
    (part,) = client(format_id).read(given).parts

    assert hook_restraints.of(part, given)
    assert not any(is_written(projected(part, target)) for target in (format_id, "claude-code", "qwen-code"))
    assert written(format_id, [part], given) == given.text.data
    assert client(format_id).write((), given.text.path, given, without=[part.name or ""])[0].data == given.text.data


def test_one_bad_entry_costs_the_file_in_codex() -> None:
    """Codex takes none of a file in which a value is of the wrong kind; an event that it does not know, and a prompt, it passes over."""
    good = '{"matcher": "Bash", "hooks": [{"type": "command", "command": "exit 2"}]}'
    others = {
        "time": '"Stop": [{"hooks": [{"type": "command", "command": "x", "timeout": "5"}]}]',
        "event": '"Nonsense": [{"hooks": [{"type": "command", "command": "x"}]}]',
        "prompt": '"Stop": [{"hooks": [{"type": "prompt", "prompt": "x"}]}]',
    }
    texts = {name: f'{{"hooks": {{"PreToolUse": [{good}], {other}}}}}' for name, other in others.items()}

    assert {name: [str(state) for state in read("codex", text.encode()).states] for name, text in texts.items()} == {
        "time": ["not loaded", "not loaded"],
        "event": ["loads", "not loaded"],
        "prompt": ["loads", "not loaded"],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        b'{"Stop": [{"hooks": [{"command": "x"}]}], "nope": []}',
        b'{"Stop": [{"hooks": [{"command": "x"}]}], "stop": []}',
        b'{"Stop": [{"hooks": [{"command": "x"}]}], "PreToolUse": null}',
        b'{"Stop": [{"hooks": [{"command": "x"}]}, {"matcher": null, "hooks": []}]}',
        b'{"Stop": [{"hooks": [{"command": "x"}, {"command": "y", "timeout": 1.5}]}]}',
        b'{"Stop": [{"hooks": [{"command": "x"}, {"type": "prompt", "prompt": "p", "async": true}]}]}',
        b'\xef\xbb\xbf{"Stop": [{"hooks": [{"command": "x"}]}]}',
    ],
)
def test_one_wrong_value_costs_the_file_in_openhands(wrong: bytes) -> None:
    """OpenHands (asked) takes nothing of a file with a wrong value, or with an event twice; keys beside `hooks` are none."""
    good = read("openhands", b'{"hooks": {"preToolUse": [{"hooks": [{"command": "x", "more": 1}]}]}, "version": 1}')

    assert good.states == (State.LOADS,)
    assert set(read("openhands", wrong).states) == {State.NOT_LOADED}
    assert read("openhands", wrong).diagnostics


def test_what_kiro_tells_an_agent_or_switches_off_is_no_guard() -> None:
    """In Kiro a command blocks, what an agent is told does not, and what is off is not there; a name that nobody knows is any tool."""
    result = client("kiro-ide").read(fixture(next(path for path in FILES if path.parent.name == "kiro-ide")))
    held = {hook.name: hook_restraints.of(hook, None) for hook, state in zip(result.parts, result.states, strict=True) if not state.dropped}
    unknown = _hook("PreToolUse", "Bash", dict(BLOCKING), "kiro-ide")

    assert {name: [set(one.effects) for one in found] for name, found in held.items() if found} == {
        "before-tool/^(shell|execute_bash)$": [{"run"}],
        "PreTaskExec": [set(restraints.EVERYTHING)],
    }
    assert [set(one.effects) for one in hook_restraints.of(unknown, None)] == [set(restraints.EVERYTHING)]


PROJECT = {
    ".claude/agents/rev.md": "---\nname: rev\ndescription: Reviews\ntools: Read\n---\n\nReview the change that was made.\n",
    ".claude/settings.json": (
        '{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "$CLAUDE_PROJECT_DIR/g.sh"}]}],'
        ' "Stop": [{"hooks": [{"type": "prompt", "prompt": "Done?"}]}]}}'
    ),
    ".mcp.json": '{"mcpServers": {"db": {"command": "db-mcp"}}}',
    "g.sh": "#!/bin/sh\necho no >&2\nexit 2\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of Claude Code with a guard, its script, a server, and a hook that asks a model."""
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _converted(target: str, words: str, output: Path) -> tuple[int, str]:
    done = subprocess.run(
        [warm_program.program(), "convert", ".", "-f", "claude-code", "-t", target, "--with", words, "-o", str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("target", ["gemini-cli", "qwen-code"])
def test_hooks_and_servers_of_one_file_stand_in_it_together(target: str, project: Path) -> None:
    """Where servers and hooks go into the same settings, both are in them; the script goes along, and once more changes nothing."""
    out = project / "out"
    codes = [_converted(target, "hooks,servers", out)[0] for _ in range(2)]
    (path,) = [one.path for one in client(target).project]
    settings_there = json.loads((out / path).read_text())

    assert codes == [0, 0]
    assert (list(settings_there["mcpServers"]), list(settings_there["hooks"])[:1]) == (
        ["db"],
        [vocabulary.native_event(target, "before-tool")],
    )
    assert (out / "g.sh").read_text() == PROJECT["g.sh"]


def test_hooks_that_the_target_runs_in_place_are_written_nowhere(project: Path) -> None:
    """Cursor runs Claude Code's hooks as they lie there, so that nothing runs twice."""
    _, told = _converted("cursor", "hooks", project)

    assert ("part-in-place" in told, (project / ".cursor/hooks.json").exists()) == (True, False)


@pytest.mark.parametrize("target", ["cursor", "copilot"])
@pytest.mark.parametrize(("reads", "held"), [("command", True), ("file_path", False)])
def test_a_hook_in_place_holds_no_more_than_one_that_is_written(target: str, reads: str, held: bool, project: Path) -> None:
    """What a guard reads of a tool is called there as for the client's own hooks, wherever it stands: else what it holds is refused."""
    guard = f"import json, sys\nif json.load(sys.stdin)['tool_input']['{reads}']:\n    print('no', file=sys.stderr)\n    sys.exit(2)\n"
    matcher = "Bash" if held else "Write"
    hook = {"matcher": matcher, "hooks": [{"type": "command", "command": "python3 g.py"}]}
    (project / "g.py").write_text(guard)
    (project / ".claude/settings.json").write_text(json.dumps({"hooks": {"PreToolUse": [hook]}}))
    (project / ".claude/agents/rev.md").write_text(
        PROJECT[".claude/agents/rev.md"].replace("tools: Read\n", f"tools: Read, Bash, {matcher}\n")
    )
    code, told = _converted(target, "hooks", project)

    assert ("part-in-place" in told, "set-restraint" in told, code) == (True, not held, 0 if held else 1)


def test_guard_is_written_where_the_target_takes_none_of_the_file(project: Path) -> None:
    """Copilot takes none of a file with a hook that asks a model: the guard in it gets a place of its own."""
    _converted("copilot", "hooks", project)
    hooks = json.loads((project / ".github/hooks/hooks.json").read_text())

    assert hooks["hooks"]["PreToolUse"][0]["matcher"] == "Bash"


def test_what_a_guard_holds_back_is_refused_where_it_is_not_held(project: Path) -> None:
    """An agent that could run commands is not written to OpenCode, one that reads is; --allow-widening=hooks writes both."""
    runs = PROJECT[".claude/agents/rev.md"].replace("rev", "ops").replace("tools: Read\n", "tools: Read, Bash\n")
    (project / ".claude/agents/ops.md").write_text(runs)
    code, told = _converted("opencode", "hooks", project / "out")
    written_then = sorted(path.name for path in (project / "out").rglob("*.md"))

    assert (code, written_then) == (1, ["rev.md"])
    assert "PreToolUse Bash" in told


_OF_VIBE = """
[[hooks]]
name = "first"
type = "pre_tool"
match = "{}"
command = "./deny.sh"
"""


@pytest.mark.parametrize("match", ["bash", " BASH ", "ba*", "re:bash|grep", "linear_*", "nothing"])
def test_guard_of_vibe_is_held_nowhere_else(match: str) -> None:
    """It denies by an answer that no other client heeds: what it is about, or anything where no tool's name says that, is held back."""
    (part,) = read("vibe", _OF_VIBE.format(match).encode()).parts
    (held,) = hook_restraints.of(part, None)

    assert held.effects == (frozenset({"run"}) if match.strip().lower() == "bash" else restraints.EVERYTHING)
    assert {target for target in RUNNING if is_written(projected(part, target)) or not projected(part, target).left_open} == set()


def test_table_of_vibe_is_added_and_taken_out() -> None:
    """A new hook comes last in the file, and goes without a trace; its line is that of its table."""
    module, text = client("vibe"), _OF_VIBE.format("bash").encode()
    (part,) = read("vibe", _OF_VIBE.replace("first", "second").format("grep").encode()).parts
    both = written("vibe", [part], source("vibe", text))
    found = read("vibe", both).parts
    lines = [one.span.line for hook in found for one in hook_restraints.of(hook, source("vibe", both)) if one.span]
    gone = module.write((), ".vibe/hooks.toml", source("vibe", both), {found[1].name})[0].data

    assert [hook.definition.handlers[0]["name"] for hook in found] == ["first", "second"]  # type: ignore[index, call-overload]
    assert lines == [2, 8]
    assert gone == text


@pytest.mark.parametrize(("target", "told"), [("claude-code", False), ("gemini-cli", False), ("qwen-code", False), ("codex", True)])
def test_trust_is_told_where_it_is_asked_for(target: str, told: bool) -> None:
    """A project's hooks wait for it in all of them, a user's own in Codex alone, where each is listed as untrusted (asked)."""
    hook = _hook("PreToolUse", "Write", dict(BLOCKING), "droid" if target != "droid" else "claude-code")
    guard = replace(hook, definition=replace(hook.definition, matcher=None))

    assert "hook-trust" in _codes(projected(guard, target))
    assert ("hook-trust" in _codes(projected(guard, target, "user"))) is told


def test_hooks_of_a_user_without_agents_go_along(tmp_path: Path) -> None:
    """A client that has hooks of its user's own and no agents of theirs is a source all the same, where its file is."""
    home = user_places.Home(tmp_path, {})
    with pytest.raises(InputError, match="no agents in user scope"):
        discover_user(home, "kimi-cli")

    (tmp_path / ".kimi").mkdir()
    (tmp_path / ".kimi" / "config.toml").write_text("hooks = []\n", "utf-8")
    assert discover_user(home, "kimi-cli").home is home


def test_a_matcher_of_openhands_names_what_is_called_not_the_set_that_it_comes_in() -> None:
    """`task_tool_set` stands in an agent's list; what is called, and held against a matcher, is `task`."""
    assert not [word for word in hook_facts.hook_tools("openhands") if word.endswith("_set")]
    assert hook_facts.hook_tools("openhands")["task"] == ("delegate",)


def test_script_of_a_hook_keeps_its_place_in_the_client_that_it_is_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a project for the same client has the script where the hook names it: a guard without one blocks nothing."""
    handler = {"type": "command", "command": "$(git rev-parse --show-toplevel)/.codex/scripts/g.sh"}
    files = {
        ".codex/hooks.json": json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [handler]}]}}),
        ".codex/scripts/g.sh": "#!/bin/sh\nexit 2\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)

    assert main(["convert", ".", "-f", "codex", "-t", "codex", "-o", "out", "--with", "hooks"]) == 0
    assert {path.relative_to("out").as_posix(): path.read_text() for path in Path("out").rglob("*") if path.is_file()} == files


@pytest.mark.parametrize(
    ("event", "held"), [("beforeShellExecution", "run"), ("beforeReadFile", "read"), ("beforeMCPExecution", "servers")]
)
def test_a_guard_of_cursors_kind_holds_back_what_its_author_meant_though_auggie_never_runs_it(event: str, held: str) -> None:
    """It is told, written into no other client's file, and what it is about is restrained; added again, it stands alone as it did."""
    found = read("auggie", f'{{"hooks": {{"{event}": [{{"command": "exit 2"}}]}}}}'.encode())
    (part,), (told,) = found.parts, found.diagnostics
    (restraint,) = hook_restraints.of(part, None)

    assert restraint.effects == {held}
    assert told.message.startswith(f"Auggie never runs the hook of `{event}`")
    assert all(not is_written(projected(part, target)) and projected(part, target).left_open for target in RUNNING if target != "auggie")
    assert json.loads(written("auggie", [part])) == {"hooks": {event: [{"command": "exit 2"}]}}


@pytest.mark.parametrize(
    ("hooks", "states"),
    [
        ('"stop": [{"command": "x"}], "Stop": []', [State.NOT_LOADED]),
        ('"stop": [{"command": ""}], "Stop": [{"hooks": [{"type": "command", "command": "x"}]}]', [State.NOT_LOADED, State.LOADS]),
        ('"stop": [{"command": "x"}], "beforeSubmitPrompt": [{"command": "x"}]', [State.LOADS, State.NOT_LOADED]),
        ('"Stop": [{"type": "command", "command": "x"}]', [State.NOT_LOADED]),
    ],
)
def test_auggie_takes_events_of_one_kind_alone(hooks: str, states: list[State]) -> None:
    """One of its own beside one of Cursor's costs all of the file, but for what is wrong in itself (asked)."""
    assert list(read("auggie", f'{{"hooks": {{{hooks}}}}}'.encode()).states) == states


def test_a_guard_of_antigravity_is_held_nowhere_else() -> None:
    """How one blocks is not known, so that an exit code need not be it: what it is about is held back."""
    (part,) = read("antigravity", b'{"audit": {"pretooluse": [{"matcher": "run_command", "hooks": [{"command": "exit 2"}]}]}}').parts
    (held,) = hook_restraints.of(part, None)

    assert held.effects == {"run"}
    assert {target for target in RUNNING if is_written(projected(part, target)) or not projected(part, target).left_open} == set()
