"""What is told of a project where everything is in step, and of the limits that are not held in each run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from agentconv.sync import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Synced
    from agentconv.render.text import Style
    from agentconv.sync.settings import Settings


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
    found = [
        (row, number)
        for row, number in sorted(known.lasting(synced).items())
        if (told or {}).get(row, 0) < (1 if row[1] in known.OF_SET else number)
    ]
    if not found:
        return
    from agentconv.core.diagnostics import LossSeverity
    from agentconv.core.losses import WHOLE_SET
    from agentconv.render import text

    word = look.paint(LossSeverity.WARNING.value, LossSeverity.WARNING)
    counted: dict[str, list[str]] = {}
    for (target, code), number in found:
        accepted = " (accepted)" if known.is_accepted(settings, target, code) else ""
        more = number - (told or {}).get((target, code), 0)
        whose = "" if code in known.OF_SET else f", {text.count(number, 'agent') if more == number else _more(more)}"
        counted.setdefault(code, []).append(f"{text.client(target)}{whose}{accepted}")
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
    anyway = dict.fromkeys((loss.target, loss.code) for loss in beyond)
    held = [row for row in known.lasting(synced) if not ({row[1], "all"} & {*accepted} and known.is_accepted(settings, *row))]
    return [*held, *anyway]


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


def document(code: int, number: int, *, looking: bool) -> dict[str, object]:
    """Return what a run is for other programs, where nothing changes."""
    return {"command": "sync", "exit_code": code, "dry_run": looking, "agents": number, "files": [], "entries": [], "diagnostics": []}
