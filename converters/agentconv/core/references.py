r"""What the values that MCP servers are given refer to, in whatever language, and the same in another: exactly, or not at all.

A language is what a client does with a text before it hands it on.

| language | a variable | meant as it stands | where |
|---|---|---|---|
| `braces` | `${X}`, `${X:-default}` | cannot be said | Claude Code, Factory Droid |
| `plugin` | as in braces (`${CLAUDE_PLUGIN_ROOT}`, `${user_config.x}`: the plugin's own) | cannot be said | plugins of Claude Code |
| `plugins` | as in the shell (`${PLUGIN_ROOT}`, `${CLAUDE_PLUGIN_ROOT}`: the plugin's folder) | cannot be said | plugins of Copilot |
| `rooted` | as in braces (`${AUGMENT_PLUGIN_ROOT}` and two more names: the plugin's folder) | cannot be said | plugins of Auggie |
| `portable` | none (`${PLUGIN_ROOT}`, `${PLUGIN_DATA}`: the plugin's own) | cannot be said | Agent Plugins |
| `extension` | as in the shell (`${extensionPath}`, `${workspacePath}`: the extension's own) | cannot be said | extensions of Gemini CLI |
| `bare` | `$X`, `${X}` | cannot be said | Qwen Code |
| `shell` | `$X`, `${X}`, `${X:-default}` | cannot be said | Copilot, the settings of Gemini CLI |
| `dotenv` | `$X`, `${X}`, `${X:-default}` | `\$X` | agents of Gemini CLI |
| `env` | `{env:X}` (`{file:path}`: the text of a file) | cannot be said | OpenCode, Kilo |
| `editor` | `${env:X}` (`${workspaceFolder}`: a folder) | cannot be said | Cursor, Roo Code |
| `keys` | has keys of its own for names of variables | every text | Codex |

Whether a variable without a default that is not set stays as it is spelled, or is nothing, is the client's business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.expressions import expression
from agentconv.core.meant import Foreign, Reference, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from agentconv.core.ir import McpServer
    from agentconv.core.server_variables import Variables

Part: TypeAlias = "str | Reference | Foreign"
CONTAINER_FOLDER = Foreign("${PLUGIN_ROOT}", "container")
"""The folder of the plugin or extension that a server is in, whatever its client calls that."""
PLACES = ("command", "args", "env", "cwd", "url", "headers")
"""The fields of a server whose values may hold references."""
_SIGNS = expression(r"[$\\{]")
"""What is in every text that any language reads otherwise than as it stands."""


@dataclass(frozen=True, slots=True)
class _Language:
    """How a client tells references from text."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Part]
    write: Callable[[Reference], str | None]
    escape: Callable[[str], str] = str
    """Spells a text so that nothing of it is taken for a reference, where the language can."""
    folder: str | None = None
    """What stands for the folder of the plugin or extension that the server is in."""


_BRACED = r"([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?"
_PLUGINS = r"CLAUDE_PLUGIN_ROOT|CLAUDE_PLUGIN_DATA|user_config\.[^}]+"
_EXTENSIONS = r"extensionPath|workspacePath|pathSeparator|/"
_SEPARATORS = ("${/}", "${pathSeparator}")


def _containers(language: str, folder: str) -> Callable[[re.Match[str]], Part]:
    """Return what reads a variable, or what only a container fills in: of that, what its own folder is means the same in all of them."""

    def read(found: re.Match[str]) -> Part:
        if found[1]:
            own = CONTAINER_FOLDER if found[0] == folder else Foreign(found[0], language)
            return "/" if found[0] in _SEPARATORS else own
        name, *more = [group for group in found.groups()[1:] if group is not None]
        return Reference(name, *more)

    return read


def _in_braces(one: Reference) -> str:
    return f"${{{one.env}}}" if one.default is None else f"${{{one.env}:-{one.default}}}"


_OPERATOR = expression(r":\+|\+|:-|-")


def _dotenv(found: re.Match[str]) -> Part:
    if found[0].startswith("\\"):
        return "$"
    name, operator, default = found[1] or found[2], None, None
    match = _OPERATOR.search(name)
    if match:
        name, operator, default = name[: match.start()], match[0], name[match.end() :]
    if operator in (":+", "+") or "$" in (default or "") or not _NAME.fullmatch(name):
        return Foreign(found[0], "dotenv")
    return Reference(name, default)


_NAME = expression(r"[A-Za-z_][A-Za-z0-9_]*")


def _without_default(form: str) -> Callable[[Reference], str | None]:
    return lambda one: form.format(one.env) if one.default is None else None


_LANGUAGES = {
    "braces": _Language(expression(rf"\$\{{{_BRACED}\}}"), lambda found: Reference(found[1], found[2]), _in_braces),
    "plugin": _Language(
        expression(rf"\$\{{(?:({_PLUGINS})|{_BRACED})\}}"),
        _containers("plugin", "${CLAUDE_PLUGIN_ROOT}"),
        _in_braces,
        folder="${CLAUDE_PLUGIN_ROOT}",
    ),
    "plugins": _Language(
        expression(rf"(\$\{{(?:CLAUDE_)?PLUGIN_ROOT\}})|\$\{{{_BRACED}\}}|\$([A-Za-z_][A-Za-z0-9_]*)"),
        lambda found: CONTAINER_FOLDER if found[1] else Reference(found[2] or found[4], found[3]),
        _in_braces,
        folder="${PLUGIN_ROOT}",
    ),
    "rooted": _Language(
        expression(rf"(\$\{{(?:CLAUDE|AUGMENT|AUGGIE)_PLUGIN_ROOT\}})|\$\{{{_BRACED}\}}"),
        lambda found: CONTAINER_FOLDER if found[1] else Reference(found[2], found[3]),
        _in_braces,
        folder="${AUGMENT_PLUGIN_ROOT}",
    ),
    "portable": _Language(
        expression(r"(\$\{(?:PLUGIN_ROOT|PLUGIN_DATA)\})"),
        _containers("portable", "${PLUGIN_ROOT}"),
        lambda _one: None,
        folder="${PLUGIN_ROOT}",
    ),
    "extension": _Language(
        expression(rf"\$\{{(?:({_EXTENSIONS})|{_BRACED})\}}|\$([A-Za-z_][A-Za-z0-9_]*)"),
        _containers("extension", "${extensionPath}"),
        _in_braces,
        folder="${extensionPath}",
    ),
    "bare": _Language(
        expression(r"\$\{([^}]+)\}|\$([A-Za-z0-9_]+)"),
        lambda found: Reference(found[1] or found[2]) if _NAME.fullmatch(found[1] or found[2]) else found[0],
        _without_default("${{{}}}"),
    ),
    "shell": _Language(
        expression(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$([A-Za-z_][A-Za-z0-9_]*)"),
        lambda found: Reference(found[1] or found[3], found[2]),
        _in_braces,
    ),
    "dotenv": _Language(
        expression(r"\\\$|\$\{([^{}]+)\}|\$([A-Za-z_][A-Za-z0-9_]*)"),
        _dotenv,
        _in_braces,
        lambda text: text.replace("$", "\\$"),
    ),
    "env": _Language(
        expression(r"\{env:([^}]+)\}|\{file:[^}]+\}"),
        lambda found: Reference(found[1]) if found[1] else Foreign(found[0], "env"),
        _without_default("{{env:{}}}"),
    ),
    "editor": _Language(
        expression(r"\$\{env:([^}]+)\}|\$\{[A-Za-z][^}]*\}"),
        lambda found: Reference(found[1]) if found[1] else Foreign(found[0], "editor"),
        _without_default("${{env:{}}}"),
    ),
    "secrets": _Language(expression(r"\$\{\{[^}]*\}\}"), lambda found: Foreign(found[0], "secrets"), lambda _one: None),
}
KEYS = "keys"
"""The language in which a text is never more than text: variables have keys of their own."""
LANGUAGES = (*_LANGUAGES, KEYS)


@lru_cache(maxsize=4096)
def read(language: str, text: str) -> Text:
    """Return a text of a language with what it is made of."""
    known = _LANGUAGES.get(language)
    if known is None:
        return Text(text)
    matches = list(known.pattern.finditer(text))
    if language == "dotenv" and _is_confused(text, matches):
        return Text(text, (Foreign(text, language),))
    parts: list[Part] = []
    done = 0
    for found in matches:
        parts += [text[done : found.start()], known.read(found)]
        done = found.end()
    return Text(text, merged([*parts, text[done:]]))


def _is_confused(text: str, matches: list[re.Match[str]]) -> bool:
    """Whether dotenv-expand, which looks at the whole text again after each value, may fill in something else.

    It does so where a reference is spelled within what is escaped before it, and where a dollar that is none stands before a value.
    """
    live = {found.start() for found in matches if not found[0].startswith("\\")}
    known = {place for found in matches for place in range(found.start(), found.end())}
    loose = any(char == "$" and place not in known for place, char in enumerate(text))
    return bool(live) and (
        loose
        or any(
            other.start() not in live
            for found in matches
            if found.start() in live
            for other in re.finditer(re.escape(found[0]), text[: found.start()])
        )
    )


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Join the texts that stand side by side, and leave out those of nothing."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined) or ("",)


@lru_cache(maxsize=4096)
def write(language: str, parts: tuple[Part, ...]) -> Text | None:
    """Return the text by which a language says the very same; None where it has none."""
    known = _LANGUAGES.get(language)
    if known is None:
        return Text(plain, parts) if (plain := literal(parts)) is not None else None
    pieces = [_piece(known, language, part) for part in parts]
    if None in pieces:
        return None
    made = read(language, "".join(filter(None, pieces)))
    return made if made.parts == parts else None


def _piece(known: _Language, language: str, part: Part) -> str | None:
    if isinstance(part, Reference):
        return known.write(part)
    if isinstance(part, Foreign):
        return known.folder if part == CONTAINER_FOLDER else part.text if part.language == language else None
    return known.escape(part)


def joined(language: str, parts: Iterable[Part]) -> Text:
    """Return a text of these parts, each spelled as a language spells it, whatever the whole of it would be read as."""
    whole = merged(list(parts))
    return Text("".join(_piece_of(language, part) for part in whole), whole)


def _piece_of(language: str, part: Part) -> str:
    if isinstance(part, Reference):
        return _LANGUAGES[language].write(part) or _in_braces(part)
    if part == CONTAINER_FOLDER and _LANGUAGES[language].folder:
        return _LANGUAGES[language].folder or ""
    return part.text if isinstance(part, Foreign) else part


def literal(parts: tuple[Part, ...]) -> str | None:
    """Return what a text of these parts is where it refers to nothing; None where it does."""
    return "".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else None


def parts_of(value: str) -> tuple[Part, ...]:
    """Return what a value is made of; a plain text is meant as it stands."""
    return value.parts if isinstance(value, Text) else (str(value),)


def common(parts: tuple[Part, ...]) -> str:
    """Spell what a value is made of for a reader, as most clients would."""
    return "".join(part if isinstance(part, str) else _in_braces(part) if isinstance(part, Reference) else part.text for part in parts)


@dataclass(frozen=True, slots=True)
class Left:
    """A value of a server that a client cannot be told."""

    place: str
    key: str | int | None
    parts: tuple[Part, ...]


def carried(server: McpServer, known: Variables) -> tuple[McpServer, tuple[Left, ...]]:
    """Return a server whose values a client reads as they were meant, and those that it can't be told; they stay as they are.

    Args:
        server: A server.
        known: How the client reads the values, of an agent's own servers or of its configuration.
    """
    left: list[Left] = []

    def made(place: str, key: str | int | None, value: str) -> str:
        found = _translated(known, place, key, value)
        if found is None:
            left.append(Left(place, key, parts_of(value)))
        return value if found is None else found

    return _with_values(server, made), tuple(left)


def _translated(known: Variables, place: str, key: str | int | None, value: str) -> str | None:
    """Return a value as a client says it; what nobody has read is as version 0.1.0 had it, and stays."""
    if not isinstance(value, Text):
        return value
    if known.refused and (literal(value.parts) is None or read(known.language or KEYS, str(value)).parts != value.parts):
        return None
    if known.language == KEYS and place in known.places and has_key(place, key, value.parts, known.keyed):
        return Text(common(value.parts), value.parts)
    if place in known.meant:  # no reference is filled in there, and what looks like one would be taken for one that was meant
        plain = literal(value.parts)
        return Text(plain) if plain is not None and read(known.language or KEYS, plain).parts == value.parts else None
    language = known.language if known.language and place in known.places else KEYS
    return value if read(language, str(value)).parts == value.parts else write(language, value.parts)


def has_key(place: str, key: str | int | None, parts: tuple[Part, ...], keyed: Collection[str] = ("env", "headers", "bearer")) -> bool:
    """Whether there is a key in which such a value is the name of a variable.

    Args:
        place: The field of the server.
        key: Which of its values it is.
        parts: What that is made of.
        keyed: What the client has such keys for.
    """
    *before, last = parts
    if not isinstance(last, Reference) or last.default is not None:
        return False
    if place == "env":
        return "env" in keyed and not before and last.env == key
    return ("headers" in keyed and not before) or ("bearer" in keyed and key == "Authorization" and before == ["Bearer "])


def written(language: str | None, server: McpServer, otherwise: Callable[[tuple[Part, ...]], str]) -> McpServer:
    """Return a server with its values in a language, and otherwise as said."""

    def made(place: str, key: str | int | None, value: str) -> str:
        parts = parts_of(value)
        if language == KEYS and has_key(place, key, parts):
            return Text(common(parts), parts)
        found = write(language or KEYS, parts)
        return otherwise(parts) if found is None else found

    return _with_values(server, made)


def without(server: McpServer, left: Iterable[Left]) -> McpServer:
    """Return a server without some of its variables and headers."""
    gone = {(one.place, one.key) for one in left}
    changed: dict[str, Any] = {
        place: {key: value for key, value in held.items() if (place, key) not in gone} or None
        for place in ("env", "headers")
        if (held := getattr(server, place)) and any(where == place for where, _ in gone)
    }
    return replace(server, **changed)


def _with_values(server: McpServer, made: Callable[[str, str | int | None, str], str]) -> McpServer:
    """Return a server with what is made of each of its texts, by its field, and its key or number there; a wrong value stays as it is."""

    def each(place: str, key: str | int, value: Any) -> Any:
        return made(place, key, value) if isinstance(value, str) else value

    changed: dict[str, Any] = {}
    for place in PLACES:
        held: Any = getattr(server, place)
        if isinstance(held, str):
            changed[place] = made(place, None, held)
        elif isinstance(held, tuple):
            changed[place] = tuple(each(place, number, value) for number, value in enumerate(held))
        elif isinstance(held, dict):
            changed[place] = {key: each(place, key, value) for key, value in held.items()}
    return replace(server, **changed)


def values(server: McpServer) -> list[tuple[str, str | int | None, str]]:
    """Return the texts of a server, each with its field, and its key or number there."""
    found: list[tuple[str, str | int | None, str]] = []

    def seen(place: str, key: str | int | None, value: str) -> str:
        found.append((place, key, value))
        return value

    _with_values(server, seen)
    return found


def with_parts(server: McpServer, made: Mapping[tuple[str, str | int | None], tuple[Part, ...]]) -> McpServer:
    """Return a server with some of its texts made of other parts, by field, and key or number there."""

    def each(place: str, key: str | int | None, value: str) -> str:
        parts = made.get((place, key))
        return value if parts is None else Text(common(parts), parts)

    return _with_values(server, each)


def spoken(servers: tuple[McpServer, ...], known: Variables) -> tuple[McpServer, ...]:
    """Return servers whose plain texts are read as their client reads them: those of an agent, or of its configuration."""
    if known.language == KEYS and known.places and any(server.options for server in servers):
        from agentconv.core import variable_keys

        servers = tuple(map(variable_keys.lifted, servers))
    if known.language is None or not any(map(_is_unspoken, servers)):
        return servers

    def made(place: str, _key: str | int | None, value: str) -> str:
        language = known.language if place in (*known.places, *known.meant) else KEYS
        return read(language or KEYS, value) if _signs(value) else value

    return tuple(_with_values(server, made) for server in servers)


def _is_unspoken(server: McpServer) -> bool:
    def any_of(held: Any) -> bool:
        texts = held.values() if isinstance(held, dict) else held if isinstance(held, tuple) else (held,)
        return any(isinstance(value, str) and _signs(value) for value in texts)

    return any(any_of(getattr(server, place)) for place in PLACES)


def _signs(value: str) -> bool:
    """Whether a text is plain, and could be read otherwise than as it stands."""
    return not isinstance(value, Text) and _SIGNS.search(value) is not None


def as_it_stands(value: str) -> str:
    """Return a text that is meant as it stands, whatever client it is for."""
    return Text(value) if _SIGNS.search(value) else value
