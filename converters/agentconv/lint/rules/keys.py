"""Keys that a client does not know, and values of known keys that it does not take: colours, numbers. Models are in `models`."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from agentconv.core import key_fields, limits, schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Severity
from agentconv.core.ir import escape_key, unescape_key
from agentconv.formats import registry
from agentconv.lint import convertible, headers, remarks
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import WIDENING, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent, Json
    from agentconv.lint.remark import Remark
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_SCHEMAS = "each client's own reader, and the table of its keys (`agentconv schema`)"
_READERS = "each client's own reader, run on the same file"
_FATES = {"ignored": "ignores it", "passed on": "sends it to the model's provider", "rejected": "drops the agent for it"}


def _unknown(subject: Subject) -> Iterator[tuple[int, str, str]]:
    """Yield each key that the file's own client does not know, with the agent's number and what the client does about it.

    What its reader has words of its own for is left to the rules that tell them.
    """
    schema = schema_files.load(subject.format)
    known = {*schema["properties"], *schema.get("x-known-keys", ())}
    told = {remark.key for remark in remarks.of(subject) if remark.drops and remark.diagnostic.cause is not Cause.UNKNOWN_KEY}
    for number, agent, state in subject.agents():
        for key, value in agent.extras.get(subject.format, {}).items():
            name = unescape_key(key)
            if (
                name not in known
                and name != "<<"
                and key not in told
                and (state.dropped or not _is_passed_over(subject.format, name, value))
            ):
                yield number, name, schema["x-unknown"]


def _is_passed_over(client: str, key: str, value: Json) -> bool:
    """Whether a key reads like a limit that the client passes over: a rule of its own tells of that."""
    return limits.is_passed_over(client, key) and limits.limited(client, key, value) is not None


def _owners(key: str) -> tuple[str, ...]:
    return tuple(client for client in registry.CLIENTS if client in limits.owners(key))


def _place(subject: Subject, number: int, key: str) -> tuple[int, int]:
    found = headers.key_place(subject, key)
    if found or not subject.has(number, key):
        return found or subject.place(number, key)
    start, end = subject.place(number, key)
    before = re.compile(rf"(?:(?<=[\s\"'{{,])|^){re.escape(key)}(?=[\"']?[ \t]*[:=]\s*\Z)").search(
        subject.text, max(0, start - len(key) - 200), start
    )
    return before.span() if before else (start, end)


def _severity(fate: str, mild: Severity) -> Severity:
    return Severity.ERROR if fate == "rejected" else mild


@rule(
    "AC401",
    "misspelled-key",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        max_turns: 5
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        maxTurns: 5
        ---

        You review changes.
        """,
    source=_SCHEMAS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
    protects=WIDENING,
)
def misspelled_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key that the client does not know, and that is nearly one that it does.

    Claude Code 2.1.329 names unknown keys in its debug log only, and runs the agent without them. Gemini CLI and Codex drop the
    agent for such a key. A misspelt `tools` or `permission` widens; one of what limits nothing (`model`, `description`, `color`) is
    taken into a baseline as any other finding is.
    """
    for number, key, fate in _unknown(subject):
        meant = limits.spelling(subject.format, key)
        if not meant:
            continue
        told = self.find(
            f"{title(subject)} does not know `{shown(key)}`, and {_FATES[fate]}",
            _place(subject, number, key),
            f"did you mean `{meant}`?",
            severity=_severity(fate, Severity.WARNING),
            clients=(subject.format,),
            agent=subject.result.set.agents[number].name,
            fix=_renamed(subject, number, key, meant),
        )
        limits_nothing = limits.field_of(subject.format, key) is None and key_fields.of(subject.format).get(meant) in _LIMITING_NOTHING
        yield replace(told, is_harmless=limits_nothing)


_LIMITING_NOTHING = frozenset({"model", "effort", "color", "description", "display_name", "temperature", "top_p"})
"""The fields whose keys, misspelt, let an agent do nothing more."""


def _renamed(subject: Subject, number: int, key: str, meant: str) -> Fix | None:
    place = headers.key_place(subject, key)
    if limits.field_of(subject.format, key):
        return None  # what an agent may do is for its author to say
    if place is None or subject.has(number, meant) or subject.text[slice(*place)] != key:
        return None
    fields = frozenset({f"extras.{key}", f"extras.{meant}", *headers.fields_of(subject, meant)})
    return Fix(f"call it `{meant}`", ((*place, meant),), fields, safe=False)


@rule(
    "AC402",
    "foreign-key",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        temperature: 0.1
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
    source=_SCHEMAS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def foreign_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key that another client has, and the file's own has not.

    Claude Code 2.1.329 ignores such a key: an agent with OpenCode's `permission` or Gemini CLI's `max_turns` runs without
    that limit. OpenCode and Kilo send it to the model's provider, Gemini CLI and Codex drop the agent.
    """
    for number, key, fate in _unknown(subject):
        owners = _owners(key)
        if not owners or limits.spelling(subject.format, key):
            continue
        held = {schema_files.load(owner)["properties"][limits.own_key(owner, key)]["x-field"] for owner in owners}
        matters = bool(held - {"extras", "display_name", "color"})
        yield self.find(
            f"`{shown(key)}` is a key of {registry.FORMATS[owners[0]].title}; {title(subject)} {_FATES[fate]}",
            _place(subject, number, key),
            "delete it, or let `agentconv convert` say it in this client's own words",
            option="delete it, or let `agentconv.write` say it in this client's own words",
            severity=_severity(fate, Severity.WARNING if matters else Severity.NOTE),
            clients=(subject.format,),
            agent=subject.result.set.agents[number].name,
        )


@rule(
    "AC403",
    "unknown-key",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        audience: backend
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
    source=_SCHEMAS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def unknown_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key that no client knows.

    Claude Code 2.1.329 names it in its debug log, and ignores it; it does no harm there. OpenCode sends it to the model's
    provider, which may refuse the call; Gemini CLI and Codex drop the agent.
    """
    for number, key, fate in _unknown(subject):
        if not _owners(key) and not limits.spelling(subject.format, key):
            yield self.find(
                f"{title(subject)} does not know `{shown(key)}`, and {_FATES[fate]}",
                _place(subject, number, key),
                "delete it, or keep it in a comment",
                severity=_severity(fate, Severity.WARNING if fate == "passed on" else Severity.NOTE),
                clients=(subject.format,),
                agent=subject.result.set.agents[number].name,
            )


@rule(
    "AC404",
    "rejected-key",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        color: blue
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
    source=_SCHEMAS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    clients=("gemini-cli",),
)
def rejected_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key that another client that is asked about does not know, and drops the agent for.

    Gemini CLI 0.61.0 takes no key besides its own: a `color` or a `version` that Claude Code lives with costs the agent there.
    """
    header = subject.header
    for client in subject.alike():
        effect = schema_files.effect_of_unknown(client)
        if header is None or effect is None or not effect.drops or not subject.result.set.agents:
            continue
        known = schema_files.load(client)["properties"]
        strange = [unescape_key(key) for key in header.values if unescape_key(key) not in known]
        if strange:
            more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            advice = convertible.advice(subject, client, 0, "write a file for that client").after("leave it out")
            yield self.find(
                f"{registry.FORMATS[client].title} does not know `{shown(strange[0])}`{more}, and would drop the agent for it",
                _place(subject, 0, strange[0]),
                advice.help,
                option=advice.option,
                clients=(client,),
                agent=subject.result.set.agents[0].name,
            )


_OPENS = {
    "tools.allow": "the agent has every tool",
    "tools.deny": "nothing is denied",
    "permissions.rules": "nothing is denied or asked for",
    "permissions.mode": "the agent is as free as its caller",
    "permissions.sandbox": "no sandbox holds the agent",
}
"""What comes of a limit that is passed over, by the field that was meant."""
_HELD = "the agent has the tools that its own list says"


@rule(
    "AC412",
    "ignored-limit",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        allowedTools: Read, Grep
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
    source=_SCHEMAS + '; Claude Code\'s own debug log: `did you mean "tools"?`',
    verified="2026-11-28",
    severity=Severity.ERROR,
    protects=WIDENING,
)
def ignored_limit(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A limit in words that the client passes over: the agent may do all that it was to be held from.

    Claude Code 2.1.329 runs an agent with `allowedTools` with every tool, and so do OpenCode 1 with `permissions` and Cursor with
    `tools`. It is a warning where another key holds the agent all the same. What it should say instead is for its author to decide.
    """
    schema = schema_files.load(subject.format)
    for number, agent, state in subject.agents():
        extras = agent.extras.get(subject.format, {})
        for name, field in () if state.dropped else limits.ignored(subject.format, extras):
            unheld = schema["properties"].get(name, {}).get("x-unheld")
            held = (
                field == "permissions.mode" or agent.tools.mode != "inherit" or (field != "tools.allow" and agent.permissions.rules != ())
            )
            own = limits.instead(subject.format, field, extras.get(escape_key(name)))
            opens = _HELD if field == "tools.allow" and held else _OPENS[field]
            yield self.find(
                f"{title(subject)} passes over `{shown(name)}`, and {opens}" + (f": {unheld}" if unheld else ""),
                _place(subject, number, name),
                f"did you mean `{own}`?" if own else f"{title(subject)} has no such limit: leave the key out, so that nobody relies on it",
                severity=Severity.WARNING if held else Severity.ERROR,
                clients=(subject.format,),
                agent=agent.name,
            )


@rule(
    "AC405",
    "illegal-color",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        color: Blue
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        color: blue
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def illegal_color(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A colour that the client does not take.

    Claude Code 2.1.329 and Qwen Code take eight names in lower case, and show the agent without a colour for any other value.
    OpenCode does not start for one, Kilo drops the agent: they take `#` and six digits, or the names of their themes.
    """
    for number, agent, _ in subject.agents():
        for remark in remarks.of(subject):
            if remark.field != "color" or not remark.is_of_value or remark.diagnostic.agent not in (None, agent.name):
                continue
            written = subject.text[slice(*_place_of_value(subject, number, remark))].strip("\"'")
            lower = written.lower()
            fix = None
            if lower != written and schema_files.complaint(subject.format, remark.key, lower) is None:
                edits = subject.changed(number, partial(_colored, subject.format, remark.key, lower))
                fields = frozenset({"color", f"extras.{remark.key}"})
                fix = Fix(f"write `{lower}`", edits, fields) if edits else None
            yield self.find(
                f"`{shown(written)}` is no colour of {title(subject)}, which {remarks.fate(remark, 'shows none')}",
                _place_of_value(subject, number, remark),
                fix.title if fix else remark.diagnostic.remedy or "leave it out, or write what its documentation names",
                severity=remark.severity,
                clients=(subject.format,),
                agent=agent.name,
                fix=fix,
            )


def _colored(client: str, key: str, color: str, agent: Agent) -> Agent:
    """Return the agent with a colour, and without the value that the client did not take for one."""
    extras = {of: {name: value for name, value in table.items() if (of, name) != (client, key)} for of, table in agent.extras.items()}
    return replace(agent, color=color, extras={of: table for of, table in extras.items() if table})


def _place_of_value(subject: Subject, number: int, remark: Remark) -> tuple[int, int]:
    return subject.place(number, remark.key) if subject.has(number, remark.key) else (remark.start, remark.end)


_ELSEWHERE = ("tools.", "permissions.", "hooks", "mcp_servers", "skills", "delegates", "color", "name", "description", "prompt.")


@rule(
    "AC406",
    "ignored-value",
    bad="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        maxTurns: a few
        ---

        You review changes.
        """,
    good="""
        ---
        name: reviewer
        description: Reviews changes before a merge
        maxTurns: 5
        ---

        You review changes.
        """,
    source=_READERS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def ignored_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A value that the client does not take: it runs the agent as if the key were not there, or drops the agent.

    Claude Code 2.1.329 ignores an effort, a number of turns or a memory that it cannot read, without a word, and the agent runs
    without that limit. Codex, Copilot, Gemini CLI and Kilo drop the agent, and OpenCode does not start.
    """
    for remark in remarks.of(subject):
        if not remark.field or remark.field.startswith(_ELSEWHERE) or remark.diagnostic.cause is Cause.MISSING_KEY:
            continue
        if remark.is_of_value:
            effect = "drops the agent" if remark.drops else f"ignores `{remark.key}`"
            yield self.find(
                shown(f"{title(subject)} {effect}: {remark.reason}", 160),
                (remark.start, remark.end),
                remark.diagnostic.remedy or "write a value that it takes, or delete the key",
                severity=remark.severity,
                clients=(subject.format,),
                agent=remark.diagnostic.agent,
            )
