"""What becomes of the skills that an agent names: where its tools load none in the target, that is told, with what helps."""

from __future__ import annotations

import pytest

from agent_files import convert_file
from agentconv.core.source import SourceText

AGENT = "---\nname: rev\ndescription: Reviews changes.\n{}skills: style\n---\n\nReview it.\n"
WITH_A_TOOL = ("opencode", "kilo", "gemini-cli", "qwen-code")


@pytest.mark.parametrize("target", WITH_A_TOOL)
@pytest.mark.parametrize(
    ("tools", "code"),
    [("tools: Read, Grep\n", "skills-unreachable"), ("tools: Read, Grep, Skill\n", "field-dropped"), ("", "field-dropped")],
)
def test_skills_out_of_reach_are_told(target: str, tools: str, code: str) -> None:
    """An agent with a list of tools that loads no skill is told of, and what the hint says takes the finding away."""
    (done,) = convert_file(SourceText(".claude/agents/rev.md", AGENT.format(tools).encode()), "claude-code", target)
    (told,) = [loss for loss in done.losses if loss.field == "skills"]

    assert told.code == code
    assert ("`Skill` among the agent's tools" in (told.hint or "")) == (code == "skills-unreachable")
