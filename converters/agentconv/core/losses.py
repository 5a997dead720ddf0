"""Every way in which a conversion can change an agent: stable codes, their severity, and their words.

The only place that words a loss. Code that drops or changes something calls `loss` with a code of `losses.json`, which is the catalogue of
all of them, and is read once the first loss is worded.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Detail, Loss, LossKind, LossSeverity

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView

    from agentconv.core.diagnostics import Span


@dataclass(frozen=True, slots=True)
class LossRule:
    """What one code means, in the words of the catalogue."""

    severity: LossSeverity
    kind: LossKind
    summary: str
    """One line for many agents; what is particular to one of them is its `detail`."""
    hint: str | None = None
    option: str | None = None
    """The hint for who calls the library, where it is another one; empty for none."""
    by_flag: bool = False
    """Whether the hint is to a flag of a conversion, too."""
    to_user: bool = False
    """Whether the hint is to who uses the assistant, too, rather than to who converts alone."""
    of_pair: bool = False
    """Whether it is the two clients that differ, and so the same for all agents: it is told once in a run."""
    apart: bool = False
    """Whether each detail is told by itself, with its agents: a person does something else about each."""


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return found


def codes() -> KeysView[str]:
    """Return the codes of all losses, in the order of the catalogue."""
    return _catalogue().keys()


@cache
def rule(code: str) -> LossRule:
    """Return what a code means.

    Raises:
        KeyError: It is not in the catalogue (a bug).
    """
    row = _catalogue()[code]
    return LossRule(**{**row, "severity": LossSeverity(row["severity"]), "kind": LossKind(row["kind"])})


TITLES: dict[str, str] = {}
"""By format what people call it, which `formats.registry` says."""


def sentence(one: Loss) -> str:
    """Say in one line what a loss is, with the name of the target in it, and what is particular to it."""
    summary = rule(one.code).summary.replace("the target", TITLES.get(one.target, "the target"))
    return f"{summary}: {one.detail}" if one.detail else summary


def in_library(one: Loss) -> Loss:
    """Return a loss with the hint for who calls the library, which has options and no flags."""
    hint = hint_in_library(one)
    return one if hint == one.hint and one.option is None else replace(one, hint=hint, option=None)


def hint_in_library(one: Loss) -> str | None:
    """Return the hint of a loss for who calls the library."""
    meant = rule(one.code)
    if one.option is not None:
        return one.option or None
    return meant.option or None if meant.option is not None and one.hint == meant.hint else one.hint


WHOLE_SET = "the set"
"""What is told of as an agent is, where a loss is of what belongs to none of them."""


def quoted(value: object) -> Detail:
    """Say which value a loss is about."""
    return Detail("`{}`", (value,))


def becomes(old: object, new: object) -> Detail:
    """Say what took a value's place."""
    return Detail("`{}` becomes `{}`", (old, _as_hidden(old, new)))


def renamed(old: str, new: str) -> Detail:
    """Say by which name an agent goes that is spoken of by another."""
    return Detail("`{}` is now `{}`", (old, _as_hidden(old, new)))


def _as_hidden(old: object, new: object) -> object:
    """Return what may be shown of a value that was made of another one: no more than of that."""
    if not isinstance(old, str) or not isinstance(new, str):
        return new
    from agentconv.core import credentials

    return new if credentials.masked(old) == old else credentials.shortened(new)


def listed(words: Iterable[str], around: str = "{}", *, nothing: str = "") -> Detail:
    """Say which of several things a loss is about.

    Args:
        words: Their names.
        around: What to say of them.
        nothing: What to say where there is none.
    """
    found = tuple(words)
    return Detail(around, (found,)) if found else Detail(nothing)


def loss(
    code: str,
    agent: str,
    field: str,
    target: str,
    detail: Detail | str,
    *,
    hint: str | None = None,
    span: Span | None = None,
    severity: LossSeverity | None = None,
    part: str | None = None,
) -> Loss:
    """Make a Loss.

    Args:
        code: One of `codes`.
        agent: The agent's id, or that of a part.
        field: The path of the field that changed.
        target: The target's format id.
        detail: What is particular to this agent, short enough for one line; text says it where no value of the agent's is in it.
        hint: What to do next, where the catalogue has nothing better.
        span: Where the field stands in the source.
        severity: How much it matters, where that is not what it mostly is.
        part: The kind of part, where it is no agent.

    Raises:
        KeyError: The code is not in the catalogue (a bug).
    """
    meant = rule(code)
    data = Detail(detail) if isinstance(detail, str) else detail
    return Loss(code, severity or meant.severity, meant.kind, agent, field, target, str(data), hint or meant.hint, span, data, part)
