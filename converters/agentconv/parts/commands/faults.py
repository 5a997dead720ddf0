"""What keeps a command from sending what its author meant, though its client takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.parts.fault import Fault
from agentconv.parts.placeholders import faults
from agentconv.parts.placeholders.languages import OF_FORMAT, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import Command
    from agentconv.parts.commands.client import Client


_HEADER = expression(r"---\r?\n[a-z][\w-]*:[^\n]*\n(?:[^\n]*\n)*?---\s*?(?:\n|\Z)")


def of(command: Command, client: Client) -> Iterator[Fault]:
    """Yield what is wrong with a command that a client takes."""
    language = client.language
    first = command.body.parts[0] if command.body and command.body.parts else None
    if isinstance(first, str) and _HEADER.match(first):
        yield Fault("header", "---", "knows no header of a command, and sends it with the text", "take it out")
    yield from faults.of(command.body, language)
    words = faults.counted(command.body)
    if language.base == 0 and words and words[0] > 0 and not faults.takes_all(command.body):
        told = f"counts from `$0`: `${words[0]}` is word {words[0] + 1}, and nothing takes the first"
        yield Fault("counted", f"${words[0]}", told, f"write `${words[0] - 1}`, and so on")


def counted_otherwise(command: Command, client: str, other: str) -> str | None:
    """Return the first `$1` of a command that another client would take for another word; None where there is none."""
    base, others = OF_FORMAT.get(client, PLAIN).base, OF_FORMAT.get(other, PLAIN).base
    words = faults.counted(command.body)
    return f"${words[0] + base}" if words and base is not None and others is not None and base != others else None
