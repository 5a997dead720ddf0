"""What is told of a project where everything is in step, and of the limits that are not held in each run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from agentconv.sync import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Synced
    from agentconv.render.text import Style
    from agentconv.sync.settings import Settings


class Limit(NamedTuple):
    """A loss that every run tells of a target, whatever the form of its report."""

    target: str
    code: str
    agents: int
    accepted: bool = False
    """Whether the configuration accepts it."""


def limits(settings: Settings, synced: Sequence[Synced], beyond: Sequence[Loss] = ()) -> list[Limit]:
    """Return what each run tells, by target and code: what targets do not hold, and what agents may do whatever is written (`beyond`)."""
    held = [Limit(*row, number, known.is_accepted(settings, *row)) for row, number in sorted(known.lasting(synced).items())]
    anyway: dict[tuple[str, str], set[str]] = {}
    for loss in beyond:
        anyway.setdefault((loss.target, loss.code), set()).add(loss.agent)
    return [*held, *(Limit(*row, len(agents)) for row, agents in anyway.items())]


def whose(limit: Limit) -> str:
    """Say of how many agents a limit is; nothing, where it is one of the whole set."""
    from agentconv.render import text

    return "" if limit.code in known.OF_SET else f", {text.count(limit.agents, 'agent')}"


def line(settings: Settings, synced: Sequence[Synced], *, shown_by: str = "-v") -> str:
    """Say that everything is in step."""
    return " ".join([agents(settings, len({one.agent for one in synced})), *losses(synced, shown_by=shown_by)])


def agents(settings: Settings, number: int, fewer: Mapping[str, int] = MappingProxyType({})) -> str:
    """Say with what they are in step: with all targets; of those that have fewer of them, with how many."""
    if not settings.targets:
        return "Nothing is kept in step: `targets` names no assistant."
    targets = [target for target in settings.targets if target not in fewer]
    rest = [f"{fewer[target]:,} with {target}" for target in settings.targets if target in fewer]
    if not targets:
        return f"{number:,} {'agent' if number == 1 else 'agents'}: {', '.join(rest)} in step."
    some = "".join(f", {one}" for one in rest)
    return f"{number:,} {'agent' if number == 1 else 'agents'} in step with {', '.join(targets)}{some}."


def parts(counts: Mapping[str, int]) -> str:
    """Say how many parts of each kind are in step."""
    from agentconv.core.kinds import KINDS, NOUNS

    held = [f"{number:,} {NOUNS[kind]}{'s' if number != 1 else ''}" for kind in KINDS if (number := counts.get(kind, 0))]
    return f"in step, too: {', '.join(held)}" if held else "no parts to keep in step"


def losses(synced: Sequence[Synced], before: Sequence[Synced] | None = None, *, shown_by: str = "-v") -> list[str]:
    """Say how many losses are known, if any are: of those that were, where a run changes them; and what is typed to see them."""
    number = known.counted(synced, before)
    return [f"{number:,} known {'loss' if number == 1 else 'losses'} ({shown_by})."] if number else []


def lasting(settings: Settings, synced: Sequence[Synced], look: Style, told: Mapping[tuple[str, str], int] | None = None) -> Iterator[str]:
    """Yield a line for each loss that is told in every run.

    Args:
        settings: What the configuration says.
        synced: What the lock knows.
        look: How it looks.
        told: By target and code of how many agents this run has told it already, in full.
    """
    before = told or {}
    every = limits(settings, synced)
    found = [one for one in every if before.get((one.target, one.code), 0) < (1 if one.code in known.OF_SET else one.agents)]
    if not found:
        return
    from agentconv.core.diagnostics import LossSeverity
    from agentconv.core.losses import WHOLE_SET
    from agentconv.render import text

    word = look.paint(LossSeverity.WARNING.value, LossSeverity.WARNING)
    counted: dict[str, list[str]] = {}
    for one in found:
        more = one.agents - before.get((one.target, one.code), 0)
        number = whose(one) if more == one.agents or one.code in known.OF_SET else f", {_more(more)}"
        counted.setdefault(one.code, []).append(f"{text.client(one.target)}{number}{' (accepted)' if one.accepted else ''}")
    for code, places in sorted(counted.items()):
        to = f"{', '.join(places)}, {WHOLE_SET}" if code in known.OF_SET else "; to ".join(places)
        yield f"{word}[{code}] to {to} (-v)"


def _more(number: int) -> str:
    """Say how many agents there are beside those of which the same was told in full."""
    return f"{number:,} more {'agent' if number == 1 else 'agents'}"


def open_limits(
    settings: Settings, synced: Sequence[Synced], accepted: Sequence[str], beyond: Sequence[Loss] = ()
) -> list[tuple[str, str]]:
    """Return the losses of every run that count: all but those that both the configuration and the command line accept.

    What agents may do whatever is written (`beyond`) is no target's to hold, and nothing accepts it.
    """
    every = limits(settings, synced, beyond)
    return [(one.target, one.code) for one in every if not (one.accepted and {one.code, "all"} & {*accepted})]


def strictly(settings: Settings, synced: Sequence[Synced], accepted: Sequence[str], beyond: Sequence[Loss] = ()) -> list[str]:
    """Say which limits make a strict run fail, and what accepts them."""
    from agentconv.render import text
    from agentconv.sync.settings import ACCEPTABLE, BY_KEY

    found = open_limits(settings, synced, accepted, beyond)
    if not found:
        return []
    listed = ", ".join(f"{code} to {text.client(target)}" for target, code in found)
    accept = ", ".join(f'"{code}:{target}"' for target, code in found if code in ACCEPTABLE)
    ways = [f"`accept = [{accept}]` in {settings.own_file}, and --accept all, let it pass"] if accept else []
    said = sorted({code for _, code in found if code in BY_KEY})
    ways += [f"`{BY_KEY[code]}` accepts {code}, and --accept {code} lets it pass" for code in said]
    return [f"--strict counts {listed}.", *([f"  hint: {'; '.join(ways)}"] if ways else [])]


def accepting(limit: Limit, own_file: str, *, strict: bool = False) -> str:
    """Say what accepts a limit: the line of the configuration, and what lets a strict run pass; nothing, where nothing does."""
    from agentconv.sync.settings import ACCEPTABLE, BY_KEY

    passes = f", and with that --accept {limit.code} lets a strict run pass" if strict else ""
    if limit.code in BY_KEY:
        return f"`{BY_KEY[limit.code]}` in {own_file} accepts it{passes}"
    if limit.code not in ACCEPTABLE:
        return ""
    said = (
        f"{own_file} accepts it" if limit.accepted else f'`accept = ["{limit.code}:{limit.target}"]` in {own_file} says that this is known'
    )
    return f"{said}{passes}"


def document(code: int, number: int, told: Sequence[Limit] = (), *, looking: bool) -> dict[str, object]:
    """Return what a run is for other programs, where nothing changes."""
    head = {"command": "sync", "exit_code": code, "dry_run": looking, "agents": number, "files": [], "entries": [], "diagnostics": []}
    return {**head, "limits": [one._asdict() for one in told]} if told else head
