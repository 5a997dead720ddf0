"""One thing that keeps a part from doing what its author meant, though its client takes it."""

from __future__ import annotations

from agentconv.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    kind: str
    """What it is about, in a word of the kind of part's own module `faults`."""
    word: str
    """What of the part it is about, as its file has it."""
    message: str
    """What is so, as a sentence's end behind the client's name."""
    help: str
    instead: str | None = None
    """What was meant by the word, where only one thing can have been."""
    under: str = ""
    """The key whose value has the word."""
