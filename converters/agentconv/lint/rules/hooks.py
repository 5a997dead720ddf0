"""Hooks of a whole project that do not run, or do something else than is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from agentconv.core import vocabulary
from agentconv.core.diagnostics import Severity
from agentconv.formats import registry
from agentconv.lint import part_findings
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import SetHook
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject
    from agentconv.parts.fault import Fault
    from agentconv.sources.parts_on_disk import LoadedPart

_FILE = '{{"hooks": {{"{}": [{{"matcher": "{}", "hooks": [{{"type": "command", "command": "{}", "timeout": {}}}]}}]}}}}'
_GOOD = _FILE.format("PreToolUse", "Bash", "exit 2", 10)


@rule(
    "AC511",
    "hook-not-run",
    bad=_FILE.format("preToolUse", "Bash", "exit 2", 10),
    good=_GOOD,
    source="the client's own reader, asked: 2.1.329 of Claude Code",
    verified="2026-11-29",
    severity=Severity.ERROR,
    fix="sometimes",
    kind="hooks",
)
def hook_not_run(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A hook that the client does not run, for what it is about or how it is written.

    Each client has its own events, and its own kinds of what is run: what it does not know, it passes over. Claude Code 2.1.329 applies
    nothing of a file in which a guard is not as it should be, and Copilot none of one that asks a model on most events. Where settings of
    the project say `disableAllHooks`, Claude Code and Qwen Code run those of no file; so does Codex without its feature `hooks`, and Gemini
    CLI with `hooksConfig.enabled: false` (asked).
    """
    yield from _switched_off(self, subject)
    for told in subject.parts.diagnostics:
        start = subject.source.offset(told.span.line, told.span.column) if told.span else 0
        event, events = next(iter(told.names), ""), vocabulary.events(vocabulary.words_of(subject.format))
        near = told.hint or "" if event in events else registry.did_you_mean(event, events, told.hint or "")
        fix = None if event in events else _recased(subject, event, events)
        yield self.find(shown(told.message, 160), (start, start + 1), near, clients=(subject.format,), fix=fix)


def _switched_off(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Yield that settings keep all hooks of a file from running."""
    from agentconv.lint import project
    from agentconv.parts.hooks import restraints
    from agentconv.sources import hooks_off

    there = subject.part.project if subject.part is not None and subject.parts.parts else None
    off = project.hooks_off_in(there.folder, subject.format, user=False) if there is not None and there.home is None else ""
    if off:
        start = restraints.offset(subject.parts.parts[0], subject.source)
        yield self.find(f"{title(subject)} runs none of these hooks: {off}", (start, start + 1), hooks_off.HINT, clients=(subject.format,))


def _recased(subject: Subject, event: str, events: Iterable[str]) -> Fix | None:
    """Return what calls an event as the client does, where that is only a matter of case."""
    meant = next((one for one in events if event and one.casefold() == event.casefold()), None)
    start, end = part_findings.place_of(subject, event)
    at = subject.text.find(event, start, end)
    return Fix(f"call it `{meant}`", ((at, at + len(event), meant),), heals=True) if meant and at >= 0 else None


@rule(
    "AC512",
    "dead-hook-matcher",
    bad=_FILE.format("PreToolUse", "Bash(rm:*)", "exit 2", 10),
    good=_GOOD,
    source="how each client holds a matcher against a tool's name: asked, or its code",
    verified="2026-11-29",
    severity=Severity.ERROR,
    fix="sometimes",
    kind="hooks",
)
def dead_hook_matcher(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A matcher that fits no tool of the client.

    What should watch over a tool is then never run: a permission rule such as `Bash(rm:*)`, a tool of another client, or a name in other
    cases (`bash` in Claude Code 2.1.329) is the name of none. For what only looks on, it is a warning; where the matcher names other tools
    besides, a note.
    """
    yield from _faults(self, subject, "matcher")


@rule(
    "AC513",
    "hook-timeout-unit",
    bad=_FILE.format("PreToolUse", "Bash", "exit 2", 60000),
    good=_FILE.format("PreToolUse", "Bash", "exit 2", 60),
    source="the clients' documents and code: seconds but for Gemini CLI, which counts milliseconds",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="hooks",
)
def hook_timeout_unit(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A time that is counted in another unit than it was written in.

    Claude Code 2.1.329 takes `60000` for sixteen hours, and waits as long for a hook that hangs; Gemini CLI 0.61.0 gives up after the `60`
    milliseconds that `60` are there, and a guard that is given up on blocks nothing.
    """
    yield from _faults(self, subject, "timeout")


@rule(
    "AC514",
    "missing-hook-script",
    bad=_FILE.format("PreToolUse", "Bash", "$CLAUDE_PROJECT_DIR/.claude/hooks/check.sh", 10),
    good=_GOOD,
    source="the shell that runs it: exit codes 126 and 127 block in no client but Gemini CLI and Copilot (asked)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    kind="hooks",
)
def missing_hook_script(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A script of the project that is not there, is no program, or lets everything pass.

    Claude Code 2.1.329 goes on when a hook cannot be run: a guard without its script blocks nothing. For what only looks on, it is a
    warning; so is a guard's script that is empty, or ends with 0 before it looks at anything.
    """
    yield from _faults(self, subject, *_IN_VAIN)


_IN_VAIN = ("missing", "mode", "idle")
"""What `parts.hooks.faults` calls these; that module is not loaded for a project without hooks."""


def _faults(self: Rule, subject: Subject, *kinds: str) -> Iterator[Finding]:
    """Yield what is wrong with the hooks that the client takes."""
    for part, fault in part_findings.faults(subject, *kinds):
        yield _finding(self, subject, part, fault)


def _finding(self: Rule, subject: Subject, part: SetHook, fault: Fault) -> Finding:
    from agentconv.parts.hooks import faults, restraints

    guard = part.definition.event in ("before-tool", "permission-request", "user-prompt")
    severity = self.severity if guard and fault.kind != "idle" else Severity.WARNING
    if fault.kind == "matcher" and not restraints.is_dead(part):
        severity = Severity.NOTE  # it fits other tools all the same
    place = faults.place(part, fault, subject.source)
    exact = fault.instead is not None and subject.text[slice(*place)] == fault.word
    fix = Fix(f"write `{fault.instead}`", ((*place, fault.instead or ""),), frozenset({"definition.matcher"})) if exact else None
    message = shown(f"{title(subject)} {fault.message}", 160)
    return self.find(message, place, fault.help, severity=severity, clients=(subject.format,), fix=fix)


_COMMAND = '{"hooks": [{"type": "command", "command": "exit 2"}]}'


@rule(
    "AC515",
    "hook-runs-twice",
    bad=f'{{"hooks": {{"UserPromptSubmit": [{_COMMAND}, {_COMMAND}]}}}}',
    good=f'{{"hooks": {{"UserPromptSubmit": [{_COMMAND}]}}}}',
    source="how often the hook's program was run when its event came (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="qwen-code",
    kind="hooks",
)
def hook_runs_twice(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A hook that a client finds twice, and runs twice.

    Claude Code 2.1.329 and Gemini CLI 0.61.0 run the same command on the same event once, however often it is written; Qwen Code, Codex,
    Copilot and Cursor run it as often as they find it. Cursor and Copilot find Claude Code's hooks besides their own.
    """
    from agentconv.lint import part_inspection

    for client in subject.asked if subject.part else ():
        for one, other in part_inspection.doubled(subject.part.project, client) if subject.part else ():
            here, there = _offset(one, subject), _offset(other, subject)
            if here is not None and (there is None or there < here):
                found = shown(f"{registry.FORMATS[client].title} runs it twice: it is in {other.path}, too", 160)
                yield self.find(found, (here, here + 1), "take one of them out", clients=(client,))


@rule(
    "AC516",
    "unread-hook-key",
    bad=_GOOD.replace('"timeout"', '"timeOut"'),
    good=_GOOD,
    source="the client's own schema of its hooks' keys",
    verified="2026-11-30",
    severity=Severity.WARNING,
    kind="hooks",
)
def unread_hook_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key of a hook, or of its group, that the client does not read.

    Claude Code 2.1.329 passes over keys that it does not know: with `timeOut` it waits as long as it always does, and a group with
    `matchers` is run for every tool.
    """
    known = part_findings.rows(subject)
    of_hook = {
        key: value
        for part in subject.parts.parts
        for one in part.definition.handlers
        if isinstance(one, dict)
        for key, value in one.items()
    }
    of_group = {key: value for part in subject.parts.parts for key, value in (part.definition.options or {}).items()}
    yield from part_findings.unread(self, subject, {**of_hook, **of_group}, {**known, **_OF_GROUPS} if known else {})


_OF_GROUPS: dict[str, dict[str, str]] = {"matcher": {}, "hooks": {}}
"""Keys of what hooks stand in."""


def _offset(one: LoadedPart, subject: Subject) -> int | None:
    """Return where a hook stands in a file; None where it is in another one."""
    from agentconv.parts.hooks import restraints

    here = subject.part is not None and one.path == subject.part.source.text.path
    return restraints.offset(cast("SetHook", one.part), subject.source) if here else None
