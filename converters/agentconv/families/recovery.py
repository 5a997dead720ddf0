"""What a person takes the restrictions of a file for that its client drops.

A file that is dropped says nothing to the client, but its author meant something by it: a list of tools in a key that is of
another client, or a sandbox of a word that nobody knows. Recovered, such a file must not become an agent that may do everything:
words that are known count, and what is not understood grants nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import key_fields, patterns, schema_files, vocabulary
from agentconv.core.access import EVERY_CAPABILITY
from agentconv.core.ir import Rule, Sandbox, ToolGrant, unescape_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from agentconv.core.ir import Json

_ON = (True, "true", "allow")
_ACTIONS = {**dict.fromkeys(("allow", "true"), "allow"), "ask": "ask"}
_RESTRICTING_MODES = ("default", "dont-ask", "plan", "read-only")


def restrict(
    format_id: str, header: Mapping[str, Json], values: dict[str, object], refused: Collection[str], taken: Collection[str]
) -> None:
    """Add to an agent's fields what its header restricts and its client does not take.

    Args:
        format_id: The client's format.
        header: The keys that its file holds.
        values: The fields as far as they are known; changed.
        refused: Keys whose values the client does not take.
        taken: Keys that `values` holds.
    """
    for name, value in header.items():
        if name in taken:
            continue
        if name not in refused and unescape_key(name) in key_fields.of(format_id):
            continue
        client, path = _meaning(format_id, name)
        if path is None or (_means_else(name) and schema_files.complaint(client, unescape_key(name), value)):
            continue
        for field, found in _READINGS[path](client, name, value).items():
            _narrow(values, field, found)


@cache
def _meaning(format_id: str, name: str) -> tuple[str, str | None]:
    """Return the client to which a key restricts something (this one first, then known ones), and the field that it restricts."""
    for client in (format_id, *_known(), *schema_files.client_names()):
        field = key_fields.of(client).get(unescape_key(name))
        if field in _READINGS:
            return client, field
    return format_id, None


def _known() -> Iterator[str]:
    """Yield the formats whose keys people know: what these mean is not changed by a client that comes anew."""
    return (client for client in schema_files.client_names() if vocabulary.fact(client, "known_elsewhere"))


@cache
def _means_else(name: str) -> bool:
    """Whether a key that restricts something in one client is for something else in another: the value tells then which is meant."""
    found = (key_fields.of(client).get(unescape_key(name), "extras") for client in _known())
    return any(field not in ("extras", *_READINGS) for field in found)


def _narrow(values: dict[str, object], field: str, found: Any) -> None:
    """Set a field, or, where it says something already, let it say both."""
    present: Any = values.get(field)
    if field in ("tools.deny", "permissions.rules"):
        values[field] = (*(present or ()), *found)
    elif field == "permissions.sandbox" and present is not None:
        values[field] = Sandbox(present.files, False) if present.files == "workspace-write" else present
    elif field == "tools.allow":
        values.setdefault(field, found)
    elif field != "tools.mode" or present in (None, "inherit"):
        values[field] = found


def listed(format_id: str, _name: str, value: Json) -> Mapping[str, object]:
    """Return the tools that a person takes a value for: its words, and nothing where it has none, since the author meant a list."""
    grants = tuple(_grants(format_id, value))
    if any(grant.native == "*" for grant in grants):
        return {}
    return {"tools.mode": "list" if grants else "none", "tools.allow": grants}


def _grants(format_id: str, value: Json) -> Iterator[ToolGrant]:
    """Yield what each word of a list, or of a text that is one, stands for."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value if isinstance(value, list) else []
    own = vocabulary.words_of(format_id)
    for word in words:
        if isinstance(word, str):
            found = vocabulary.tool_word(format_id, word)
            yield ToolGrant(word, own, found.capability if found else None)


def _denied(format_id: str, name: str, value: Json) -> Mapping[str, object]:
    """Return the tools that a key denies: of a table those that are not switched on, and for a switch the tool of its name.

    A value without a word says that something is denied, and not what.
    """
    words: Json = [word for word, on in value.items() if on not in _ON] if isinstance(value, dict) else value
    known = tuple(grant for grant in (*_grants(format_id, [name]), *_grants(format_id, words)) if grant.capability)
    if known:
        return {"tools.deny": known}
    return {} if isinstance(value, dict) or value == [] or any(_grants(format_id, value)) else {"tools.mode": "none"}


def _mode(format_id: str, name: str, value: Json) -> Mapping[str, object]:
    """Return the permission mode of a word, where it restricts; asking, where nobody knows the word."""
    word = name if value in (True, "true") else value
    if word in (False, "false"):
        return {}
    known = [vocabulary.portable_mode(client, word) for client in (format_id, *vocabulary.known_elsewhere()) if isinstance(word, str)]
    mode = next(filter(None, known), "default")
    return {"permissions.mode": mode} if mode in _RESTRICTING_MODES else {}


def _sandbox(_format_id: str, _name: str, value: Json) -> Mapping[str, object]:
    """Return the sandbox of a word; the narrowest, where nobody knows it."""
    return {"permissions.sandbox": Sandbox("workspace-write" if value == "workspace-write" else "read-only")}


def _rules(format_id: str, name: str, value: Json) -> Mapping[str, object]:
    """Return the rules of a map of permissions, in which what is no action denies; anything else is a list of tools."""
    if value in ("allow", "ask", "deny"):
        value = {EVERY_CAPABILITY: value}
    if not isinstance(value, dict):
        return listed(format_id, name, value)
    rules = []
    for key, entry in value.items():
        found = vocabulary.tool_word(format_id, key)
        meaning = EVERY_CAPABILITY if key == EVERY_CAPABILITY else found.capability if found else None
        for pattern, action in entry.items() if isinstance(entry, dict) else [(None, entry)]:
            effect: Any = "allow" if action is True else _ACTIONS.get(str(action), "deny")
            rules.append(Rule(effect, key, format_id, meaning, None if pattern is None else patterns.spoken(format_id, key, pattern)))
    return {"permissions.rules": tuple(rules), "permissions.resolution": "last"} if rules else {}


_READINGS: Mapping[str, Callable[[str, str, Json], Mapping[str, object]]] = {
    "tools.allow": listed,
    "tools.mode": listed,
    "tools.deny": _denied,
    "permissions.mode": _mode,
    "permissions.sandbox": _sandbox,
    "permissions.rules": _rules,
}
"""By the field that a key restricts, how a person reads a value of it."""
