"""What restrains the set that a pack holds, and in which assistants nothing holds it: what could break it comes to none of them."""

from __future__ import annotations

import hashlib
import json
import shlex
from typing import TYPE_CHECKING

from agentconv.conversion import set_restraints
from agentconv.conversion.along import EVERYTHING
from agentconv.conversion.carried_parts import CarriedParts
from agentconv.conversion.options import Options
from agentconv.core import effects
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.kinds import KINDS
from agentconv.core.parts import SetHook
from agentconv.core.restraints import RESTRAINING
from agentconv.formats import registry
from agentconv.formats.canonical import part_documents
from agentconv.pack import reach
from agentconv.parts.hooks import scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentconv.core.ir import Hook
    from agentconv.core.parts import FolderFile
    from agentconv.core.restraints import Restraint
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart

_OPTIONS = Options(deploy=True, along=EVERYTHING)
_SHOWN = 3
_AT = "@"
_BESIDE = "put it beside the script, and it goes along; what has to be installed on a machine comes with no pack"


def told(parts: Sequence[LoadedPart], accepted: Sequence[str] = ()) -> Iterator[Diagnostic]:
    """Yield which rules and hooks that hold the whole set back are held by few assistants only, before anybody installs the pack.

    Args:
        parts: What goes along.
        accepted: Those of which the pack's settings say that this is known, as `word_of` has them: they are noted, and count no more.
    """
    restraining = [one for one in parts if set_restraints.of(one)]
    all_clients = reach.clients()
    words = {restraint.shown: word_of(one, restraint) for one in restraining for restraint in set_restraints.of(one)}
    without: dict[str, set[str]] = {}
    for client in all_clients if restraining else ():
        carried = CarriedParts(client, _OPTIONS, {})
        carried.judge(restraining)
        for one in carried.restraints.open:
            without.setdefault(one.restraint.shown, set()).add(client)
    alike: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for shown, clients in without.items():
        known = not {words[shown], words[shown].partition(_AT)[0]}.isdisjoint(accepted)
        alike.setdefault((known, tuple(client for client in all_clients if client not in clients)), []).append(shown)
    for (known, held), rules in alike.items():
        yield _unheld(rules, [registry.FORMATS[client].title for client in held], [words[one] for one in rules], known=known)
    by_name = {words[shown].partition(_AT)[0]: words[shown] for shown in without}
    for word in (one for one in accepted if one not in (*by_name, *by_name.values())):
        near = by_name.get(word.partition(_AT)[0])
        hint = f"it has another text now: read it, and write `{near}`" if near else "take it out of `accept` in the table `pack`"
        yield Diagnostic(Code.PARTS, Severity.WARNING, f"`{word}` is accepted, and nothing that goes along is that", hint=hint)


def word_of(one: LoadedPart, restraint: Restraint) -> str:
    """Return what accepts a restraint: its words, and for a hook a checksum of all that it is and runs, since these may become others."""
    if not isinstance(one.part, SetHook):
        return restraint.text
    whole = hashlib.sha256(json.dumps(part_documents.plain(one.part), sort_keys=True).encode())
    return f"{restraint.text}{_AT}{whole.hexdigest()[:12]}"


def staying(parts: Parts, going: Iterable[LoadedPart]) -> Iterator[Diagnostic]:
    """Say what restrains the whole set and does not go along, so that nobody has it who installs the pack."""
    packed = {(one.kind, one.part.id) for one in going}
    there = [one for kind in KINDS if kind in RESTRAINING and parts.may_restrain() for one in parts.of(kind) if one.meant]
    words, kinds = set_restraints.said_of(one for one in there if (one.kind, one.part.id) not in packed)
    if words:
        message = f"what restrains the whole set stays, and nobody who installs the pack gets it: {words}"
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=f"--with needed,{','.join(kinds)} packs it, too")


def without_scripts(pieces: Iterable[Loaded], going: Sequence[LoadedPart]) -> Iterator[Diagnostic]:
    """Say which guards run scripts that do not go along, or lack what these take in: without it, a guard blocks nothing."""
    there = {file.path: file for one in going if isinstance(one.part, SetHook) for file in one.part.files}
    for piece in pieces:
        for agent in piece.agents:
            along = there | {file.path: file for file in piece.scripts}
            for told, hint in _of_agent(effects.guards_in(agent), along):
                message = f"a guard of `{agent.name or agent.id}` {told}"
                yield Diagnostic(Code.PARTS, Severity.WARNING, message, Span(piece.path), hint, agent=agent.name)
    for one in (one for one in going if scripts.guards_of(one.part)):
        guards = scripts.guards_of(one.part)
        lacks = scripts.lacking(scripts.of_hooks(guards), one.part.files) if isinstance(one.part, SetHook) else ()
        _, machine = scripts.absent(guards, there.__contains__)
        for told, way in (*scripts.runs_outside(machine), *((takes, _BESIDE) for takes in scripts.takes_in(lacks))):
            message = f"the hook `{one.part.name or one.part.id}` {told}"
            yield Diagnostic(Code.PARTS, Severity.WARNING, message, Span(one.path), way)


def _of_agent(guards: Sequence[Hook], along: Mapping[str, FolderFile]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the scripts that an agent's guards run, each with what to do."""
    named = scripts.of_hooks(guards)
    idle = [path for path in named if named[path] and path in along and not along[path].executable]
    if idle:
        yield f"starts {_listed(idle)}, which is no program: it blocks nothing, here or there", f"chmod +x {shlex.join(idle)}"
    missing, machine = scripts.absent(guards, along.__contains__)
    yield from scripts.runs_outside(machine)
    if missing:
        hint = "put the file there, and it goes along, or have the hook say itself what it does"
        yield f"runs {_listed(missing)}, which the pack does not hold: where there is no such file, the guard blocks nothing", hint
    lacks = scripts.lacking(named, along.values())
    yield from ((takes, _BESIDE) for takes in scripts.takes_in(lacks))


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return f"{', '.join(f'`{path}`' for path in paths[:_SHOWN])}{more}"


def _unheld(rules: Sequence[str], titles: Sequence[str], words: Sequence[str], *, known: bool) -> Diagnostic:
    more = f" and {len(rules) - _SHOWN:,} more" if len(rules) > _SHOWN else ""
    by = f"by {', '.join(titles)} alone" if titles else "by no assistant"
    shown = ", ".join(f"`{one}`" for one in rules[:_SHOWN])
    message = f"{shown}{more}: held {by}; in every other one, what could do that is refused (set-restraint)"
    if known:
        return Diagnostic(Code.PARTS, Severity.NOTE, f"{message}; accepted in the pack's settings")
    hint = (
        "the pack works for all of them: its README says what each gets; rules that all hold would bring all of it to all; "
        f"`accept = {json.dumps(list(words), ensure_ascii=False)}` in the table `pack` of the settings says that it is known"
    )
    return Diagnostic(Code.PARTS, Severity.WARNING, message, hint=hint)
