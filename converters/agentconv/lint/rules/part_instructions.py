"""Instructions of a project that a client never reads, reads elsewhere than is meant, or reads twice."""

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

_RULE = "---\n{}---\n\nUse tabs.\n"
_PLACE = ".claude/rules/tabs.md"


@rule(
    "AC570",
    "instruction-not-loaded",
    bad=_RULE.format("name: [tabs\n"),
    good=_RULE.format("name: tabs\n"),
    source="the client's code, run on the file",
    verified="2026-11-29",
    severity=Severity.ERROR,
    example="cline",
    path=".clinerules/tabs.md",
    kind="instructions",
)
def instruction_not_loaded(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A text of instructions that the client never reads, for how it is written.

    Cline 3.0.65 has no rule whose header is no YAML, or that has no text below it, and says nothing of that.
    """
    yield from part_findings.told(self, subject, (Code.NOT_LOADED,))


@rule(
    "AC571",
    "wrong-instruction-value",
    bad=_RULE.format("paths: 5\n"),
    good=_RULE.format('paths: ["src/**"]\n'),
    source="what the client was seen to send (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    path=_PLACE,
    kind="instructions",
)
def wrong_instruction_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header of instructions, or a value in it, that the client does not take: what is for some files is then for all, or for none.

    Claude Code 2.1.329 takes nothing of a header that its repair of YAML does not mend, and always reads such a rule.
    """
    yield from part_findings.told(self, subject, (Code.INVALID_VALUE, Code.DUPLICATE_KEY, Code.SYNTAX, Code.FALLBACK, Code.UNDECODABLE))


@rule(
    "AC572",
    "scope-matches-nothing",
    bad=_RULE.format('paths: ["./src/**"]\n'),
    good=_RULE.format('paths: ["src/**"]\n'),
    source="the packages with which the clients match paths, run: npm's `ignore` 7.0.0 (Claude Code), `picomatch` 4.0.1 (Qwen Code)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    fix="sometimes",
    path=_PLACE,
    kind="instructions",
)
def scope_matches_nothing(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A pattern of files that no file of a project can match.

    Claude Code 2.1.329 holds `paths` against a file's path from the project's root, which begins with no `./` and no `../`: what is said
    for such files is never read. Qwen Code 0.24.4 finds nothing for `/src/**`, which Claude Code takes for `src/**`.
    """
    for _, fault in part_findings.faults(subject, "scope"):
        place = part_findings.place_of(subject, fault.word, key=False)
        edit = (*place, fault.instead or "")
        fix = Fix(fault.help, (edit,), frozenset({"paths"})) if fault.instead and place[1] else None
        yield self.find(shown(f"{title(subject)} {fault.message}", 160), place, fault.help, clients=(subject.format,), fix=fix)


@rule(
    "AC573",
    "missing-import",
    bad="Use tabs. Read @docs/style.md\n",
    good="Use tabs.\n",
    source="what the client was seen to send (asked): the words as they stand",
    verified="2026-11-29",
    severity=Severity.WARNING,
    kind="instructions",
)
def missing_import(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file that instructions import, and that is not there.

    Claude Code 2.1.329 leaves the `@` and the path in the text, and says nothing: the model has a name, and no text.
    """
    from agentconv.lint import instruction_texts

    for client in subject.asked:
        for one in subject.loaded(client) if subject.part else ():
            for path in instruction_texts.missing(one, subject.part.project) if subject.part else ():
                place = part_findings.place_of(subject, path.rpartition("/")[2], key=False)
                words = instruction_texts.not_there(path, path)
                message = shown(f"{registry.FORMATS[client].title} does not find a file: {words}", 160)
                yield self.find(message, place, "put it there, or take out what names it", clients=(client,))


@rule(
    "AC574",
    "text-read-twice",
    bad="Use tabs.\n",
    good="Use spaces.\n",
    source="the request that the client sent (asked)",
    verified="2026-11-29",
    severity=Severity.NOTE,
    example="qwen-code",
    path="QWEN.md",
    beside=(("AGENTS.md", "Use tabs.\n"),),
    kind="instructions",
)
def text_read_twice(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A text that a client puts before the model more than once.

    Qwen Code 0.24.4 reads QWEN.md and AGENTS.md, and sends both where they say the same; some put a file in that another one imports
    although they read it by themselves. It costs room in every request.
    """
    from agentconv.lint import instruction_texts

    for client in subject.asked if subject.part else ():
        found = instruction_texts.twice(client, subject.part.project) if subject.part else {}
        for one in found.get(subject.part.source.text.path, ()) if subject.part else ():
            words = instruction_texts.again(one.path, imports_it=one.imports_it)
            message = shown(f"{registry.FORMATS[client].title} reads it twice: {words}", 160)
            yield self.find(message, (0, 0), "keep one of them, or let one import the other", clients=(client,))


@rule(
    "AC575",
    "instruction-shadowed",
    bad="Use tabs.\n",
    good="Use spaces.\n",
    source="the request that the client sent (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="codex",
    path="AGENTS.md",
    beside=(("AGENTS.override.md", "Use spaces.\n"),),
    kind="instructions",
)
def instruction_shadowed(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A text that a client does not read, because it takes another file in its place.

    Codex 0.169.0 reads AGENTS.override.md in place of the AGENTS.md beside it; OpenCode 1.18.33 reads no CLAUDE.md where there is an
    AGENTS.md, and Claude Code no AGENTS.md where there is a CLAUDE.md. A note, where the file is another client's own.
    """
    from agentconv.lint import instruction_texts

    for one, other, severity in part_findings.hidden(self, subject):
        imported = instruction_texts.imported_by(one.client, subject.part.project) if subject.part else {}
        if one.path not in imported and subject.text.strip():
            message = shown(f"{registry.FORMATS[one.client].title} does not read it: it takes {other}", 160)
            yield self.find(message, (0, 0), "say it there, or import it from there", severity=severity, clients=(one.client,))


@rule(
    "AC576",
    "unread-instruction-key",
    bad=_RULE.format('path: ["src/**"]\n'),
    good=_RULE.format('paths: ["src/**"]\n'),
    source="the client's own reader of rules",
    verified="2026-11-29",
    severity=Severity.WARNING,
    path=_PLACE,
    kind="instructions",
)
def unread_instruction_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key in the header of instructions that the client does not read.

    Claude Code 2.1.329 knows `paths` alone: `globs`, which is Cursor's, or `applyTo`, which is Copilot's, leaves a rule for all files.
    """
    yield from part_findings.unread_keys(self, subject)


@rule(
    "AC577",
    "instruction-cut",
    bad="Use tabs.\n",
    good="Tabs.\n",
    source="the request that the client sent (asked)",
    verified="2026-11-30",
    severity=Severity.WARNING,
    example="codex",
    path="AGENTS.md",
    beside=((".codex/config.toml", "project_doc_max_bytes = 8\n"),),
    kind="instructions",
)
def instruction_cut(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A text whose end a client does not read, since there is more than it takes.

    Codex 0.169.0 reads the first 32 KiB of the files from the root down, or as much as `project_doc_max_bytes` says, and cuts off what
    is beyond: a long file at the root leaves nothing to those below it.
    """
    from agentconv.lint import instruction_texts

    for client in subject.asked if subject.part else ():
        one = instruction_texts.cut(client, subject.part.project).get(subject.part.source.text.path) if subject.part else None
        if one is not None:
            start = len(subject.source.data[: one.left].decode("utf-8", "ignore"))
            message = shown(f"{registry.FORMATS[client].title} does not read all of it: {one.why}", 160)
            yield self.find(message, (start, start), "make it shorter, or let it name files to be read", clients=(client,))
