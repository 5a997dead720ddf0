"""What is wrong with the words of a format that another distribution brings (`<id>.toml`): loaded where there is one.

A fact that is misspelled is taken for one that is left out, and so for false: everything that is said is held to the schema.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from agentconv.core import broken, extensions, schema_files, schema_words
from agentconv.core.access import CAPABILITIES
from agentconv.core.suggestions import nearest
from agentconv.core.verdict import verdict
from agentconv.core.vocabulary import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.extensions import Extension

_LOOKED_FOR = ("tools", "retired")
"""The tables in which a word stands for capabilities."""


def fault(words: dict[str, Any], format_id: str) -> str | None:
    """Return the first thing that is wrong with a format's words, by its key; None where nothing is."""
    return next(_faults(words, format_id), None)


def _faults(words: dict[str, Any], format_id: str) -> Iterator[str]:
    schema = json.loads((schema_files.FOLDER / "words.schema.json").read_text("utf-8"))  # where others lie depends on this
    for key, value in words.items():
        row = schema["properties"].get(key)
        if row is None:
            close = nearest(key, schema["properties"])
            yield f"there is no key `{key}`; " + (f"did you mean `{close}`?" if close else f"delete it: {_listed(schema)} there are")
        elif not _follows(held := _as_said(value, row), row, schema):
            yield _said(key, held, row, schema)
    yield from _unknown_formats(words, format_id)
    for name in _LOOKED_FOR:
        yield from _unknown_capabilities(name, words.get(name, {}))
    for word, meant in words.get("aliases", {}).items():
        if meant not in words.get("tools", {}):
            yield f"`aliases`: `{word}` stands for `{meant}`, which is no word in `tools`; name one of these"
    yield from _unserved_tiers(words)


def _unserved_tiers(words: dict[str, Any]) -> Iterator[str]:
    """Yield the tiers whose models no word says that the client serves: they would be written for models of others."""
    from agentconv.core import known_models

    models = words.get("models", {})
    aliases = models.get("aliases", {})
    is_known = "ids" in models or "serves" in models  # else a user may have any provider's
    for tier, model in words.get("tiers", {}).items() if is_known else ():
        ids = (model, model.rpartition("/")[2])
        if model.casefold() not in aliases and not any(known_models.serves_id(models, one) for one in ids):
            close = nearest(model, [*aliases, *models.get("ids", ())])
            known = f"did you mean `{close}`?" if close else "name one of `models.aliases`, or one that `models.serves` or `models.ids` has"
            yield f"`tiers.{tier}`: the client serves no model `{model}`; {known}"


def _unknown_formats(words: dict[str, Any], format_id: str) -> Iterator[str]:
    """Yield which formats that are named there are not; one whose words are another's is none to take words from."""
    others = {one.name: one for one in extensions.of(extensions.FORMATS)}
    known = {PurePosixPath(name).stem for name in json.loads(FILE.read_text("utf-8")) if name.startswith("formats/")} | others.keys()
    like = words.get("like")
    for key, name in (
        *([("like", like)] if like else ()),
        *(("install.also_reads", one) for one in words.get("install", {}).get("also_reads", ())),
    ):
        if name not in known:
            close = nearest(name, known)
            yield f"`{key}`: there is no format `{name}`; " + (f"did you mean `{close}`?" if close else "name one that is there")
    if like == format_id:
        yield "`like` names the format itself; name the one whose words are the same"
    elif like in others and "like" in _words_of(others[like]):
        yield f"`like`: the words of `{like}` are another format's; name that one"


def _words_of(other: Extension) -> dict[str, Any]:
    import tomli

    try:
        found: dict[str, Any] = tomli.loads(Path(other.folder or "", f"{other.name}.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # which is told of that one
    return found


def _as_said(value: Any, row: dict[str, Any]) -> Any:
    """Return a value as JSON has it: a day of TOML is a text there."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) and row.get("type") == "string" else value


def _follows(value: Any, row: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether a value follows its row; what is not surely known to follow it does not."""
    return verdict(value, row, schema) is True


def _said(key: str, value: Any, row: dict[str, Any], schema: dict[str, Any]) -> str:
    """Say what a value is to be."""
    errors = broken.by(value, row, schema)
    if errors is None:
        from jsonschema import Draft202012Validator

        validator = Draft202012Validator({"$defs": schema["$defs"], **row})
        errors = list(validator.iter_errors(value))
    found = schema_words.fault(key, value, errors, schema) if errors else None
    if found is None:
        return f"`{key}` has a value that it does not take; docs/library.md says where its keys are listed"
    hint = found.remedy if found.remedy and not found.remedy.startswith("write ") else None  # what to write was just said
    return f"{found.reason}; {hint}" if hint else found.reason


def _listed(schema: dict[str, Any]) -> str:
    return ", ".join(schema["properties"])


def _unknown_capabilities(table: str, words: dict[str, str | list[str]]) -> Iterator[str]:
    for word, meaning in words.items():
        for one in [meaning] if isinstance(meaning, str) else meaning:
            if one and one not in CAPABILITIES:  # none is what a tool says that does nothing
                close = nearest(one, CAPABILITIES)
                known = f"did you mean `{close}`?" if close else f"there are {', '.join(CAPABILITIES)}"
                yield f"`{table}`: `{word}` is said to do `{one}`, which nothing is called; {known}"
