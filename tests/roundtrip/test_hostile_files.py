"""Laws 1 to 5 for files of every client, sound, damaged or mere noise, on the way to every format.

`AGENTCONV_HYPOTHESIS=thorough` tries ten times as many, `long` goes on for about an hour; `tests/fuzzing` is guided by coverage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note

from agent_files import dealt
from agentconv.formats import registry
from file_laws import HUBS, check_converting, check_hub, check_reading
from file_strategies import files
from strategies import chosen, fewer
from template_format import CLIENTS, ID

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

each_format = pytest.mark.parametrize("format_id", [*registry.CLIENTS, *registry.BUNDLES, ID])
each_client = pytest.mark.parametrize("format_id", CLIENTS)


@each_format
def test_reader_is_total(format_id: str) -> None:
    """Whatever the bytes, reading raises nothing, says why when it is not clean, and keeps the bytes."""

    @fewer
    @given(source=files(format_id))
    def reading(source: SourceText) -> None:
        note(f"{source.path}: {source.data!r}")
        check_reading(format_id, source)

    reading()


@each_client
def test_whatever_is_read_converts_everywhere(format_id: str) -> None:
    """What was read from any file converts to any client: no bug of ours, nothing wider, and to its own format the same bytes."""

    @fewer
    @given(source=files(format_id))
    def converting(source: SourceText) -> None:
        note(f"{source.path}: {source.data!r}")
        for target in {format_id, *dealt(source.data)}:
            check_converting(format_id, source, target)

    converting()


@each_client
def test_every_file_survives_the_hub(format_id: str) -> None:
    """Any file comes back from canonical JSON and TOML byte for byte."""

    @fewer
    @given(source=files(format_id), hub=chosen(HUBS))
    def through(source: SourceText, hub: str) -> None:
        note(f"{source.path}: {source.data!r}")
        check_hub(format_id, source, hub)

    through()
