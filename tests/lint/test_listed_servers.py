"""What is said of servers that an agent names."""

from __future__ import annotations

import pytest

from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText, encode
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Subject


@pytest.mark.parametrize(
    ("written", "help_text"),
    [
        ("tracker", "write `[tracker]`, as a list"),
        ("tracker, wiki", "write `[tracker, wiki]`, as a list"),
        ("another", "give each server a `command` with `args`, or a `url`"),
        ("tracker, another", "give each server a `command` with `args`, or a `url`"),
    ],
)
def test_names_of_servers_are_a_list(written: str, help_text: str) -> None:
    """Names that the project has are put into a list, by a fix; of what is no such name, it is said what a server is."""
    text = f"---\nname: reviewer\ndescription: Reviews changes\nmcpServers: {written}\n---\n\nReview.\n"
    looked_at = Subject(SourceText(".claude/agents/reviewer.md", encode(text)), "claude-code", ("claude-code",))
    looked_at.settings = replace(looked_at.settings, names=frozenset({"tracker", "wiki"}))
    (checked,) = checking.check([looked_at], catalogue.select(("AC551",)))

    assert [(one.help, one.fix is not None) for one in checked.findings] == [(help_text, "as a list" in help_text)]
