"""What the page says: a comparison as plain data, in which each text is safe to show, and is there once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.conversion import freedom
from agentconv.core import credentials, links, losses, plain_words
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.losses import WHOLE_SET
from agentconv.formats import registry
from agentconv.render import printable, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.lint.inspection import Reading
    from agentconv.lint.side_by_side import Entry, Outcome, SideBySide

_ABOUT = {**{one: plain_words.EFFECTS[one] for one in freedom.ABOUT if one in plain_words.EFFECTS}, freedom.MCP: "using MCP servers"}
_LEVELS = {
    "no": "no",
    "asks": "after asking",
    "partly": "after asking, but for some of it, which a pattern opens",
    "some": "those that are named",
    "yes": "yes",
    "unasked": "without asking, where the assistant that it was written for asks",
    "unheld": "limited by its author, and this assistant does not hold an agent to that",
}
"""How far an agent may go, in words."""
_FILL = "•"
"""Stands for each character of a secret that is not shown, so that the lines of a file stay where they are."""


class _Told:
    """Gives what is said more than once a number, under which it is found."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = tuple(f"{folder.replace(os.sep, '/').rstrip('/')}/" for folder in folders if os.path.isabs(folder))
        self.lines: dict[str, int] = {}
        self.losses: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.files: list[list[int]] = []
        self._known: dict[bytes, int] = {}

    def file(self, data: bytes) -> int:
        """Return the number of a file, by its lines."""
        if data not in self._known:
            whole = credentials.masked(data.decode("utf-8", "surrogateescape"), _FILL)
            lines = printable.lines(whole)
            self._known[data] = len(self.files)
            self.files.append([self.lines.setdefault(line, len(self.lines)) for line in lines])
        return self._known[data]

    def path(self, path: str) -> str:
        """Return the path of a file from the folder that was named, so that it says nothing of the machine."""
        folder = next((one for one in self._folders if path.startswith(one)), "")
        return text.safe(path.removeprefix(folder))

    def diagnostic(self, one: Diagnostic) -> dict[str, Any]:
        """Return what a reader or a conversion says."""
        return {
            "severity": one.severity.value,
            "message": text.safe(one.message),
            **({"path": self.path(one.span.path), "line": one.span.line} if one.span else {}),
        }

    def loss(self, loss: Loss) -> int:
        """Return the number of what is said of a loss, whoever it is of."""
        key = (loss.code, loss.severity, loss.target, loss.field, loss.detail, loss.hint)
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers)
            self.losses[key] = {
                "code": loss.code,
                "severity": loss.severity.value,
                "field": text.safe(loss.field),
                "summary": text.for_target(losses.rule(loss.code).summary, loss.target),
                "detail": text.safe(loss.detail),
                **({"hint": text.safe(text.for_target(loss.hint, loss.target))} if loss.hint and losses.rule(loss.code).to_user else {}),
            }
        return self.numbers[key]


def plain(found: SideBySide, folders: Sequence[str], version: str) -> dict[str, Any]:
    """Return what the page says of a comparison.

    Args:
        found: The comparison.
        folders: Those that were named, from which paths are told.
        version: Of this program.
    """
    told = _Told(folders)
    sections = [_section(kind, found, told) for kind in (None, *KINDS)]
    of_set = [[[told.loss(loss), 0] for loss in found.of_set[target]] for target in found.targets]
    codes = sorted({loss["code"] for loss in told.losses.values()})
    return {
        "version": version,
        "clients": [{"id": one, "title": text.client(one), "place": registry.FORMATS[one].place} for one in found.targets],
        "sources": list(dict.fromkeys(text.client(entry.client) for entry in found.entries)),
        "effects": _ABOUT,
        "levels": _LEVELS,
        "sections": [section for section in sections if section["entries"]],
        "of_set": of_set,
        "whole_set": WHOLE_SET,
        "losses": list(told.losses.values()),
        "codes": {code: links.loss(code) for code in codes},
        "told": [told.diagnostic(one) for one in found.diagnostics],
        "files": told.files,
        "lines": list(told.lines),
    }


def _section(kind: str | None, found: SideBySide, told: _Told) -> dict[str, Any]:
    noun = NOUNS[kind] if kind else "agent"
    chosen = [entry for entry in found.entries if entry.kind == kind]
    entries = [_entry(entry, found, told) for entry in chosen]
    return {"kind": kind or "agents", "noun": noun, "entries": entries}


def _entry(entry: Entry, found: SideBySide, told: _Told) -> dict[str, Any]:
    return {
        "name": text.safe((entry.agent and entry.agent.name) or entry.id),  # the file stands beside it
        "client": text.client(entry.client),
        "path": told.path(entry.source.path) if entry.source else "",
        "file": told.file(entry.source.data) if entry.source else None,
        "state": entry.state.value,
        **({"lines": entry.lines} if entry.lines else {}),
        **_may(entry.reading),
        "told": [told.diagnostic(one) for one in entry.told],
        "outcomes": [_outcome(entry.outcomes.get(target), found, told) for target in found.targets],
    }


def _outcome(one: Outcome | None, found: SideBySide, told: _Told) -> dict[str, Any] | None:
    """Return what becomes of an entry in one assistant; None where nothing was to become of it."""
    if one is None:
        return None
    data = found.files.get((one.client, one.path)) if one.path else None
    state = "failed" if one.failed else "refused" if one.refused else "nothing" if one.path is None else one.worst or "exact"
    return {
        "state": str(state),
        **({"path": text.safe(one.path)} if one.path else {}),
        **({"file": told.file(data)} if data is not None else {}),
        **({"lines": one.lines} if one.lines else {}),
        **({"in_place": True} if one.in_place else {}),
        **_may(one.reading),
        "losses": [[told.loss(placed.loss), placed.span.line if placed.span else 0] for placed in one.losses],
        **({"told": [told.diagnostic(diagnostic) for diagnostic in one.diagnostics]} if one.diagnostics else {}),
    }


def _may(reading: Reading | None) -> dict[str, Any]:
    """Return what an agent may do in a client, as that reads it."""
    if reading is None or reading.tools is None:
        return {}
    words = {about: _level(word) for about, word in reading.may}
    unheld = [*reading.unheld, *([freedom.GUARD] if freedom.GUARD in reading.more else [])]
    servers = next((word for about, word in reading.may if about == freedom.MCP and _level(word) == "some"), "")
    return {
        "tools": text.safe(reading.tools),
        "effects": [words[about] for about in _ABOUT],
        **({"more": [number for number, about in enumerate(_ABOUT) if about in reading.more]} if reading.more else {}),
        **({"servers": text.safe(servers)} if servers else {}),
        **({"unheld": [text.safe(key) for key in unheld]} if unheld else {}),
    }


def _level(word: str) -> str:
    """Return the level that stands for a word of `conversion.freedom`."""
    named = {freedom.NOT_HELD: "unheld", freedom.IN_PART: "partly"}.get(word, word)
    return named if named in _LEVELS else "some"
