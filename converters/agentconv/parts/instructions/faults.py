"""What keeps an instruction from being read where its author meant, though its client takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.parts.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import Instruction
    from agentconv.parts.instructions.client import Client


def of(part: Instruction, client: Client) -> Iterator[Fault]:
    """Yield the patterns of an instruction that no file of a project can match."""
    for pattern in map(str, part.paths or ()):
        begins = next((one for one in client.dead if pattern.startswith(one)), None)
        if begins:
            meant = pattern.removeprefix(begins) if begins != "../" else None
            hint = f"write `{meant}`" if meant else "name the files from the project's root"
            yield Fault("scope", pattern, f"reads it at no file: no path begins with `{begins}`, as `{pattern}` does", hint, meant)
