"""Whose agents are meant where several assistants have some: said on the command line or in the configuration, else asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import scope
from agentconv.core import names
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.formats import registry
from agentconv.render import text
from agentconv.sources import loading, locations
from agentconv.sync import origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.sources.inputs import Discovery

_SHOWN = 3


def forbid_mixture(found: Discovery, loader: loading.Loader, choose: str = "choose whose to convert") -> None:
    """Stop when folders hold agents of several clients and nobody said which are meant.

    Args:
        found: What was found.
        loader: Reads it.
        choose: What is to be chosen.

    Raises:
        InputError: They do.
    """
    if not _is_mixed(found):
        return
    walked = _walked(found)
    counts = Counter(walked[piece.path] for piece in loader if piece.path in walked for _ in piece.agents)
    if len(counts) > 1:
        listed = ", ".join(f"{format_id} ({number:,})" for format_id, number in counts.items())
        root = _root(found)
        named = scope.source_of_project(root or Path())
        first = named if named in counts else origin.first(root, counts)
        once = "" if found.home else f"; `agentconv init -f {first}` says it once for all"
        why = ", which agentconv.toml names as the source" if named == first else once
        raise registry.usage(f"agents of several assistants: {listed}", f"{choose}: -f {first}{why}")


def of_one(found: Discovery, choose: str) -> Diagnostic | None:
    """Leave out of what was found what a project's other assistants call as its source does; return what is told of that.

    Args:
        found: What was found, of which the files of the other assistants are taken out.
        choose: What is to be chosen, where no configuration says whose agents are the source.

    Raises:
        InputError: Nobody said whose agents are meant.
    """
    if not doubled(found):
        return None
    source = scope.source_of_project(_root(found) or Path())
    walked = _walked(found)
    if source not in walked.values():
        forbid_mixture(found, loading.Loader(found.files, keep=False), choose)
    left = list(dict.fromkeys(format_id for format_id in walked.values() if format_id != source))
    found.files = [file for file in found.files if file.named or file.format == source]
    others = ", ".join(map(text.client, left))
    message = f"the agents are those of {text.client(str(source))}, which agentconv.toml names as the source; those of {others} stay out"
    return Diagnostic(Code.ELSEWHERE, Severity.NOTE, message, hint=f"-f {left[0]} takes those in place of them")


def doubled(found: Discovery) -> Sequence[str]:
    """Return the names that agents of several clients have in the folders that were walked."""
    if not _is_mixed(found):
        return []
    walked = _walked(found)
    having: dict[str, dict[str, str]] = {}
    for piece in loading.Loader(found.files, keep=False):
        for agent in piece.agents if piece.path in walked else ():
            if agent.name:
                having.setdefault(names.alike(agent.name), {}).setdefault(walked[piece.path], agent.name)
    return [next(iter(one.values())) for one in having.values() if len(one) > 1]


def told(found: Discovery, where: str) -> Diagnostic | None:
    """Say of agents of one name that all of them go into one place, and how those of one assistant do."""
    both = doubled(found)
    if not both:
        return None
    first = scope.source_of_project(_root(found) or Path()) or next(iter(_walked(found).values()))
    listed = ", ".join(both[:_SHOWN]) + (f" and {len(both) - _SHOWN:,} more" if len(both) > _SHOWN else "")
    message = f"{where} holds agents of several assistants that have one name: {listed}"
    return Diagnostic(Code.ELSEWHERE, Severity.NOTE, message, hint=f"-f {first} takes those of one assistant alone")


def _is_mixed(found: Discovery) -> bool:
    return len({file.format for file in found.files if not file.named}) > 1


def _walked(found: Discovery) -> Mapping[str, str]:
    """Return the formats of the files that nobody named, by path."""
    return {file.path: file.format for file in found.files if not file.named}


def _root(found: Discovery) -> Path | None:
    """Return the project that the files which nobody named belong to; None where there is not just one."""
    roots = {locations.project_root(Path(file.location)) for file in found.files if file.location and not file.named}
    return roots.pop() if len(roots) == 1 else None
