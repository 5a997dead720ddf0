"""What restrains the whole set, and what of the set could break it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import agentconv
from agent_files import read
from agentconv.conversion.along import NOTHING, chosen
from agentconv.conversion.converting import Options, convert
from agentconv.conversion.part_law import PartVerdict
from agentconv.conversion.set_restraints import SetRestraints, Unheld, staying
from agentconv.core.diagnostics import LossSeverity, Span
from agentconv.core.format import Projection, State
from agentconv.core.ir import McpServer
from agentconv.core.parts import Command, Instruction, Server
from agentconv.core.restraints import EVERYTHING, Restraint
from agentconv.formats import registry
from agentconv.sources import discovery
from agentconv.sources.loading import Loader
from agentconv.sources.parts import beside
from agentconv.sources.parts_on_disk import LoadedPart

if TYPE_CHECKING:
    from pathlib import Path

_RM = Restraint("permissions", "deny Bash(rm:*)", "denies", frozenset({"run"}), span=Span(".claude/settings.json", 3))
_DB = Restraint("permissions", "deny mcp__db", "denies", frozenset({"servers"}), "db")
_ALL = Restraint("hooks", "guard on any tool", "guards", EVERYTHING)


def _refused(target: str, tools: str, *restraints: Restraint, insisted: tuple[str, ...] = ()) -> list[str]:
    """Return what is said of an agent that has some of Claude Code's tools, and that a target could not hold back."""
    agent = read("claude-code", f"---\nname: a\ndescription: d\ntools: {tools}\n---\nDo.\n").set.agents[0]
    module = registry.load(target)
    projection = Projection(replace(agent, id="a"), module.SPEC)
    module.project(projection)
    set_restraints = SetRestraints(target, tuple(Unheld(one, "", "permissions") for one in restraints), insisted)
    set_restraints.refuse(projection, projection.result())
    return [loss.detail for loss in projection.losses if loss.code == "set-restraint"]


@pytest.mark.parametrize(
    ("target", "tools", "restraint", "refused"),
    [
        ("opencode", "Read, Bash", _RM, True),
        ("opencode", "Read, Grep", _RM, False),
        ("opencode", "Read, mcp__db__get", _DB, True),
        ("opencode", "Read, mcp__web__get", _DB, False),
        ("opencode", "Read", _ALL, True),
        ("codex", "Read, Grep", _RM, True),  # Codex holds no role to its sandbox
        ("codex", "Read, Grep", _DB, True),  # nor to its servers
    ],
)
def test_only_what_could_break_a_restraint_is_refused(target: str, tools: str, restraint: Restraint, refused: bool) -> None:
    """An agent is refused where it could do in the target what is forbidden there, whatever of its file that client overlooks."""
    assert bool(_refused(target, tools, restraint)) == refused


def test_a_refusal_names_each_rule_with_its_line() -> None:
    """All rules that an agent could break are named, each with the line that it stands in."""
    (told,) = _refused("opencode", "Bash, mcp__db__get", _RM, _DB)

    assert told == "deny Bash(rm:*) (.claude/settings.json:3), deny mcp__db"


def test_who_insists_gets_a_warning_for_each_rule() -> None:
    """What is given up by `--allow-widening` refuses nothing, and is told rule by rule."""
    given_up = SetRestraints("opencode", tuple(Unheld(one, "no such rules", "p") for one in (_RM, _DB)), ("permissions",))
    told = list(given_up.told())
    assert not _refused("opencode", "Bash", _RM, insisted=("permissions",))

    assert [(loss.code, loss.severity) for loss in told] == [("set-restraint-widened", LossSeverity.WARNING)] * 2


def test_a_rule_on_one_server_leaves_the_others() -> None:
    """A server is refused by what holds it back; what a model does with a command nobody can tell, so any rule refuses it.

    A text that only says what is to be known does nothing that could be forbidden.
    """
    restraints = SetRestraints("opencode", (Unheld(_DB, "", "permissions"),))

    def is_refused(kind: str, part: Command | Server | Instruction) -> bool:
        loaded = LoadedPart(kind, part, State.LOADS, "claude-code")  # type: ignore[arg-type]
        return restraints.refusal(PartVerdict(loaded, part)) is not None

    found = [is_refused("servers", Server(name, McpServer(name))) for name in ("db", "web")]

    assert [*found, is_refused("commands", Command("c", "c"))] == [True, False, True]
    assert not is_refused("instructions", Instruction("CLAUDE", "CLAUDE", main=True))


_SETTINGS = '{"permissions": {"deny": ["Bash(rm:*)", "Read(./.env)"]}}\n'
_AGENT = "---\nname: cleaner\ndescription: Cleans up\ntools: Read, Bash\n---\nClean up what was built.\n"


def _converted(root: Path, target: str, *words: str) -> tuple[dict[str, str], set[str]]:
    """Return the files that a conversion of a project with rules writes, and the codes of what it says."""
    (root / ".claude/agents").mkdir(parents=True, exist_ok=True)
    (root / ".claude/settings.json").write_text(_SETTINGS)
    (root / ".claude/agents/cleaner.md").write_text(_AGENT)
    found = discovery.discover([str(root)], "claude-code")
    parts = beside(found, [str(root)], ["claude-code"])
    options = Options(along=chosen(words) if words else NOTHING)
    done = list(convert(list(Loader(found.files)), target, options, parts))
    files = {one.file.path: one.file.data.decode() for one in done if one.file}
    return files, {loss.code for one in done for loss in one.losses}


def test_what_could_break_a_rule_that_is_not_held_is_not_written(tmp_path: Path) -> None:
    """Codex holds no denied command, so that it gets no agent that could run one; and each rule is told."""
    files, codes = _converted(tmp_path, "codex", "permissions")

    assert files == {}
    assert {"set-restraint", "set-restraint-unheld"} <= codes


def test_what_could_break_a_guard_that_never_runs_is_not_written(tmp_path: Path) -> None:
    """A guard that its own client passes over, since it stands in no group, was meant: where it is not held, nothing goes without it."""
    (tmp_path / ".codex/agents").mkdir(parents=True)
    (tmp_path / ".codex/hooks.json").write_text('{"hooks": {"PreToolUse": [{"type": "command", "command": "exit 2"}]}}')
    (tmp_path / ".codex/agents/a.toml").write_text('name = "a"\ndescription = "d"\ndeveloper_instructions = "Do."\n')
    found = discovery.discover([str(tmp_path)], "codex")
    parts = beside(found, [str(tmp_path)], ["codex"])
    done = list(convert(list(Loader(found.files)), "opencode", Options(along=chosen(["hooks"])), parts))

    assert not any(one.file for one in done)
    assert {"set-restraint", "set-restraint-unheld"} <= {loss.code for one in done for loss in one.losses}


_RUNS = '{"type": "command", "command": "exit 2", "timeout": 5}'
_GUARDED = (
    "---\nname: a\ndescription: Cleans up\ntools: Bash, Write\nhooks: {{PreToolUse: [{{matcher: {}, hooks: [{}]}}]}}\n---\nClean it up.\n"
)


@pytest.mark.parametrize(
    ("target", "matcher", "set_matcher", "set_runs", "with_", "written"),
    [
        ("copilot", "Bash", "Bash", _RUNS, "hooks", True),
        ("codex", "Bash", "Bash|Write", _RUNS, "hooks", True),
        ("copilot", "Bash|Write", "Bash", _RUNS, "hooks", False),  # about less
        ("copilot", "Bash", "Bash", _RUNS.replace("exit 2", "exit 1"), "hooks", False),  # another one
        ("copilot", "Bash", "Bash", _RUNS, "skills", False),  # it stays
        ("opencode", "Bash", "Bash", _RUNS, "hooks", False),  # which has no such hooks
    ],
)
def test_a_guard_of_an_agent_is_held_by_the_same_one_of_the_set(  # noqa: PLR0917
    target: str, matcher: str, set_matcher: str, set_runs: str, with_: str, written: bool, tmp_path: Path
) -> None:
    """Where a target runs no hooks of agents' own, it holds one all the same that is the set's as well, if that goes there."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text(_GUARDED.format(matcher, _RUNS))
    hooks = f'{{"hooks": {{"PreToolUse": [{{"matcher": "{set_matcher}", "hooks": [{set_runs}]}}]}}}}'
    (tmp_path / ".claude/settings.json").write_text(hooks)
    found = discovery.discover([str(tmp_path)], "claude-code")
    parts = beside(found, [str(tmp_path)], ["claude-code"])
    done = list(convert(list(Loader(found.files)), target, Options(along=chosen([with_])), parts))

    assert any(one.file and one.agents == ("a",) for one in done) == written
    assert ("widening" in {loss.code for one in done for loss in one.losses}) == (not written)


def test_an_agent_of_open_code_is_held_to_the_rules_of_its_set(tmp_path: Path) -> None:
    """OpenCode takes an agent's own rules before those of the set, so these stand in both."""
    files, codes = _converted(tmp_path, "opencode", "permissions")

    assert "set-rules-in-agent" in codes
    assert all(re.search(r'"?rm \*"?: "?deny', text) for text in files.values())
    assert len(files) == 2


def test_a_guard_of_an_agent_that_the_set_has_too_is_not_called_lost(tmp_path: Path) -> None:
    """Copilot runs no hooks of agents, and the set's for all of them: what is the same there is held, and what is another one is not."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/settings.json").write_text(f'{{"hooks": {{"PreToolUse": [{{"matcher": "Bash", "hooks": [{_RUNS}]}}]}}}}')
    (tmp_path / ".claude/agents/a.md").write_text(_GUARDED.format("Bash", _RUNS))
    (tmp_path / ".claude/agents/b.md").write_text(_GUARDED.format("Bash", _RUNS.replace("2", "3")).replace("name: a", "name: b"))
    found = discovery.discover([str(tmp_path)], "claude-code")
    parts = beside(found, [str(tmp_path)], ["claude-code"])
    done = list(convert(list(Loader(found.files)), "copilot", Options(along=chosen(["hooks"])), parts))
    told = {(loss.agent, loss.code) for one in done for loss in one.losses if loss.field in {"hooks", "tools"}}

    assert {("a", "hooks-in-set"), ("b", "hooks-dropped"), ("b", "widening")} <= told
    assert not {("a", "hooks-dropped"), ("a", "widening"), ("b", "hooks-in-set")} & told


def test_rules_that_stay_are_told_once(tmp_path: Path) -> None:
    """A conversion that was not asked for rules writes its agents, and says in one warning that the rules stay."""
    files, codes = _converted(tmp_path, "opencode")

    assert list(files) == [".opencode/agents/cleaner.md"]
    assert "set-restrictions-stay" in codes


@pytest.mark.parametrize(
    ("target", "says"),
    [(one, "takes what the target can hold") for one in ("opencode", "json", "toml")] + [("codex", "the target can hold none of them")],
)
def test_what_is_to_be_done_about_rules_that_stay_is_true_of_the_target(target: str, says: str, tmp_path: Path) -> None:
    """Where a target holds none of them, to ask for them brings none."""
    _converted(tmp_path, target)
    found = discovery.discover([str(tmp_path)], "claude-code")
    (told,) = staying(beside(found, [str(tmp_path)], ["claude-code"]), target, Options())

    assert says in (told.hint or "")


_GUARD = """{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "echo no >&2; exit 2"}]}]}}"""


@pytest.mark.parametrize(
    ("target", "after", "stays"),
    [
        ("codex", "", False),
        ("codex", "another", True),
        ("qwen-code", "", False),
        ("qwen-code", "off", True),
    ],
)
def test_what_the_target_has_already_does_not_stay(target: str, after: str, stays: bool, tmp_path: Path) -> None:
    """The very same guard in the target's own file holds there, whoever put it there; another one does not, nor one that is off."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    (tmp_path / ".claude/agents/a.md").write_text("---\nname: aide\ndescription: Does it.\n---\n\nDo it.\n")
    (tmp_path / ".claude/settings.json").write_text(_GUARD)
    found = discovery.discover([str(tmp_path)], "claude-code")
    parts = beside(found, [str(tmp_path)], ["claude-code"])

    def there(path: str) -> bytes | None:
        return (tmp_path / path).read_bytes() if (tmp_path / path).is_file() else None

    options = Options(root=os.path.realpath(tmp_path), read=there)
    taking = replace(options, along=chosen(["hooks"]), deploy=True)
    done = [*convert(Loader(found.files), target, taking, parts)]
    (written,) = (one.file for one in done if one.part == "hooks" and one.file is not None)
    place = tmp_path / written.path
    place.parent.mkdir()
    before = [one.code for one in staying(parts, target, options)]
    text = written.data.decode().replace("Bash", "Other" if after == "another" else "Bash")
    place.write_text(text.replace("{", '{"disableAllHooks": true,', 1) if after == "off" else text)

    assert before == ["set-restrictions-stay"]
    assert [one.code for one in staying(parts, target, options)] == before * stays
    assert [one.code for one in staying(parts, target, replace(options, read=None))] == before * stays


def test_rules_that_do_not_come_into_a_bundle_are_told(tmp_path: Path) -> None:
    """Nobody who reads it could know of them; where they are in it, nothing stays."""
    assert "set-restrictions-stay" in _converted(tmp_path, "json")[1]
    assert "set-restrictions-stay" not in _converted(tmp_path, "json", "permissions,hooks")[1]


@pytest.mark.parametrize("with_", [None, "none", "skills"])
def test_rules_of_a_bundle_that_stay_in_it_are_told(with_: str | None, tmp_path: Path) -> None:
    """They come with the set, and stay behind as those of a project do."""
    _converted(tmp_path, "json")
    found = agentconv.read(tmp_path, format="claude-code")

    assert "set-restrictions-stay" in {one.code for one in agentconv.write(found, "opencode", with_=with_).losses}
