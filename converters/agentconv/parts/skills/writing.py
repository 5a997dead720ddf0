"""Writing a skill's folder: of a SKILL.md that is there, or of the source's, only what means something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.part_format import PartSource, WrittenFile, difference
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter, markdown
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Refused
from agentconv.parts.skills import reading
from agentconv.yaml import emitter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.ir import Json
    from agentconv.core.parts import Command, Skill
    from agentconv.families.keys import Key
    from agentconv.parts.skills.client import Client


def write(client: Client, parts: Iterable[Skill], path: str, original: PartSource | None) -> tuple[WrittenFile, ...]:
    """Write a skill's folder; without a skill, nothing."""
    skill = next(iter(parts), None)
    if skill is None:
        return ()
    folder = path.rpartition("/")[0]
    files = (WrittenFile(f"{folder}/{file.path}", file.data, file.executable) for file in skill.files)
    return WrittenFile(path, _text(client, skill, path, original), original.executable if original else False), *files


def _text(client: Client, skill: Skill, path: str, original: PartSource | None) -> bytes:
    if original is not None:
        there = PartSource(SourceText(path, original.text.data), original.place, skill.files)
        data = _patched(client, skill, there)
        if data is not None:
            return data
    return encode(_rendered(client, skill))


def _patched(client: Client, skill: Skill, there: PartSource) -> bytes | None:
    """Change only what differs; None where the file cannot be read as its client's, or single values not be changed."""
    old = reading.read(client, there)
    dropped = old.states[0].dropped
    at_home = skill.origin is not None and skill.origin.format == client.format
    if not difference(old.parts[0], skill) and _words(old.parts[0]) == _words(skill) and (at_home or not dropped):
        return there.text.data
    header = reading.header_of(client, there.text)
    if isinstance(header, Complaint) or (header.error and not header.fallback):
        return None
    said = _as_trimmed(header.values) if dropped else encoded(client, old.parts[0])
    edits = frontmatter.patch(header, differences(said, encoded(client, skill)))
    if edits is None:
        return None
    data = encode(frontmatter.apply(there.text.text, [*edits, *_body_edit(client, header, old.parts[0], skill)]))
    again = reading.read(client, PartSource(SourceText(there.text.path, data), there.place, skill.files))
    return data if again.parts and not again.states[0].dropped and not difference(again.parts[0], skill) else None


def _words(skill: Skill) -> list[str]:
    """Return the words for what a skill grants and closes: those of another client may mean the same, and do nothing here."""
    return [one.native for tools in (skill.approved_tools, skill.denied_tools) for one in tools or ()]


def _as_trimmed(values: dict[str, Json]) -> dict[str, Json]:
    """Return a header's values with the description as it is read."""
    description = values.get("description")
    return {**values, "description": description.strip(SPACE)} if isinstance(description, str) else values


def _body_edit(client: Client, header: frontmatter.Header, old: Skill, skill: Skill) -> list[frontmatter.Edit]:
    if old.body == skill.body:
        return []
    start, end = reading.body_place(header)
    after = client.spell_body(skill)
    return [(start, end, after if start < end else f"\n{after}\n")]


def differences(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json | None]:
    """Return the keys that have another value now; None where one is gone."""
    changed: dict[str, Json | None] = {key: value for key, value in new.items() if key not in old or old[key] != value}
    changed.update(dict.fromkeys(old.keys() - new.keys()))
    return changed


def encoded(client: Client, skill: Skill) -> dict[str, Json]:
    """Return the keys of a skill's header; a value that the client passes over stays as it stood while it reads as the fields say."""
    extras = skill.extras.get(client.format, {})
    header: dict[str, Json] = {"name": extras.get("name", skill.name)}
    for name, key in client.table.items():
        value = extras[name] if name in extras and stands(key, extras[name], skill) else key.write(skill)  # type: ignore[arg-type]
        if value is not ABSENT:
            header[name] = value  # type: ignore[assignment]
    for name, value in extras.items():
        header.setdefault(name, value)
    if client.starters:
        header.update(client.starters.lower(skill))
    return header


def stands(key: Key, value: Json, part: Skill | Command) -> bool:
    """Whether a value, as the client takes it, says what the part's fields say."""
    try:
        found = key.read(value)
    except Ignored as reason:
        found = reason.values
    except Refused:
        return False
    return all((found.get(name) or None) == (getattr(part, name) or None) for name in key.fields)


def _rendered(client: Client, skill: Skill) -> str:
    """Write a file from nothing."""
    body = client.spell_body(skill)
    values = encoded(client, skill)
    header = emitter.mapping(values)
    if markdown.last_text(values).endswith("\n"):
        header += "\n"  # without it, some clients read such a text without its last line break
    return f"---\n{header}---\n\n{body}\n" if body else f"---\n{header}---\n"
