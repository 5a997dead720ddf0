"""Headers that do not parse, or do not start where their client looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import limits
from agentconv.core.diagnostics import Cause, Effect, Severity
from agentconv.core.expressions import expression
from agentconv.families import person_header, strict_headers
from agentconv.lint import fixing, headers, remarks
from agentconv.lint.passages import shown, title, titles
from agentconv.lint.rule import Fix, rule
from agentconv.yaml import nodes
from agentconv.yaml.errors import Slip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.remark import Remark
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject
    from agentconv.yaml.slips import Fault

_READERS = "each client's own reader, run on the same file"


@rule(
    "AC101",
    "unquoted-colon",
    bad="""
        ---
        name: reviewer
        description: Use for reviews: before a merge, after a change
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: "Use for reviews: before a merge, after a change"
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def unquoted_colon(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A value with a colon and a blank that is not in quotes, in a header that its client loads only through a repair of its own.

    Claude Code 2.1.329 puts such values in quotes and reads again; OpenCode has a repair too, of another kind. Gemini CLI,
    Qwen Code, Copilot and Cline drop the agent, or read other values. One more slip in the same header, and the repair
    fails for all of it. To Cursor quotes are a part of the text: where it is asked about, only other words read alike for all.
    """
    yield from _repaired(self, subject, Slip.COLON)


@rule(
    "AC102",
    "repaired-header",
    bad="""
        ---
        name: reviewer
        description: @reviewer looks at each change
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: "@reviewer looks at each change"
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def repaired_header(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header that is not YAML for another reason than a colon, and that its client loads only through a repair of its own.

    A value that starts with `*`, `&`, `@`, a backtick, a bracket or a brace means something else to YAML. Claude Code
    2.1.329 puts such values in quotes when the header does not parse; a client without such a repair drops the agent.
    """
    yield from _repaired(self, subject, None)


@rule(
    "AC109",
    "tab-indentation",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        skills:
        \t- house-style
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        skills:
          - house-style
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def tab_indentation(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header that is indented with tabs, which YAML does not allow, and that its client loads only through a repair of its own.

    Claude Code 2.1.329 makes two blanks of each tab at the start of a line when the header does not parse. A client without
    such a repair drops the agent.
    """
    yield from _repaired(self, subject, Slip.TAB)


def _repaired(self: Rule, subject: Subject, slip: Slip | None) -> Iterator[Finding]:
    """Yield what is wrong with a header that its client repairs, if it is this slip (with None, if it is any other thing)."""
    header = headers.unsound(subject)
    if header is None or not header.fallback or header.error is None:
        return
    fault, others = header.fault(), headers.unclosed(subject)
    if slip is None:
        yield from (_unclosed(self, subject, one) for one in others if one.offset != fault.offset)
    if slip is not (header.error.slip if header.error.slip in (Slip.COLON, Slip.TAB) else None):
        return
    fix = headers.closed(subject, fault) if fault.closing else (_untabbed(subject) if slip is Slip.TAB else None)
    fix = fix or (None if others else requoted(subject))  # quotes would hide for ever what is never closed
    there = (client for client in subject.alike() if client not in subject.to_come | subject.unwanted)
    gone = tuple(client for client in there if fixing.astray(subject, client))
    what = "" if slip is Slip.COLON else f" ({shown(fault.problem)})"
    does = "reads" if any(state.dropped for state in subject.result.states) else "loads"
    message = f"not strict YAML{what}: {title(subject)} {does} it through its own repair" + (f"; lost in {titles(gone)}" if gone else "")
    severity = Severity.ERROR if gone else Severity.WARNING
    help_text = fix.title if fix else fault.remedy or "spell the value in another way: quotes alone would change how it is read"
    if fix and not fix.safe and slip is Slip.COLON:
        help_text = f"reword it without `: `, which all read alike; or {help_text}"
    place = headers.error_place(subject, header)
    yield self.find(message, place, help_text, severity=severity, clients=gone or (subject.format,), fix=fix)


def _unclosed(self: Rule, subject: Subject, fault: Fault) -> Finding:
    """Say what is never closed besides that for which the header does not parse."""
    message = f"{shown(fault.problem)}: {title(subject)} takes it for a text, brackets included"
    return self.find(
        message, headers.unclosed_place(subject, fault), fault.remedy or "close it", severity=Severity.WARNING, clients=(subject.format,)
    )


_TABS = expression(r"(?m)^\t+")


def _untabbed(subject: Subject) -> Fix | None:
    """Write blanks for tabs, as the client does, where that is all that is wrong."""
    header, dialect = subject.header, subject.dialect
    if header is None or dialect is None or not subject.settings.fixes:
        return None
    found = [(match.start() + header.start, match.end() + header.start, "  " * len(match[0])) for match in _TABS.finditer(header.text)]
    again = headers.reparsed(dialect, subject.path, fixing.apply(subject.text, found))
    if again is None or again.error or again.values != header.values:
        return None
    starts = sorted((place[0], key) for key in header.values if (place := headers.key_place(subject, key)))
    touched = {key for at, _, _ in found for _, key in [one for one in starts if one[0] <= at][-1:]}
    fields = frozenset(path for key in touched for path in (f"extras.{key}", *headers.fields_of(subject, key)))
    return headers.told_if_unsafe(subject, Fix("write blanks in place of the tabs", tuple(found), respelled=fields, heals=True))


def requoted(subject: Subject) -> Fix | None:
    """Spell the values that stand in the way so that every YAML reader takes them as the client does."""
    dialect = subject.dialect if subject.settings.fixes else None
    edits = strict_headers.strict_edits(dialect, subject.source) if dialect else None
    if not edits or subject.header is None:
        return None
    fields = headers.fields_at(subject, subject.header, edits)
    return headers.told_if_unsafe(subject, Fix(headers.QUOTE, tuple(edits), respelled=fields, heals=True))


@rule(
    "AC103",
    "broken-header",
    bad="""
        ---
        name: reviewer
        description: "Reviews changes" before a merge
        tools: [Read, Grep
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        tools: [Read, Grep]
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def broken_header(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file that does not parse, and that its client drops for it.

    Claude Code 2.1.329 repairs a header once, by putting values in quotes; where that does not help, there is no agent,
    and nothing is said. Clients that write a log name the file in it. A role file of Codex that is not TOML is passed
    over with a warning.
    """
    for remark in remarks.of(subject):
        if _does_not_parse(remark) and not _beside_block(subject):
            yield _broken(self, subject, remark, remark.problem, remark.diagnostic.remedy or "mend this line")
            yield from _indented_limits(self, subject)


def _indented_limits(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Name the limits that are part of the text above them: they are seen only once that for which the header does not parse is mended."""
    header = subject.header
    if header is None or header.error is None:
        return
    first = header.fault().offset
    for fault in header.indented():
        if fault.offset != first and limits.field_of(subject.format, fault.key):
            message = f"`{shown(fault.key)}` is further in than the line above: it is a part of the text there, and limits nothing"
            yield self.find(message, (fault.offset, fault.offset + len(fault.key)), fault.remedy or "", clients=(subject.format,))


def _does_not_parse(remark: Remark) -> bool:
    return remark.drops and remark.diagnostic.cause is Cause.SYNTAX


def _broken(self: Rule, subject: Subject, remark: Remark, problem: str, help_text: str) -> Finding:
    place = headers.error_place(subject, subject.header) if subject.header and subject.header.error else (remark.start, remark.end)
    fix = headers.mended(subject)
    stops = any(one.diagnostic.effect is Effect.STOPS for one in remarks.of(subject) if one.problem == remark.problem)
    does = "does not start with this file" if stops else "has no such agent"
    message = shown(f"{title(subject)} {does}: {problem}", 160)
    also = tuple(client for client in subject.alike() if not subject.states(client) or any(one.dropped for one in subject.states(client)))
    name = next((agent.name for agent in subject.result.set.agents), None)
    help_text = fix.title if fix and (fix.safe or not remark.diagnostic.remedy) else help_text
    return self.find(message, place, help_text, clients=(subject.format, *also), agent=name, fix=fix)


@rule(
    "AC104",
    "colon-beside-block",
    bad="""
        ---
        name: reviewer
        description: |
          Reviews changes.
          Use before a merge.
        argument-hint: what to review: a branch
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: |
          Reviews changes.
          Use before a merge.
        argument-hint: "what to review: a branch"
        ---

        You review changes.
        """,
    source="the client's own reader; its repair puts the `|` of a block in quotes",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="safe",
)
def colon_beside_block(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A value with an unquoted colon in a header that also holds a block of lines: the client's repair breaks the block.

    Claude Code 2.1.329 mends a header that does not parse by putting values in quotes, the `|` or `>` of a block too: the
    lines behind it then belong to nothing, and the agent is dropped without a word. Either of the two alone would load.
    """
    for remark in remarks.of(subject):
        block = _beside_block(subject) if _does_not_parse(remark) else ""
        if block:
            yield _broken(self, subject, remark, f"its repair of the YAML breaks the block of `{block}`", headers.QUOTE)


_BLOCK = expression(r"([A-Za-z_-]+):[ \t]+[|>][-+0-9]*[ \t]*\r?\n((?:[ \t]+[^\n]*\n|\r?\n)*)")


def _beside_block(subject: Subject) -> str:
    """Return the key of a block without which the client's repair would do; empty when that is not what is wrong."""
    header, dialect = subject.header, subject.dialect
    if header is None or dialect is None or header.error is None or header.fallback or dialect.fallback is None:
        return ""
    found = _BLOCK.search("\n" + header.text, 0) if "|" in header.text or ">" in header.text else None
    if found is None:
        return ""
    rewritten = dialect.fallback(_BLOCK.sub(r"\1: text\n", header.text))
    try:
        return found[1] if rewritten and isinstance(nodes.parse(rewritten.text, dialect.grammar), nodes.Mapping) else ""
    except nodes.YamlError:
        return ""


@rule(
    "AC105",
    "header-not-found",
    bad="""
        <!-- who reviews -->
        ---
        name: reviewer
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def header_not_found(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header that does not start on the first line, or that no line of three dashes closes: the client sees none.

    Claude Code 2.1.329 wants `---` and a line break as the first characters, without a blank, a comment or a code fence
    before them; most others do too. Without a header there is no agent, and nothing is said.
    """
    if subject.dialect is None or subject.header is not None:
        return
    for remark in remarks.of(subject):
        if remark.drops and not remark.key:
            fix = _to_the_top(subject)
            help_text = fix.title if fix else "let the file start with a line `---`, and close the header with another one"
            message = shown(f"{title(subject)} has no such agent: {remark.problem}", 160)
            name = next((agent.name for agent in subject.result.set.agents), None)
            yield self.find(message, (remark.start, remark.end), help_text, clients=(subject.format,), agent=name, fix=fix)


def _to_the_top(subject: Subject) -> Fix | None:
    """Remove the blank lines that stand before a header, or the code fence in which the whole file stands."""
    text = subject.text
    if fenced := person_header.code_fence(text):
        start, end = fenced
        if not subject.reread(text[start:end].encode("utf-8", "surrogateescape")).set.agents:
            return None
        edits = ((0, start, ""), (end, len(text), ""))
        return headers.told_if_unsafe(subject, Fix("take away the code fence that stands around the file", edits, heals=True))
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    if not start or not text.startswith("---", start) or not subject.reread(text[start:].encode("utf-8", "surrogateescape")).set.agents:
        return None
    return headers.told_if_unsafe(subject, Fix("remove what stands before the header", ((0, start, ""),), heals=True))
