"""Files that sync wrote for a target, and that the source has made its own since: a text of it imports them, or is a link to them.

What they say stands nowhere else by then: they stay, whatever comes of the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.parts.instructions.imports import imported
from agentconv.sync.files_after import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import Instruction
    from agentconv.disk.reader import Reader
    from agentconv.install.lock import Entry
    from agentconv.sources.parts import Parts


def of(mine: Iterable[Entry], beside: Parts, reader: Reader) -> tuple[Entry, ...]:
    """Return the entries of what was written for targets whose files are the source's own by now.

    Args:
        mine: What was written for targets.
        beside: The source's parts.
        reader: Reads what is there.
    """
    candidates = [one for one in mine if one.agent.startswith(f"{KIND}/") and not one.pointer]
    if not candidates:
        return ()
    texts = [(one.path, one.part) for one in beside.of(KIND)]
    named = {path for _, part in texts for path in imported(_text(part).body)}
    same = {reader.identity(path) for path, _ in texts}
    return tuple(one for one in candidates if one.path in named or reader.identity(one.path) in same)


def _text(part: object) -> Instruction:
    return part  # type: ignore[return-value]


def told(gone: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Say which files stay, and that sync sees to them no more."""
    for path in sorted({one.path for one in gone}):
        message = f"{path}: a text of the source imports it, or is one file with it: it is the source's own from now on, and stays"
        yield Diagnostic(Code.PARTS, Severity.NOTE, message)
