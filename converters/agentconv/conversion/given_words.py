"""The words of a set that a caller made: each is one that somebody knows, or the caller is told which one is not.

A deny list whose capability is misspelled would close nothing, and nobody would see it. What readers make is right. A format that is not
here may be one of a program's own, or of another distribution: it is wrong where it is nearly one that is here, and so are its words.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from agentconv.core import given, granted, portable, suggestions, vocabulary
from agentconv.core.expressions import expression
from agentconv.core.ir import Limits, Model, Source, Tools
from agentconv.core.parts import FileText, FolderFile, ForeignPlaceholder, Instruction, SetHook, Skill
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentconv.core.ir import AgentSet

_NEAR = 0.75
"""How near a word has to be to one that is known, to be no word of somebody else's."""


def check(agents: AgentSet) -> None:
    """Hold a set that a caller made to the types of its fields, and to the words that there are.

    Raises:
        InputError: A value is of another type, or a word that nothing is called; the first one is named, with its place in the set.
    """
    given.check(agents)
    sources = ((f"sources[{number}]", source) for number, source in enumerate(agents.sources))
    for path, made in (*given.values(agents), *sources):
        for message, hint in _faults(path, made):
            raise registry.usage(message, hint)


def one_format(named: object) -> str:
    """Return the id of the one format that a program names.

    Raises:
        InputError: There is no such format, or it is no word.
    """
    if isinstance(named, str):
        if "," in named:
            raise registry.usage(f"there is no format `{named}`", "call it once for each")
        return registry.resolve(named)
    several = isinstance(named, (list, tuple, set, frozenset))
    hint = "call it once for each" if several else f"name one by its id; {registry.LISTED_IN_LIBRARY}"
    raise registry.usage(f"a format is named by a word, not {given.kind_of(named)}", hint)


Fault: TypeAlias = "tuple[str, str | None]"
"""What is wrong with a value, and what to do about it."""


def _faults(path: str, made: Any) -> Iterator[Fault]:
    for name in _held(made.__class__):
        value = getattr(made, name)
        if value is not None and (fault := _RULES[name](value, made)):
            yield f"{f'{path}.{name}' if path else name}: {fault[0]}", fault[1]


@cache
def _held(kind: Any) -> tuple[str, ...]:
    """Return the fields of a class of which there are words."""
    return tuple(name for name in _RULES if hasattr(kind, name))


def _format(value: str, _made: object) -> Fault | None:
    if value in registry.FORMATS or value == _TEXT:
        return None
    near = value if registry.is_known(value) else suggestions.nearest(value, registry.named(), _NEAR)
    if near is None or value.startswith(f"{near}-"):
        return None
    return f"`{value}` is no id of a format", f"did you mean `{registry.resolve(near)}`?"


_TEXT = "text"
"""The format of files that others include."""


def _extras(value: Iterable[str], made: object) -> Fault | None:
    return next((fault for fault in (_format(word, made) for word in value) if fault), None)


def _capability(value: str, made: Any) -> Fault | None:
    return granted.unknown_capability(value, made.format)


def _event(value: str, made: Any) -> Fault | None:
    return _unknown(value, "portable event", portable.events(), is_here=made.format in registry.FORMATS)


def _pattern(value: Any, _made: object) -> Fault | None:
    return _unknown(value.language, "language of patterns", portable.languages()) if value.language is not None else None


def _tier(value: str, made: Any) -> Fault | None:
    return _unknown(value, "tier", portable.TIERS) if isinstance(made, Model) and made.kind == "tier" else None


def _unknown(value: str, what: str, words: tuple[str, ...], *, is_here: bool = True) -> Fault | None:
    """Say what is wrong with a portable word; that of a format that is not here may be one of its own."""
    if value in words:
        return None
    near = suggestions.nearest(value, words)
    if near is None and not is_here:
        return None
    return f"`{value}` is no {what}", f"did you mean `{near}`?" if near else f"one of {', '.join(words)}"


def _allow(value: tuple[object, ...], made: object) -> Fault | None:
    is_unheeded = isinstance(made, Tools) and granted.is_unheeded(made.mode, value)
    return (granted.UNHEEDED, 'make it Tools("list", allow=...)') if is_unheeded else None


def _definition(value: Any, made: Any) -> Fault | None:
    if not isinstance(made, SetHook):
        return None
    if len(value.handlers) != 1 or not isinstance(value.handlers[0], dict):
        return "a hook of a set has one handler, which is a map", 'as in: handlers=({"type": "command", "command": "./check.sh"},)'
    words = vocabulary.words_of(value.format)
    if made.origin is None and value.format in registry.FORMATS and not vocabulary.knows_event(words, value.native_event):
        return f"{registry.FORMATS[value.format].title} has no event `{value.native_event}`", None
    return None


def _body(value: Any, made: object) -> Fault | None:
    if not isinstance(made, Instruction):
        return None
    filled = next((type(one).__name__ for one in value.parts if not isinstance(one, (str, FileText, ForeignPlaceholder))), None)
    return (f"an instruction is a text with files in it: no client puts in what `{filled}` is", None) if filled else None


def _native(value: str, made: Any) -> Fault | None:
    if made.capability is None or made.server is not None or not (_PATTERNED.fullmatch(value)):
        return None
    word, _, pattern = value[:-1].partition("(")
    return f"`{value}` is a tool with its pattern", f"as in: native={word!r}, pattern={pattern!r}"


def _path(value: str, made: object) -> Fault | None:
    parts = value.split("/")
    if not isinstance(made, (Source, FolderFile)) or not ({*parts} & {"", ".", ".."} or "\0" in value):
        return None
    return f"`{value}` is no path of a file below a folder", "as in: notes/style.md"


def _files(value: Iterable[Any], made: object) -> Fault | None:
    if not isinstance(made, Skill):
        return None
    names = [_OWN_FILE, *(file.path for file in value)]
    twice = next((name for name in names if names.count(name) > 1), None)
    return (f"`{twice}` is there twice", f"`{_OWN_FILE}` is written of the skill itself" if twice == _OWN_FILE else None) if twice else None


def _number(value: float, made: object) -> Fault | None:
    return (f"{value} is not above 0", "None where there is no limit") if isinstance(made, Limits) and value <= 0 else None


_PATTERNED = expression(r"[\w*-]+\(.+\)")
_OWN_FILE = "SKILL.md"
_RULES: dict[str, Callable[[Any, Any], Fault | None]] = {
    "format": _format,
    "native": _native,
    "path": _path,
    "files": _files,
    "extras": _extras,
    "allow": _allow,
    "capability": _capability,
    "event": _event,
    "value": _tier,
    "pattern": _pattern,
    "definition": _definition,
    "body": _body,
    "temperature": _number,
    "top_p": _number,
    "max_turns": _number,
    "timeout_seconds": _number,
}
"""What is held of fields by their names, whatever they are in."""
