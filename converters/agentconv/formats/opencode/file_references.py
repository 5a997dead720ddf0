"""`{file:path}` in a configuration: where it stands, and what of the texts of its agents is known because of it.

Measured on OpenCode 1.18.33 and Kilo 7.7.9 (`debug config`). The text of the file, trimmed, takes the place of the reference; the
path is relative to the configuration, blanks in it count, and nothing in the file is filled in again. Bytes that are not UTF-8 are
U+FFFD. A file that is not there stops OpenCode, and costs Kilo its configuration. OpenCode looks at the text of the configuration,
and passes over lines of comment alone; Kilo looks at the values. Before that, `{env:NAME}` is filled in: with nothing, where the
variable is not set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import references
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.includes import MOST_BYTES, Include
from agentconv.core.meant import Foreign, Text
from agentconv.core.source import client_text, decode
from agentconv.families import included_prompts, json_records
from agentconv.families.included_prompts import known
from agentconv.families.javascript import SPACE
from agentconv.families.record_file import Roster
from agentconv.json import jsonc
from agentconv.json.jsonc import Array, Object, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.includes import Included
    from agentconv.core.ir import Agent, Json
    from agentconv.core.references import Part
    from agentconv.core.source import SourceText
    from agentconv.families.json_records import JsonFile
    from agentconv.json.jsonc import Node

LANGUAGE = "env"
"""The language of references that these clients fill in (`core/references`)."""
_REFERENCE = expression(r"\{file:([^}]+)\}")


def found(source: SourceText) -> list[Include]:
    """Return where a configuration names files: anywhere but in a line of comment."""
    matches = _REFERENCE.finditer(source.text) if "{file:" in source.text else ()
    return [Include(match[1], *match.span()) for match in matches if not _is_commented(source.text, match.start())]


def _is_commented(text: str, at: int) -> bool:
    return text[text.rfind("\n", 0, at) + 1 : at].lstrip(SPACE).startswith("//")


def in_values(source: SourceText) -> list[Include]:
    """Return those of them that stand in values."""
    texts = list(_texts(jsonc.parse(source.text.removeprefix("\ufeff"), jsonc.JSONC).root))
    shift = source.text.startswith("\ufeff")
    return [one for one in found(source) if any(start <= one.start - shift < end for start, end in texts)]


def _texts(root: Node | None) -> Iterator[tuple[int, int]]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Object):
            waiting += [member.node for member in node.members]
        elif isinstance(node, Array):
            waiting += node.items
        elif isinstance(node, Scalar):
            yield node.start, node.end


def parse(source: SourceText, roster: Roster, includes: Sequence[Include]) -> JsonFile:
    """Read a configuration's agents with the texts of the files that it names, as far as they are known."""
    return fill(json_records.parse(source, roster, jsonc.JSONC), source, includes)


def fill(file: JsonFile, source: SourceText, includes: Sequence[Include]) -> JsonFile:
    """Put the texts of the files that a configuration names into its agents; where one is not there, that is the file's problem."""
    if not includes:
        return file
    for record in file.records:
        if isinstance(record.value, dict):
            record.value = {key: filled(key, value, source) for key, value in record.value.items()}
    absent = next((one for one in includes if known(source, one.path).missing), None)
    if file.problem is None and file.records and absent is not None:
        reason = known(source, absent.path).problem
        file.problem = Complaint(f"`{{file:{absent.path}}}`: {reason}"), absent.start
    return file


def filled(key: str, value: Json, source: SourceText) -> Json:
    """Return the value of an agent's key with the files that it names in it; in a prompt, what is not known is told from the rest."""
    if key not in ("prompt", "description") or not isinstance(value, str) or "{file:" not in value:
        return value
    parts: list[Part] = []
    for part in references.read(LANGUAGE, value).parts:
        content = _content(known(source, part.text[6:-1])) if isinstance(part, Foreign) else None
        parts.append(part if content is None else content)
    text = references.joined(LANGUAGE, parts)
    return text if key == "prompt" else value if references.literal(text.parts) is None else str(text)


def _content(one: Included) -> str | None:
    return None if one.data is None else client_text(decode(one.data)).strip(SPACE)


def unread(source: SourceText, agents: Sequence[Agent], includes: Sequence[Include]) -> Iterator[Diagnostic]:
    """Say of which files that prompts name nothing is known, and why; the first that is not there is the problem of the whole file."""
    first = next((one.path for one in includes if known(source, one.path).missing), None)
    for agent in agents:
        text = agent.prompt.text if agent.prompt else ""
        named = [part.text[6:-1] for part in text.parts if isinstance(part, Foreign)] if isinstance(text, Text) else []
        for path in dict.fromkeys(named):
            one, place = known(source, path), next((one for one in includes if one.path == path), None)
            if path == first or place is None:
                continue
            yield included_prompts.unread(one, path, source.span(place.start, place.end), agent.name)


def alone(source: SourceText, pointer: str) -> str | None:
    """Return the file that an agent's prompt is, where it is nothing else; None where it is more, or no file."""
    key, _, token = pointer[1:].partition("/")
    file = json_records.parse(source, Roster(f"/{key}", by_name=True), jsonc.JSONC)
    entry = next((one.value for one in file.records if file.pointer_to(one) == pointer), None) if token else None
    prompt = entry.get("system" if key == "agents" else "prompt") if isinstance(entry, dict) else None
    match = _REFERENCE.fullmatch(prompt) if isinstance(prompt, str) else None
    return match[1] if match else None


def with_text(one: Included, text: object) -> Included | None:
    """Return a file with another text in it, between the blanks around the old one; None where it cannot be read again as it is meant."""
    old = _content(one)
    if old is None or one.data is None or not isinstance(text, str) or isinstance(text, Text) or not text or text != text.strip(SPACE):
        return None
    before = decode(one.data)
    start = len(before) - len(before.lstrip(SPACE))
    try:
        put = replace(one, data=(before[:start] + text + before[start + len(before.strip(SPACE)) :]).encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return None
    return put if _content(put) == text and len(put.data or b"") <= MOST_BYTES else None
