"""The scripts of a project that hooks name: what a guard is without them is nothing."""

from __future__ import annotations

import posixpath
import shlex
import sys
from typing import TYPE_CHECKING

from agentconv.core import effects, hook_contracts, hook_handlers, script_imports, script_words
from agentconv.core.expressions import expression
from agentconv.core.parts import SetHook
from agentconv.parts.hooks import command_lines
from agentconv.projecting import hook_translation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentconv.core.hook_handlers import Handler
    from agentconv.core.ir import Agent, Hook
    from agentconv.core.parts import FolderFile, Part
    from agentconv.core.script_imports import Lack

_MODULE = expression(r"\bpython[\d.]*\s+(?:-\w+\s+)*-m\s+([A-Za-z_][\w.]*)")
_NAME = expression(r"[\w.+-]+")
_TOKEN = expression(r"(?:\0root/?|(?<![$\w.@+)}`?*/-])\.{0,2}/?)[\w.@+-]+(?:/[\w.@+-]+)*")
_OF_SYSTEM = expression(r"/(?:usr/(?:local/)?)?s?bin/([\w.+-]+)")
"""Programs where systems have theirs."""
_COMPUTED = expression(r"[$`]")
_HOME = expression(r"\$(?:HOME|\{HOME\})/")
_HERE = expression(r"\$(?:\(pwd\)|\{PWD\}|PWD\b)(\"?)/")
"""The folder that is open, which a client starts hooks in: the project's root."""
_OUTSIDE = expression(r"(?!/dev/)~?(?:/[\w.@+ -]+)+")
_MADE_OF = expression(r"[\w${}()`~./@+ -]+")
_NO_SCRIPTS = (".json", ".jsonc", ".toml", ".yaml", ".yml", ".xml", ".ini", ".cfg", ".conf", ".lock", ".md", ".mdc", ".markdown", ".txt")
_FILLED_IN = expression(r"[$`*?~\[\]{}\\\0<>|&;()]|://")
"""What a shell, or somebody else, makes a path of that nobody knows beforehand."""
_QUOTES = str.maketrans("", "", "'\"")
_SUFFIXES = (".sh", ".bash", ".zsh", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".ps1")


def line_of(handler: Handler) -> str:
    """Return the line for the shell, with one word for the project's root; what is looked for from the folder that is open is, too."""
    return _HERE.sub(r".\1/", hook_handlers.rooted(handler.line)) if handler.command is not None else ""


def named(handler: Handler) -> list[str]:
    """Return the paths, from the project's root, that a handler's command may run."""
    if handler.command is None:
        return []
    line = line_of(handler)
    found = (_path(one) for one in (*_TOKEN.findall(_without_blanks(line)), *_quoted(line)))
    return list(dict.fromkeys((*(path for path in found if path), *_modules(line))))


def _without_blanks(line: str) -> str:
    """Return a command line without its quotes, and without words that are run and hold a blank: no piece of such a path is one."""
    text = line.replace("\\ ", " ").translate(_QUOTES)
    for one in command_lines.started(line):
        if " " in one.word:
            text = text.replace(one.word, " ")
    return text


def _modules(line: str) -> list[str]:
    """Return the files of the modules that Python is to run, which it finds from where it is started; what comes with it is none."""
    names = (name for name in _MODULE.findall(line) if name.partition(".")[0] not in sys.stdlib_module_names)
    return [f"{name.replace('.', '/')}.py" for name in names]


def _quoted(line: str) -> list[str]:
    """Return the words of a command line that hold a blank."""
    try:
        return [word for word in shlex.split(line) if " " in word and not word.startswith(("$", "~", "`"))]
    except ValueError:  # a quote that nothing closes
        return []


def _path(token: str) -> str | None:
    """Return the path in the project that a word of a command line is, or may be; None where it is none."""
    text = token.removeprefix(hook_handlers.ROOT).lstrip("/") if token.startswith(hook_handlers.ROOT) else token
    if text.startswith("/") or not ("/" in text or text.endswith(_SUFFIXES) or text != token):
        return None
    path = posixpath.normpath(text)
    return None if path in (".", "") or path.startswith("..") else path


def of_guards(agent: Agent) -> dict[str, bool]:
    """Return the scripts of the project that an agent's own guards run, each with whether it is started as a program."""
    return of_hooks(effects.guards_in(agent))


def going_along(agent: Agent) -> list[str]:
    """Return what has to be where an agent's guards are: the scripts that they run, and the lists beside these that their lines name.

    A list is beside a script where it is in the folder of that, or below: many a file is named since a guard keeps hands off it.
    """
    handlers = [hook_handlers.read(hook.format, one) for hook in effects.guards_in(agent) for one in hook.handlers]
    return list(dict.fromkeys((*of_guards(agent), *(path for one in handlers for path in _lists(one)))))


def _lists(handler: Handler) -> Iterator[str]:
    """Yield the lists and settings that a handler hands to the scripts that it runs."""
    folders = {posixpath.dirname(path) for path in run(handler)}
    folders = {one for one in folders if "/" in one or not one.startswith(".")} - {""}  # in `.claude` itself are a client's own settings
    for path in named(handler):
        below = next((path.removeprefix(f"{folder}/") for folder in folders if path.startswith(f"{folder}/")), "")
        if below.endswith(script_words.TEXTS) and not any(step.startswith(".") for step in below.split("/")):
            yield path


_PYTHON = "python -m {}"
_NO_FILE = "which is no file of the project: on a machine without it"
_NAME_IT = "write the file's path out, from the project's root: then it is looked for, and goes along"
INSTALL = "have it on each machine, or put what it does into the project"


def of_machine(guards: Iterable[Hook]) -> dict[str, str]:
    """Return what guards run that need be no file of the project, each with the path at which it would be one."""
    handlers = (hook_handlers.read(hook.format, one) for hook in guards for one in hook.handlers)
    return {name: path for handler in handlers for name, path in (*modules(handler).items(), *_programs(handler), *_elsewhere(handler))}


def absent(hooks: Sequence[Hook], is_there: Callable[[str], bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the scripts of a project that are not there, and what hooks run that a machine may have: nobody sees that here.

    Args:
        hooks: The hooks that run them.
        is_there: Whether the project has a file.
    """
    named, outside = of_hooks(hooks), of_machine(hooks)
    gone = [path for path in named if not is_there(path)]
    machine = (name for name, path in outside.items() if path in gone or path not in named)
    return tuple(path for path in gone if path not in outside.values()), tuple(machine)


def guards_of(part: Part | None) -> list[Hook]:
    """Return the hook of a whole set that a part is, where it can keep something from happening; nothing of any other part."""
    return [part.definition] if isinstance(part, SetHook) and hook_translation.is_guard(part.definition) else []


def of_part(part: Part) -> dict[str, str]:
    """Return what the hook of a whole set runs that need be no file of the project; nothing, where it can block nothing."""
    return of_machine(guards_of(part))


def modules(handler: Handler) -> dict[str, str]:
    """Return the modules that a handler has Python run, each with the path at which it would be a file of the project."""
    line = line_of(handler)
    return {_PYTHON.format(path.removesuffix(".py").replace("/", ".")): path for path in _modules(line)}


def _programs(handler: Handler) -> Iterator[tuple[str, str]]:
    """Yield the programs that a handler starts by their names alone, and that not every machine has."""
    line = line_of(handler)
    for one in command_lines.started(line):
        known = one.word in hook_contracts.COMMON or command_lines.is_reader(one.word)
        if one.program and _NAME.fullmatch(one.word) and not known and not one.word.endswith(_SUFFIXES):
            yield one.word, one.word


def _elsewhere(handler: Handler) -> Iterator[tuple[str, str]]:
    """Yield what a handler runs from a place that is no project's, or whose name is made up while it runs: nobody can look there."""
    line = line_of(handler)
    for one in command_lines.started(line):
        word, of_system = one.word, _OF_SYSTEM.fullmatch(one.word)
        if of_system is not None:
            away = of_system[1] not in hook_contracts.COMMON and not command_lines.is_reader(of_system[1])
        else:
            away = _OUTSIDE.fullmatch(word) is not None or _is_above(word) or _is_made_up(word.removeprefix(hook_handlers.ROOT))
        if away:
            shown = _cut(word.removeprefix(f"{hook_handlers.ROOT}/"))
            yield shown, shown


def _is_above(word: str) -> bool:
    """Whether a word is a path that leads out of the project, upwards from its root: such a file never goes along."""
    path = word.removeprefix(hook_handlers.ROOT).lstrip("/") if word.startswith(hook_handlers.ROOT) else word
    return not _FILLED_IN.search(path) and "/" in path and posixpath.normpath(path).startswith("../")


def _cut(word: str) -> str:
    """Return a word for people, without what a command in it is, of which the shell's reader leaves pieces."""
    head, sign, _ = word.partition("`")
    return f"{head}$(...)" if sign else f"{word}(...)" if word.endswith("$") else word


def _is_made_up(word: str) -> bool:
    """Whether a word names a file by variables, or by what a command says: no variable alone, which may be what the hook is about."""
    is_path = _MADE_OF.fullmatch(word) is not None and ("/" in word or word.endswith(_SUFFIXES))
    return is_path and _COMPUTED.search(word) is not None


def runs_outside(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Say what of the machine something runs, after `a guard of X`, and what to do about it."""
    by_kind: dict[bool, list[str]] = {}
    for name in names:
        by_kind.setdefault(_COMPUTED.search(name) is not None and _HOME.match(name) is None, []).append(f"`{name}`")
    for made_up, shown in sorted(by_kind.items()):
        where = _MADE_UP if made_up else _NO_FILE
        yield f"runs {', '.join(shown)}, {where}, it blocks nothing", _NAME_IT if made_up else INSTALL


def of_hook(hook: Hook) -> dict[str, bool]:
    """Return the scripts of the project that a hook runs, each with whether it is started as a program."""
    return of_hooks([hook])


def of_hooks(hooks: Iterable[Hook]) -> dict[str, bool]:
    """Return the same of several hooks."""
    return _joined(run(hook_handlers.read(hook.format, one)) for hook in hooks for one in hook.handlers)


def run(handler: Handler) -> dict[str, bool]:
    """Return the scripts that a handler runs, each with whether it is started as a program, which it then has to be.

    What has a script's suffix is one wherever it stands; what has none is one where a shell, or what reads it, would start it.
    """
    found = {path: False for path in named(handler) if path.endswith(_SUFFIXES)}
    for started in command_lines.started(line_of(handler)):
        path = None if _FILLED_IN.search(started.word.removeprefix(hook_handlers.ROOT)) else _path(started.word)
        if path is not None and path not in _SUFFIXES and (path.endswith(_SUFFIXES) or not (started.by_suffix or _is_no_script(path))):
            found[path] = found.get(path, False) or started.program
    return found


def _is_no_script(path: str) -> bool:
    """Whether a file is one of settings or text by its name: who names one as a script has it put where an assistant reads it."""
    name = posixpath.basename(path)
    return name.startswith(".") or name.endswith(_NO_SCRIPTS)


def _joined(several: Iterable[Mapping[str, bool]]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for one in several:
        found |= {path: program or found.get(path, False) for path, program in one.items()}
    return found


def of(handler: Handler, files: Iterable[FolderFile]) -> tuple[FolderFile, ...]:
    """Return those of some files that a handler names, with what these take in."""
    return of_paths(named(handler), files)


def of_paths(paths: Iterable[str], files: Iterable[FolderFile]) -> tuple[FolderFile, ...]:
    """Return the files of some paths, with what these take in."""
    there = {file.path: file for file in files}
    wanted = [path for path in paths if path in there]
    return tuple(there[path] for path in (*wanted, *script_imports.follow(wanted, lambda path: _data(there, path)).files))


def _data(there: Mapping[str, FolderFile], path: str) -> bytes | None:
    return there[path].data if path in there else None


def lacking(paths: Iterable[str], files: Iterable[FolderFile]) -> tuple[Lack, ...]:
    """Return what the scripts of some paths take in that is not among some files."""
    there = {file.path: file for file in files}
    return script_imports.follow((path for path in paths if path in there), lambda path: _data(there, path)).lacks


def takes_in(lacks: Iterable[Lack]) -> Iterator[str]:
    """Say what scripts take in that is not there, or that nobody sees here, after `a guard of X`."""
    by_words: dict[str, dict[str, None]] = {}
    for one in lacks:
        by_words.setdefault(_MADE_UP if one.made_up else _INSTALLED if one.installed else _GONE, {})[one.shown] = None
    for words in (one for one in (_GONE, _INSTALLED, _MADE_UP) if one in by_words):
        yield f"needs {', '.join(by_words[words])}, {words}, it ends with an error and blocks nothing"


_GONE = "which is not there: without it"
_INSTALLED = _NO_FILE
_MADE_UP = "a name that is made up while it runs: where no such file is"
