"""Commands of a project that a client does not have, or that send something else than is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Severity
from agentconv.formats import registry
from agentconv.lint import part_findings
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_FILE = "---\ndescription: Fixes an issue\n{}---\n\nFix issue {}.\n"


@rule(
    "AC540",
    "command-not-loaded",
    bad='description = "Fixes an issue"\nprompts = "Fix issue {{args}}."\n',
    good='description = "Fixes an issue"\nprompt = "Fix issue {{args}}."\n',
    source="the client's own loader, run on the file",
    verified="2026-11-29",
    severity=Severity.ERROR,
    example="gemini-cli",
    kind="commands",
)
def command_not_loaded(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A command that the client does not have, for how it is written.

    Gemini CLI 0.61.0 has no command without `prompt`; OpenCode 1.18.33 does not start where a key of one in its configuration has a value
    that it does not take.
    """
    yield from part_findings.told(self, subject, (Code.NOT_LOADED, Code.CALL_FAILS))


@rule(
    "AC541",
    "wrong-command-value",
    bad=_FILE.format("description: Fixes it\n", "$ARGUMENTS"),
    good=_FILE.format("", "$ARGUMENTS"),
    source="what the client lists, and sends (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="commands",
)
def wrong_command_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header of a command, or a value in it, that the client does not take.

    Claude Code 2.1.329 takes nothing of a header that its repair of YAML does not mend, and OpenCode sends it with the text. What it does
    not take of `disallowed-tools` closes nothing, and that is an error.
    """
    yield from part_findings.told(self, subject, (Code.INVALID_VALUE, Code.DUPLICATE_KEY, Code.SYNTAX, Code.FALLBACK, Code.UNDECODABLE))


def _faults(self: Rule, subject: Subject, kind: str) -> Iterator[Finding]:
    """Yield what is wrong with the commands that the client takes."""
    for _, fault in part_findings.faults(subject, kind):
        place = part_findings.place_of(subject, fault.word, key=False)
        edit = (*place, fault.instead or "")
        fix = Fix(fault.help, (edit,), frozenset({"body"}), safe=False) if fault.instead and place[1] else None
        message = shown(f"{title(subject)} {fault.message}", part_findings.LONGEST)
        yield self.find(message, place, fault.help, clients=(subject.format,), fix=fix)


@rule(
    "AC542",
    "foreign-placeholder",
    bad=_FILE.format("", "{{args}}"),
    good=_FILE.format("", "$ARGUMENTS"),
    source="the text that the client sent when the command was typed (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    fix="unsafe",
    kind="commands",
)
def foreign_placeholder(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A placeholder of another client, which the file's own sends to the model as it stands.

    Claude Code 2.1.329 fills in `$ARGUMENTS`, and Gemini CLI 0.61.0 `{{args}}`: each sends the other's word as text. The same is so of
    command lines, `` !`cmd` `` and `!{cmd}`, of which the model then only reads.
    """
    yield from _faults(self, subject, "placeholder")


@rule(
    "AC543",
    "shifted-argument",
    bad=_FILE.format("argument-hint: ISSUE\n", "$1"),
    good=_FILE.format("argument-hint: ISSUE\n", "$0"),
    source="the text that the client sent when the command was typed with three words (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="commands",
)
def shifted_argument(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A word of what the user typed that is counted otherwise than it was written.

    Claude Code 2.1.329 counts from `$0`, OpenCode and Kilo from `$1`: a text with `$1` and no `$0` leaves out in the one what is the first
    word in the others. Where another client is asked for, a note says that the same text takes another word there.
    """
    from agentconv.parts.commands import faults

    yield from _faults(self, subject, "counted")
    for part in subject.parts.parts:
        for other in subject.asked:
            word = faults.counted_otherwise(part, subject.format, other)
            if word:
                message = f"{title(subject)} counts another word as `{word}` than {registry.FORMATS[other].title} does"
                place = part_findings.place_of(subject, word, key=False)
                ways = (f"let `{way}` write it for the other one, rather than copy it" for way in ("agentconv convert", "agentconv.write"))
                help_text, option = ways
                clients = (subject.format, other)
                yield self.find(message, place, help_text, severity=Severity.NOTE, clients=clients, option=option)


@rule(
    "AC544",
    "unread-command-key",
    bad=_FILE.format("disallowedTool: [Bash]\n", "$ARGUMENTS"),
    good=_FILE.format("disallowed-tools: [Bash]\n", "$ARGUMENTS"),
    source="the client's own reader of commands",
    verified="2026-11-29",
    severity=Severity.ERROR,
    kind="commands",
)
def unread_command_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key of a command that the client does not read.

    Claude Code 2.1.329 passes over it and says nothing. A slip of `disallowed-tools` leaves open what it closes, and is an error; one of
    `allowed-tools` only has the client ask, and is a warning.
    """
    yield from part_findings.unread_keys(self, subject)


@rule(
    "AC545",
    "header-in-text",
    bad="---\ndescription: Fixes an issue\n---\n\nFix the issue.\n",
    good="Fix the issue.\n",
    source="https://cursor.com/docs/context/commands: a command is a text without a header",
    verified="2026-11-29",
    severity=Severity.NOTE,
    example="cursor",
    kind="commands",
)
def header_in_text(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header that the client does not know, and sends to the model with the text.

    Cursor's commands are texts, and so are Codex's old prompts: what another client keeps in a header is a part of what is sent.
    """
    yield from _faults(self, subject, "header")


@rule(
    "AC546",
    "shadowed-command",
    bad='{"command": {"fix": {"template": "Fix the issue."}}}',
    good='{"command": {"mend": {"template": "Fix the issue."}}}',
    source="the client's own list of its commands (asked: `opencode debug config`)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="opencode",
    path="opencode.json",
    beside=((".opencode/commands/fix.md", "Fix the build.\n"),),
    kind="commands",
)
def shadowed_command(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A command of a name that another file of the project has, too, which is the one that the client sends.

    OpenCode 1.18.33 has commands in files and in its configuration, and of two of one name, it sends one. Where the file is another
    client's own, it is a note.
    """
    yield from part_findings.shadowed(self, subject)
