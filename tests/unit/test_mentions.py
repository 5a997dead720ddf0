"""What a prompt speaks of that its new client has not is told when it is converted, and the prompt stays as it is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from agent_files import convert_agent, output
from agentconv.core import mentions, vocabulary
from agentconv.core.ir import Agent, Origin, Prompt
from agentconv.formats import registry

PAIRS = [
    (source, target) for source, target in product(registry.CLIENTS, repeat=2) if vocabulary.words_of(source) != vocabulary.words_of(target)
]
AGENT = Agent(name="rev", id="rev", description="Reviews changes.", prompt=Prompt("You review changes."))


def told(text: str, source: str, target: str) -> tuple[str, ...]:
    """Return what is told of a prompt on its way, and see that it is written as it was."""
    done = convert_agent(replace(AGENT, prompt=Prompt(text), origin=Origin(source, "rev")), target)
    (again,) = registry.load(target).read(output(done)).set.agents

    assert again.prompt
    assert again.prompt.text == text or any(loss.code == "prompt-escaped" for loss in done.losses)
    return tuple(loss.detail for loss in done.losses if loss.code == "prompt-speaks")


def test_references_are_told_for_each_pair() -> None:
    """For each pair: a file, folder, command or call that the source knows and the target does not is a note, any other one is none."""
    for source, target in PAIRS:
        for word in vocabulary.references(vocabulary.words_of(source)):
            written = f"{word.removesuffix('*')}critic" if word.endswith("*") else word
            expected = () if mentions.knows(target, written) else (f"`{written}`",)

            assert told(f"Think hard, and look at {written} first.", source, target) == expected, (source, target)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Then Task(subagent_type="critic") is asked.', ("`Task(subagent_type`",)),
        ("Use $ARGUMENTS, and ask @agent-critic.", ("`$ARGUMENTS`, `@agent-critic`",)),
        ("Fetch it with mcp__linear__get_issue, by the `mcp_servers` that there are.", ("`mcp__linear__get_issue`",)),
        ("List them with the TodoWrite tool.", ("`TodoWrite`",)),
        ("The `Bash` tool runs it; AskUserQuestion helps.", ("`Bash`, `AskUserQuestion`",)),
        ("Look below src/.claude-like/ or into your task list.", ()),
        ("```sh\ncat .claude/settings.json\n```", ()),
        ("CLAUDE.md .claude/ $ARGUMENTS @agent-a @agent-b @agent-c ultrathink", None),
    ],
)
def test_what_counts_as_a_mention(text: str, expected: tuple[str, ...] | None) -> None:
    """Calls, arguments and tools count, words that only look like them do not, nor does code; of many, five are named."""
    found = told(text, "claude-code", "gemini-cli")

    assert found == expected or (expected is None and found[0].endswith(", 2 more"))
