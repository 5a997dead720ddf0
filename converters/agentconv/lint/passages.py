"""The texts of a file that people write and models read, descriptions and prompts, and what in them is code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentconv import registry
from agentconv.lint.rule import Fix
from agentconv.source import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.format_base import ReadResult
    from agentconv.ir import Agent
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


def owner(subject: Subject, offset: int) -> str | None:
    """Return the name of the agent that a place belongs to."""
    agents = subject.result.set.agents
    if len(agents) == 1:
        return agents[0].name
    return next((passage.agent.name for passage in passages(subject) if passage.start <= offset < passage.end), None)


def edits_in_texts(subject: Subject, name: str, edits: Iterable[Edit]) -> Fix | None:
    """Make a fix of those edits that are inside a description or a prompt, and so change nothing else."""
    spans = list(passages(subject))
    kept: list[Edit] = []
    fields: set[str] = set()
    for edit in edits:
        inside = next((span for span in spans if span.start <= edit[0] and edit[1] <= span.end), None)
        if inside is not None:
            kept.append(edit)
            fields.add(inside.path)
    return Fix(name, tuple(kept), frozenset(fields)) if kept else None


def lost(subject: Subject, text: str) -> tuple[str, ...]:
    """Return the clients that drop an agent of the file as it is, and would load it if the file's text were another."""
    data = encode(text)
    found = []
    for client in subject.asked:
        before = _living(subject.reading(client))
        if before and before == len(subject.reading(client).states):
            continue
        if _living(subject.reread(data, client)) > before:
            found.append(client)
    return tuple(found)


def _living(result: ReadResult) -> int:
    return sum(not state.dropped for state in result.states)


_FENCE = re.compile(r"(?:^|(?<=\n)|(?<=\\n))[ \t]{0,12}(`{3,}|~{3,})")


def fences(text: str) -> list[tuple[int, int]]:
    """Return where the fenced code of a markdown text is; a fence that is not closed goes on to the end."""
    found: list[tuple[int, int]] = []
    opened: tuple[int, str] | None = None
    for match in _FENCE.finditer(text):
        if opened is None:
            opened = match.start(), match[1]
        elif match[1].startswith(opened[1]):
            found.append((opened[0], match.end()))
            opened = None
    return [*found, (opened[0], len(text))] if opened else found


def without_code(text: str) -> str:
    """Return a text of the same length with its fenced code blanked out."""
    parts, done = [], 0
    for start, end in fences(text) if "```" in text or "~~~" in text else ():
        parts += [text[done:start], " " * (end - start)]
        done = end
    return "".join(parts) + text[done:] if parts else text


def shown(text: str, width: int = 40) -> str:
    """Return text that fits into a message."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
