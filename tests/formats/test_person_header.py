"""An agent whose header a person sees and its client does not: it is told where it stands, and is not lost."""

from __future__ import annotations

import time

import pytest

from agentconv import lint, reads
from agentconv.cli import main

HEADER = "---\nname: a\ndescription: Fetches\ntools: Read\n---\n\n"
AGENT = f"{HEADER}Do it.\n"


@pytest.mark.parametrize(
    ("before", "behind"),
    [("```markdown\n", "```\n"), ("````md\n", "````\n\n"), ("\n~~~\n", "~~~"), ("# My agent\n\n", ""), ("\n\n", "")],
)
def test_what_stands_around_an_agent_does_not_lose_it(before, behind):
    """It is read as a person reads it, as one that its client does not load; what stands around it is no part of its prompt."""
    (agent,) = reads(f"{before}{AGENT}{behind}", "claude-code").agents

    assert (agent.name, agent.prompt.text if agent.prompt else None) == ("a", "Do it.")


@pytest.mark.parametrize("fence", ["***", "___", "—", "———"])
def test_fences_that_an_editor_made(fence):
    """Another ruler, or dashes that became one character, on both sides of a header."""
    (agent,) = reads(AGENT.replace("---", fence), "claude-code").agents

    assert (agent.name, agent.prompt.text if agent.prompt else None) == ("a", "Do it.")


def test_a_code_fence_is_taken_away_and_no_other_byte(tmp_path, monkeypatch, capsys):
    """`--fix` leaves what stands between its lines as it is, code of the prompt among it; it is told with its line before."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ".claude/agents/a.md"
    path.parent.mkdir(parents=True)
    text = f"{HEADER}Run:\r\n\n```sh\nmake\n```\n\nDone.  \n"
    path.write_bytes(f"````markdown\n{text}````\n".encode())
    told = [(one.code, one.span.line if one.span else 0) for one in lint(".").findings]
    code = main(["lint", "--fix", "-q"])

    assert (told, code, path.read_bytes().decode()) == ([("AC105", 1)], 0, text)


def test_headings_without_a_header_are_seen_through_at_once():
    """Many headings and marks cost no more than a look at each."""
    begun = time.monotonic()
    reads("# a # b " * 20_000 + "\n" + "# c\n" * 20_000, "claude-code")

    assert time.monotonic() - begun < 5
