"""Names and file names in the target: legal, unique without case, and never a path."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Severity, Span
from agentconv.core.names import avoiding, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from agentconv.core.format import FormatSpec


@dataclass(frozen=True, slots=True)
class Named:
    """An agent that wants a name."""

    id: str
    name: str | None
    stem: str
    """The stem of its file: the name to fall back to."""
    first: bool
    """Whether the source client uses it; such agents choose their names before the others."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name that an agent gets, and why it is another one."""

    name: str
    code: str | None = None
    """Loss code: `name-missing`, `name-illegal`, `name-reserved` or `name-duplicate`; None when the name is its own."""


def assign(
    agents: Iterable[Named],
    legal: Callable[[str], str],
    kept: Iterable[str] = (),
    reserved: Collection[str] = (),
    pinned: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Name]:
    """Give each agent a legal name, unique without case: the first keeps its own, the others get `-2`, `-3`.

    Args:
        agents: Those that want a name.
        legal: Turns a name into a legal one.
        kept: Names that other agents have and keep.
        reserved: Names, in lower case, that belong to the client's own agents.
        pinned: Names, by agents' ids, that they had before and keep, where they would be theirs with no other agent there, or with others.
    """
    wanted = sorted(agents, key=lambda agent: not agent.first)
    bases = [avoiding(_base(agent, legal), reserved) for agent in wanted]
    present = {base.casefold() for base in bases}
    taken = {name.casefold() for name in kept}
    pins = _held(zip(wanted, bases, strict=True), pinned, legal, taken) if pinned else {}
    taken |= {name.casefold() for name in pins.values()}
    names: dict[str, Name] = {}
    numbers: dict[str, int] = {}
    for agent, base in zip(wanted, bases, strict=True):
        pin = pins.get(agent.id)
        if pin is not None and pin != base:
            names[agent.id] = Name(pin, "name-duplicate")
            continue
        if pin is not None or base.casefold() not in taken:
            taken.add(base.casefold())
            code = None if base == agent.name else "name-missing" if agent.name is None else "name-illegal"
            if agent.name and agent.name.casefold() in reserved:
                code = "name-reserved"
            names[agent.id] = Name(base, code)
            continue
        number = numbers.get(base.casefold(), 2)
        while (found := _ending(base, f"-{number}", legal)).casefold() in taken or found.casefold() in present:
            number += 1
        numbers[base.casefold()] = number + 1
        taken.add(found.casefold())
        names[agent.id] = Name(found, "name-duplicate")
    return names


def _held(
    wanted: Iterable[tuple[Named, str]], pinned: Mapping[str, str], legal: Callable[[str], str], taken: Collection[str]
) -> dict[str, str]:
    """Return the names that agents keep: their own, or their own with a number; no two keep one."""
    held: dict[str, str] = {}
    names = {*taken}
    for agent, base in wanted:
        pin = pinned.get(agent.id)
        if pin is None or pin.casefold() in names:
            continue
        number = re.search(r"-[0-9]+$", pin)
        if pin == base or (number and _ending(base, number[0], legal) == pin):
            held[agent.id] = pin
            names.add(pin.casefold())
    return held


def _ending(base: str, end: str, legal: Callable[[str], str]) -> str:
    """Return a name with an end, shortened before it where the whole is too long to be legal."""
    while base and legal(base + end) != base + end:
        base = base[:-1]
    return f"{base or 'agent'}{end}"


def _base(agent: Named, legal: Callable[[str], str]) -> str:
    return (legal(agent.name) if agent.name else "") or legal(agent.stem) or "agent"


def unique_stem(name: str, taken: dict[str, int]) -> str:
    """Return a stem that no other file has, without case, and take it; `taken` also holds each stem's next number."""
    base = stem(name)
    number = taken.get(base.casefold(), 1)
    found = base if number == 1 else f"{base}-{number}"
    while found.casefold() in taken:
        number += 1
        found = f"{base}-{number}"
    taken.setdefault(found.casefold(), 2)
    taken[base.casefold()] = number + 1
    return found


def duplicate(spec: FormatSpec, name: str, paths: Sequence[str]) -> Diagnostic:
    """Say which of several agents of one name a client uses."""
    message = f"`{name}` is defined in {', '.join(f'`{path}`' for path in paths)}; {spec.client} uses {spec.duplicates}"
    return Diagnostic(Code.DUPLICATE_NAME, Severity.WARNING, message, Span(paths[1]), "rename all but one", name, spec.id)
