"""What a project says it wants: the file `agentconv.toml`, and the table `[tool.agentconv]` of its pyproject.toml.

Both hold the same: what stands at the top of the one stands in the table of the other. A setting stands in one of them.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.expressions import expression
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources import inputs, said_twice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "agentconv.toml"
PYTHON = "pyproject.toml"
TABLE = ("tool", "agentconv")
"""The keys that lead to the settings in the latter."""
OF_COMMANDS = ("on-duplicate", "strict", "allow-widening", "only-loaded", "map-models", "with", "models", "lint", "pack")
"""Settings of what flags say otherwise."""
OF_SYNC = ("source", "source-format", "targets", "sync", "exclude", "carry-back", "accept")
"""Settings of what is kept in step."""
VERSION = "required-version"
KEYS = (*OF_COMMANDS, *OF_SYNC, VERSION)
OF_ASSISTANT = ("own", "committed")
"""What is said of one assistant."""
OF_AGENT = ("skip", "keep", "keep-wider")
"""What is said of one agent in one assistant."""
_MAX_BYTES = 1024 * 1024
_CONFLICT = expression(r"(?m)^<{7} ")


class NoTomlError(InputError):
    """A file of settings is no TOML."""


class SettingsFile:
    """One file with settings, and where each of them stands."""

    def __init__(self, path: Path, source: SourceText, values: Mapping[str, Any], prefix: tuple[str, ...]) -> None:
        self.path = path
        self.source = source
        self.values = values
        self.prefix = prefix
        """The keys that lead to the settings."""

    @cached_property
    def _places(self) -> Mapping[tuple[str | int, ...], int]:
        from agentconv.core import toml_places

        return toml_places.places(self.source.text)

    def place(self, *names: str | int) -> Span:
        """Return where a setting stands, or else the nearest of what leads to it."""
        path = (*self.prefix, *names)
        found = (self._places[path[:length]] for length in range(len(path), 0, -1) if path[:length] in self._places)
        return self.source.span(next(found, 0))

    def wrong(self, message: str, hint: str | None = None, *names: str | int) -> InputError:
        """Make the error for a setting that cannot be meant."""
        return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, self.place(*names), hint))

    def shown(self, *names: str) -> str:
        """Return what a table of it is called: `[tool.agentconv.lint]`, or `[lint]`."""
        path = (*self.prefix, *names)
        return f"[{'.'.join(path)}]" if path else FILE


def read(path: Path, data: bytes | None = None) -> SettingsFile:
    """Read a file with settings.

    Args:
        path: Where it is.
        data: What is to be in it, where that is not there yet.

    Raises:
        InputError: It cannot be read, or is not TOML.
    """
    import tomli

    source = _source(path) if data is None else SourceText(path.as_posix(), data)
    prefix = () if path.name == FILE else TABLE
    if path.name == PYTHON and "agentconv" not in source.text:
        return SettingsFile(path, source, {}, prefix)
    try:
        table: Any = tomli.loads(source.text)
    except tomli.TOMLDecodeError as error:
        raise _no_toml(source, error.msg, error.pos) from None
    except (ValueError, RecursionError) as error:
        raise _no_toml(source, str(error) or "nested too deep", 0) from None
    if path.name not in (FILE, PYTHON) and _is_flat(table):
        prefix = ()
    for depth, name in enumerate(prefix, 1):
        table = table.get(name, {})
        if not isinstance(table, dict):
            wrong = SettingsFile(path, source, {}, ()).wrong(f"[{'.'.join(prefix)}] is not a table", None, *prefix[:depth])
            raise wrong
    return SettingsFile(path, source, table, prefix)


def _is_flat(table: Mapping[str, Any]) -> bool:
    """Whether a file of another name is a copy of agentconv.toml, rather than of a pyproject.toml."""
    return not any(table.get(key) for key in TABLE[:1]) and any(key in KEYS for key in table)


def _source(path: Path) -> SourceText:
    place = path.as_posix()
    try:
        with path.open("rb") as stream:
            source = SourceText(place, stream.read(_MAX_BYTES + 1))
    except OSError as error:
        raise inputs.problem(f"cannot be read: {(error.strerror or str(error)).lower()}", None, place) from None
    if source.size > _MAX_BYTES:
        raise inputs.problem(f"settings are read from files of up to {_MAX_BYTES:,} bytes, and this is larger", None, place)
    if source.undecodable is not None:
        raise _no_toml(source, "bytes that are not UTF-8", source.undecodable)
    return source


def _no_toml(source: SourceText, message: str, offset: int) -> InputError:
    conflict = _CONFLICT.search(source.text)
    if conflict:
        hint = "decide between what stands behind <<<<<<< and behind =======, take these lines out, and run it again"
        message = "two versions of the settings were merged, and are in conflict"
        return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, source.span(conflict.start()), hint))
    if (twice := said_twice.hint(source, message, offset)) is not None:
        return NoTomlError(Diagnostic(Code.USAGE, Severity.ERROR, f"not TOML: {twice[0]}", source.span(offset), twice[1]))
    hint = "mend it there: a text stands in quotes, a list in brackets with commas, and each key once in its table"
    return NoTomlError(Diagnostic(Code.USAGE, Severity.ERROR, f"not TOML: {message}", source.span(offset), hint))


def of_folder(folder: Path, instead: Mapping[str, bytes] = MappingProxyType({})) -> list[SettingsFile]:
    """Read the files of a project that have settings.

    Args:
        folder: The project's root.
        instead: By name what is to be in a file, where that is not there yet.

    Raises:
        InputError: One cannot be read, or both say the same thing.
    """
    paths = [folder / name for name in (FILE, PYTHON)]
    found = [
        file for file in (read(path, instead.get(path.name)) for path in paths if path.is_file() or path.name in instead) if file.values
    ]
    if len(found) == 2:
        own, beside = found
        for key in own.values:
            if key in beside.values:
                hint = f"take one of them out; {FILE} is the place of all settings" if key in KEYS else None
                raise own.wrong(f"`{key}` stands here, and at {beside.place(key)}", hint, key)
    return found


def own(root: Path) -> str:
    """Return the name of the file in which a project has its settings, or would have them."""
    return next((file.path.name for file in of_folder(root)), FILE)


def check(files: Sequence[SettingsFile], running: str) -> None:
    """Complain about what no setting is called, and about a version of agentconv that the project does not take.

    Args:
        files: The files of one project.
        running: The version of agentconv.

    Raises:
        InputError: There is such a thing.
    """
    for file in files:
        if VERSION in file.values:
            _check_version(file, running)
    for file in files:
        for key in file.values:
            if key not in KEYS:
                hint = belonging(file, key) or registry.did_you_mean(key, KEYS, f"settings: {', '.join(KEYS)}")
                if key == "tool" and not file.prefix:
                    hint = f"in {FILE}, what pyproject.toml has in [tool.agentconv] stands at the top: [lint], not [tool.agentconv.lint]"
                raise file.wrong(f"there is no setting `{key}` in {file.shown()}", hint, key)
    said = {key: file for file in files for key in file.values}
    if "map-models" in said and isinstance(said["models"].values["models"] if "models" in said else None, str):
        raise said["map-models"].wrong(f"`models` says it too, at {said['models'].place('models')}", "take one of them out", "map-models")


def belonging(file: SettingsFile, key: str) -> str | None:
    """Say where a setting belongs that is none where it stands, but is one of an assistant, or of an agent there; None for another one."""
    targets = file.values.get("targets")
    target = next((one for one in targets if isinstance(one, str)), "FORMAT") if isinstance(targets, list) else "FORMAT"
    if key in OF_ASSISTANT:
        return f"`{key}` is said of one assistant: it belongs below {file.shown('sync', target)}"
    if key in OF_AGENT:
        return f"`{key}` is said of one agent in one assistant: it belongs below {file.shown('sync', 'agents', 'NAME', target)}"
    return f"what is said of {key} belongs below {file.shown('sync', key)}" if registry.is_known(key) else None


def models(said: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return what becomes of models, and the table of them: `models` says either, `map-models` the first."""
    value = said.get("models")
    return (value, None) if isinstance(value, str) else (said.get("map-models", "off"), value)


def _check_version(file: SettingsFile, running: str) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    value = file.values[VERSION]
    try:
        wanted = SpecifierSet(f"=={Version(value)}")
    except (InvalidVersion, TypeError):
        try:
            wanted = SpecifierSet(value if isinstance(value, str) else "?")
        except InvalidSpecifier:
            message = f'`{VERSION}` is a version, or what versions are taken: ">=0.3", "==0.3.*"'
            raise file.wrong(message, None, VERSION) from None
    if not wanted.contains(running, prereleases=True):
        hint = f"install one that it takes: pip install 'agentconv-toolkit{wanted}'"
        raise file.wrong(f"this is agentconv {running}, and the project wants {wanted}", hint, VERSION)
