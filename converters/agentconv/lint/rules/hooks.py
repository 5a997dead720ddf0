"""Hooks of a whole project that do not run, or do something else than is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.diagnostics import Severity
from agentconv.core.part_format import PartsRead
from agentconv.core.parts import SetHook
from agentconv.formats import registry
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import rule
from agentconv.parts import registry as part_registry
from agentconv.parts.hooks import faults, restraints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject
    from agentconv.parts.hooks.faults import Fault

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
    kind="hooks",
)
def hook_not_run(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A hook that the client does not run, for what it is about or how it is written.

    Each client has its own events, and its own kinds of what is run: what it does not know, it passes over. Claude Code 2.1.329 applies
    nothing of a file in which a guard is not as it should be, and Copilot none of one that asks a model on most events.
    """
    for told in _read(subject).diagnostics:
        start = subject.source.offset(told.span.line, told.span.column) if told.span else 0
        event = next(iter(told.names), "")
        near = registry.did_you_mean(event, vocabulary.events(vocabulary.words_of(subject.format)), told.hint or "")
        yield self.find(shown(told.message, 160), (start, start + 1), near, clients=(subject.format,))


def _read(subject: Subject) -> PartsRead[Any]:
    """Return what the client makes of the file."""
    module = part_registry.part_format(subject.format, "hooks")
    return module.read(subject.part.source) if module and subject.part else PartsRead()


@rule(
    "AC512",
    "dead-hook-matcher",
    bad=_FILE.format("PreToolUse", "Bash(rm:*)", "exit 2", 10),
    good=_GOOD,
    source="how each client holds a matcher against a tool's name: asked, or its code",
    verified="2026-11-29",
    severity=Severity.ERROR,
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
    """A script of the project that is not there, or is no program.

    Claude Code 2.1.329 goes on when a hook cannot be run: a guard without its script blocks nothing. For what only looks on, it is a
    warning.
    """
    yield from _faults(self, subject, "missing", "mode")


def _faults(self: Rule, subject: Subject, *kinds: str) -> Iterator[Finding]:
    """Yield what is wrong with the hooks that the client takes."""
    found = _read(subject)
    for part, state in zip(found.parts, found.states, strict=True):
        if state.dropped or not isinstance(part, SetHook):
            continue
        for fault in faults.of(part):
            if fault.kind in kinds:
                yield _finding(self, subject, part, fault)


def _finding(self: Rule, subject: Subject, part: SetHook, fault: Fault) -> Finding:
    guard = part.definition.event in ("before-tool", "permission-request", "user-prompt")
    severity = self.severity if guard else Severity.WARNING
    if fault.kind == "matcher" and not restraints.is_dead(part):
        severity = Severity.NOTE  # it fits other tools all the same
    place = faults.place(part, fault, subject.source)
    return self.find(shown(f"{title(subject)} {fault.message}", 160), place, fault.help, severity=severity, clients=(subject.format,))
