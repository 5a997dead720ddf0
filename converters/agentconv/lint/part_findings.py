"""What rules about parts have in common: what the clients' own readers say of a file, and the keys in it that nobody reads."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.diagnostics import Severity
from agentconv.core.suggestions import folded, nearest
from agentconv.formats import registry
from agentconv.lint import part_inspection
from agentconv.lint.passages import shown, title, titles
from agentconv.parts.registry import part_format

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from agentconv.core.diagnostics import Code, Diagnostic
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject
    from agentconv.parts.fault import Fault
    from agentconv.sources.parts_on_disk import LoadedPart

LONGEST = 160
_NEAR = 0.84
_RESTRAINING = ("invoked_by", "denied_tools", "hooks", "definition.disabled_tools", "definition.enabled_tools", "definition.enabled")
"""Fields of parts that restrain somebody."""


_SCOPING = ("paths", "when")
"""Fields that say where something counts."""


def told(self: Rule, subject: Subject, codes: Collection[Code]) -> Iterator[Finding]:
    """Find what the readers of the clients say of a file that look where it lies, each thing once."""
    clients: dict[tuple[int, str], list[str]] = {}
    first: dict[tuple[int, str], Diagnostic] = {}
    for client in subject.asked:
        for one in _said(subject, client):
            if one.code in codes:
                start = subject.source.offset(one.span.line, one.span.column) if one.span else 0
                what = start, one.reason or one.key or one.message
                first.setdefault(what, one)
                clients.setdefault(what, []).append(client)
    for (start, _), one in first.items():
        own, *others = dict.fromkeys(clients[start, _])
        hint = one.hint or "mend it, or take it out"
        help_text = f"{hint}; it is so in {titles(others)}, too" if others else hint
        yield self.find(
            shown(one.message, LONGEST), (start, start), help_text, severity=_severity(self, subject, one), clients=(own, *others)
        )


def _said(subject: Subject, client: str) -> tuple[Diagnostic, ...]:
    """Return what a client's reader says of the file, where it lies."""
    if client == subject.format:
        return subject.parts.diagnostics
    return tuple(dict.fromkeys(said for one in subject.loaded(client) for said in one.told))


def _severity(self: Rule, subject: Subject, one: Diagnostic) -> Severity:
    """Return how much it matters: what restrains somebody and does not count is an error."""
    if one.severity is Severity.NOTE:
        return Severity.NOTE
    kind = subject.part.kind if subject.part else "skills"
    field = schema_files.part_rows(kind, one.client or subject.format).get(one.key or "", {}).get("x-field", "")
    return Severity.ERROR if field in _RESTRAINING else self.severity


def faults(subject: Subject, *kinds: str) -> Iterator[tuple[Any, Fault]]:
    """Yield what is wrong with the parts of a file that its client takes, by the module `faults` of their kind.

    That module is loaded when there is such a file: most projects that are linted have agents alone.
    """
    if subject.part is None:
        return
    module: Any = part_format(subject.format, subject.part.kind)
    client = module.client_of(subject.part.source) if subject.part.kind == "servers" else module
    of = import_module(f"agentconv.parts.{subject.part.kind}.faults").of
    for part, state in zip(subject.parts.parts, subject.parts.states, strict=True):
        for fault in () if state.dropped else of(part, client):
            if fault.kind in kinds:
                yield part, fault


def rows(subject: Subject) -> dict[str, dict[str, Any]]:
    """Return what the client's schema says of each key of a file's parts."""
    found = schema(subject)
    return found["properties"] if found else {}


def schema(subject: Subject) -> dict[str, Any] | None:
    """Return the client's schema of a file's parts; None where their keys are described nowhere."""
    if subject.part is None or subject.part.astray:
        return None
    module: Any = part_format(subject.format, subject.part.kind)
    if subject.part.kind == "instructions" and not module.files_at(subject.part.source.place).keys:
        return None
    of = module.client_of(subject.part.source).schema if subject.part.kind == "servers" else subject.format
    return schema_files.part_of(subject.part.kind, of)


def unread_keys(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Find the keys that the client does not read: those that are nearly its own, those of another client, and the rest together."""
    pairs = (pair for part in subject.parts.parts for pair in part.extras.get(subject.format, {}).items())
    yield from unread(self, subject, dict(pairs), rows(subject))


def unread(self: Rule, subject: Subject, given: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[Finding]:
    """Find the keys that are none of those that the client knows."""
    rest = []
    for key, value in {key: value for key, value in given.items() if key not in known}.items() if known else ():
        near, owner = _spelling(key, known), _owner(subject, key)
        if near:
            help_text, severity = f"did you mean `{near}`?", Severity.WARNING
            restrains = _restrains(known[near].get("x-field"), key, value)
        elif owner:
            help_text = f"it is a key of {registry.FORMATS[owner[0]].title}"
            severity, restrains = Severity.WARNING if owner[1] in _SCOPING else Severity.NOTE, _restrains(owner[1], key, value)
        else:
            rest.append(key)
            continue
        message = f"{title(subject)} does not read `{shown(key)}`: what it says does not count"
        worse = Severity.ERROR if restrains else severity
        yield self.find(message, place_of(subject, key), help_text, severity=worse, clients=(subject.format,))
    if rest:
        names = shown(", ".join(f"`{key}`" for key in rest), 100)
        message = f"{title(subject)} does not read {names}"
        help_text = "keep it for people, or take it out"
        yield self.find(message, place_of(subject, rest[0]), help_text, severity=Severity.NOTE, clients=(subject.format,))


def _restrains(field: str | None, key: str, value: Any) -> bool:
    """Whether a key that would hold a field restrains somebody by a value: `disabled: true` does, and `enabled: true` does not."""
    if field in ("definition.enabled", "invoked_by"):
        return value is ("disab" in folded(key))
    return field in _RESTRAINING and bool(value)


def _spelling(key: str, known: Collection[str]) -> str | None:
    """Return the client's key that another one is a slip of."""
    same = next((name for name in known if folded(name) == folded(key)), None)
    return same or (nearest(key, known, _NEAR) if len(key) > _SHORTEST else None)


_SHORTEST = 3


def _owner(subject: Subject, key: str) -> tuple[str, str] | None:
    """Return the client that has a key which means something in such parts, and the field that it holds."""
    kind = subject.part.kind if subject.part else "skills"
    for client in registry.CLIENTS:
        field = schema_files.part_rows(kind, client).get(key, {}).get("x-field", "extras") if part_format(client, kind) else "extras"
        if field != "extras":
            return client, field
    return None


def shadowed(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Find the parts of a file that a client does not have, since it takes what another file calls by the same name."""
    for one, other, severity in hidden(self, subject):
        takes = f"now and then {other}" if part_inspection.races(one.client, one.kind) else other
        message = shown(f"{registry.FORMATS[one.client].title} takes {takes} in place of `{one.part.name}` here", LONGEST)
        place = place_of(subject, one.part.name or "") if one.source and not one.source.place.pattern else (0, 0)
        yield self.find(message, place, "give one of them another name, or take it out", severity=severity, clients=(one.client,))


def hidden(self: Rule, subject: Subject) -> Iterator[tuple[LoadedPart, str, Severity]]:
    """Yield the parts of a file that a client takes another file for, which says something else, with that and how much it matters."""
    for client in subject.asked if subject.part else ():
        for one in subject.loaded(client):
            if one.hidden_by and subject.part and not one.state.dropped and not _says_the_same(subject, one):
                severity = self.severity if one.is_own else Severity.NOTE
                yield one, one.hidden_by, severity


def _says_the_same(subject: Subject, one: LoadedPart) -> bool:
    """Whether what a client takes in place of a part is the same, so that nothing is lost."""
    from agentconv.core.part_format import difference

    found = subject.part.project.in_file(one.client, one.kind, one.hidden_by or "") if subject.part else ()
    same = (other for other in found if (other.part.name == one.part.name or one.kind == "instructions"))
    return any(not {*difference(one.part, other.part)} - {"name"} for other in same)


def place_of(subject: Subject, word: str, after: int = 0, *, key: bool = True) -> tuple[int, int]:
    """Return where a key, or another word, stands in a file; its beginning where it is spelled in another way."""
    spelled = rf"(?m)(?:^[ \t]*|[{{,][ \t\r\n]*)([\"']?{re.escape(word)}[\"']?)[ \t]*[:=]" if key else rf"(?<![$\\])({re.escape(word)})"
    match = re.compile(spelled).search(subject.text, after) or re.compile(spelled).search(subject.text)
    return match.span(1) if match else (0, 0)
