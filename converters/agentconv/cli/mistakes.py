"""What a person meant by a word that cannot be meant, and what to type instead."""

from __future__ import annotations

import os
import shlex
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.formats import registry

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

_ADDRESS = expression(r"[A-Za-z][A-Za-z0-9+.-]+:/+[^/]|git@[\w.-]+:.|(?:www\.)?git(?:hub|lab)\.com/.")
_REQUIREMENT = expression(r"[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*@\s*(?=[A-Za-z][A-Za-z0-9+.-]+:/)")
"""What stands before the address of a requirement: `pack @ https://...`."""
_REPOSITORY = expression(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+")
_HOME = expression(r"~[A-Za-z0-9_.-]*(?:/|$)")
_RULE = expression(r"AC[0-9]{1,3}")
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_NO_AGENTS = {
    **dict.fromkeys(("AGENTS.md", "CLAUDE.md", "GEMINI.md", "QWEN.md", "CONVENTIONS.md"), "instructions for a whole project"),
    **dict.fromkeys((".cursorrules", ".windsurfrules", "copilot-instructions.md"), "instructions for a whole project"),
    "SKILL.md": "a skill",
}
"""Files that people take for an agent's, and what they hold."""
_PLACES = frozenset({"DIR", "FILE", "PATH", "DIR|FILE|-"})
"""What options are called that name a place."""


def check(options: argparse.Namespace, actions: Iterable[argparse.Action]) -> None:
    """Complain about words that name nothing, where it can be told what was meant.

    Raises:
        InputError: There is one.
    """
    for word in getattr(options, "sources", ()):
        _source(word, options)
    for word in getattr(options, "packs", ()):
        if not os.path.lexists(word):
            _apart(word, options)
            _nowhere(word)
    for action in actions:
        value = getattr(options, action.dest, None)
        if action.option_strings and action.metavar in _PLACES and isinstance(value, str) and not os.path.lexists(value):
            _no_place(value, action)
            _place(value, action.option_strings[0])


def _source(word: str, options: argparse.Namespace) -> None:
    """Complain about a SRC that is nothing to read."""
    if not os.path.lexists(word):
        _apart(word, options)
        _nowhere(word)
    elif os.path.isfile(word) and not getattr(options, "source_format", None) and not _is_looked_at(word, options):
        _no_agent(Path(word))


def _is_looked_at(word: str, options: argparse.Namespace) -> bool:
    """Whether a file that holds no agent is a part's, and the command is `lint`, which looks at those, too, or a pack, for `inspect`."""
    if hasattr(options, "effects") and word.lower().endswith(".whl"):
        return True
    from agentconv.sources import part_places

    return hasattr(options, "unsafe_fixes") and part_places.is_part_alone(word)


def _apart(word: str, options: argparse.Namespace) -> None:
    """Complain about what stands apart from the list that it belongs to."""
    to, clients, select = (getattr(options, name, None) for name in ("to", "clients", "select"))
    if _RULE.fullmatch(word):
        raise registry.usage(f"`{word}` is a rule, and no file or folder", f"put commas between rules: --select {_joined(select, word)}")
    if not registry.is_known(word):
        return
    what = f"`{word}` is a format, and no file or folder"
    if to:
        raise registry.usage(what, f"put commas between formats: {'--to' if hasattr(options, 'packs') else '-t'} {_joined(to, word)}")
    if hasattr(options, "clients"):
        raise registry.usage(what, f"name the clients to ask like this: --for {_joined(clients, word)}")


def _joined(given: Sequence[str] | None, word: str) -> str:
    return ",".join([*(one.strip(",") for one in given or ()), word])


def flag_meant(flag: str, value: str, actions: Iterable[argparse.Action]) -> str | None:
    """Return the flag that takes a value which was given to one of another name: `--format json`; None where none does."""
    if flag not in ("--format", "--fmt", "--reporter"):
        return None
    by_name = {name: action for action in actions for name in action.option_strings}
    report = by_name.get("--output-format")
    if report is not None and (value in (report.choices or ()) or not registry.is_known(value)):
        return "--output-format"
    return next((name for name in ("--to", "--for", "--from") if name in by_name), None)


def flag_elsewhere(command: str, flag: str, value: str) -> str | None:
    """Return what to do instead of a flag that another command has for the same wish; None where there is nothing to say."""
    if command == "sync" and flag == "--with":
        listed = ", ".join(f'"{word.strip()}"' for word in (value or "needed").split(","))
        return f"`with = [{listed}]` in agentconv.toml keeps that in step with the agents"
    if command == "sync" and flag in ("--baseline", "--update-baseline"):
        return "agentconv.lock is that: it knows what was told; `accept = [...]` in agentconv.toml, and --accept, are for --strict"
    if command in ("lint", "convert") and flag == "--staged":
        return f"pre-commit has what is staged in the files; without it: git checkout-index -a --prefix=DIR/ && agentconv {command} DIR"
    if command == "lint" and flag in ("-v", "--verbose"):
        return (
            "each finding is told in full without it; `agentconv rule CODE` says more, and `agentconv inspect -v` what each assistant reads"
        )
    if flag == "--output-file" and command in ("sync", "status"):
        return f"the report is what is on standard output: agentconv {command} ... > {shlex.quote(value) if value else 'FILE'}"
    if flag in ("-t", "--to") and command in ("lint", "inspect"):
        return "did you mean `--for`?"
    return _undoing(flag.lstrip("-"), command)


_MEANT = {
    "check": ("lint", "sync --check"),
    "diff": ("sync --diff", "convert --diff"),
    "export": ("to-json",),
    "fix": ("lint --fix",),
    "import": ("from-json",),
    "update": ("sync",),
    "validate": ("lint",),
    "watch": ("sync --watch",),
}
"""Commands of other tools, and what does the same here."""


_UNDOES = ("undo", "revert", "rollback", "reset", "remove", "uninstall", "delete")
"""Words for taking back what was done."""


def _undoing(word: str, command: str) -> str | None:
    """Return how what a command did is undone, where a word asks for that: no near word would."""
    from agentconv.cli import ending

    if word not in _UNDOES:
        return None
    each = {"sync": ending.OF_SYNC, "init": ending.OF_SYNC, "convert": ending.OF_CONVERT, "install": ending.OF_PACKS}
    return each.get(command) or ("; ".join(dict.fromkeys(each.values())) if not command else None)


def missing(word: str, command: str) -> str | None:
    """Return what to do where a word is missing that a command takes; None where its examples say it."""
    return f"agentconv status lists packs; {_undoing('undo', 'sync')}" if (word, command) == ("PACK", "uninstall") else None


def missing_target(words: Sequence[str]) -> str | None:
    """Return the command line that was meant by one without `-t` whose last word is a format; None where it is none."""
    last = words[-1] if words else ""
    return shlex.join([*words[:-1], "-t", last]) if registry.is_known(last) and not os.path.lexists(last) else None


def no_command(word: str) -> str | None:
    """Return what to type for a file or a folder without a command, or for another tool's; None where the word is neither."""
    if not (os.path.lexists(word) or "/" in word or PurePath(word).suffix):
        if undone := _undoing(word, ""):
            return undone
        meant = " or ".join(f"`agentconv {line}`" for line in _MEANT.get(word, ()))
        return f"did you mean {meant}?" if meant else None
    place = shlex.quote(word)
    return f"what to do with it comes first: agentconv inspect {place}, lint {place}, convert {place} -t FORMAT"


def _nowhere(word: str) -> None:
    """Complain about what is no path here, though it may be one somewhere else."""
    if _ADDRESS.match(word):
        raise registry.usage(f"`{word}` is an address, and nothing is fetched", f"{_fetched(word)}, and name what comes of it")
    direct = _REQUIREMENT.match(word)
    if direct:
        raise registry.usage(
            f"`{word}` is the requirement of an address, and nothing is fetched",
            f"pip install {shlex.quote(word)}, and name the pack: {direct[0].partition('@')[0].strip()}",
        )
    _place(word, "")
    first = word.partition("/")[0]
    from agentconv.sources import discovery

    if _REPOSITORY.fullmatch(word) and not word.lower().endswith(".whl") and not os.path.lexists(first):
        clone = f"if it is a repository: git clone https://github.com/{word}, and name what comes of it"
        raise registry.usage(f"there is no file or folder `{word}`", discovery.near(Path(word)) or clone)


def _no_place(word: str, action: argparse.Action) -> None:
    """Complain about an address where a flag wants a place."""
    if _ADDRESS.match(word):
        is_file = action.metavar == "FILE"
        hint = f"curl -LO {shlex.quote(word)}, and name what comes of it" if is_file else "name a place on this computer"
        done = "fetched" if is_file else "fetched from it or sent to it"
        raise registry.usage(f"{action.option_strings[0]}: `{word}` is an address, and nothing is {done}", hint)


def _fetched(word: str) -> str:
    """Return the command line that fetches what an address is of."""
    known = tuple({suffix for row in registry.FORMATS.values() for suffix in row.suffixes})
    if word.endswith((*known, ".whl")) and "/blob/" not in word:
        return f"curl -LO {shlex.quote(word)}"
    return f"git clone {shlex.quote(word.partition('/blob/')[0].partition('/tree/')[0].removeprefix('git+'))}"


def _place(word: str, flag: str) -> None:
    """Complain about a path as another system, or a shell, would have it."""
    head = f"{flag}: " if flag else ""
    if word.startswith("~") and _HOME.match(word):
        home = f'"$HOME{word[word.find("/") :] if "/" in word else ""}"'
        raise registry.usage(
            f"{head}there is no `{word}`: in quotes, `~` is not your home folder", f"leave the quotes out, or write {home}"
        )
    if os.sep == "/" and "\\" in word:
        slashes = word.replace("\\", "/")
        raise registry.usage(f"{head}there is no `{word}`: no backslash stands between folders here", f"write {slashes}")


def _is_nobodys(place: PurePosixPath) -> bool:
    """Whether a file lies in no place of a client."""
    from agentconv.sources import sniffing

    return sniffing.by_place(place, place.anchor) is None


def _no_agent(path: Path) -> None:
    """Complain about a file that is there and holds something else than agents."""
    name = path.name
    if name.lower().endswith(".whl"):
        raise registry.usage(f"`{path}` is a pack", f"agentconv install {shlex.quote(str(path))}")
    if name.lower().endswith(_ARCHIVES):
        raise registry.usage(f"`{path}` is an archive, and archives are not read", "unpack it, and name the folder that comes of it")
    place = PurePosixPath(Path(os.path.abspath(path)).as_posix())
    if name in _NO_AGENTS and _is_nobodys(place):
        hint = "name the project, or its folder of agents: ., .claude/agents; with -f FORMAT it is read as an agent all the same"
        raise registry.usage(f"`{path}` holds {_NO_AGENTS[name]}, and is no agent", hint)
