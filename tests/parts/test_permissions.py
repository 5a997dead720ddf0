"""Rules of a whole set: read as each client reads them, kept byte for byte, and never a prohibition lost on the way to another client."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from jsonschema import Draft202012Validator
from permission_files import WRITTEN, client, files, fixture, plain, projected, read, read_back, settings_of, written

from agentconv.conversion.shared_parts import SharedParts
from agentconv.core import schema_files
from agentconv.core.diagnostics import Effect
from agentconv.core.part_format import PartSource, difference
from agentconv.core.source import SourceText
from agentconv.parts.permissions import deciding, faults, restraints

if TYPE_CHECKING:
    from pathlib import Path

ACCEPT = os.environ.get("AGENTCONV_ACCEPT") == "1"
FILES = files()
IDS = ["/".join(path.parts[-2:]) for path in FILES]
_FULL: dict[str, Any] = {
    "permissions": {
        "allow": ["Bash(npm test:*)"],
        "ask": ["Bash(git push:*)"],
        "deny": ["Read(./.env)", "WebFetch", "Bash(rm:*)"],
    }
}


def _golden(path: Path, found: Any) -> Any:
    if ACCEPT:
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return json.loads(path.read_text("utf-8"))


SCHEMAS = sorted(path.name.partition(".")[0] for path in schema_files.FOLDER.glob("parts/permissions/*.schema.json"))
_AT = {
    "gemini-cli": {"defaultApprovalMode": "general"},
    "qwen-code": {"allow": "permissions", "ask": "permissions", "deny": "permissions"},
}
_TABLE = {
    "claude-code": "permissions",
    "cursor": "permissions",
    "gemini-cli": "tools",
    "qwen-code": "tools",
    "codebuddy": "permissions",
    "letta": "permissions",
}
"""Where the keys of a client stand; those of others stand at the top of their files."""


@pytest.mark.parametrize(
    ("format_id", "key"), [(one, key) for one in SCHEMAS for key in schema_files.part_rows("permissions", one)], ids=lambda one: one
)
def test_schema_says_what_a_client_takes(format_id: str, key: str) -> None:
    """Of each key, what is well-formed is taken, and anything else costs what the schema says."""
    row = schema_files.part_rows("permissions", format_id)[key]
    table = _AT.get(format_id, {}).get(key, _TABLE.get(format_id))
    place = settings_of(format_id)

    def effects(value: Any) -> list[Effect | None]:
        values = {table: {key: value}} if table else {key: value}
        text = tomli_w.dumps(values) if place.path.endswith(".toml") else json.dumps(values)
        source = SourceText(place.path, text.encode())
        return [one.effect for one in client(format_id).read(PartSource(source, place)).diagnostics]

    assert [one for value in row["examples"] for one in effects(value)] == []
    assert [effects(value) for value in row["x-bad-examples"]] == [[Effect(row["x-invalid"])]] * len(row["x-bad-examples"])


@pytest.mark.parametrize("format_id", SCHEMAS)
def test_schema_of_rules_follows_the_annotations(format_id: str) -> None:
    """It is one as those of other parts are, and its fields are those of a set of rules."""
    schema = schema_files.load(f"parts/permissions/{format_id}")

    assert list(Draft202012Validator(schema_files.load("annotations")).iter_errors(schema)) == []
    assert {row["x-field"] for row in schema["properties"].values()} <= {"rules", "mode", "sandbox", "folders", "extras"}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_fixture_is_read_as_its_client_reads_it(path: Path) -> None:
    """The rules of a file are what its client makes of it, and what is wrong has a line, as has each restraint."""
    source = fixture(path)
    result = client(path.parent.name).read(source)
    told = [f"{one.span.line if one.span else 0}: {one.message}" for one in result.diagnostics]
    sets = [{"state": str(state), **plain(one)} for one, state in zip(result.parts, result.states, strict=True)]
    lines = [f"{one.span.line if one.span else 0}: {one.text}" for part in result.parts for one in restraints.of(part, source)]
    found = {"sets": sets, "restraints": lines, "told": told}

    assert found == _golden(path.with_name(f"{path.name}.expected.json"), found)


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_file_keeps_each_byte_that_did_not_change(path: Path) -> None:
    """Rules that are written back leave the file as it was; one rule less leaves what is no rule as it was, and is gone."""
    source, module = fixture(path), client(path.parent.name)
    (part,) = module.read(source).parts
    less = replace(part, rules=part.rules[1:])
    same, fewer = (module.write((one,), source.text.path, source)[0].data for one in (part, less))
    again = module.read(replace(source, text=source.text.put(fewer, source.text.path)))

    assert same == source.text.data
    without = replace(less, resolution=less.resolution if less.rules else None)
    assert not part.rules or not again.parts or not difference(again.parts[0], without) or path.name.startswith(("kilo", "gemini"))


@pytest.mark.parametrize("target", WRITTEN)
def test_rules_come_back_from_the_file_that_they_are_written_to(target: str) -> None:
    """What a set becomes in a target is what the target reads once it is written, and each prohibition is in it or left open."""
    projection = projected(read("claude-code" if target != "claude-code" else "qwen-code", _FULL), target)
    again = read_back(target, written(projection.part, target))
    held = {one.text.split(" ")[1].split("(")[0] for one in deciding.restraints(projection.part)}

    assert not difference(projection.part, again)
    assert held or projection.left_open


def test_a_denied_command_is_denied_in_open_code_and_what_is_left_asks() -> None:
    """A denied command is denied wherever it stands in a piece of a line, and the shell asks for what no rule is about."""
    found = written(projected(read("claude-code", _FULL), "opencode").part, "opencode")["permission"]

    assert list(found["bash"].items()) == [("*", "ask"), ("rm *", "deny"), ("* rm *", "deny"), ("*/rm *", "deny")]


def test_what_a_client_cannot_say_is_left_open() -> None:
    """Gemini reads no policies of a project, so that it holds whole tools, and no command."""
    projection = projected(read("claude-code", _FULL), "gemini-cli")

    assert set(projection.left_open) == {"deny Read(./.env)", "deny Bash(rm:*)"}
    assert written(projection.part, "gemini-cli") == {"tools": {"exclude": ["web_fetch"]}}


def test_a_rule_that_a_later_one_hides_restrains_nothing() -> None:
    """Where the last match decides, a denial in front of `*` is none."""
    hidden = {"permission": {"bash": {"rm *": "deny", "*": "allow"}}}

    assert [one.text for one in deciding.restraints(read("opencode", hidden))] == []


@pytest.mark.parametrize(
    ("held", "line", "opened"),
    [
        ("/secrets/", "/secrets/**", False),
        ("/secrets/", "/secrets/", True),
        ("/secrets/", "/secrets", True),
        ("/secrets", "/secrets/", False),  # which is of folders alone
        ("/secrets/**", "/secrets/", False),
        ("/secrets/**", "/secrets/**", True),
        ("/secrets/a", "/secrets/", False),
        ("/secrets/", "**", True),
        ("key.pem", "*.pem", True),
        ("*.pem", "key.pem", False),
    ],
)
def test_a_line_takes_back_what_it_does_in_git(held: str, line: str, opened: bool) -> None:
    """What lies in a folder that is held is not taken back by a line of its own, nor by one of a folder that it lies in (git, run)."""
    place = next(one for one in client("roo").project if one.path == ".rooignore")
    source = PartSource(SourceText(place.path, f"{held}\n!{line}\n".encode()), place)
    (part,) = client("roo").read(source).parts

    assert bool(list(deciding.restraints(part))) != opened


def test_rules_stand_beside_those_of_a_file_that_is_there() -> None:
    """What is denied for the set is denied in a file with rules of the user's own, which stay as far as they may; twice is as once."""
    theirs = {"permission": {"bash": {"*": "allow", "git *": "allow"}, "webfetch": "allow"}}
    part = projected(read("claude-code", _FULL), "opencode").part
    shared = SharedParts(client("opencode"), "opencode.json", client("opencode").project[0], (part,))
    merged = shared.merge(json.dumps(theirs).encode())
    bash = json.loads(merged.data)["permission"]["bash"]
    lists = {"permissions": {"allow": ["Bash"], "deny": ["Bash(curl *)"]}}
    qwen, ours = client("qwen-code"), projected(read("claude-code", _FULL), "qwen-code").part
    listed = SharedParts(qwen, ".qwen/settings.json", qwen.project[0], (ours,))
    both = json.loads(listed.merge(json.dumps(lists).encode()).data)["permissions"]

    assert (merged.kept, merged.problem, bash["*"], bash["rm *"]) == ((), None, "ask", "deny")
    assert shared.merge(merged.data) == replace(merged, replaced=False)
    assert both["allow"] == ["Bash"]
    assert {"Bash(curl *)", "Bash(rm *)"} <= set(both["deny"])


def test_arguments_behind_a_colon_are_no_command() -> None:
    """Cursor takes `curl:*` for each `curl`, and `Bash` for its shell; other arguments no client can hold back, and that is told."""
    part = read("cursor", {"permissions": {"deny": ["Shell(curl:*)", "Bash( rm )", "Shell(git:push *)"]}})
    projection = projected(part, "claude-code")

    assert written(projection.part, "claude-code")["permissions"]["deny"] == ["Bash(curl:*)", "Bash(rm:*)"]
    assert list(projection.left_open) == ["deny Shell(git:push *)"]


_REFUSED = {
    "decision": 'prefix_rule(pattern=["rm"], decision="deny")',
    "case": 'prefix_rule(pattern=["rm"], decision="Forbidden")',
    "no list": 'prefix_rule(pattern="rm -rf", decision="forbidden")',
    "no pattern": 'prefix_rule(decision="forbidden")',
    "empty": 'prefix_rule(pattern=[], decision="forbidden")',
    "no choice": 'prefix_rule(pattern=[[]], decision="forbidden")',
    "no word": 'prefix_rule(pattern=["rm", 5], decision="forbidden")',
    "unknown name": 'prefix_rule(pattern=["rm"], decision="forbidden", reason="x")',
    "justification": 'prefix_rule(pattern=["rm"], decision="forbidden", justification="")',
    "example": 'prefix_rule(pattern=["rm"], decision="forbidden", match=["ls"])',
    "counterexample": 'prefix_rule(pattern=["rm"], decision="forbidden", not_match=["rm x"])',
    "no value": 'prefix_rule(pattern=["rm"], decision="forbidden", match=None)',
    "byte order mark": '\ufeffprefix_rule(pattern=["rm"], decision="forbidden")',
    "syntax": 'prefix_rule(pattern=["rm", decision="forbidden")',
    "function": 'deny(pattern=["rm"])',
    "import": 'load("other.rules", "x")',
}
"""What `codex execpolicy check` of 0.169.0 refuses, each by itself."""


def _rules_of_codex(text: str) -> Any:
    place = client("codex").project[1]
    return client("codex").read(PartSource(SourceText(f"{place.path}/team.rules", text.encode()), place))


@pytest.mark.parametrize("text", _REFUSED.values(), ids=_REFUSED)
def test_a_fault_costs_codex_all_rules_of_a_file(text: str) -> None:
    """Nothing of a file counts in which anything is wrong; what it forbids, its author meant all the same, and allows nothing."""
    found = _rules_of_codex(f'prefix_rule(pattern=["ls"], decision="allow")\n{text}\nprefix_rule(pattern=["mv"], decision="forbidden")\n')
    (part,) = found.parts
    held = [one.does for one in deciding.restraints(part)]

    assert [str(one) for one in found.states] == ["not loaded"]
    assert {one.effect for one in part.rules} <= {"deny"}
    assert held in (["denies"], ["denies", "denies"])


@pytest.mark.parametrize(
    "text",
    [
        '[prefix_rule(pattern=[one], decision="forbidden") for one in ["rm", "mv"]]',
        'def deny(one):\n    prefix_rule(pattern=[one], decision="forbidden")\ndeny("rm")',
        'if True:\n    prefix_rule(pattern=["rm"], decision="forbidden")',
        f'prefix_rule(pattern=[{[str(one) for one in range(300)]}], decision="forbidden")',
    ],
)
def test_what_codex_computes_holds_back_commands(text: str) -> None:
    """Nobody follows all of Starlark here: what is not followed may forbid anything, and no other client holds it."""
    (part,) = _rules_of_codex(text).parts
    projection = projected(part, "claude-code")

    assert {one.effects for one in deciding.restraints(part)} == {frozenset({"run"})}
    assert set(projection.left_open) == {one.text for one in deciding.restraints(part)}


@pytest.mark.parametrize(("profile", "held"), [("team", True), (":read-only", True), (":danger-full-access", False)])
def test_a_profile_of_codex_restrains(profile: str, held: bool) -> None:
    """A profile that is in force holds back what no other client's file says."""
    place = client("codex").project[0]
    (part,) = client("codex").read(PartSource(SourceText(place.path, f'default_permissions = "{profile}"\n'.encode()), place)).parts
    left = projected(part, "claude-code").left_open

    assert bool(left) is bool(list(deciding.restraints(part))) is held


_SECRETS: dict[str, Any] = {"permissions": {"allow": ["Bash", "Read", "Write", "Edit"], "deny": ["Read(./.env)"]}}


def test_a_shell_that_prints_what_may_not_be_read_asks() -> None:
    """Claude Code and Qwen Code keep `cat .env` from a path that may not be read, and OpenCode does not: there, no command runs unasked."""
    of_opencode = written(projected(read("claude-code", _SECRETS), "opencode").part, "opencode")["permission"]
    of_qwen = written(projected(read("claude-code", _SECRETS), "qwen-code").part, "qwen-code")["permissions"]

    assert of_opencode["bash"] == "ask"
    assert "run_shell_command" in of_qwen["allow"]
    assert not {"Bash", "Edit"} & set(of_qwen["ask"])


def test_nothing_is_freed_that_a_rule_forbids_which_is_left_open() -> None:
    """Gemini holds no path, so that nothing is allowed there that could read it; what could not, is."""
    allowed = {"permissions": {**_SECRETS["permissions"], "allow": ["Bash", "Read", "mcp__tracker__get"]}}
    projection = projected(read("claude-code", allowed), "gemini-cli")

    assert set(projection.left_open) == {"deny Read(./.env)"}
    assert "run_shell_command" not in str(projection.part.rules)
    assert "read_file" not in str(projection.part.rules)


@pytest.mark.parametrize(
    ("format_id", "value"),
    [
        ("claude-code", {"permissions": {"defaultMode": "plan"}}),
        ("codebuddy", {"permissions": {"defaultMode": "plan", "allow": ["Edit"]}}),
        ("qwen-code", {"tools": {"approvalMode": "plan"}}),
        ("gemini-cli", {"general": {"defaultApprovalMode": "plan"}}),
    ],
)
def test_a_set_that_begins_with_a_plan_holds_back_what_is_more(format_id: str, value: Any) -> None:
    """Where a session only looks until its user says otherwise, an assistant that begins at once would do more than the author let it."""
    part = read(format_id, value)

    assert "mode: plan" in [one.text for one in deciding.restraints(part)]
    assert "mode: plan" in projected(part, "opencode").left_open
    assert [one.text for one in deciding.restraints(replace(part, mode="default"))] == []


@pytest.mark.parametrize(("mode", "held"), [("plan", ["mode: plan"]), ("acceptEdits", [])])
def test_a_mode_of_letta_holds_back_what_no_other_says(mode: str, held: list[str]) -> None:
    """Letta's own mode is kept as it stands, and restrains unless it is one of those that do not."""
    assert [one.text for one in deciding.restraints(read("letta", {"permissions": {"mode": mode}}))] == held


_STRICT = {
    "claude-code": ("permissions.deny", "permissions.ask", "permissions"),
    "codebuddy": ("permissions.deny", "permissions.ask", "permissions"),
    "cursor": ("permissions.deny", "permissions"),
    "droid": ("commandDenylist", "commandBlocklist"),
    "gemini-cli": ("tools.exclude", "tools.confirmationRequired", "tools.core", "tools"),
    "letta": ("permissions.deny", "permissions.ask", "permissions.alwaysAsk", "permissions"),
    "qwen-code": ("permissions.deny", "permissions.ask", "permissions", "tools.exclude", "tools.disabled", "tools.core", "tools"),
}
"""Where the settings of clients that list their rules have what closes something, and what should hold that."""


@pytest.mark.parametrize("wrong", ["rm", ["rm", 5], {"rm": True}, 5], ids=json.dumps)
@pytest.mark.parametrize(("format_id", "key"), [(one, key) for one, keys in _STRICT.items() for key in keys])
def test_a_list_of_denials_of_a_wrong_kind_is_told_and_meant(format_id: str, key: str, wrong: Any) -> None:
    """Where a list that closes something cannot be read as one, that is told; what its author closed, no target has a word for."""
    if isinstance(wrong, dict) and key in ("permissions", "tools"):
        return
    place, value = settings_of(format_id), wrong
    for step in reversed(key.split(".")):
        value = {step: value}
    source = PartSource(SourceText(place.path, json.dumps(value, indent=1).encode()), place)
    found = client(format_id).read(source)
    (part,) = found.parts
    target = "opencode"

    assert found.diagnostics
    assert [one.text for one in deciding.restraints(part) if ": " in one.text]
    assert projected(part, target).left_open
    assert client(format_id).write((part,), place.path, source)[0].data == source.text.data


_UNSAID: dict[str, tuple[str, Any]] = {
    "no command": ("claude-code", {"permissions": {"deny": ["Bash()"]}}),
    "a blank before it": ("claude-code", {"permissions": {"deny": ["Bash( rm:*)"]}}),
    "a blank in front of the star": ("claude-code", {"permissions": {"deny": ["Bash(rm :*)"]}}),
    "a way out of the project": ("claude-code", {"permissions": {"deny": ["Read(../x)"]}}),
    "a way out of another client's": ("qwen-code", {"permissions": {"deny": ["Read(../x/**)"]}}),
    "a way back": ("qwen-code", {"permissions": {"deny": ["Edit(a/../b)"]}}),
    "a name that no path has": ("opencode", {"permission": {"read": {"./a": "deny"}}}),
}


@pytest.mark.parametrize("target", WRITTEN)
@pytest.mark.parametrize(("source", "value"), _UNSAID.values(), ids=_UNSAID)
def test_what_is_read_otherwise_elsewhere_is_not_said_there(source: str, value: Any, target: str) -> None:
    """A pattern that another client would hold against something else, or nothing, is left open rather than copied."""
    projection = projected(read(source, value), target)

    assert source == target or {target, source} == {"opencode", "kilo"} or len(projection.left_open) == 1


@pytest.mark.parametrize("rule", ["Bash()", "Bash( rm:*)", "Bash(rm :*)", "Bash(rm:* )", "Read(../x)", "Edit(a/../b)"])
def test_a_denial_that_matches_nothing_is_told(rule: str) -> None:
    """Claude Code does all that these are to forbid (asked); what is nearly the same counts."""
    (one,) = read("claude-code", {"permissions": {"deny": [rule]}}).rules
    (other,) = read("claude-code", {"permissions": {"deny": [rule.replace("../", "").replace("()", "(ls)").replace(" ", "")]}}).rules

    assert faults.matches_nothing(one, "claude-code")
    assert not faults.matches_nothing(other, "claude-code")


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_file_takes_its_own_rules_in_without_a_change(path: Path) -> None:
    """Rules that stand in a file as the set has them are in it: not a byte changes, and nothing that it allows is closed."""
    source, module = fixture(path), client(path.parent.name)
    result = module.read(source)
    for part, state in zip(result.parts, result.states, strict=True):
        if not state.dropped:
            merged = SharedParts(module, source.text.path, source.place, (part,)).merge(source.text.data)

            assert (merged.data, merged.kept, merged.problem) == (source.text.data, (), None)


def test_what_a_set_allows_behind_what_asks_stays_allowed() -> None:
    """A second run changes nothing, though the set asks about all of what it allows a part of; nor do rules about other words."""
    rules = {"external_directory": {"*": "ask", "/srv/**": "allow"}, "bash": "deny"}
    data = json.dumps({"permission": {"webfetch": "allow", **rules}}).encode()
    part, module = read("opencode", {"permission": rules}), client("opencode")

    assert SharedParts(module, "opencode.json", module.project[0], (part,)).merge(data).data == data


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("[features]\nshell_tool = false\n", ["Bash"]),
        ('web_search = "disabled"\n', ["WebSearch"]),
        ("[tools]\nweb_search = false\n", ["WebSearch"]),
        ('web_search = "live"\n[features]\nshell_tool = true\n', None),
    ],
)
def test_a_tool_that_codex_switches_off_is_denied_elsewhere(text: str, denied: list[str] | None) -> None:
    """What a configuration closes for the whole session is a rule, which goes with its line when the rule is gone."""
    place = client("codex").project[0]
    source = PartSource(SourceText(place.path, text.encode()), place)
    parts = client("codex").read(source).parts
    made = [written(projected(part, "claude-code").part, "claude-code")["permissions"]["deny"] for part in parts]

    assert made == ([] if denied is None else [denied])
    for part in parts:
        without = client("codex").write((replace(part, rules=(), resolution=None),), place.path, source)[0].data
        assert not client("codex").read(replace(source, text=source.text.put(without))).parts


def test_a_sandbox_of_claude_code_is_held_nowhere_else() -> None:
    """Commands that run in its sandbox alone run in none in another client: what could run one is refused there."""
    projection = projected(read("claude-code", {"sandbox": {"enabled": True}}), "opencode")

    assert list(projection.left_open) == ["sandbox.enabled: True"]
    assert not list(deciding.restraints(read("claude-code", {"sandbox": {"enabled": False}})))


def test_a_rule_that_restrains_nothing_there_is_told() -> None:
    """A denied skill or sub-agent, and a denial that matches no call, go nowhere, and not in silence."""
    rules = {"permissions": {"deny": ["Skill(deploy)", "Agent(Explore)", "Write(src/**)", "WebFetch"]}}
    losses = {one.code: str(one.detail) for one in projected(read("claude-code", rules), "gemini-cli").losses}

    assert "Skill(deploy)" in losses["permission-rule-dropped"]
    assert "Write(src/**)" in losses["permission-rule-dropped"]
    assert "permission-allow-dropped" not in losses


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ('[tools.web_fetch]\npermission = "never"\n', ["WebFetch"]),
        ('disabled_tools = ["web_fetch"]\n[tools.web_fetch]\npermission = "ask"\n', ["WebFetch"]),
        ('disabled_tools = ["WEB_F*"]\n', ["WebFetch", "mcp__*"]),
        ('disabled_tools = ["linear_drop"]\n', ["mcp__*"]),
        ('disabled_tools = ["web_*"]\n', ["mcp__web", "mcp__web_*", "WebFetch", "WebSearch"]),
        ('enabled_tools = ["bash", "read_file", "edit", "write_file", "grep"]\n', ["WebFetch", "WebSearch", "mcp__*"]),
        ('[tools.bash]\ndenylist = ["git push"]\n', ["Bash(git push:*)"]),
        ('enabled_tools = []\n[tools.bash]\npermission = "always"\n', None),
    ],
)
def test_what_vibe_closes_is_denied_elsewhere(text: str, denied: list[str] | None) -> None:
    """A tool is closed by a list or its permission; that of a list counts first, and an empty list of open ones limits nothing."""
    place = client("vibe").project[0]
    parts = client("vibe").read(PartSource(SourceText(place.path, text.encode()), place)).parts
    projections = [projected(part, "claude-code") for part in parts]
    made = [[rule for rule in written(one.part, "claude-code")["permissions"]["deny"] if "mcp__*_" not in rule] for one in projections]

    assert [*map(sorted, made)] == ([] if denied is None else [sorted(denied)])


@pytest.mark.parametrize(
    "text",
    [
        'outside_workdir = "deny"\n',
        '[tools.read_file]\ndenylist = ["**/.env"]\n',
        '[tools.read_file]\noutside_workdir = "deny"\n',
        '[tools.bash]\ndenylist = ["rm *"]\n',
    ],
)
def test_what_vibe_holds_back_and_nobody_else_says_is_left_open(text: str) -> None:
    """A path as it is on the disk, a star that is one: none is a rule of another client's."""
    place = client("vibe").project[0]
    source = PartSource(SourceText(place.path, text.encode()), place)
    (part,) = client("vibe").read(source).parts
    left = projected(part, "claude-code").left_open
    without = client("vibe").write((replace(part, rules=(), resolution=None, extras={}),), place.path, source)[0].data

    assert left
    assert set(left) <= {one.text for one in deciding.restraints(part)}
    assert not client("vibe").read(replace(source, text=source.text.put(without))).parts


@pytest.mark.parametrize(
    "text",
    [
        'disabled_tools = ["web_fetch", "hub_*"]\n[tools.edit]\npermission = "never"\n',
        'disabled_tools = ["bash"]\n[tools.bash]\npermission = "ask"\nsensitive_patterns = ["sudo"]\n',
        '[tools.bash]\npermission = "never"\ndenylist = ["rm *", "git push"]\n',
        'enabled_tools = ["grep"]\n[tools.grep]\npermission = "ask"\ndenylist = ["x"]\n',
    ],
)
def test_what_vibe_forbids_is_the_same_in_another_file(text: str) -> None:
    """Lists and tables say one thing in two ways: written anew, it is read alike, and where it stands it keeps its bytes."""
    place = client("vibe").project[0]
    source = PartSource(SourceText(place.path, text.encode()), place)
    parts = client("vibe").read(source).parts
    anew, kept = (client("vibe").write(parts, place.path, original)[0].data for original in (None, source))

    assert client("vibe").read(PartSource(SourceText(place.path, anew), place)).parts == parts
    assert kept.decode() == text
