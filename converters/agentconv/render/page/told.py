"""What the page says: a comparison as plain data, in which each text is safe to show, and is there once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import credentials, links, plain_words
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.losses import CATALOGUE, WHOLE_SET
from agentconv.formats import registry
from agentconv.render import printable, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.diagnostics import Diagnostic, Loss
    from agentconv.lint.inspection import Reading
    from agentconv.lint.side_by_side import Entry, Outcome, SideBySide

_LEVELS = {"no": "no", "ask": "after asking", "inherit": "as the user's settings say", "allow": "without asking"}
_FILL = "•"
"""Stands for each character of a secret that is not shown, so that the lines of a file stay where they are."""


class _Told:
    """Gives what is said more than once a number, under which it is found."""

    def __init__(self) -> None:
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

    def loss(self, loss: Loss) -> int:
        """Return the number of what is said of a loss, whoever it is of."""
        key = (loss.code, loss.severity, loss.target, loss.field, loss.detail, loss.hint)
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers)
            self.losses[key] = {
                "code": loss.code,
                "severity": loss.severity.value,
                "field": text.safe(loss.field),
                "summary": text.for_target(CATALOGUE[loss.code].summary, loss.target),
                "detail": text.safe(loss.detail),
                **({"hint": text.safe(text.for_target(loss.hint, loss.target))} if loss.hint else {}),
            }
        return self.numbers[key]


def plain(found: SideBySide, places: Mapping[str, str], version: str) -> dict[str, Any]:
    """Return what the page says of a comparison.

    Args:
        found: The comparison.
        places: Where each file is, as the user would name it.
        version: Of this program.
    """
    told = _Told()
    sections = [_section(kind, found, told, places) for kind in (None, *KINDS)]
    of_set = [[[told.loss(loss), 0] for loss in found.of_set[target]] for target in found.targets]
    codes = sorted({loss["code"] for loss in told.losses.values()})
    return {
        "version": version,
        "clients": [{"id": one, "title": text.client(one), "place": registry.FORMATS[one].place} for one in found.targets],
        "sources": list(dict.fromkeys(text.client(entry.client) for entry in found.entries)),
        "effects": plain_words.EFFECTS,
        "levels": _LEVELS,
        "sections": [section for section in sections if section["entries"]],
        "of_set": of_set,
        "whole_set": WHOLE_SET,
        "losses": list(told.losses.values()),
        "codes": {code: links.loss(code) for code in codes},
        "told": [_diagnostic(one, places) for one in found.diagnostics],
        "files": told.files,
        "lines": list(told.lines),
    }


def _section(kind: str | None, found: SideBySide, told: _Told, places: Mapping[str, str]) -> dict[str, Any]:
    noun = NOUNS[kind] if kind else "agent"
    chosen = [entry for entry in found.entries if entry.kind == kind]
    entries = [_entry(entry, found, told, places) for entry in chosen]
    return {"kind": kind or "agents", "noun": noun, "entries": entries}


def _entry(entry: Entry, found: SideBySide, told: _Told, places: Mapping[str, str]) -> dict[str, Any]:
    path = entry.source.path if entry.source else ""
    return {
        "name": text.safe(entry.id),
        "client": text.client(entry.client),
        "path": text.safe(places.get(path, path)),
        "file": told.file(entry.source.data) if entry.source else None,
        "state": entry.state.value,
        **_may(entry.reading),
        "told": [_diagnostic(one, places) for one in entry.told],
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
        **_may(one.reading),
        "losses": [[told.loss(placed.loss), placed.span.line if placed.span else 0] for placed in one.losses],
        **({"told": [_diagnostic(diagnostic, {}) for diagnostic in one.diagnostics]} if one.diagnostics else {}),
    }


def _may(reading: Reading | None) -> dict[str, Any]:
    """Return what an agent may do in a client, as that reads it."""
    if reading is None or reading.tools is None:
        return {}
    found = {"tools": text.safe(reading.tools), "effects": [level for _, level in reading.levels]}
    return {**found, **({"unheld": [text.safe(key) for key in reading.unheld]} if reading.unheld else {})}


def _diagnostic(one: Diagnostic, places: Mapping[str, str]) -> dict[str, Any]:
    span = one.span
    return {
        "severity": one.severity.value,
        "message": text.safe(one.message),
        **({"hint": text.safe(one.hint)} if one.hint else {}),
        **({"path": text.safe(places.get(span.path, span.path)), "line": span.line} if span else {}),
    }
