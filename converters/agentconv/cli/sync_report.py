"""What `agentconv sync` prints of a run, and the exit code that it comes to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agentconv.cli import sync as command
from agentconv.cli import typed, unstaged
from agentconv.cli.exit_codes import Exit
from agentconv.cli.telling import say
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.formats import registry
from agentconv.install.lock import FILE as LOCK
from agentconv.render import (
    by_another,
    diff,
    in_step,
    machine,
    printable,
    synced,
    synced_differences,
    synced_entries,
    synced_lines,
    synced_losses,
    synced_machine,
    synced_parts,
    text,
)
from agentconv.render.table import fitted, wrapped
from agentconv.sync import syncing

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from agentconv.core.diagnostics import Loss
    from agentconv.install.lock import Synced
    from agentconv.render.findings_ci import Remark
    from agentconv.render.synced_lines import Line
    from agentconv.sync.parts import PartsOutcome
    from agentconv.sync.planning import Outcome
    from agentconv.sync.settings import Settings


def tell(options: argparse.Namespace, outcome: Outcome, told: list[Diagnostic], beside: PartsOutcome | None, *, looking: bool) -> int:
    """Print what was done, or would be, and return the exit code."""
    found = by_another.lines(synced.told(outcome), outcome)
    outcome.diagnostics = by_another.diagnostics(outcome.diagnostics, outcome)
    code = of_agents = _exit_code(options, outcome, found)
    if beside is not None and code is Exit.OK and (beside.needs_a_look or (options.check and beside.plan.changes)):
        code = Exit.FINDINGS
    if beside is not None:  # which tells of the same files that both read, once
        of_parts = {*beside.told()}
        outcome.diagnostics = [one for one in outcome.diagnostics if one not in of_parts]
    if options.output_format == "json":
        document = _document(outcome, found, int(code), looking=looking)
        print(machine.report(document if beside is None else document | {"parts": synced_parts.plain(beside)}))
        return code
    if options.output_format in synced_machine.FORMATS:
        every = [*outcome.diagnostics, *outcome.broken(), *told]
        diagnostics = [one for one in every if options.verbose or one.severity is not Severity.NOTE]  # which are lint's, and its baseline's
        if beside is not None:
            scope = command.scope_of(options, outcome.settings)
            found += synced_parts.findings(beside, scope, outcome.settings.own_file, dry_run=looking)
            diagnostics += [one for one in beside.told() if options.verbose or one.severity is not Severity.NOTE]
        red = options.check and code is Exit.FINDINGS
        found = [synced_entries.at_source(one, outcome) for one in found]
        shown = _for_programs(
            options, outcome.settings, outcome.synced, found, diagnostics, looking=looking, red=red, beyond=outcome.beyond
        )
        if options.output_format == "github" and not options.quiet:  # which people read, in the log of the job
            print(synced.summary(outcome, found, dry_run=looking), file=sys.stderr)
        elif code is Exit.FINDINGS and options.output_format in synced_machine.FILES:
            print("".join(f"{line}\n" for line in synced_machine.logged(shown)), end="", file=sys.stderr)
            print(f"{synced.summary(outcome, found, dry_run=looking)} {synced_machine.where().capitalize()}.", file=sys.stderr)
        return code
    look = text.style(sys.stderr, options.color)
    for diagnostic in [*outcome.diagnostics, *outcome.broken(), *told]:
        if not options.quiet or diagnostic.severity is Severity.ERROR:
            say(text.diagnostic(diagnostic, look))
    written = beside is not None and bool(beside.plan.changes)
    _tell_agents(options, outcome, found, of_agents, looking=looking, of_parts=written)
    if beside is not None:
        _tell_parts(options, beside, outcome, looking=looking)
    return code


def _tell_agents(
    options: argparse.Namespace, outcome: Outcome, found: list[synced_lines.Line], code: Exit, *, looking: bool, of_parts: bool
) -> None:
    """Print what was done with agents."""
    look = text.style(sys.stderr, options.color)
    changes = [] if options.quiet else synced_lines.changes(found, every=options.verbose)
    looks = synced_lines.to_see_to(found, every=options.verbose)
    if options.diff:
        _show_differences(outcome)
    if (changes or looks) and not options.quiet:
        print(text.safe(synced.head(outcome)))
    _print(changes)
    if not options.quiet:  # what is lost belongs to what was written
        _print(synced_losses.lost(outcome, look, every=options.verbose), sys.stderr)
    _print(["needs a look:", *looks] if looks and not options.quiet else looks)
    strict = options.strict == command.STRICT[0]
    if not options.quiet:
        _print(synced_losses.served(outcome, text.style(sys.stdout, options.color), every=options.verbose))
    if strict and (code or not options.quiet):
        _print(in_step.strictly(outcome.settings, outcome.synced, options.accept, outcome.beyond), sys.stderr)
    said = synced.summary(outcome, found, dry_run=looking, of_parts=of_parts)
    if not options.quiet:
        _print([said])
    elif code and not looks:
        say(said)


def tell_next(options: argparse.Namespace, outcome: Outcome, beside: PartsOutcome | None, repository: Path | None) -> None:
    """Say what is to be done next: what makes a check pass, what writes what would be, or what comes after the first run."""
    plans = [one.plan for one in (outcome, beside) if one is not None and one.plan is not None]
    changes = [change for plan in plans for change in plan.changes]
    if options.check:
        if by_another.waits(outcome):
            print(f"nothing is to be done here: {by_another.why(outcome)}", file=sys.stderr if options.quiet else sys.stdout)
        elif any(repository is None or not unstaged.is_made(repository / one.path, one.after) for one in changes):
            doubles = any(synced_entries.double_of(one, outcome) for one in outcome.candidates)
            first = "first see to the agents of one name, else both are written; then " if doubles else ""
            if repository is not None and unstaged.otherwise(outcome, repository):
                first = f"first say which state is meant, the staged one or the one that is here; {first.removeprefix('first ') or 'then '}"
            then = (
                "commit what it changes"
                if repository is None
                else unstaged.way([*unstaged.put_away(outcome, repository), *(one.path for one in changes)])
            )
            told = f"{first}run `{_run(outcome)}`{'' if outcome.one_way else f', and {then}'}"
            print(told, file=sys.stderr if options.quiet else sys.stdout)
    elif changes and not options.quiet and not any(plan.lock_before.synced for plan in plans):
        looking = options.dry_run or options.diff
        if looking or not (outcome.one_way or any(not row.committed for row in outcome.settings.formats.values())):
            _print([_first(outcome, looking=looking)])


def _run(outcome: Outcome) -> str:
    """Return what is typed to have it written: of a user's own agents with their scope."""
    return typed.here("agentconv sync --scope user" if outcome.one_way else "agentconv sync")


def _first(outcome: Outcome, *, looking: bool) -> str:
    """Say what comes after the first run: one that only looked, or one that wrote."""
    if looking:
        return f"next: `{_run(outcome)}` writes that"
    check = typed.here("agentconv sync --check")
    return f"next: commit these files and {LOCK}; in CI, `{check}` says when something is not in step"


def _print(lines: Iterable[str], stream: TextIO | None = None) -> None:
    """Print lines, as wide as the terminal is; what goes to one stream stands where it belongs among what goes to the other."""
    (sys.stdout if stream is sys.stderr else sys.stderr).flush()
    for line in lines:
        print(fitted(line, stream) if stream else wrapped(line), file=stream)


def _tell_parts(options: argparse.Namespace, beside: PartsOutcome, outcome: Outcome, *, looking: bool) -> None:
    """Print what was done with parts."""
    look = text.style(sys.stderr, options.color)
    if options.diff:
        for change in beside.plan.changes:
            sys.stdout.write(diff.unified(change.path, change.before, change.after or b""))
    if not options.quiet:
        print("\n".join(map(wrapped, synced_parts.lines(beside, dry_run=looking))))
    scope, every = command.scope_of(options, outcome.settings), options.verbose and not options.quiet
    switched = outcome.switched is not None
    for line in synced_parts.problems(beside, scope, look, quiet=options.quiet, dry_run=looking, every=every, other_source=switched):
        say(line)


def _show_differences(outcome: Outcome) -> None:
    """Print what would change in files, and of agents that a person has to see to both sides."""
    for change in outcome.plan.changes if outcome.plan is not None else ():
        sys.stdout.write(diff.unified(change.path, change.before, change.after or b""))
    for one in outcome.candidates:
        both = synced_differences.apart(one)
        if both is not None:
            print(text.safe(f"{one.path}: `{one.name}` as the source has it, and as it is"))
            sys.stdout.write(diff.unified(one.path, *both))


def report_in_step(options: argparse.Namespace, chosen: Settings, synced_: Sequence[Synced]) -> None:
    """Report that everything is in step, for programs that read findings."""
    _for_programs(options, chosen, synced_, looking=True)


def _for_programs(
    options: argparse.Namespace,
    chosen: Settings,
    synced_: Sequence[Synced],
    found: Sequence[synced_lines.Line] = (),
    diagnostics: Sequence[Diagnostic] = (),
    *,
    looking: bool,
    red: bool = False,
    beyond: Sequence[Loss] = (),
) -> list[Remark]:
    strict = options.strict == command.STRICT[0]
    counting = in_step.open_limits(chosen, synced_, options.accept, beyond) if strict else ()
    every = in_step.limits(chosen, synced_, beyond)
    limits = synced_machine.of_limits(every, chosen.own_file, counting, every=options.verbose, strict=strict)
    remarks = synced_machine.of_run(found, diagnostics, limits, looking=looking, red=red)
    out = synced_machine.rendered(options.output_format, remarks, "agentconv sync")
    printable.data(out.encode("utf-8", "backslashreplace"))
    return remarks


def _exit_code(options: argparse.Namespace, outcome: Outcome, found: list[synced_lines.Line]) -> Exit:
    if any(diagnostic.code is Code.INTERNAL for diagnostic in outcome.diagnostics):
        return Exit.BUG
    changes = options.check and outcome.is_drift()
    broken = any(one.severity is Severity.ERROR for one in [*outcome.diagnostics, *outcome.broken()])
    refused = bool(syncing.refusals(outcome))
    lasting = in_step.open_limits(outcome.settings, outcome.synced, options.accept, outcome.beyond)
    broken = broken or (options.strict == command.STRICT[0] and bool(lasting))
    return Exit.FINDINGS if changes or broken or refused or any(line.look for line in found) else Exit.OK


def _document(outcome: Outcome, found: list[synced_lines.Line], code: int, *, looking: bool) -> dict[str, object]:
    files = [change.path for change in outcome.plan.changes] if outcome.plan is not None else []
    entries = [
        {
            "action": line.word.lower(),
            "target": line.target,
            "path": line.path,
            **({"pointer": line.pointer} if line.pointer else {}),
            "agent": line.agent,
            "what": line.what,
            **({"fields": list(line.fields)} if line.fields else {}),
            **({"hint": line.hint} if line.hint else {}),
            "needs_a_look": line.look,
        }
        for line in found
    ]
    told = [machine.plain(one) for one in (*outcome.diagnostics, *outcome.broken())]
    anyway = [machine.plain(loss) for loss in outcome.beyond]
    limits = in_step.limits(outcome.settings, outcome.synced, outcome.beyond)
    return in_step.document(code, outcome.agents, limits, looking=looking) | {
        "files": files,
        "entries": entries,
        "diagnostics": told,
        **({"losses": anyway} if anyway else {}),
    }


def not_in_step(found: Sequence[Line]) -> InputError:
    """Return the complaint about a switch of the source that names what is in the way, and what is done about each."""
    first = found[: synced_lines.MANY]
    listed = ", ".join(f"{one.place} ({one.word})" for one in first)
    more = f" and {len(found) - synced_lines.MANY:,} more" if len(found) > synced_lines.MANY else ""
    which = f", which is not so of {listed}{more}" if found else ""
    ways = "; ".join(
        [*dict.fromkeys(one.hint for one in first if one.hint), f"agentconv sync says {'all that' if found else 'what'} is not"]
    )
    return registry.usage(f"the source is switched where everything is in step{which}", ways)
