"""Headers that parse, and are not taken as they are written: by their own client, or by another one that is asked about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.core import schema_files
from agentconv.core.diagnostics import Cause, Code, Effect, Severity
from agentconv.families import frontmatter
from agentconv.formats import registry
from agentconv.lint import convertible, fixing, headers, remarks
from agentconv.lint.passages import do, lost, shown, title
from agentconv.lint.rule import LEFT, WIDENING, Fix, rule
from agentconv.yaml import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.widening import Widening
    from agentconv.families.frontmatter import Header
    from agentconv.lint.remark import Remark
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_READERS = "each client's own reader, run on the same file"


@rule(
    "AC106",
    "dashes-in-value",
    bad="""
        ---
        name: reviewer
        description: Reviews changes --- before a merge
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes - before a merge
        ---

        You review changes.
        """,
    source="the client's own reader: the header ends at the first three dashes, wherever they are",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def dashes_in_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Three dashes inside a line of the header, which end it there.

    Claude Code 2.1.329 looks for `---` anywhere behind the first line: the value is cut off, and the keys behind it, the
    list of tools among them, become a part of the prompt. The agent then has all tools. Other clients want a line of its own.
    """
    for remark in remarks.of(subject):
        if remark.diagnostic.cause is Cause.HEADER_END:
            rest = subject.text[remark.end :].split("\n---", 1)[0]
            known = schema_files.load(subject.format)["properties"]
            keys = [key for key in re.findall(r"(?m)^([A-Za-z_][\w-]*)[ \t]*:", rest) if key in known]
            wider = any(known[key]["x-field"].startswith(("tools", "permissions")) for key in keys)
            what = f": `{keys[0]}` is part of the prompt" if keys else ""
            yield self.find(
                f"`---` inside a line ends the header for {title(subject)}{what}",
                (remark.start, remark.end),
                "write another dash in its place, or a double-quoted value with `\\x2d--`",
                severity=Severity.ERROR if wider else Severity.WARNING,
                clients=(subject.format,),
                agent=remark.diagnostic.agent,
            )


@rule(
    "AC107",
    "duplicate-key",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        tools: Read
        tools: Read, Bash
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        tools: Read, Bash
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
    protects=WIDENING,
)
def duplicate_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key that is given twice. It is an error where the later one lets the agent do more than the first.

    Claude Code 2.1.329 and OpenCode use the last one; Gemini CLI, Qwen Code, Copilot and Cline refuse the whole header, Codex
    the whole file. Whoever reads the file from the top sees the first one, and takes that for what holds.
    """
    twice: dict[str, list[Remark]] = {}
    for remark in remarks.of(subject):
        if remark.diagnostic.code is Code.DUPLICATE_KEY:
            twice.setdefault(remark.key, []).append(remark)
    for key, said in twice.items():
        edits = _without_earlier(subject.header, key) if subject.header else ()
        passing = subject.to_come | subject.unwanted
        gone = tuple(one for one in lost(subject, fixing.apply(subject.text, edits)) if one not in passing) if edits else ()
        wider = _widened(subject, key)
        detail = "; ".join([*(f"which adds {what}" for what in wider[:1]), *([f"{do(gone, 'drops')} the file"] if gone else [])])
        message = shown(said[-1].problem + (f", {detail}" if detail else ""), 160)
        is_known = key in schema_files.load(subject.format)["properties"]
        fields = frozenset({f"extras.{key}", *headers.fields_of(subject, key)})
        fix = (
            headers.told_if_unsafe(subject, Fix("delete the earlier one, which is not used", edits, respelled=fields, heals=True))
            if edits and is_known and not wider
            else None
        )
        help_text = (
            fix.title
            if fix
            else "delete one of them"
            if is_known
            else "indent it, if it is a part of the text above; else delete one of them"
        )
        yield self.find(
            message,
            (said[-1].start, said[-1].end),
            help_text,
            severity=Severity.ERROR if wider or gone else Severity.WARNING,
            clients=(subject.format, *gone) if wider else gone or (subject.format,),
            agent=said[-1].diagnostic.agent,
            fix=fix,
        )


def _without_earlier(header: Header | None, key: str) -> tuple[tuple[int, int, str], ...]:
    """Return the edits that delete all but the last of a key's lines."""
    edits = frontmatter.patch(header, {key: header.values[key]}) if header and key in header.values else None
    return tuple(edits[:-1]) if edits else ()


def _widened(subject: Subject, key: str) -> list[Widening]:
    """Return what the agent may do that it may not by the first of the two."""
    header, agents = subject.header, subject.result.set.agents
    if header is None or len(agents) != 1 or not isinstance(header.root, nodes.Mapping):
        return []
    pairs = [(k, v) for k, v in header.root.pairs if nodes.key_text(k, header.grammar) == key]
    first = pairs[0][1]
    edits = frontmatter.patch(header, {key: nodes.value(first, None, header.grammar)})
    before = subject.reread(fixing.apply(subject.text, edits).encode("utf-8", "surrogateescape")) if edits else None
    if before is None or len(before.set.agents) != 1 or before.states[0].dropped:
        return []
    return compare.widenings(before.set.agents[0], agents[0], subject.format)


@rule(
    "AC108",
    "read-otherwise",
    bad="""
        ---
        name: reviewer
        description: 2026-01-02
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: "2026-01-02"
        ---

        You review changes.
        """,
    source="each client's YAML library, run on the same header",
    verified="2026-11-24",
    severity=Severity.WARNING,
    fix="sometimes",
    clients=("gemini-cli",),
)
def read_otherwise(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A value that one client's YAML library takes for something else than another's.

    Claude Code 2.1.329 reads YAML 1.2 as Bun does, Gemini CLI with js-yaml 4, Copilot with yaml 2, Kilo with js-yaml 3: a date,
    an octal number, `yes` or a number with underscores is text to one and no text to the other.
    """
    header, dialect = subject.header, subject.dialect
    if header is None or dialect is None or header.error or not isinstance(header.root, nodes.Mapping):
        return
    found: dict[str, list[str]] = {}
    for client in subject.alike():
        other = headers.dialect_of(client)
        if other is None or other.grammar is dialect.grammar:
            continue
        known = schema_files.load(client)["properties"]
        for key in headers.differing(header, other):
            if key in known:
                found.setdefault(key, []).append(client)
    for key, clients in found.items():
        fix = headers.quoted_as_read(subject, header, key)
        message = shown(f"{do(clients, 'reads')} `{key}` otherwise than {title(subject)}", 160)
        place = header.extent(key) or (header.start, header.end)
        name = next((agent.name for agent in subject.result.set.agents), None)
        yield self.find(
            message,
            place,
            fix.title if fix else "spell it so that it can only be read in one way",
            clients=tuple(clients),
            agent=name,
            fix=fix,
        )


@rule(
    "AC198",
    "lost-elsewhere",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        kind: local
        temperature: warm
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        kind: local
        temperature: 0.2
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    about=LEFT,
    clients=("gemini-cli",),
)
def lost_elsewhere(self: Rule, subject: Subject, found: list[Finding]) -> Iterator[Finding]:
    """A file that another client that is asked about would drop, for a reason that no other rule names.

    The reason is that client's own, as its reader gives it for this very file, were it put into the client's folder. Only
    clients that read files of this kind are asked.
    """
    if not subject.result.set.agents:
        return
    for client in subject.alike():
        for remark in remarks.of(subject, client):
            if remark.drops and not remarks.is_told(subject, remark, found):
                message = shown(f"{registry.FORMATS[client].title} would not load it: {remark.problem}", 160)
                hint = None if remark.diagnostic.code is Code.NOT_LOADED else remark.diagnostic.hint
                otherwise = convertible.NONE if hint else convertible.advice(subject, client, 0, "write a file for it")
                takes = f"a value that {registry.FORMATS[client].title} takes"
                what = f"give `{remark.key}` {takes}" if remark.key else "change what it stops at, so that it reads the file"
                advice = otherwise.after(hint or what)
                yield self.find(
                    message,
                    (remark.start, remark.end),
                    advice.help,
                    option=advice.option,
                    clients=(client,),
                    agent=remark.diagnostic.agent,
                )


@rule(
    "AC199",
    "not-as-written",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        note before all: see
          below
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
    source="the client's own reader",
    verified="2026-11-24",
    severity=Severity.ERROR,
    about=LEFT,
    example="cursor",
)
def not_as_written(self: Rule, subject: Subject, found: list[Finding]) -> Iterator[Finding]:
    """Whatever else keeps a file's own client from taking it as it is written, and is not told by another rule.

    The reason is that of the client's reader. The client drops the agent, or passes over its whole header (errors), or ignores
    what stands there, and in most clients nothing is said. Where it passes over limits, so that the agent has every tool, that is an error.
    """
    for remark in remarks.of(subject):
        if remark.severity is not Severity.NOTE and not remarks.is_told(subject, remark, found):
            lead = f"{title(subject)} {remarks.fate(remark, '')}: " if remark.drops else ""
            hint = remark.diagnostic.hint
            otherwise = hint if hint and not remark.drops else "mend it, so that the client takes it as it is meant"
            help_text = remark.diagnostic.remedy or otherwise
            message = shown(lead + remark.problem, 160)
            yield self.find(
                message,
                (remark.start, remark.end),
                help_text,
                severity=Severity.ERROR if remark.diagnostic.effect is Effect.GRANTS_ALL else remark.severity,
                clients=(subject.format,),
                agent=remark.diagnostic.agent,
            )
