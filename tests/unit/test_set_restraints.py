"""What restrains the whole set, and what of the set could break it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_files import read
from agentconv.conversion.part_law import PartVerdict
from agentconv.conversion.set_restraints import SetRestraints, Unheld
from agentconv.core.diagnostics import LossSeverity, Span
from agentconv.core.format import Projection, State
from agentconv.core.ir import McpServer
from agentconv.core.parts import Command, Server
from agentconv.core.restraints import EVERYTHING, Restraint
from agentconv.formats import registry
from agentconv.sources.parts_on_disk import LoadedPart

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
    """A server is refused by what holds it back; what a model does with a command nobody can tell, so any rule refuses it."""
    restraints = SetRestraints("opencode", (Unheld(_DB, "", "permissions"),))

    def is_refused(kind: str, part: Command | Server) -> bool:
        loaded = LoadedPart(kind, part, State.LOADS, "claude-code")  # type: ignore[arg-type]
        return restraints.refusal(PartVerdict(loaded, part)) is not None

    found = [is_refused("servers", Server(name, McpServer(name))) for name in ("db", "web")]

    assert [*found, is_refused("commands", Command("c", "c"))] == [True, False, True]
