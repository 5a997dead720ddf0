"""Options that were not given: from AGENTCONV_* in the environment, then from `[tool.agentconv]` of the project that SRC is in."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.conversion import converting, model_choices
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.formats import registry
from agentconv.sources import discovery

if TYPE_CHECKING:
    import argparse

STRICT = ("warnings", "notes", "off")
DEFAULTS: dict[str, Any] = {
    "on-duplicate": "suffix",
    "strict": None,
    "allow-widening": False,
    "only-loaded": False,
    "map-models": "off",
    "models": None,
    "lint": None,
    "pack": None,
}
_CHOICES = {"on-duplicate": converting.ON_DUPLICATE, "strict": STRICT, "map-models": model_choices.MAP_MODELS}
_IN_FILES_ONLY = ("models", "lint", "pack")
"""Tables, which no flag and no variable can hold."""
_SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False, "": False}
_MAX_BYTES = 1024 * 1024


def settle(options: argparse.Namespace) -> None:
    """Fill in the options that the command line left open.

    Raises:
        InputError: A setting is unknown or has a value that it does not take.
    """
    file = {} if options.isolated else _from_file(options)
    for key, default in DEFAULTS.items():
        name = key.replace("-", "_")
        if hasattr(options, name) and getattr(options, name) is None:
            variable = f"AGENTCONV_{name.upper()}"
            given = os.environ.get(variable) or None if key not in _IN_FILES_ONLY else None  # set and empty is how many unset it
            value = _checked(variable, key, given) if given is not None else file.get(key, default)
            setattr(options, name, value)


def _checked(place: str, key: str, value: Any) -> Any:
    """Return a setting's value as the option has it."""
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


def _from_file(options: argparse.Namespace) -> dict[str, Any]:
    path = Path(options.config) if options.config else _project_file(_sources(options))
    if path is None:
        return {}
    table, text = _table(path)
    if options.config and not table:
        _tell_nothing(options, path)
    settings = {}
    for key, value in table.items():
        line = text[: _offset(text, key)].count("\n") + 1
        if key not in DEFAULTS:
            hint = registry.did_you_mean(key, DEFAULTS, f"settings: {', '.join(DEFAULTS)}")
            raise _wrong(path, f"there is no setting `{key}` in [tool.agentconv]", line, hint)
        if key == "allow-widening" and not options.config:
            hint = "give --allow-widening, or name the file with --config"
            raise _wrong(path, "a project cannot allow itself to widen what its agents may do", line, hint)
        try:
            is_table = key in _IN_FILES_ONLY
            place = Span(path.as_posix(), _line(text, key))
            settings[key] = _read_table(options, place, key, value) if is_table else _checked(f"`{key}`", key, value)
        except InputError as error:
            at = _line(text, key, *error.names) if hasattr(error, "names") else line
            raise _wrong(path, error.diagnostic.message, at, error.diagnostic.hint) from None
    return settings


def _tell_nothing(options: argparse.Namespace, path: Path) -> None:
    """Say that a file that was named says nothing to us."""
    from agentconv.render import text as shown

    message = "there is nothing for agentconv in it, so that it changes nothing"
    remark = Diagnostic(Code.USAGE, Severity.WARNING, message, Span(path.as_posix()), "its settings go below [tool.agentconv]")
    if not options.quiet:
        print(shown.diagnostic(remark, shown.style(sys.stderr, options.color)), file=sys.stderr)


def _sources(options: argparse.Namespace) -> list[str]:
    """Return where the SRC arguments are: here where none is given, and nowhere where the user's own agents are meant."""
    if not options.sources and getattr(options, "scope", None) == "user":
        return []
    return discovery.places(options.sources or [os.curdir], getattr(options, "stdin_filename", ""))


def _project_file(sources: list[str]) -> Path | None:
    """Return the configuration of the project that the first SRC is, or is in."""
    if not sources:
        return None
    first = Path(sources[0])
    folder = discovery.project_root(first) or (first if first.is_dir() else first.parent)
    path = Path(os.path.relpath(folder)) / "pyproject.toml"
    return path if path.is_file() else None


def _table(path: Path) -> tuple[dict[str, Any], str]:
    import tomllib

    try:
        with path.open("rb") as stream:
            text = stream.read(_MAX_BYTES).decode("utf-8")
        if "agentconv" not in text:
            return {}, text
        table = tomllib.loads(text).get("tool", {}).get("agentconv", {})
    except OSError as error:
        raise discovery.problem(f"cannot be read: {(error.strerror or str(error)).lower()}", None, path.as_posix()) from None
    except (ValueError, RecursionError, AttributeError) as error:
        at = re.search(r"\s*\(at line (\d+), column \d+\)", str(error))
        message = str(error).replace(at[0], "") if at else str(error) or "nested too deep"
        raise _wrong(path, f"not TOML: {message}", int(at[1]) if at else 1, "--isolated reads no configuration") from None
    if not isinstance(table, dict):
        raise _wrong(path, "[tool.agentconv] is not a table")
    return table, text


def _read_table(options: argparse.Namespace, place: Span, key: str, table: Any) -> Any:
    """Check a table; the linter's and the packer's are read where they count, for only then are the modules there that know them."""
    if key == "models":
        model_choices.choose("off", table)
    elif key == "pack" and hasattr(options, key):
        from agentconv.cli import pack_settings

        return pack_settings.read(table, os.path.dirname(place.path) or os.curdir)
    elif hasattr(options, key):
        from agentconv.cli import lint_settings

        return lint_settings.read(table, place, named=bool(options.config))
    return table


def _line(text: str, *names: str) -> int:
    """Return the line of a key that stands in tables of tables, be they headers or in braces."""
    at = max(text.find("[tool.agentconv"), 0)
    for name in names:
        match = re.compile(rf"""(?m)(?:^[ \t]*|[.,{{\[ ])["']?{re.escape(name)}["']?[ \t]*[=.\]]""").search(text, at)
        at = match.start() if match else at
    return text[:at].count("\n") + 1


def _offset(text: str, key: str) -> int:
    start = max(text.find("[tool.agentconv]"), 0)
    match = re.compile(rf'(?m)^[ \t]*"?{re.escape(key)}"?[ \t]*[=.]').search(text, start)
    return match.start() if match else start


def _wrong(path: Path, message: str, line: int = 1, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, Span(path.as_posix(), line), hint))
