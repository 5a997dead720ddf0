"""Options that were not given: from AGENTCONV_* in the environment, then from the settings of the project that SRC is in.

They are in `agentconv.toml`, or in `[tool.agentconv]` of its pyproject.toml.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv import __version__
from agentconv.cli.telling import say
from agentconv.conversion.choices import MAP_MODELS, ON_DUPLICATE
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from agentconv.cli.linting.settings import LintSettings
    from agentconv.sources.settings_file import SettingsFile

STRICT = ("warnings", "notes", "off")
DEFAULTS: dict[str, Any] = {
    "on-duplicate": "suffix",
    "strict": None,
    "allow-widening": False,
    "only-loaded": False,
    "map-models": "off",
    "with": None,
    "models": None,
    "lint": None,
    "pack": None,
}
_CHOICES = {"on-duplicate": ON_DUPLICATE, "strict": STRICT, "map-models": MAP_MODELS}
_IN_FILES_ONLY = ("models", "lint", "pack")
"""Tables, which no flag and no variable can hold."""
_SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False, "": False}


def settle(options: argparse.Namespace) -> None:
    """Fill in the options that the command line left open.

    Raises:
        InputError: A setting is unknown or has a value that it does not take.
    """
    file = {} if options.isolated else _said(options)
    for key, default in DEFAULTS.items():
        name = key.replace("-", "_")
        if hasattr(options, name) and getattr(options, name) is None:
            variable = f"AGENTCONV_{name.upper()}"
            given = os.environ.get(variable) or None if key not in _IN_FILES_ONLY else None  # set and empty is how many unset it
            value = _checked(variable, key, given) if given is not None else file.get(key, default)
            setattr(options, name, value)
            if key == "strict":
                options.strict_of_project = given is None and key in file and not options.config
    if hasattr(options, "accepted"):
        options.accepted = file.get("accepted", ())


def _checked(place: str, key: str, value: Any) -> Any:
    """Return a setting's value as the option has it."""
    if key == "with":
        return _words_of_with(place, value)
    if key == "allow-widening" and not isinstance(value, bool) and not (isinstance(value, str) and value.lower() in _SWITCHES):
        return _words_of_widening(place, value)
    choices = _CHOICES.get(key)
    if choices is None:
        found = value if isinstance(value, bool) else _SWITCHES.get(value.lower()) if isinstance(value, str) else None
        if found is None:
            raise registry.usage(f"{place} wants true or false")
        return found
    if key == "strict" and (isinstance(value, bool) or value in _SWITCHES):
        return "warnings" if value is True or _SWITCHES.get(value) else "off"
    if value not in choices:
        raise registry.usage(f"{place} wants one of {', '.join(choices)}")
    return value


def _words_of_widening(place: str, value: Any) -> tuple[str, ...]:
    """Return who may do more than their author allowed: `value` is what a variable or a file says where it is neither true nor false."""
    words = value.split(",") if isinstance(value, str) and not place.startswith("`") else value
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise registry.usage(f"{place} wants true, false, or a list of names")
    return tuple(word.strip() for word in words)


def _words_of_with(place: str, value: Any) -> list[str]:
    """Return the words that say which parts go along."""
    from agentconv.conversion import along

    words = [value] if isinstance(value, str) and not place.startswith("`") else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise registry.usage(f"{place} wants a list of texts", along.HOW)
    along.chosen(words, place)
    return words


def _said(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the files say; of one that is no TOML, how to do without.

    Raises:
        InputError: It cannot be meant.
    """
    from agentconv.sources import settings_file

    try:
        return _from_file(options)
    except settings_file.NoTomlError as error:
        raise InputError(replace(error.diagnostic, hint="--isolated reads no configuration")) from None


def _from_file(options: argparse.Namespace) -> dict[str, Any]:
    from agentconv.sources import settings_file

    files = [settings_file.read(Path(options.config))] if options.config else _of_project(options)
    if options.config and not files[0].values:
        _tell_nothing(options, files[0])
    settings_file.check(files, __version__)
    return {key: value for file in files for key, value in _settings(options, file)}


def _settings(options: argparse.Namespace, file: SettingsFile) -> Iterator[tuple[str, Any]]:
    """Yield the settings of one file, as the options have them."""
    for key, value in file.values.items():
        if key == "allow-widening" and not options.config:
            hint = "give --allow-widening, or name the file with --config"
            raise file.wrong("a project cannot allow itself to widen what its agents may do", hint, key)
        if key == "accept" and isinstance(value, list) and hasattr(options, "accepted"):
            yield "accepted", _accepted(file, value)
        if key not in DEFAULTS:
            continue  # what is kept in step is the matter of who keeps it
        try:
            if key == "models" and isinstance(value, str):
                yield "map-models", _checked("`models`", "map-models", value)
            elif key in _IN_FILES_ONLY:
                yield key, _read_table(options, file, key, value)
            else:
                yield key, _checked(f"`{key}`", key, value)
        except InputError as error:
            raise file.wrong(error.diagnostic.message, error.diagnostic.hint, key, *getattr(error, "names", ())) from None


def _accepted(file: SettingsFile, words: list[Any]) -> tuple[str, ...]:
    """Return the losses that a project knows of, each one that can be accepted."""
    from agentconv.sync import settings

    for number, word in enumerate(words):
        try:
            settings.check_accepted(str(word))
        except InputError as error:
            raise file.wrong(error.diagnostic.message, error.diagnostic.hint, "accept", number) from None
    return tuple(map(str, words))


def check_file(file: SettingsFile) -> None:
    """Complain about a setting of a project with a value that it does not take.

    Raises:
        InputError: There is one.
    """
    from argparse import Namespace

    for _ in _settings(Namespace(config=None, lint=None, pack=None), file):
        pass


def _tell_nothing(options: argparse.Namespace, file: SettingsFile) -> None:
    """Say that a file that was named says nothing to us."""
    from agentconv.render import text as shown

    message = "there is nothing for agentconv in it, so that it changes nothing"
    hint = f"its settings go below {file.shown()}" if file.prefix else None
    remark = Diagnostic(Code.USAGE, Severity.WARNING, message, Span(file.path.as_posix()), hint)
    if not options.quiet:
        say(shown.diagnostic(remark, shown.style(sys.stderr, options.color)))


def _sources(options: argparse.Namespace) -> list[str]:
    """Return where the SRC arguments are: here where none is given, and nowhere where the user's own agents are meant."""
    if not options.sources and getattr(options, "scope", None) == "user":
        return []
    from agentconv.sources import discovery

    return discovery.places(options.sources or [os.curdir], getattr(options, "stdin_filename", ""))


def _of_project(options: argparse.Namespace) -> list[SettingsFile]:
    """Return the files with settings of the project that the first SRC is, or is in; none where the user's own agents are meant."""
    from agentconv.sources import settings_file

    folder = folder_of_project(options)
    return [] if folder is None else settings_file.of_folder(Path(os.path.relpath(folder)))


def folder_of_project(options: argparse.Namespace) -> Path | None:
    """Return the project that the first SRC is, or is in; None where the user's own agents are meant."""
    from agentconv.sources import locations

    sources = _sources(options)
    if not sources:
        return None
    first = Path(sources[0])
    return locations.project_root(first) or (first if first.is_dir() else _of_part(first) or first.parent)


def _of_part(path: Path) -> Path | None:
    """Return the project of a file that lies where a client looks for a part, such as a command."""
    from agentconv.sources import part_places

    place = part_places.of(os.path.abspath(path)) if part_places.is_part_alone(os.fspath(path)) else None
    return Path(place.root) if place else None


def _read_table(options: argparse.Namespace, file: SettingsFile, key: str, table: Any) -> Any:
    """Check a table; the linter's and the packer's are read where they count, for only then are the modules there that know them."""
    if key == "models":
        from agentconv.conversion import model_choices

        model_choices.choose("off", table)
    elif key == "pack" and hasattr(options, key):
        from agentconv.cli import pack_settings

        return pack_settings.read(table, os.path.dirname(file.path.as_posix()) or os.curdir, file.shown(key))
    elif hasattr(options, key):
        return _lint_table(file, named=bool(options.config))
    return table


def _lint_table(file: SettingsFile, *, named: bool) -> LintSettings:
    from agentconv.cli.linting import settings as lint_settings

    place = Span(file.path.as_posix(), file.place("lint").line)
    found = lint_settings.read(file.values["lint"], place, named=named, shown=file.shown("lint"))
    name = "per-file-ignores"
    lines = {pattern: replace(place, line=file.place("lint", name, pattern).line) for pattern in found.per_file}
    return replace(found, pattern_places=lines) if lines else found


def lint_table(file: SettingsFile) -> LintSettings:
    """Read the linter's table of a folder's own file.

    Raises:
        InputError: It cannot be meant.
    """
    try:
        return _lint_table(file, named=False)
    except InputError as error:
        raise file.wrong(error.diagnostic.message, error.diagnostic.hint, "lint", *getattr(error, "names", ())) from None
