"""Whether a conversion would write an agent for another client: no finding advises one that `convert` refuses."""

from __future__ import annotations

import os
import shlex
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from agentconv.conversion import converting, servers_there
from agentconv.conversion.options import Options
from agentconv.core import losses, names
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import InputError, LossKind
from agentconv.formats import registry
from agentconv.lint import project
from agentconv.sources import loading

if TYPE_CHECKING:
    from collections.abc import Hashable

    from agentconv.core.diagnostics import Loss
    from agentconv.core.shapes import Shapes
    from agentconv.lint.subject import Subject


class Advice(NamedTuple):
    """What to do about a finding."""

    help: str
    option: str | None = None
    """The same for who calls the library, where that is something else."""

    def after(self, words: str) -> Advice:
        """Return it as the other way beside the one that comes first."""
        if not self.help:
            return Advice(words)
        return Advice(f"{words}, or {self.help}", f"{words}, or {self.option}" if self.option else None)


NONE = Advice("")


class Refused(NamedTuple):
    """Why no file would be written for another client."""

    why: str = ""
    """In short; empty where one would be."""
    beyond: tuple[str, ...] = ()
    """What the agent could do by it beyond its author's words, as `keep-wider` names that."""
    keepable: bool = False
    """Whether `keep-wider` counts: by that file it could do less than by this one, which the client reads, too."""


def advice(subject: Subject, client: str, number: int, what: str) -> Advice:
    """Return what else there is to do than to mend the file: to let `convert` write one (`what`); nothing where it would refuse to."""
    if refusal(subject, client, number):
        return NONE
    return Advice(f"let `{_command(subject, client)}` {what}", f'let `agentconv.write(agents, "{client}")` {what}')


def _command(subject: Subject, client: str) -> str:
    """Return the whole command that writes a file of an agent for another client, as it runs where the path is one."""
    below = subject.location.removeprefix(os.path.join(os.getcwd(), "")).replace(os.sep, "/")
    path = below if below.endswith(subject.path) and not os.path.isabs(below) else subject.path
    before = (f"/{path}".partition(f"/{folder}/") for folder in registry.FORMATS[subject.format].folders)
    root = next((start[1:] for start, found, _ in before if found), path.removesuffix(subject.path).rstrip("/")) or "."
    return f"agentconv convert {shlex.quote(path)} -f {subject.format} -t {client} -o {shlex.quote(root)}"


def way(subject: Subject, client: str, number: int) -> Advice:
    """Return what keeps an agent within what its author wrote in another client, too."""
    title = registry.FORMATS[client].title
    if is_to_come(subject, client, number):
        return Advice(f"run `agentconv sync`: it writes a narrower file of its own for {title}")
    written = advice(subject, client, number, "write a file that keeps it within that")
    return written if written.help else narrowing(subject, client, number)


def is_to_come(subject: Subject, client: str, number: int) -> bool:
    """Whether `sync`, once it has run, gives a client a file of its own for an agent, which comes before this one there."""
    return client in subject.to_come - subject.unwanted and not refusal(subject, client, number)


def refusal(subject: Subject, client: str, number: int) -> str:
    """Return why `convert` (`sync`, where that is who writes it) would write no file for another client, in short; empty where it would."""
    return _refusal(subject, client, number).why


def _refusal(subject: Subject, client: str, number: int) -> Refused:
    if client not in subject.refusals:
        subject.refusals[client] = _refusals(subject, client)
    return subject.refusals[client].get(number, Refused())


_AS_USUAL = Options(keeps_wider=lambda _: ())  # of nobody, so that it is told whether it would count
_MOST = 1000
"""Shapes that are remembered; beyond, they are forgotten, and asked about again."""


@cache
def _shapes(_client: str) -> Shapes:
    """Return what conversions to a client have found out about agents of one shape, from one file to the next."""
    return {}


@cache
def _told(_client: str) -> dict[Hashable, dict[int, Refused]]:
    """Return what conversions to a client said of agents with plain texts, by all that such agents differ in."""
    return {}


def _refusals(subject: Subject, client: str) -> dict[int, Refused]:
    if subject.as_synced is not None and client in subject.to_come:
        return _as_synced(subject, client, subject.as_synced(client))
    brought = any(registry.FORMATS[one].distribution for one in (subject.format, client))
    shape = None if brought else subject.shape
    if shape is None:
        return _asked(subject, client)
    told = _told(client)
    if shape not in told:
        if len(told) >= _MOST:
            told.clear()
        told[shape] = _asked(subject, client)
    return told[shape]


def _as_synced(subject: Subject, client: str, options: Options) -> dict[int, Refused]:
    """Return the same of `sync`, whose configuration may let a target have what it would refuse, or say of it what cannot be meant."""
    try:
        return _asked(subject, client, options)
    except InputError as error:
        return dict.fromkeys(range(len(subject.result.set.agents)), Refused(error.diagnostic.message))


def _asked(subject: Subject, client: str, options: Options | None = None) -> dict[int, Refused]:
    """Convert the agents of a file, and return why some are refused."""
    pieces = list(loading.with_ids([loading.as_read(subject.format, subject.source, subject.alone)]))
    numbers = {agent.id: number for number, agent in enumerate(agent for piece in pieces for agent in piece.agents)}
    found: dict[int, Refused] = {}
    for done in converting.convert(pieces, client, options or _AS_USUAL, shapes=_shapes(client) if options is None else None):
        refusals = (loss for loss in done.losses if loss.kind is LossKind.REFUSED)
        why = [Refused(_why(loss.code, loss.detail), loss.beyond or (), loss.keepable) for loss in refusals]
        why += [Refused("it is lost to a bug")] if done.failed else []
        found |= {numbers[one]: why[0] for one in done.agents if why and one in numbers}
    return found


def opened(subject: Subject, client: str, number: int) -> list[Loss]:
    """Return which of the servers that a client has it lets an agent use beyond its author's words: by its own file, or by this one."""
    there, author = project.servers_there(subject.location, client), subject.result.set.agents[number]
    if not there:
        return []
    if client in subject.versions:
        own = project.agents_of(subject.versions[client], client)
        return [
            loss
            for one in own
            if names.alike(one.name) == names.alike(author.name)
            for loss in servers_there.told(author, one, client, there)
        ]
    if not is_to_come(subject, client, number):
        return [*servers_there.told(author, subject.reading(client).set.agents[number], client, there)]
    options = replace(subject.as_synced(client) if subject.as_synced is not None else _AS_USUAL, there_already=lambda _: there)
    pieces = list(loading.with_ids([loading.as_read(subject.format, subject.source, subject.alone)]))
    ids = [agent.id for piece in pieces for agent in piece.agents]
    told = [loss for done in converting.convert(pieces, client, options) for loss in done.losses if loss.code == servers_there.CODE]
    return [loss for loss in told if loss.agent == ids[number]]


def _why(code: str, detail: str) -> str:
    return detail if code == "widening" and detail else f"{losses.rule(code).summary}{f' ({detail})' if detail else ''}"


def narrowing(subject: Subject, client: str, number: int) -> Advice:
    """Say what can be done where no file holds an agent to what its author wrote."""
    title, (why, beyond, keepable) = registry.FORMATS[client].title, _refusal(subject, client, number)
    if subject.format not in registry.also_reads(client) or not beyond:
        return Advice(f"allow that, if it may, or keep the agent out of {title}, which no file holds to that: {why}")
    name, wider = subject.result.set.agents[number].name, ", ".join(f'"{one}"' for one in beyond)
    root = subject.location.removesuffix(subject.path)
    begin = "in agentconv.toml" if not root or os.path.lexists(os.path.join(root, "agentconv.toml")) else "in what `agentconv init` writes"
    listed = f' (with "{client}" in `targets`)'
    own = "" if client in subject.to_come else f"`own = true` goes below [sync.{client}]{listed}, and "  # which stands there already
    first = f"allow that, if it may, or have a narrower file written, which no file holds to all of that ({why}):"
    told = f"{begin}, {own}`keep-wider = [{wider}]` {'below' if own else 'goes below'} [sync.agents.{name}.{client}]"
    if not keepable:  # it may do as much by this very file, so that `keep-wider` would be seen in vain
        first = f"allow that in {title}, if it may, which no file holds to that ({why}):"
        run = f"`agentconv sync --allow-widening={shlex.quote(name or '')}`, in each run and each check, writes it a file of its own"
        told = f"{begin}, {own}{run}" if own else run
    return Advice(f"{first} {told}", f'{first} `agentconv.write(agents, "{client}", allow_widening=True)`')
