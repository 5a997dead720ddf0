"""Descriptions: what a client chooses an agent by, and what each of its sessions starts with."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from agentconv.core import schema_files, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Effect, Severity
from agentconv.core.format import ENTRY
from agentconv.families import frontmatter
from agentconv.families.javascript import length
from agentconv.families.keys import misspelled
from agentconv.formats import registry
from agentconv.lint import headers, remarks
from agentconv.lint.passages import count, do, shown, title
from agentconv.lint.rule import SET, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent
    from agentconv.families.frontmatter import Header
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_ASK = "say when the agent is to be used, in a sentence or two"
_READERS = "each client's own reader, run on the same file"


def _place(subject: Subject, number: int, meant: str = "") -> tuple[int, int]:
    """Return where the description stands; where there is none, the key that may be meant for it, or the header."""
    for key in (subject.key_of("description"), meant):
        if key and subject.has(number, key):
            return subject.place(number, key)
    return (subject.header.start, subject.header.start) if subject.header else subject.place(number, ENTRY)


def _none(self: Rule, subject: Subject, header: Header) -> Finding:
    """Return what is told of a header without a description, at the key that may be meant for one."""
    key = subject.key_of("description")
    meant = misspelled(key, header.values.keys() - schema_files.load(subject.format)["properties"].keys())
    message = f"{title(subject)} sees no agent here: the header has no `{key}`"
    if meant:
        remedy = f"write `{key}` for `{meant}`"
        start = max(header.source.text.find(meant, header.start, header.end), header.start)  # a key may be spelled with escapes
        return self.find(f"{message}; `{meant}` is nearly that", (start, start + len(meant)), remedy, clients=(subject.format,))
    return self.find(message, (header.start, header.start), f"add a `{key}`, or move the file", clients=(subject.format,))


def _dropping(subject: Subject) -> tuple[str, ...]:
    """Return the clients that have no such agent because of its description."""
    asked = (subject.format, *subject.alike())
    return tuple(
        client for client in asked if any(remark.field == "description" and remark.drops for remark in remarks.of(subject, client))
    )


@rule(
    "AC901",
    "missing-description",
    bad="""
        ---
        name: reviewer
        tools: Read, Grep
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        tools: Read, Grep
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def missing_description(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent without a description.

    Claude Code 2.1.329, Codex, Gemini CLI, Qwen Code, Copilot and Cline drop an agent without one. The others load it, and
    have nothing to tell by when to hand work to it.
    """
    if subject.header and headers.lacks(subject) == (subject.key_of("description") or None):
        yield _none(self, subject, subject.header)
    for number, agent, state in subject.agents():
        key = subject.key_of("description")
        if not key or subject.has(number, key):
            continue
        headerless = tuple(_headerless(self, subject, agent)) if subject.result.diagnostics else ()
        yield from headerless
        if agent.description is not None or headerless or _is_whole_file(subject):
            continue
        if subject.result.meant and any(one.description for one in subject.result.meant.set.agents):
            continue  # it is in the header, of which the client takes nothing
        if agent.invocation and agent.invocation.disabled:
            continue  # one of the client's own, switched off
        header = subject.header.values if subject.header else {}
        meant = misspelled(key, header.keys() - schema_files.load(subject.format)["properties"].keys())
        clients = _dropping(subject) if key in schema_files.load(subject.format).get("required", ()) or not state.dropped else ()
        if clients or not state.dropped:
            effect = f"{do(clients, 'drops')} it" if clients else f"{title(subject)} cannot tell when to use it"
            yield self.find(
                f"the agent has no description{f' (`{meant}` is nearly that)' if meant else ''}: {effect}",
                _place(subject, number, meant),
                f"write `{key}` for `{meant}`" if meant else f"add a `{key}`: {_ASK}",
                severity=Severity.ERROR if clients else Severity.NOTE,
                clients=clients or (subject.format,),
                agent=agent.name,
            )


def _headerless(self: Rule, subject: Subject, agent: Agent) -> Iterator[Finding]:
    """Yield what the client makes of a file that has no header at all: a prompt, be it with every tool."""
    if subject.header is not None and subject.header.values:
        return
    for remark in remarks.of(subject):
        opens = remark.diagnostic.effect is Effect.GRANTS_ALL
        if remark.diagnostic.code is Code.SYNTAX and (opens or remark.diagnostic.severity is Severity.NOTE):
            help_text = remark.diagnostic.hint or "write a header"
            message, client = shown(remark.diagnostic.message, 160), (subject.format,)
            severity = Severity.ERROR if opens else Severity.NOTE
            yield self.find(message, (remark.start, remark.end), help_text, severity=severity, clients=client, agent=agent.name)


def _is_whole_file(subject: Subject) -> bool:
    """Whether the client takes a file without a header for a prompt and nothing else."""
    return subject.dialect is not None and (subject.header is None or not subject.header.values)


@rule(
    "AC902",
    "empty-description",
    bad="""
        ---
        name: reviewer
        description: ""
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
)
def empty_description(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A description that says nothing, or is no text.

    Claude Code 2.1.329 and Gemini CLI drop an agent whose description is empty or a number, Codex, Qwen Code and Cline one
    whose description is blank. A blank one that is loaded tells nobody when to use the agent.
    """
    for number, agent, state in subject.agents():
        key = subject.key_of("description")
        if not key or not subject.has(number, key):
            continue
        clients = _dropping(subject)
        is_blank = not ((agent.description or "").strip() or any(remark.loses_header for remark in remarks.of(subject)))
        if not clients and (state.dropped or not is_blank):
            continue
        what = "empty" if is_blank else "not one that it takes"
        effect = f"{do(clients, 'drops')} the agent" if clients else f"{title(subject)} cannot tell when to use the agent"
        message = f"the description is empty: {effect}" if what == "empty" else f"{effect}: it does not take this description"
        severity = Severity.ERROR if clients else Severity.WARNING
        yield self.find(message, _place(subject, number), _ASK, severity=severity, clients=clients or (subject.format,), agent=agent.name)


@rule(
    "AC903",
    "long-description",
    bad=f"""
        ---
        name: reviewer
        description: Reviews changes{", and more changes" * 70}
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes, and more changes
        ---

        You review changes.
        """,
    source="each client puts the descriptions of all agents into the context of a session",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def long_description(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A description with more characters than `max-description` allows (1,024, if nothing is set).

    Every session pays for the descriptions of all agents, whether it uses them or not. Examples of conversations, which make
    most long descriptions long, are as good in the prompt, which only the agent's own sessions pay for.
    """
    for number, agent, state in subject.agents():
        size, most = length(agent.description or ""), subject.settings.max_description
        if size > most and not state.dropped:
            yield self.find(
                f"{title(subject)} puts {size:,} characters of description into every session; at most {most:,} are meant",
                _place(subject, number),
                "say when to use the agent, and move examples into the prompt",
                clients=(subject.format,),
                agent=agent.name,
            )


@rule(
    "AC904",
    "descriptions-over-budget",
    bad=f"""
        ---
        name: reviewer
        description: Reviews changes{", and more changes" * 3_600}
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes, and more changes
        ---

        You review changes.
        """,
    source="the client's own count: a quarter of the characters of `name: description`, over all agents; it warns above 15,000",
    verified="2026-11-24",
    severity=Severity.NOTE,
    about=SET,
)
def descriptions_over_budget(self: Rule, subjects: list[Subject]) -> Iterator[Finding]:
    """Agents whose descriptions together are more than a client takes without a warning at its start.

    Claude Code 2.1.329 counts a quarter of their characters as tokens and warns above 15,000: `Agent descriptions are over
    the 15.0k-token limit`. They are a part of every session.
    """
    sizes: dict[str, dict[str, int]] = defaultdict(dict)
    for subject in subjects:
        for _, agent, state in subject.agents():
            if not state.dropped and agent.name:
                sizes[subject.format][subject.path] = sizes[subject.format].get(subject.path, 0) + length(
                    f"{agent.name}: {agent.description or ''}"
                )
    for client, by_path in sizes.items():
        limit = vocabulary.number(client, "description_tokens")
        total = sum(by_path.values())
        if limit is None or total / 4 <= limit:
            continue
        largest = max(by_path, key=lambda path: by_path[path])
        subject = next(one for one in subjects if one.path == largest)
        of = f"{total:,} characters of {count(len(by_path), 'description')}, about {total // 4:,} tokens"
        finding = self.find(
            f"{registry.FORMATS[client].title} starts with {of}; it warns above {limit:,}",
            _place(subject, 0),
            "shorten descriptions, this longest one first, or leave agents out",
            clients=(client,),
        )
        yield replace(finding, path=largest)


@rule(
    "AC905",
    "literal-line-break",
    bad=r"""
        ---
        name: reviewer
        description: Reviews changes.\nUse before a merge.
        ---

        You review changes.
        """,
    good=r"""
        ---
        name: reviewer
        description: "Reviews changes.\nUse before a merge."
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.WARNING,
    fix="sometimes",
)
def literal_line_break(self: Rule, subject: Subject) -> Iterator[Finding]:
    r"""A backslash and an n in a description, which stand for a line break only in some clients.

    Claude Code 2.1.329 makes line breaks of them. To the YAML reader of every other client they are two characters, unless the
    value is in double quotes, where YAML itself makes a line break of them.
    """
    header = subject.header
    key = subject.key_of("description")
    for number, agent, state in subject.agents():
        written = header.values.get(key) if header and key else agent.description
        if not isinstance(written, str) or "\\n" not in written or state.dropped:
            continue
        asked = (subject.format, *subject.alike())
        keeping = tuple(client for client in asked if any("\\n" in (one.description or "") for one in subject.reading(client).set.agents))
        turned = subject.format not in keeping
        if turned:
            effect = f"{title(subject)} makes a line break of `\\n`" + (f", {do(keeping, 'shows')} both characters" if keeping else "")
        else:
            effect = f"{do(keeping, 'shows')} the two characters `\\n` in the description"
        fix = _broken(subject, agent.description or "", turned=turned)
        yield self.find(
            effect,
            _place(subject, number),
            fix.title if fix else "write the value in double quotes, or as a block of lines",
            severity=Severity.WARNING if keeping else Severity.NOTE,
            clients=keeping or (subject.format,),
            agent=agent.name,
            fix=fix,
        )


def _broken(subject: Subject, description: str, *, turned: bool) -> Fix | None:
    """Write real line breaks: safe where the file's own client reads them already."""
    header, key = subject.header, subject.key_of("description")
    edits = frontmatter.patch(header, {key: description.replace("\\n", "\n")}) if header else None
    if not edits:
        return None
    fields = frozenset({"description"})
    return Fix(
        "write line breaks that every client reads", tuple(edits), frozenset() if turned else fields, fields, heals=True, safe=turned
    )
