"""What installing and uninstalling did, for people: counts per assistant, what stays and why, and what to do next."""

from __future__ import annotations

import shlex
from collections import Counter
from textwrap import wrap
from typing import TYPE_CHECKING

from agentconv.conversion import servers_there
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Cause, Code, Diagnostic, LossSeverity, Severity, Span
from agentconv.core.kinds import KINDS
from agentconv.install import consent, deployment, joined, named_others, places
from agentconv.install.planning import NEEDS_A_LOOK, Action
from agentconv.install.read_elsewhere import UNHELD
from agentconv.install.steps import NO_PROGRAM, ONLY_THE_LOCK, RUN_BY, WAS_THERE
from agentconv.packs.finding import FOLDER
from agentconv.render import left_behind, text
from agentconv.render.table import table, width
from agentconv.render.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agentconv.core.diagnostics import Loss
    from agentconv.install.consent import Asked
    from agentconv.install.deployment import Deployment
    from agentconv.install.installing import Held, Prepared
    from agentconv.install.places import Scope
    from agentconv.install.planning import Plan, Step
    from agentconv.render.text import Style

MORE = " (-v)"
"""What is said behind a number of names that `-v` shows."""
_DONE = {
    Action.WRITE: "written",
    Action.UPDATE: "updated",
    Action.SAME: "unchanged",
    Action.ADOPT: "there already",
    Action.REPLACE: "replaced (a copy is kept)",
    Action.REMOVE: "removed",
    Action.MISSING: "gone already",
    Action.SHARED: "kept for another pack",
    Action.IN_USE: "kept for another assistant",
    Action.KEEP_EDITED: "kept (edited)",
    Action.KEPT: "yours (kept)",
    Action.FOREIGN: "in the way",
    Action.OTHER_PACK: "another pack's",
    Action.BLOCKED: "blocked",
    Action.RELEASE: "left to you",
}
_PLANNED = {
    **_DONE,
    Action.WRITE: "to write",
    Action.UPDATE: "to update",
    Action.REPLACE: "to replace (a copy will be kept)",
    Action.REMOVE: "to remove",
    Action.KEEP_EDITED: "to keep (edited)",
    Action.RELEASE: "to leave to you",
}
CHANGES = frozenset({Action.WRITE, Action.UPDATE, Action.REPLACE})
"""What a client has to see."""


def installed(one: Prepared, scope: Scope, *, dry_run: bool, verbose: bool) -> list[str]:
    """Return what was done, or would be, with one pack."""
    lines = counted(one, scope, dry_run=dry_run)
    if verbose or dry_run:
        lines += [*_entries(one.plan, scope, unchanged=verbose), *(f"{'held':9} {text.safe(held.agent)}" for held in one.held)]
    for_all = _for_all(one) if one.before is None else []
    if one.asked or for_all:
        lines += ["", *asks(one.asked, verbose=verbose), *for_all]
    for held in one.accepted:
        lines.append(f"accepted: {text.shorten(held.agent, 40)}, {_new(held)}: {text.safe(_more(held))}")
    return lines


def counted(one: Prepared, scope: Scope, *, dry_run: bool) -> list[str]:
    """Return which pack it is, and how much of it became what in each assistant, or would."""
    manifest = one.pack.manifest
    was = one.before.version if one.before and _is_done(one, dry_run=dry_run) and one.before.version != manifest.version else None
    kind = "a folder" if one.pack.origin == FOLDER else "an editable install"
    trust = "" if one.pack.verified else f", unverified: {kind} has no record of its files"
    head = f"{manifest.name} {manifest.version}{f' (was {was})' if was else ''}, {_where(scope)}{trust}"
    rows = [row for each in one.deployments for row in _rows(each, one, scope, dry_run=dry_run)]
    rows += [("held", "", f"{len(one.held):,}: {text.names([held.agent for held in one.held], more=MORE)}")] if one.held else []
    done = [f"  {line}" for line in table(rows)] if _is_done(one, dry_run=dry_run) else ["  nothing was changed"]
    return [text.safe(head), *done]


def stays_away(one: Prepared, scope: Scope, look: Style, *, about: Collection[str] = (), verbose: bool) -> Iterator[str]:
    """Yield what would stay away from an assistant, or not be held there, whatever is accepted, and why.

    Args:
        one: What would be done.
        scope: Where.
        look: How it is shown.
        about: Ids of the agents that are meant; none for all that there is.
        verbose: Whether each is told by itself.
    """
    chosen = {*(about or one.unsafe)}
    told = [*(one for id_, several in one.unsafe.items() if id_ in chosen for one in several), *_remarks(one, scope, verbose=False)]
    told += [one.refused] if one.refused is not None else []
    told += [held_diagnostic(held, one.held) for held in one.held if not about or held.agent in about]
    yield from (text.diagnostic(diagnostic, look) for diagnostic in dict.fromkeys(told))
    steps = tuple(step for step in one.plan.steps if not about or step.agent in about)
    yield from step_problems(replace(one.plan, steps=steps), scope, look, dry_run=True)
    yield from _away(one, look, about=about, verbose=verbose)


def _is_done(one: Prepared, *, dry_run: bool) -> bool:
    return one.refused is None or dry_run


_ASKS = "permission-asks"
_FOR_ALL = {_ASKS: "asks before {}, which it ran unasked", "permission-wider": "holds more back than {}"}
"""What rules of a pack, which hold for the whole project, do beside what their author said."""

_YIELDS = "does not ask before {}, which the settings that are there allow"
"""What is said of the user's own words for less than what a pack asks about: they stay, and decide."""


def _for_all(one: Prepared) -> list[str]:
    """Return what changes for everybody who works in the project, whatever agent is at work, by the rules that come."""
    found = ((each.target, loss) for code in _FOR_ALL for each in one.deployments for loss in each.losses if loss.code == code)
    said = ((target, loss, _changed(one, target, loss)) for target, loss in found)
    rows = [(f"  {text.client(target)}", text.safe(_FOR_ALL[loss.code].format(detail))) for target, loss, detail in said if detail]
    rows += [
        (f"  {text.client(each.target)}", text.safe(_YIELDS.format(", ".join(each.yielding)))) for each in one.deployments if each.yielding
    ]
    return ["For everybody in the project, by its rules:", *table(list(dict.fromkeys(rows)))] if rows else []


def _changed(one: Prepared, target: str, loss: Loss) -> str:
    """Return what of a loss by rules is new to a project: what its own settings ask about or deny anyway, no rule of the pack came for."""
    entry = next((one for one in one.plan.lock_after.entries if one.target == target and one.part == "permissions" and one.among), None)
    if entry is None or loss.code != _ASKS or loss.data is None:
        return loss.detail
    came = joined.came_of(entry)
    new = [word for word in loss.data.values[0] if joined.said(f"{word}: ask") in came or f'{word} "*": ask' in came]
    return ", ".join(new)


def asks(asked: Sequence[Asked], *, verbose: bool) -> list[str]:
    """Return what agents ask for: the word that accepts it, what it is, and which agents."""
    if not asked:
        return []
    whose = ((ask, text.names(ask.agents, every=verbose, more=MORE)) for ask in asked)
    rows = [(f"  {text.safe(ask.grant.word)}", f"{text.safe(ask.grant.what)}: {agents}") for ask, agents in whose]
    return ["Beyond reading, it asks for:", *table(rows)]


def question(one: Prepared, look: Style, *, verbose: bool) -> list[str]:
    """Return what a person is asked on a terminal: what does not come or is not held, what is asked for, and whether to accept it."""
    manifest = one.pack.manifest
    asked = one.asked if one.before is None else consent.asked({held.agent: held.more for held in one.held})
    head = f"{manifest.name} {manifest.version}" + (f" (was {one.before.version})" if one.before else "")
    away = _lines(before_question(one), one, look, verbose=verbose)
    return [text.safe(head), *away, *asks(asked, verbose=verbose), *_for_all(one), "Accept that, and install? [y/N]"]


_FREER = UNHELD | {servers_there.CODE, named_others.CODE}
"""Losses by which an agent may do more than its author wrote, whatever is accepted."""


def before_question(one: Prepared) -> list[Loss]:
    """Return what an assistant gets nothing of or does not hold, and all else that a deployment costs and that may decide about it."""
    costs = (loss for loss in _new_losses(one, dry_run=False, every=False) if loss.severity is not LossSeverity.NOTE)
    return list(dict.fromkeys((*_unheld(one), *costs)))


def _away(one: Prepared, look: Style, *, about: Collection[str] = (), verbose: bool, quiet: bool = False) -> list[str]:
    """Return what an assistant gets nothing of, or does not hold, whatever is accepted."""
    return _lines(_unheld(one, about=about, quiet=quiet), one, look, verbose=verbose)


def _unheld(one: Prepared, *, about: Collection[str] = (), quiet: bool = False) -> list[Loss]:
    found = (loss for each in one.deployments for loss in each.losses if not about or deployment.owner(loss) in about)
    return [loss for loss in found if loss.severity is LossSeverity.REFUSAL or (loss.code in _FREER and not quiet)]


def _lines(found: Sequence[Loss], one: Prepared, look: Style, *, verbose: bool) -> list[str]:
    """Say losses one by one, or those of a kind together."""
    tally = Tally(several_targets=len(one.deployments) > 1, more=MORE)
    for loss in found:
        tally.add(loss)
    return [text.loss(loss, look) for loss in found] if verbose else tally.lines(look)


def _where(scope: Scope) -> str:
    return "your own agents, for all projects" if scope.is_user else "in this project"


def _rows(one: Deployment, all_of: Prepared, scope: Scope, *, dry_run: bool) -> Iterator[tuple[str, str, str]]:
    """Yield a target's line, where and how many agents became what, and one for each kind of parts."""
    words, before = _PLANNED if dry_run else _DONE, ", as before" if one.target in all_of.as_before else ""
    yield _row(one, all_of.plan, scope, words, before)
    yield from _part_rows(all_of.plan, one.target, words, one.refused, before)


def _part_rows(
    plan: Plan, target: str, words: Mapping[Action, str], refused: Sequence[str] = (), before: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield a line for each kind of parts of a target: a skill of several files that fare alike is one."""
    for kind in KINDS:
        fates = {(step.action, step.agent) for step in plan.steps if step.target == target and step.part == kind}
        counts = Counter(action for action, _ in fates)
        parts = [f"{counts[action]:,} {word}" for action, word in words.items() if counts[action]]
        if away := sum(id_.startswith(f"{kind}/") for id_ in refused):
            parts.append(f"{away:,} refused{before}")
        if parts:
            yield "", kind, ", ".join(parts)


def _row(one: Deployment, plan: Plan, scope: Scope, words: Mapping[Action, str], before: str) -> tuple[str, str, str]:
    """Return a target in one line: where, and how many agents became what."""
    counts = Counter(step.action for step in plan.steps if step.target == one.target and not step.part)
    parts = [f"{counts[action]:,} {word}" for action, word in words.items() if counts[action]]
    left_out = Counter(other for id_, other in one.left_out.items() if id_.partition("/")[0] not in KINDS)
    for other, number in left_out.items():
        parts.append(f"{number:,} left out: it reads {deployment.shown_place(other, scope)} too")
    if agents := [id_ for id_ in one.refused if id_.partition("/")[0] not in KINDS]:
        parts.append(f"{len(agents):,} refused{before}")
    return text.client(one.target), deployment.shown_place(one.target, scope), ", ".join(parts) or "nothing"


def _entries(plan: Plan, scope: Scope, *, unchanged: bool) -> list[str]:
    """Return one line for each entry that something happens to."""
    steps = [step for step in plan.steps if unchanged or step.action is not Action.SAME]
    return [f"{_VERBS.get(step.action, step.action.value):9} {text.safe(scope.shown(step.path, step.pointer))}" for step in steps]


_VERBS = {
    Action.SAME: "unchanged",
    Action.KEEP_EDITED: "keep",
    Action.KEPT: "keep",
    Action.FOREIGN: "keep",
    Action.OTHER_PACK: "keep",
    Action.SHARED: "keep",
    Action.IN_USE: "keep",
}


def problems(one: Prepared, scope: Scope, look: Style, *, dry_run: bool, verbose: bool, quiet: bool) -> Iterator[str]:
    """Yield what needs a look, and what conversion cost."""
    seen: set[Diagnostic] = set()
    for diagnostic in (*(found for several in one.unsafe.values() for found in several), *_remarks(one, scope, verbose=verbose)):
        if diagnostic not in seen and not (quiet and diagnostic.severity is not Severity.ERROR):
            yield text.diagnostic(diagnostic, look)
        seen.add(diagnostic)
    if not _is_done(one, dry_run=dry_run):
        yield from _away(one, look, verbose=verbose, quiet=quiet) if one.before is None else ()
    if one.refused is not None:
        yield text.diagnostic(one.refused, look)
    if not _is_done(one, dry_run=dry_run):
        return
    leaves = any(step.reason == ONLY_THE_LOCK for step in one.plan.steps)
    for held in one.held:
        yield text.diagnostic(held_diagnostic(held, one.held, leaves=leaves), look, hint=held is one.held[-1])
    if waiting := _waiting(one):
        yield text.diagnostic(waiting, look)
    yield from step_problems(one.plan, scope, look, dry_run=dry_run)
    new = (loss for loss in _new_losses(one, dry_run=dry_run, every=verbose) if loss not in one.shown)
    yield from _lines([loss for loss in new if not quiet or loss.severity is LossSeverity.REFUSAL], one, look, verbose=verbose)


def _new_losses(one: Prepared, *, dry_run: bool, every: bool) -> Iterator[Loss]:
    """Yield what conversion cost, but for what was told before: what an assistant reads of another one's is new when that file is."""
    fates: dict[tuple[str, str], set[Action]] = {}
    for step in one.plan.steps:
        fates.setdefault((step.target, step.agent), set()).add(step.action)
    told = frozenset() if dry_run else one.as_before
    known = one.before.targets if one.before else ()
    for each in one.deployments:
        for loss in each.losses:
            owner = deployment.owner(loss)
            read = each.left_out.get(owner) if each.target in known else None  # to one that is new here, all of it is
            fate = {*fates.get((each.target, owner), ()), *(fates.get((read, owner), ()) if read else ())}
            if every or loss.code == servers_there.CODE or not _is_told(fate, each.target, told):
                yield loss


def _is_told(fate: Collection[Action], target: str, as_before: Collection[str]) -> bool:
    """Whether what a loss is of is there as it was, or does not come as it did not the last time."""
    return {*fate} == {Action.SAME} if fate else target in as_before


def whose(one: Prepared) -> str:
    """Name a pack and its assistants, over its problems, where several are told and nothing else is."""
    return text.safe(
        f"{one.pack.manifest.name} {one.pack.manifest.version}, for {', '.join(text.client(each.target) for each in one.deployments)}:"
    )


def _remarks(one: Prepared, scope: Scope, *, verbose: bool) -> Iterator[Diagnostic]:
    """Yield what reading and converting found (errors, and what is wrong with a guard, unless all is asked for), and what stays there."""
    for each in one.deployments:
        yield from (one for one in each.diagnostics if verbose or one.severity is Severity.ERROR or one.cause is Cause.GUARD)
        ours = {(step.path, step.agent) for step in one.plan.steps}  # of which it is told what becomes of them
        left = ((id_, path) for id_, path in each.standing.items() if (path, id_) not in ours)
        yield from (left_behind.told(each.target, scope.shown(path), [id_]) for id_, path in left)


def _waiting(one: Prepared) -> Diagnostic | None:
    """Say, where it was only looked at what a new pack would do, what it waits for."""
    if one.before is not None or not one.missing or one.held or one.refused is not None:
        return None
    words = ",".join(one.missing)
    message = f"that is what comes once what it asks for is accepted: --accept, or --accept={words}"
    return Diagnostic(Code.BLOCKED, Severity.NOTE, message)


def held_diagnostic(held: Held, several: Sequence[Held] = (), *, leaves: bool = False) -> Diagnostic:
    """Say why an agent stays as it is, and what to type: what accepts all that is held, and what is to go where that waits, too."""
    stays = "which stays" if held.version else "and stays away"
    message = f"`{held.agent}` {_than(held)}, {stays}: {_more(held)}"
    if held.guards and not (held.more and _helps(held, several)):
        stays = f"stays as in {held.version}" if held.version else "stays away"
        message = f"`{held.agent}` {stays}: what holds it back does not come: {text.names(held.guards, every=True)}"
    elif not held.more:
        message = f"`{held.agent}` stays as in {held.version}: what takes its place does not come"
    helping = [one.more for one in several or (held,) if _helps(one, several)]
    words = ",".join((*consent.words(helping), *((consent.LEAVING,) if leaves else ())))
    hint = f"if that is what it should do, run it again with --accept, or --accept={words}" if words else None
    if held.gone:
        message = f"`{held.agent}` is gone, and was as in {held.gone}, whose text is not here; it asks for more now: {_more(held)}"
        hint = f"install {held.gone} of the pack again, which brings it back; {hint}" if hint else None
    return Diagnostic(Code.BLOCKED, Severity.WARNING, message, hint=hint, agent=held.agent)


def _helps(held: Held, several: Sequence[Held]) -> bool:
    """Whether a yes lets an agent come: where something that holds it back waits for more than one, it stays away all the same."""
    asking = {one.agent for one in several if one.more}
    return bool(held.more) and asking.issuperset(held.guards)


def _than(held: Held) -> str:
    return f"asks for more than in {held.version}" if held.version else "is not there yet"


def _new(held: Held) -> str:
    return f"beyond {held.version}" if held.version else "which was not there"


def _more(held: Held) -> str:
    return "; ".join(dict.fromkeys(grant.what for grant in held.more))


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said of what stays, by who wanted it otherwise."""

    whose: str
    keep: str
    foreign: str
    foreign_part: str = ""
    """Of a part, where that is another thing to do."""


OF_PACKS = Wording(
    "the pack's",
    "take over what you want and delete the .agentconv-new; --keep NAME keeps yours for good; --force takes the pack's and keeps a copy",
    "rename it, or keep yours for good with --keep NAME; --force replaces it and keeps a copy",
    "rename it, or take over what you want of the pack's, or --keep NAME; --force replaces it and keeps a copy",
)


def step_problems(plan: Plan, scope: Scope, look: Style, *, dry_run: bool, words: Wording = OF_PACKS) -> Iterator[str]:
    """Yield what stays although it was to go, or did not get where it was to be."""
    last: str | None = None
    for step in plan.steps:
        if step.action in NEEDS_A_LOOK:
            diagnostic = step_diagnostic(step, scope, dry_run=dry_run, words=words)
            yield text.diagnostic(diagnostic, look, hint=diagnostic.hint != last)
            last = diagnostic.hint


def step_diagnostic(step: Step, scope: Scope, *, dry_run: bool, words: Wording = OF_PACKS) -> Diagnostic:
    """Say why an entry needs a look, and what to do."""
    message, hint = _why(step, scope, words, dry_run=dry_run)
    name = places.entry_name(step.pointer)
    span = Span(scope.shown(step.path))
    return Diagnostic(Code.EXISTS, Severity.WARNING, f"{f'`{name}` ' if name else ''}{message}", span, hint, step.agent)


def _why(step: Step, scope: Scope, words: Wording, *, dry_run: bool) -> tuple[str, str | None]:
    if step.action is Action.KEEP_EDITED:
        beside = f"; {words.whose} version {'goes to' if dry_run else 'is in'} `{scope.shown(step.beside)}`" if step.beside else ""
        hint = words.keep if step.beside else words.foreign_part or words.keep
        return f"was edited since it was deployed, and is kept{beside}", hint.replace("NAME", step.agent)
    if step.action is Action.FOREIGN and step.reason is NO_PROGRAM:
        return "the same text is there already, is no program, and is kept", f"chmod +x {_typed(scope.shown(step.path))}"
    if step.action is Action.FOREIGN:
        why = f"`{step.agent}` is not written: {step.reason}, which is kept" if step.reason else _THERE
        return why, ((step.part and words.foreign_part) or words.foreign).replace("NAME", step.agent)
    if step.action is Action.OTHER_PACK:
        others = ", ".join(step.packs)
        hint = f"--keep {step.agent} leaves that so for good; else choose with --agent, or uninstall {others} first"
        return f"the pack {others} has something else there, which is kept", hint
    if step.action is Action.RELEASE and step.reason in (WAS_THERE, RUN_BY):
        return f"stays, and is yours: {step.reason}", "delete it if you do not need it"
    if step.action is Action.RELEASE and step.reason:
        return f"cannot be told from what is yours, and is left to you: {step.reason}", "mend that, and delete what you do not need"
    if step.action is Action.RELEASE:
        return "was edited since it was deployed, and is yours from now on", "delete it if you do not need it"
    return f"cannot be {'written' if step.way else 'changed'}: {step.reason}", step.way


_THERE = "something else is there already, and is kept"


def _typed(place: str) -> str:
    """Return a place as a shell takes it: a home's sign is none within quotes."""
    home = "~/" if place.startswith("~/") else ""
    return home + shlex.quote(place.removeprefix(home))


def next_steps(done: Sequence[Prepared], scope: Scope) -> list[str]:
    """Return what a person does next in each client that got something new."""
    changed = {step.target for one in done for step in one.plan.steps if step.action in CHANGES}
    told: dict[str, list[str]] = {}
    for target in places.targets().values():
        if target.id in changed:
            for words in target.then_user if scope.is_user and target.then_user else target.then:
                told.setdefault(words, []).append(text.client(target.id))
    lines = [line for words, clients in told.items() for line in wrap(f"- {', '.join(clients)}: {words}", width(), subsequent_indent="  ")]
    return ["", "Next:", *lines] if lines else []


def removed(name: str, plan: Plan, scope: Scope, *, dry_run: bool, verbose: bool) -> list[str]:
    """Return what was done, or would be, to take a pack away."""
    words = _PLANNED if dry_run else _DONE
    rows = []
    for target in places.targets():
        counts = Counter(step.action for step in plan.steps if step.target == target and not step.part)
        parts = [f"{counts[action]:,} {word}" for action, word in words.items() if counts[action]]
        if any(step.target == target for step in plan.steps):
            rows.append((text.client(target), deployment.shown_place(target, scope), ", ".join(parts) or "no agents"))
            rows += _part_rows(plan, target, words)
    lines = [text.safe(f"{name}, {_where(scope)}"), *(f"  {line}" for line in table(rows))]
    return lines + (_entries(plan, scope, unchanged=True) if verbose or dry_run else [])
