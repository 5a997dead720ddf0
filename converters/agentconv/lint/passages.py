"""The texts of a file that people write and models read, descriptions and prompts, and what in them is code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.fields import PATHS
from agentconv.core.source import encode
from agentconv.formats import registry
from agentconv.lint.rule import Fix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.format import ReadResult
    from agentconv.core.ir import Agent
    from agentconv.lint.rule import Edit
    from agentconv.lint.subject import Subject

TEXTS = ("description", "prompt.text")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text, and where it stands in the file, spelled as the file spells it."""

    number: int
    agent: Agent
    path: str
    start: int
    end: int


def passages(subject: Subject) -> Iterator[Passage]:
    """Yield the texts of all agents of a file, but for those that cannot be told from the rest of it."""
    for number, agent, _ in subject.agents():
        for path in TEXTS:
            place = _place(subject, number, agent, path)
            if place is not None:
                yield Passage(number, agent, path, *place)


def _place(subject: Subject, number: int, agent: Agent, path: str) -> tuple[int, int] | None:
    key = "" if path == "prompt.text" else subject.key_of(path)
    if (key or path == "prompt.text") and subject.has(number, key):
        return subject.place(number, key)
    text = (agent.prompt.text if agent.prompt else None) if path == "prompt.text" else agent.description
    at = subject.text.find(text) if text else -1
    return (at, at + len(text)) if text and at >= 0 and subject.text.find(text, at + 1) < 0 else None


def title(subject: Subject) -> str:
    """Return the name of the file's own client."""
    return registry.FORMATS[subject.format].title


def titles(clients: Iterable[str]) -> str:
    """Return the names of up to three clients, and how many more there are."""
    names = [registry.FORMATS[client].title for client in clients]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def do(clients: Collection[str], verb: str) -> str:
    """Return what clients do, in words: `Claude Code drops`, `Codex, Cline drop`."""
    return f"{titles(clients)} {verb if len(clients) == 1 else _OF_SEVERAL.get(verb, verb.removesuffix('s'))}"


_OF_SEVERAL = {"has": "have"}
"""What a verb is of several, where that is not the same without an `s`."""


def owner(subject: Subject, offset: int) -> str | None:
    """Return the name of the agent that a place belongs to."""
    agents = subject.result.set.agents
    if len(agents) == 1:
        return agents[0].name
    return next((passage.agent.name for passage in passages(subject) if passage.start <= offset < passage.end), None)


EVERYTHING = frozenset({*PATHS, "extras"})
"""What another client may read anew where the file's own did not read the header before."""


def edits_in_texts(subject: Subject, name: str, edits: Iterable[Edit], *, loads: bool = False) -> Fix | None:
    """Make a fix of those edits that are inside a description or a prompt, and so change nothing else; in what a prompt includes, of all.

    Args:
        subject: The file.
        name: What the fix does.
        edits: What to change.
        loads: Whether the file's own client may load the agent only after that.
    """
    if subject.included:
        every = tuple(edits) if subject.includers else ()
        return Fix(name, every, frozenset(TEXTS)) if every else None
    spans = list(passages(subject))
    kept: list[Edit] = []
    fields: set[str] = set()
    for edit in edits:
        inside = next((span for span in spans if span.start <= edit[0] and edit[1] <= span.end), None)
        if inside is not None:
            kept.append(edit)
            fields.add(inside.path)
            if not subject.has(inside.number, subject.key_of("description")):
                fields.add("description")  # some clients take it from the prompt
    anew = EVERYTHING if loads else frozenset(TEXTS)  # a client that finds no header takes all of the file for the prompt
    return Fix(name, tuple(kept), frozenset(fields), anew) if kept else None


def lost(subject: Subject, text: str, clients: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the clients, of those asked about or of others, that drop an agent of the file and would load it with another text."""
    data = encode(text)
    found = []
    for client in clients or subject.asked:
        before = _living(subject.reading(client))
        if before and before == len(subject.reading(client).states):
            continue
        if _living(subject.reread(data, client)) > before:
            found.append(client)
    return tuple(found)


def _living(result: ReadResult) -> int:
    return sum(not state.dropped for state in result.states)


def shown(text: str, width: int = 40) -> str:
    """Return text that fits into a message."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
