"""The ways in which a client's words can say one part of a text, the best first; the last one is words of ours, which any client sends."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.parts import (
    CONTAINER_FOLDER,
    AllArguments,
    Argument,
    Body,
    FileText,
    ForeignPlaceholder,
    NamedArgument,
    OwnFolder,
    ShellOutput,
)
from agentconv.parts.placeholders.languages import PLAIN, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.parts import BodyPart
    from agentconv.parts.placeholders.languages import Language


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a part."""

    text: str
    said: BodyPart
    """What the client takes it for."""
    code: str | None = None
    """Which loss it is, where it says something else."""
    about: str = ""
    """What a person would call the placeholder."""


@dataclass(frozen=True)
class Wording:
    """What the ways depend on besides the part."""

    body: Body
    language: Language
    names: tuple[str, ...]
    source: Language | None

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The arguments' names in order: as the header has them, then as they come."""
        return (*self.names, *(name for name in named(self.body) if name not in self.names))

    @cached_property
    def highest(self) -> int:
        """The highest position in the text."""
        return max(self.positions, default=-1)

    @cached_property
    def has_all(self) -> bool:
        """Whether all arguments together have a place in the text."""
        return any(isinstance(part, AllArguments) for part in self.body.parts)

    @cached_property
    def positions(self) -> tuple[int, ...]:
        """Each position in the text."""
        inside = tuple(arguments(self.body.parts))
        return tuple(self.order.index(one.name) if isinstance(one, NamedArgument) else one.index for one in inside)


def named(body: Body) -> tuple[str, ...]:
    """Return the names of a text's arguments, each once, in order."""
    return tuple(dict.fromkeys(one.name for one in arguments(body.parts) if isinstance(one, NamedArgument)))


def arguments(parts: tuple[BodyPart, ...]) -> Iterator[Argument | NamedArgument]:
    """Yield the single arguments of a text, those inside of command lines and paths too."""
    for part in parts:
        if isinstance(part, Argument | NamedArgument):
            yield part
        elif isinstance(part, ShellOutput):
            yield from arguments(part.command)
        elif isinstance(part, FileText):
            yield from arguments(part.path)


def takes_arguments(parts: tuple[BodyPart, ...]) -> bool:
    """Whether a text has a place for something of what the user types."""
    inner = [part.command if isinstance(part, ShellOutput) else part.path for part in parts if isinstance(part, ShellOutput | FileText)]
    return any(isinstance(part, Argument | NamedArgument | AllArguments) for part in parts) or any(map(takes_arguments, inner))


def ways(part: BodyPart, wording: Wording) -> list[Way]:
    """Return the ways to say a part."""
    if isinstance(part, str):
        return [Way(part, part)]
    language = wording.language
    if part == CONTAINER_FOLDER:
        words = "<folder of the plugin>"
        lost = Way(words, words, "placeholder-container", "the plugin's folder")
        return [Way(language.container, part), lost] if language.container else [lost]
    if isinstance(part, ForeignPlaceholder):
        kept = Way(part.text, part.text, "placeholder-foreign", part.text)
        return [Way(part.text, part), kept] if part.language == language.id else [kept]
    if isinstance(part, OwnFolder):
        words = "<folder of this skill>"
        lost = Way(words, words, "placeholder-folder", "the skill's folder")
        return [Way(language.own_folder, part), lost] if language.own_folder else [lost]
    if isinstance(part, ShellOutput):
        return [*_command_lines(part, wording), _without_shell(part, wording)]
    if isinstance(part, FileText):
        return [*_files(part, wording), _without_files(part, wording)]
    return [*_argument_ways(part, wording), _without_arguments(part, wording)]


def _argument_ways(part: Argument | NamedArgument | AllArguments, wording: Wording) -> Iterator[Way]:
    if isinstance(part, AllArguments):
        yield from _everything(part, wording)
    elif isinstance(part, NamedArgument):
        yield from _by_name(part, wording)
        yield from _by_position(Argument(wording.order.index(part.name)), wording, part.name)
    else:
        yield from _by_position(part, wording, None)


def _everything(part: AllArguments, wording: Wording) -> Iterator[Way]:
    language = wording.language
    if language.everything:
        yield Way(language.everything, part)
    if language.asked:
        yield Way("${input:arguments}", NamedArgument("arguments"), "placeholder-asked", "the arguments")


def _by_name(part: NamedArgument, wording: Wording) -> Iterator[Way]:
    language = wording.language
    if language.asked:
        hint = "" if part.hint is None else f":{part.hint}"
        typed = wording.source is not None and not wording.source.asked
        yield Way(f"${{input:{part.name}{hint}}}", part, "placeholder-asked" if typed else None, f"argument `{part.name}`")
    if language.named and part.name in wording.names:
        said = NamedArgument(part.name)
        yield Way(f"${part.name}", said, None if said == part else "placeholder-hint", f"argument `{part.name}`")


def _by_position(part: Argument, wording: Wording, name: str | None) -> Iterator[Way]:
    language, about = wording.language, _called(part, name)
    is_last = part.index == wording.highest
    exact = None if name is None else "placeholder-named"
    if language.base is not None and language.last_takes_rest:
        code = exact if part.rest == is_last else "placeholder-rest"
        yield Way(f"${part.index + language.base}", Argument(part.index, rest=is_last), code, about)
    if part.index == 0 and part.rest and language.everything:
        yield Way(language.everything, AllArguments(), "placeholder-typed", about)
    single = Argument(part.index)
    code = "placeholder-rest" if part.rest else exact
    if language.base is not None and not language.last_takes_rest:
        yield Way(f"${part.index + language.base}", single, code, about)
    if language.indexed:
        yield Way(f"$ARGUMENTS[{part.index}]", single, code, about)
    if language.asked:
        known = wording.names[part.index] if part.index < len(wording.names) else f"argument{part.index + 1}"
        asked = name or known
        yield Way(f"${{input:{asked}}}", NamedArgument(asked), "placeholder-asked", about)
    if wording.highest == 0 and not wording.has_all and language.everything and language.base is None:
        yield Way(language.everything, AllArguments(), "placeholder-rest", about)


def _called(part: Argument | NamedArgument | AllArguments, name: str | None = None) -> str:
    if isinstance(part, AllArguments):
        return "the arguments"
    if isinstance(part, NamedArgument) or name:
        return f"argument `{part.name if isinstance(part, NamedArgument) else name}`"
    return f"argument {part.index + 1}"


def _without_arguments(part: Argument | NamedArgument | AllArguments, wording: Wording) -> Way:
    words = "<arguments>"
    if isinstance(part, NamedArgument):
        words = f"<{part.name}>"
    elif isinstance(part, Argument):
        words = f"<{wording.order[part.index] if part.index < len(wording.order) else f'argument {part.index + 1}'}>"
    return Way(words, words, "placeholder-argument", _called(part))


def _command_lines(part: ShellOutput, wording: Wording) -> Iterator[Way]:
    language = wording.language
    line = _line(part.command, wording)
    if line is None or not line or not language.runs:
        return
    code = "placeholder-quotes" if _quoted_otherwise(part, wording) else None
    said = ShellOutput(part.command)
    if part.block and language.blocks and "```" not in line:
        yield Way(f"```!\n{line}\n```", said, code, f"`{line}`")
    if language.runs == "`" and "`" not in line:
        yield Way(f"!`{line}`", said, code, f"`{line}`")
    if language.runs == "{":
        yield Way(f"!{{{line}}}", said, code, f"`{line}`")


def _quoted_otherwise(part: ShellOutput, wording: Wording) -> bool:
    """Whether what the user typed is quoted for the shell in one client, and goes into the line as it is in the other."""
    source = wording.source
    return source is not None and source.quotes != wording.language.quotes and any(not isinstance(inner, str) for inner in part.command)


def _line(parts: tuple[BodyPart, ...], wording: Wording) -> str | None:
    """Return a command line or a path in the client's words, or None where it would be another one."""
    inner = Wording(wording.body, inside(wording.language), wording.names, wording.source)
    said = [ways(part, inner)[0] for part in parts]
    return None if any(way.code is not None for way in said) else "".join(way.text for way in said)


def _without_shell(part: ShellOutput, wording: Wording) -> Way:
    line = _in_words(part.command, wording)
    words = f"<output of `{line}`>"
    return Way(words, words, "placeholder-shell", f"`{line}`")


def _files(part: FileText, wording: Wording) -> Iterator[Way]:
    language = wording.language
    path = _line(part.path, wording)
    if path and language.file:
        yield Way(f"{language.file}{path}{'}' if language.file.endswith('{') else ''}", part, None, f"`{path}`")


def _without_files(part: FileText, wording: Wording) -> Way:
    path = _in_words(part.path, wording)
    words = f"`{path}`" if wording.language.file == "@" else f"@{path}"
    return Way(words, words, "placeholder-file", f"`{path}`")


def _in_words(parts: tuple[BodyPart, ...], wording: Wording) -> str:
    plain = Wording(wording.body, PLAIN, wording.names, wording.source)
    return "".join(ways(part, plain)[0].text for part in parts)
