"""Line ends: two people who have one source, one of them with `autocrlf`, get the same files of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note

from agent_files import convert_file, with_shared_file
from agentconv.core.source import SourceText
from agentconv.formats import registry
from file_strategies import files
from strategies import chosen, fewer
from template_format import CLIENTS

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Loss


def _converted(source: SourceText, format_id: str, target: str) -> list[tuple[str, bytes | None, bool, tuple[Loss, ...]]]:
    """Return what becomes of a file: each agent's file, whether its client loads it, and what is lost."""
    done = with_shared_file(convert_file(source, format_id, target))
    return [(one.agents[0], one.file.data if one.file else None, one.not_loaded, one.losses) for one in done if one.agents]


@pytest.mark.parametrize("format_id", CLIENTS)
def test_crlf_says_what_lf_says(format_id: str) -> None:
    """A source whose every line end is CRLF becomes in each other format, byte for byte, what its twin with LF becomes."""

    @fewer
    @given(source=files(format_id), target=chosen([client for client in registry.CLIENTS if client != format_id]))
    def converting(source: SourceText, target: str) -> None:
        source = SourceText(source.path, source.data.replace(b"\r", b""))
        twin = SourceText(source.path, source.data.replace(b"\n", b"\r\n"))
        note(f"{source.path}: {source.data!r}")

        assert _converted(source, format_id, target) == _converted(twin, format_id, target)

    converting()
