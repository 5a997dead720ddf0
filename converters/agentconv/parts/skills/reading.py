"""Reading a SKILL.md as its client does; what the client drops is recovered as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Cause, Code, Complaint, Diagnostic, Severity
from agentconv.core.format import State
from agentconv.core.ir import Origin
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import Skill
from agentconv.core.source import client_text
from agentconv.families import frontmatter, keys
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Decoded, Refused
from agentconv.parts import placeholders
from agentconv.parts.skills.keys import INFORMING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartSource
    from agentconv.core.source import SourceText
    from agentconv.parts.skills.client import Client


FILE = "SKILL.md"
_BODY = "/body"
"""What stands for a key where the body is refused: no key is called so."""


def read(client: Client, source: PartSource) -> PartsRead[Skill]:
    """Read a skill's folder as the client does. Raises nothing."""
    if source.text.size > client.max_bytes:
        problem = Complaint(f"the file is larger than {client.max_bytes:,} bytes", remedy="make it smaller; nothing of it was read")
        return _dropped(client, source, None, problem, source.text.span())
    header = header_of(client, source.text)
    if isinstance(header, Complaint):
        return _without_header(client, source, None, header, source.text.span())
    if header.error and not header.fallback:
        fault = header.fault()
        problem = Complaint(f"the header is not valid YAML: {fault.problem}", cause=Cause.SYNTAX, remedy=fault.remedy)
        return _without_header(client, source, header, problem, source.text.span(fault.offset))
    return _read_values(client, source, header)


def header_of(client: Client, source: SourceText) -> Header | Complaint:
    """Return a file's header, parsed as the client does."""
    header = client.find(source)
    if isinstance(header, Complaint):
        return header
    return frontmatter.parse(header, client.fallback, client.grammar, maps_only=client.repairs_all)


def _read_values(client: Client, source: PartSource, header: Header) -> PartsRead[Skill]:
    said = _decode(client, source, header.values, body_of(header))
    if said.refused:
        key, complaint = next(iter(said.refused.items()))
        return _dropped(client, source, header, complaint, header.span(key, *complaint.within))
    skill = _skill(client, source, said, body_of(header))
    told = [*_header_remarks(client, header, skill), *_key_remarks(client, header, said, skill)]
    return _result(skill, told)


def _result(skill: Skill, told: list[Diagnostic]) -> PartsRead[Skill]:
    degraded = any(one.severity is Severity.WARNING for one in told)
    return PartsRead((skill,), (State.DEGRADED if degraded else State.LOADS,), tuple(told))


def folder_of(path: str) -> str:
    """Return the name of a skill's folder, or of the file that is one by itself."""
    folder, _, file = path.rpartition("/")
    return client_text(folder.rpartition("/")[2] if file == FILE else file.rpartition(".")[0])


def _decode(client: Client, source: PartSource, values: dict[str, Json], body: str, *, lenient: bool = False) -> Decoded:
    """Return what a header's keys, and the files beside it, say to the client."""
    rest = {key: value for key, value in values.items() if key != "name"}
    lifted, problem = _lifted(client, rest)
    decoded = keys.decode(client.rows, client.table, rest, lenient=lenient)
    decoded.values.update(lifted)
    for name in INFORMING.keys() & decoded.extras.keys():
        wrong = schema_files.complaint(client.rows, name, decoded.extras[name])
        if wrong and wrong.effect.drops:
            decoded.refused[name] = wrong
    if problem:
        decoded.refused.setdefault(problem.key or "", problem)
    for file in source.files:
        if file.path in client.beside:
            decoded.values.update(client.beside[file.path](file.data))
    _name(client, source, values, decoded)
    _describe(client, decoded, body)
    if client.needs_body and not body:
        decoded.refused[_BODY] = Complaint("there is nothing below the header", remedy="write what is to be done")
    return decoded


def _lifted(client: Client, header: dict[str, Json]) -> tuple[dict[str, object], Complaint | None]:
    """Take the keys out of a header that only mean something together; where the client refuses one, what restrains is still taken."""
    problem = None
    found: dict[str, object] = {}
    try:
        found.update(client.lift(header))
    except Refused as reason:
        problem = reason.complaint(None, client.rows)
    if client.starters:
        found.update(client.starters.lift(header))
    return found, problem


def _describe(client: Client, decoded: Decoded, body: str) -> None:
    """Find what the client shows of the skill: its description, or, to some, what the body starts with."""
    description = decoded.values.get("description")
    if isinstance(description, str):
        decoded.values["description"] = description.strip(SPACE) or None
        if not decoded.values["description"]:
            decoded.extras["description"] = description
        _check_length(client, decoded)
    elif "description" not in decoded.refused:
        shown = client.described(body) if client.described else None
        if shown is not None:
            decoded.values["description"] = shown
            decoded.extras.pop("description", None)
        elif client.needs_description:
            decoded.refused["description"] = keys.missing("description", decoded.extras)


def _check_length(client: Client, decoded: Decoded) -> None:
    description, longest = decoded.values.get("description"), client.longest_description
    if longest is not None and isinstance(description, str) and len(description) > longest:
        reason = f"`description` is longer than {longest:,} characters"
        decoded.refused.setdefault("description", Complaint(reason, "description", remedy="shorten it"))


def _name(client: Client, source: PartSource, values: dict[str, Json], decoded: Decoded) -> None:
    """Find what the client calls the skill."""
    folder = folder_of(source.text.path)
    decoded.values["name"] = folder
    if client.name_from == "folder" and "*" in source.place.pattern:  # one that is named itself has the name that it says
        if values.get("name") not in (None, folder):
            decoded.extras["name"] = values["name"]
        return
    if "name" not in values:
        if client.name_from == "header":
            decoded.refused["name"] = keys.missing("name", decoded.extras)
        return
    try:
        name = client.read_name(values["name"])
    except Refused as reason:
        decoded.refused["name"] = reason.complaint("name", client.rows)
        return
    decoded.values["name"] = name or folder
    elsewhere = client.named_as_folder and decoded.values["name"] != folder
    problem = f"`name` is not that of its folder, `{folder}`" if elsewhere else client.bad_name(name)
    if problem:
        decoded.refused["name"] = Complaint(problem, "name")


def body_of(header: Header) -> str:
    """Return the text below a header, without blanks at its ends."""
    start, end = body_place(header)
    return client_text(header.source.text[start:end])


def body_place(header: Header) -> tuple[int, int]:
    """Return where the body stands."""
    text = header.source.text
    end = header.body + len(text[header.body :].rstrip(SPACE))
    return end - len(text[header.body : end].lstrip(SPACE)), end


def _skill(client: Client, source: PartSource, decoded: Decoded, body: str) -> Skill:
    named: Any = decoded.values.get("arguments") or ()
    values = {**decoded.values, "body": placeholders.parse(body, client.language, named)}
    extras = {client.format: decoded.extras} if decoded.extras else {}
    origin = Origin(client.format, source.text.path)
    return Skill(files=source.files, extras=extras, origin=origin, **values)  # type: ignore[arg-type]


def _without_header(client: Client, source: PartSource, header: Header | None, problem: Complaint, span: Span) -> PartsRead[Skill]:
    """Read a file in which the client finds no header that it can read: to some, it is a skill all the same."""
    if not (client.passes_over if header else client.bare):
        return _dropped(client, source, header, problem, span)
    body = body_of(header) if header else client_text(source.text.text).strip(SPACE)
    said = _decode(client, source, {}, body)
    if said.refused:
        return _dropped(client, source, header, next(iter(said.refused.values())), span)
    skill = _skill(client, source, said, body)
    if header is None:
        words = f"{client.client} takes the whole file for the skill's text: {problem.reason}"
        hint = "write a header with a name and a description"
        return _result(skill, [_told(client, Code.SYNTAX, words, span, hint, skill=skill, severity=Severity.NOTE)])
    words = f"{client.client} takes nothing of the header: {problem.reason}"
    return _result(skill, [_told(client, Code.SYNTAX, words, span, problem.remedy or "mend the header", skill=skill, cause=problem.cause)])


@dataclass(frozen=True, slots=True)
class _Person:
    """What a person reads in a file that the client drops."""

    values: dict[str, Json]
    body: str


def _dropped(client: Client, source: PartSource, header: Header | None, problem: Complaint, span: Span) -> PartsRead[Skill]:
    person = _as_a_person(client, source.text, header)
    said = _decode(client, source, person.values, person.body, lenient=True)
    said.values.setdefault("description", None)
    skill = _skill(client, source, said, person.body)
    hint = problem.remedy or "mend the file; its values were recovered as a person reads them"
    words = f"{client.client} does not load this skill: {problem.reason}"
    told = _told(client, Code.NOT_LOADED, words, span, hint, skill=skill, cause=problem.cause, key=problem.key)
    return PartsRead((skill,), (State.NOT_LOADED,), (replace(told, effect=problem.effect, reason=problem.reason),))


def _as_a_person(client: Client, source: SourceText, header: Header | None) -> _Person:
    if source.size > client.max_bytes:
        return _Person({}, "")
    if header is None:
        start = source.text.find("---\n") if source.text.lstrip(SPACE).startswith("---") else -1
        end = source.text.find("\n---", start + 4) if start >= 0 else -1
        if end < 0:
            return _Person({}, client_text(source.text).strip(SPACE))
        header = Header(source, start + 4, end + 1, end + 4)
        frontmatter.parse(header, None, client.grammar)
    if not header.values:
        frontmatter.recover(header, ("name", "description", *client.table, *(client.starters.names if client.starters else ())))
    return _Person(header.values, body_of(header))


def _told(
    client: Client,
    code: Code,
    words: str,
    span: Span,
    hint: str | None = None,
    *,
    skill: Skill,
    severity: Severity = Severity.WARNING,
    key: str | None = None,
    cause: Cause | None = None,
) -> Diagnostic:
    return Diagnostic(code, severity, words, span, hint, skill.name, client.format, key, cause=cause)


def _header_remarks(client: Client, header: Header, skill: Skill) -> Iterator[Diagnostic]:
    """Say what the header's own shape means to the client."""
    if header.fallback and header.error:
        fault = header.fault()
        words = f"not valid YAML ({fault.problem}); {client.client} loads it through its own repair, and clients without one drop it"
        hint = fault.remedy or "put the value in double quotes"
        yield _told(client, Code.FALLBACK, words, header.source.span(fault.offset), hint, skill=skill, severity=Severity.NOTE)
    if header.source.undecodable is not None:
        words = f"bytes that are not UTF-8; {client.client} shows U+FFFD in their place"
        yield _told(client, Code.UNDECODABLE, words, header.source.span(header.source.undecodable), "save the file as UTF-8", skill=skill)
    for name, node in header.duplicates():
        words = f"`{name}` is given twice; {client.client} uses the last one"
        yield _told(
            client, Code.DUPLICATE_KEY, words, header.source.span(header.place(node.start)), "delete one of them", skill=skill, key=name
        )


def _key_remarks(client: Client, header: Header, decoded: Decoded, skill: Skill) -> Iterator[Diagnostic]:
    for key, complaint in decoded.ignored.items():
        words = f"{client.client} does not take `{key}` as it is written: {complaint.reason}"
        yield replace(
            _told(client, Code.INVALID_VALUE, words, header.span(key, *complaint.within), skill=skill, key=key), effect=complaint.effect
        )
