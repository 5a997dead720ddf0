"""Parts that a program makes of the library's classes alone, and no file has: every format writes them, or says why it does not."""

from __future__ import annotations

from typing import Any

import pytest

import agentconv
from agentconv import AgentSet, Body, Command, Hook, Instruction, McpServer, PermissionSet, Rule, Server, SetHook, Skill
from agentconv.formats import registry

_TEXT = Body(("\nSay it like ", agentconv.Argument(0), ".\n"))
_RUN: dict[str, Any] = {"type": "command", "command": "exit 2"}
_BASH = Rule("deny", "Bash", "claude-code", "shell")
_MADE = AgentSet(
    skills=(Skill("a", "a", "Says it.", _TEXT), Skill("b", "b", "Says nothing.")),
    commands=(Command("c", "c", "Says it.", _TEXT), Command("d", "d")),
    servers=(Server("e", McpServer("e", "stdio", command="npx")), Server()),
    hooks=(SetHook(definition=Hook("PreToolUse", "claude-code", matcher="Bash", handlers=(_RUN,))),),
    permissions=(PermissionSet("one", "one", (_BASH,)), PermissionSet(rules=(Rule("deny", "Bash", "claude-code", pattern="rm:*"),))),
    instructions=(
        Instruction("f", "f", "What to know.", Body(("Read this.\n",)), "manual"),
        Instruction("g", "g", None, Body(("And this.",)), "scoped"),
        Instruction(),
    ),
)


@pytest.mark.parametrize("target", registry.FORMATS)
def test_each_kind_is_written_or_told(target: str) -> None:
    """What its author left unsaid is what a reader would have said: no part breaks the law, and without agents all of them go."""
    result = agentconv.write(_MADE, target)
    told = {(loss.part, loss.agent) for loss in result.losses}

    assert [str(one) for one in result.diagnostics if one.is_bug] == []
    assert result.files or told


def test_a_set_of_rules_is_called_as_its_file_has_it() -> None:
    """A name that a program gives it means nothing: a file has one set of rules."""
    (file,) = agentconv.write(AgentSet(permissions=(PermissionSet("one", "one", (_BASH,)),)), "claude-code").files

    assert b'"deny"' in file.data


def test_a_rule_that_only_its_user_takes_has_no_description_where_that_offers_it() -> None:
    """Cursor lets the model ask for a rule that says what it is about."""
    given = AgentSet(instructions=(Instruction("f", "f", "What to know.", Body(("Read this.",)), "manual"),))
    result = agentconv.write(given, "cursor")

    assert b"What to know" not in result.files[0].data
    assert "instruction-looks-dropped" in {loss.code for loss in result.losses}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (SetHook(), "one handler"),
        (SetHook(definition=Hook("PreToolUse", "claude-code", handlers=(_RUN, _RUN))), "one handler"),
        (SetHook(definition=Hook("PreToolUse", "claude-code", handlers=("exit 2",))), "one handler"),
        (SetHook(definition=Hook("BeforeLunch", "claude-code", handlers=(_RUN,))), "no event `BeforeLunch`"),
        (Instruction("a", "a", body=Body((agentconv.AllArguments(),))), "no client puts in what `AllArguments` is"),
    ],
)
def test_what_nothing_can_hold_is_told_to_who_made_it(made: SetHook | Instruction, told: str) -> None:
    """A hook that runs nothing, or a text with arguments that nobody gives, is a mistake of the program's."""
    given = AgentSet(hooks=(made,)) if isinstance(made, SetHook) else AgentSet(instructions=(made,))

    with pytest.raises(agentconv.InputError, match=told):
        agentconv.write(given, "claude-code")
