"""What an editor shows about a line: what its key is to its client, and what becomes of it in the project's other assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import losses, schema_files, vocabulary
from agentconv.core.expressions import expression
from agentconv.core.source import SourceText
from agentconv.editors import places, plain
from agentconv.formats import registry
from agentconv.render import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.diagnostics import Loss
    from agentconv.editors.document import Document
    from agentconv.editors.looked import Looked
    from agentconv.editors.places import Place
    from agentconv.lint.subject import Subject

_WORD = expression(r"[\w$.@/*-]+")
_LANGUAGES = {".md": "yaml", ".toml": "toml", ".json": "json", ".jsonc": "jsonc", ".yaml": "yaml", ".yml": "yaml"}
_MOST_LINES = 6


def of(document: Document, offset: int) -> str | None:
    """Return what there is to say about a character's line, as Markdown; None for nothing."""
    looked = document.looked
    if looked is None or looked.subject is None or not looked.has_agents:
        return None
    subject = looked.subject
    place = places.at(subject, document.positions, offset)
    if place is None:
        return None
    pieces = [*_key(subject, place), *_tool(subject, place, offset)]
    line = document.text[slice(*document.positions.line(document.positions.line_of(offset)))].strip()
    pieces += [_elsewhere(looked, place, target, line) for target in looked.targets]
    subject.forget()
    return "\n\n".join(pieces) or None


def key(format_id: str, name: str) -> str | None:
    """Return what a key is to its client, with when and where that was found out; None for a key that it does not know."""
    schema = schema_files.load(format_id)
    return told(schema, name, format_id) if name in schema["properties"] else None


def told(schema: dict[str, Any] | None, name: str, format_id: str, noun: str = "agent") -> str:
    """Return what a schema says of a key."""
    row = (schema or {}).get("properties", {}).get(name)
    if schema is None or row is None:
        return ""
    invalid = next(one["description"] for one in _invalid() if one["const"] == row["x-invalid"])
    field = "" if row["x-field"] == "extras" else f"\n\nOther assistants know it as {plain.code(row['x-field'])}."
    seen = schema["x-verified"]
    documented = vocabulary.is_documented_only(format_id)
    how = f"By the documentation of {seen['client']}" if documented else f"Seen with {seen['client']} {seen.get('version', '')}".rstrip()
    wrong = f"With a value that it does not take: {invalid[0].lower()}{invalid[1:]}".replace("agent", noun)
    return f"{plain.words(row['description'])}{field}\n\n{wrong}\n\n{how}, {seen['date']} ([documentation]({seen['page']}))"


def _invalid() -> Sequence[dict[str, str]]:
    found: Sequence[dict[str, str]] = schema_files.load("annotations")["$defs"]["key"]["properties"]["x-invalid"]["oneOf"]
    return found


def _key(subject: Subject, place: Place) -> Iterator[str]:
    if place.key == places.PROMPT:
        return
    title = registry.FORMATS[subject.format].title
    told = key(subject.format, place.key)
    yield f"{plain.code(place.key)}: a key of {title}" if told else f"{plain.code(place.key)}: {title} does not know this key"
    if told:
        yield told


def _tool(subject: Subject, place: Place, offset: int) -> Iterator[str]:
    """Yield what a tool's word means, where there is one."""
    if not (place.start <= offset <= place.end) or not _is_of_tools(subject.format, place.key):
        return
    word = next((match[0] for match in _WORD.finditer(subject.text, place.start, place.end) if match.start() <= offset <= match.end()), "")
    found = vocabulary.tool_word(subject.format, word)
    if found is not None and found.capabilities:
        retired = ", which the client no longer has" if found.how == "retired" else ""
        yield f"{plain.code(word)} is the tool for {', '.join(map(plain.code, found.capabilities))}{retired}"


def _is_of_tools(format_id: str, name: str) -> bool:
    row = schema_files.load(format_id)["properties"].get(name, {})
    return str(row.get("x-field", "")).startswith("tools")


def _elsewhere(looked: Looked, place: Place, target: str, line: str) -> str:
    """Return what becomes of a line in another assistant; of the agent's name, what becomes of all that has no line of its own."""
    done = looked.converted(target)
    subject = looked.subject
    if subject is None:
        return ""
    agent = subject.result.set.agents[place.agent]
    title = registry.FORMATS[target].title
    own = [one for one in done if agent.name is None or not one.agents or any(_is_called(id_, agent.name) for id_ in one.agents)]
    losses = [loss for one in own for loss in one.losses]
    lines = [f"- {loss(one)}" for one in losses if _is_here(subject, place, one)]
    written = next((shown for one in own if (shown := _written(subject, place, target, one, line))), None)
    refused = any(one.refused for one in own)
    state = ": the agent is not written" if refused else "" if written or lines else _state(subject, place, own)
    head = f"**{title}**{state}"
    return "\n".join([head, *([f"\n{written}\n"] if written and not refused else [""]), *lines]).rstrip()


def _state(subject: Subject, place: Place, own: Sequence[Converted]) -> str:
    """Say what becomes of a key that no line holds: a name may be that of the file."""
    file = next((one.file for one in own if one.file is not None), None)
    is_name = place.key == subject.key_of("name")
    return f": the name of the file, {plain.code(file.path)}" if file is not None and is_name else ": nothing of it"


def _is_called(id_: str, name: str) -> bool:
    return id_ == name or id_.startswith(f"{name}~")


def _is_here(subject: Subject, place: Place, loss: Loss) -> bool:
    """Whether a loss is one of a key's value; one of what the file has no key for is told with the agent's name."""
    own = _key_of(subject, loss.field)
    if own is not None and subject.has(place.agent, own):
        return own == place.key
    return place.key == (subject.key_of("name") or subject.key_of("description"))


def _key_of(subject: Subject, field: str) -> str | None:
    """Return the key that holds a field, or the part of one that a loss is about."""
    if field.startswith("extras."):
        return field.rpartition(".")[2]
    if field.partition(".")[0] == "prompt":
        return subject.key_of("prompt.text")
    return subject.key_of(field) or subject.key_of(field.partition(".")[0]) or None


def loss(loss: Loss) -> str:
    """Return a loss in a line."""
    summary = text.for_target(losses.rule(loss.code).summary, loss.target)
    meant = losses.hint_in_library(loss)
    hint = f" ({plain.words(meant)})" if meant else ""
    detail = f": {plain.words(str(loss.detail))}" if str(loss.detail) else ""
    return f"{loss.severity} {plain.code(loss.code)}: {plain.words(summary)}{detail}{hint}"


def _written(subject: Subject, place: Place, target: str, done: Converted, line: str) -> str | None:
    """Return the lines of the converted file that hold what a key says; of a prompt the one that is looked at, as the client reads it."""
    if done.file is None:
        return None
    wanted = set(_fields(subject.format, place.key))
    result = registry.load(target).read(SourceText(done.file.path, done.file.data))
    if _PROMPT in wanted:
        of_agent = result.set.agents[place.agent if len(result.set.agents) > 1 else 0 :][:1]
        texts = [agent.prompt.text for agent in of_agent if agent.prompt]
        return next((plain.block(_around(text, line)) for text in texts if text.strip()), None)
    source = done.file.data.decode("utf-8", "replace")
    shown = [
        source[source.rfind("\n", 0, one.start) + 1 : one.end]
        for one in places.of(result, target)
        if one.agent == (place.agent if len(result.set.agents) > 1 else 0) and _says(one.key, target, place.key, wanted)
    ]
    lines = "\n".join(shown).split("\n")
    suffix = done.file.path[done.file.path.rfind(".") :]
    return plain.block("\n".join(lines[:_MOST_LINES]), _LANGUAGES.get(suffix, "")) if shown else None


def _around(text: str, line: str) -> str:
    """Return the line of a prompt that is looked at, where it is there as it stands; else how the prompt begins."""
    lines = text.strip().split("\n")
    own = [one for one in lines if line and line == one.strip()] or [one for one in lines if one.strip() and one.strip() in line]
    return "\n".join(own[:1] or lines[:_MOST_LINES])


def _says(key: str, target: str, own: str, wanted: set[str]) -> bool:
    """Whether a key of another client's file holds what one says: the same fields, or, where no field holds it, the same key."""
    return bool(key) and (bool(wanted & set(_fields(target, key))) if wanted else key == own)


_PROMPT = "prompt.text"


def _fields(format_id: str, name: str) -> tuple[str, ...]:
    """Return the fields that a key holds."""
    if name == places.PROMPT:
        return (_PROMPT,)
    known = getattr(registry.load(format_id), "KEYS", {}).get(name)
    if known is not None:
        return tuple(known.fields)
    field = schema_files.load(format_id)["properties"].get(name, {}).get("x-field", "extras")
    return () if field == "extras" else (field,)
