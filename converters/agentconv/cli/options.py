"""The options that subcommands share, each in one place."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from agentconv.cli.configuration import STRICT
from agentconv.conversion.choices import EVERYTHING, MAP_MODELS, ON_DUPLICATE
from agentconv.core.kinds import KINDS
from agentconv.core.restraints import RESTRAINING
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.diagnostics import InputError


ALL = "all"
"""Every assistant that has a folder of agents."""


def targets(options: argparse.Namespace, source: str | None = None) -> list[str]:
    """Return the formats to write, each once.

    Args:
        options: What was asked for.
        source: The one format that there is to read, which `all` leaves out.

    Raises:
        InputError: There is no such format, or none is named.
    """
    words = [word.strip() for word in ",".join(options.to).split(",") if word.strip()]
    if not words:
        raise no_target()
    return list(
        dict.fromkeys(one for word in words for one in (_every(options, source) if word.lower() == ALL else [registry.resolve(word)]))
    )


def _every(options: argparse.Namespace, source: str | None) -> list[str]:
    from agentconv.cli import scope
    from agentconv.sources import user_places

    has_place = user_places.templates if scope.is_user(options) else registry.marks
    return [client for client in registry.CLIENTS if has_place(client) and client != source]


def is_for_all(options: argparse.Namespace) -> bool:
    """Whether every assistant is to get the agents: then none of their folders can be left out as a source."""
    return ALL in ",".join(options.to).lower().split(",")


def no_target(meant: str | None = None) -> InputError:
    """Make the error for a command that is not told what to write, perhaps with the command line that was meant."""
    hint = f"did you mean `{meant}`?" if meant else f"add -t FORMAT; {registry.LISTED}"
    return registry.usage("which format to write? -t is missing", hint)


def add_sources(parser: argparse.ArgumentParser, *, here: bool = False, scoped: str = "") -> None:
    """Add SRC... and what tells its format.

    Args:
        parser: The command's.
        here: Whether SRC may be left out, and is the current folder then, as for a command that only looks.
        scoped: What `--scope user` means to the command; empty where it knows no such thing.
    """
    group = parser.add_argument_group("input")
    words = f"a file, a folder, a project's root, a glob, or - for standard input{f' (default: {os.curdir})' if here else ''}"
    group.add_argument("sources", nargs="*" if here or scoped else "+", default=[], metavar="SRC", help=words)
    if scoped:
        from agentconv.cli import scope

        scope.add_scope(group, scoped)
    group.add_argument("-f", "--from", dest="source_format", metavar="FORMAT", help="format of SRC (default: told from path and content)")
    group.add_argument("--stdin-filename", metavar="NAME", default="", help="name of what comes on standard input; tells its format")


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add what decides which agents are converted."""
    group = parser.add_argument_group("which agents")
    add_only_loaded(group)
    group.add_argument(
        "--on-duplicate",
        choices=ON_DUPLICATE,
        metavar="|".join(ON_DUPLICATE),
        help="agents of one name: call the later ones NAME-2, NAME-3 (default), keep the first, or stop",
    )
    add_widening(group, "also write agents that could then do more than their author allowed")


def add_widening(group: argparse._ActionsContainer, words: str) -> None:
    """Add what a user insists on, whatever an author closed.

    Args:
        group: Where it stands in the help.
        words: What it does to agents.
    """
    kinds = " or ".join(RESTRAINING)
    what = f"{words}; after a =, those alone that are named, a part as KIND/NAME; {kinds}: what these hold the whole set back from"
    group.add_argument("--allow-widening", metavar="[=NAME,...]", type=words_of_widening, help=what)
    group.add_argument("--no-allow-widening", dest="allow_widening", action="store_const", const=(), help=argparse.SUPPRESS)


def words_of_widening(text: str) -> tuple[str, ...]:
    """Return what a user insists on: everything, kinds of parts that restrain the whole set, or names."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def widening(given: object) -> tuple[str, ...]:
    """Return what a user insists on, as the options have it: `all`, kinds of parts that restrain the whole set, or names."""
    return given if isinstance(given, tuple) else (EVERYTHING,) if given is True else ()


def nobody(name: str, known: Iterable[str], flag: str = "--allow-widening") -> InputError:
    """Make the error for a name that nobody has."""
    hint = registry.did_you_mean(name, [*known, EVERYTHING, *RESTRAINING], "it takes agents' names, and parts as KIND/NAME")
    return registry.usage(f"{flag}: there is nothing called `{name}`", hint)


def add_along(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what of the project goes along with the agents, and return the group."""
    group = parser.add_argument_group("what lies beside agents")
    group.add_argument(
        "--with",
        dest="along",
        action="append",
        metavar="needed|all|none|KIND[/NAME],...",
        help="what goes along into a folder: what the agents' fields name (default), everything, nothing, all of a kind "
        f"({', '.join(KINDS)}), or one of it by name",
    )
    parser.set_defaults(**{"with": None})
    return group


def add_marketplace(group: argparse._ArgumentGroup) -> None:
    """Add the option that asks for the file which offers a plugin."""
    words = "write marketplace.json too, with which `claude plugin marketplace add` takes the folder"
    group.add_argument("--marketplace", action="store_true", help=words)


def add_models(parser: argparse.ArgumentParser) -> None:
    """Add what becomes of models that the target does not serve."""
    group = parser.add_argument_group("models")
    group.add_argument(
        "--map-models",
        "--models",
        choices=MAP_MODELS,
        metavar="|".join(MAP_MODELS),
        help="a model that the target does not serve: inherit the caller's (default), or take the target's own of the same tier. "
        'pyproject.toml can say what to write, and tiers: [tool.agentconv.models] codex = {opus = "gpt-6.1-sol"}; "our-7b" = "small"',
    )
    parser.set_defaults(models=None)


def add_only_loaded(group: argparse._ActionsContainer) -> None:
    """Add the switch that leaves out what its own client does not load."""
    group.add_argument("--only-loaded", action=argparse.BooleanOptionalAction, help="leave out agents that their own client does not load")


def add_output(parser: argparse.ArgumentParser, *, formats: bool = True) -> None:
    """Add where the output goes and how."""
    group = parser.add_argument_group("output")
    if formats:
        listed = f"formats to write; all: every assistant but SRC's own; {registry.LISTED}"
        group.add_argument("-t", "--to", action="append", required=True, metavar="FORMAT[,FORMAT|all]", help=listed)
    group.add_argument("-o", "--output", metavar="DIR|FILE|-", help="a project's root, a file, or - for standard output (default)")
    group.add_argument("--force", action="store_true", help="replace files that are there with other content (a copy is kept)")
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="write nothing; list what would change; exit 1 if anything would")
    modes.add_argument("--diff", action="store_true", help="write nothing; show what would change; exit 1 if anything would")
    modes.add_argument("-n", "--dry-run", action="store_true", help="write nothing; list what would be done")


def add_report(parser: argparse.ArgumentParser, *, known: bool = False) -> argparse._ArgumentGroup:
    """Add how results are told, and return the group.

    Args:
        parser: The command's.
        known: Whether losses may be known already.
    """
    group = parser.add_argument_group("report")
    add_strict(group)
    if known:
        from agentconv.cli import baseline

        baseline.add_arguments(group, "losses")
    group.add_argument(
        "--output-format",
        choices=("text", "json"),
        metavar="text|json",
        default="text",
        help="json: the report on standard output (standard error when the converted file goes there)",
    )
    group.add_argument("-v", "--verbose", action="store_true", help="one line per agent and loss")
    group.add_argument("-q", "--quiet", action="store_true", help="errors only")
    add_common(group)
    add_configuration(parser)
    return group


def add_strict(group: argparse._ActionsContainer) -> None:
    """Add what makes a command end with 1."""
    group.add_argument("--strict", choices=STRICT, metavar="[=warnings|notes|off]", help="exit 1 on warnings, or on notes too")


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """Add where what the command line leaves open is settled."""
    group = parser.add_argument_group("configuration")
    group.add_argument(
        "--config",
        metavar="FILE",
        help="read settings here (default: agentconv.toml, and [tool.agentconv] of pyproject.toml, of the project that SRC is in)",
    )
    group.add_argument("--isolated", action="store_true", help="read no configuration file")


def add_common(group: argparse._ActionsContainer) -> None:
    """Add what every command has."""
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        metavar="auto|always|never",
        default="auto",
        help="colour messages (NO_COLOR and FORCE_COLOR are heeded)",
    )
    group.add_argument("--debug", action="store_true", help="show tracebacks")
