"""Line ends on the way to another format: all CRLF is LF, mixed ones stay, and both are told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentconv import api
from agentconv.conversion import line_ends
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.ir import Prompt
from agentconv.core.source import SourceText

TEXT = "---\r\nname: reviewer\r\ndescription: Reviews.\r\n---\r\n\r\nRead the diff.\r\n\r\nSay what is wrong.\r\n"


def _told(result: api.Result) -> list[str]:
    return [one.message for one in result.diagnostics if one.code is Code.LINE_ENDS]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("a\nb\n", "", "a\nb\n"),
        ("a\rb", "", "a\rb"),
        ("a\rb\n", "", "a\rb\n"),
        ("a\r\nb\r\n", "CRLF", "a\nb\n"),
        ("a\rb\r\n", "CRLF", "a\rb\n"),
        ("a\r\nb\n", "mixed", "a\r\nb\n"),
    ],
)
def test_only_crlf_throughout_is_read_as_lf(text: str, kind: str, found: str) -> None:
    """A text is read with LF where every LF stands behind a carriage return; a carriage return alone ends no line."""
    source = SourceText("a.md", text.encode())

    assert (line_ends.kind(text), line_ends.normalised(source).text) == (kind, found)


def test_text_without_a_carriage_return_is_the_same_object() -> None:
    """Nothing is made anew of a file with LF."""
    source = SourceText("a.md", b"a\nb\n")

    assert line_ends.normalised(source) is source


def test_own_format_keeps_its_bytes() -> None:
    """A file of the target's own format keeps its line ends, and nothing is told of them."""
    result = api.write(api.reads(TEXT, "claude-code"), "claude-code")

    assert ([file.data for file in result.files], _told(result)) == ([TEXT.encode()], [])


def test_bundle_keeps_what_was_edited() -> None:
    """Of a bundle whose agent was edited, the edit stays to the letter; what its file still says is read with LF."""
    agents = api.reads(TEXT, "claude-code")
    edited = replace(agents, agents=(replace(agents.agents[0], description="Reviews\r\nchanges.", prompt=Prompt("Read\r\nit.")),))
    untouched, result = (api.write(one, "codex").files[0].data.decode() for one in (agents, edited))

    assert "\\r" not in untouched
    assert result.count("\\r") == 2


def test_mixed_line_ends_are_told_and_stay() -> None:
    """Where some line ends are CRLF, the file is read as it is, and a note says so once."""
    result = api.write(api.reads(TEXT + "Twice.\n", "claude-code"), "codex")
    (remark,) = [one for one in result.diagnostics if one.code is Code.LINE_ENDS]

    assert b"\\r" in result.files[0].data
    assert (remark.severity, remark.message.partition(":")[0]) == (Severity.NOTE, "line ends are mixed")
