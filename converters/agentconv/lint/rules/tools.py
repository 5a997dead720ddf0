"""Lists of tools that grant something else than their author wrote."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agentconv.core import effects, fields, tool_summary, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Code, Severity
from agentconv.core.source import encode
from agentconv.core.suggestions import nearest
from agentconv.formats import registry
from agentconv.lint import convertible, fixing, headers, remarks, widened
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import WIDENING, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Agent, ToolGrant
    from agentconv.lint.rule import Edit, Finding, Rule
    from agentconv.lint.subject import Subject

_LISTS = ("tools.allow", "tools.deny")
_WORDS = "the client's table of tools (`agentconv formats ID`), and what it offers the model"
_HEADER = "---\nname: reviewer\ndescription: Reviews changes before a merge\n"
_BODY = "---\n\nYou review changes.\n"


def _example(*lines: str) -> str:
    return _HEADER + "".join(f"{line}\n" for line in lines) + _BODY


def _grants(subject: Subject) -> Iterator[tuple[int, Agent, str, ToolGrant]]:
    """Yield each tool word of the file's own client's lists that names no MCP server."""
    client = vocabulary.words_of(subject.format)
    for number, agent, _ in subject.agents():
        for path in _LISTS:
            if _is_no_list(subject, agent, path):
                continue
            grants: tuple[ToolGrant, ...] = fields.get(agent, path)
            yield from ((number, agent, path, one) for one in dict.fromkeys(grants) if one.format == client and one.server is None)


def _is_no_list(subject: Subject, agent: Agent, path: str) -> bool:
    """Whether the client takes nothing of what stands there, whatever its words are: that comes first, and no word mends it."""
    key = subject.key_of(path)
    told = [one.diagnostic for one in remarks.of(subject) if one.drops and one.diagnostic.agent in (None, agent.name)]
    return any(one.key == key and not one.names for one in told if key)


def _fatal(subject: Subject, word: str) -> bool:
    """Whether the client drops an agent because of a tool word."""
    return any(one.drops and one.field.startswith("tools.") and word in one.diagnostic.names for one in remarks.of(subject))


def _effect(subject: Subject, path: str, word: str) -> tuple[str, Severity]:
    """Return what comes of a word that is no tool, in words and as a severity."""
    if _fatal(subject, word):
        return "it drops the agent", Severity.ERROR
    return "it grants nothing" if path == "tools.allow" else "it denies nothing", Severity.WARNING


def _is_tool(subject: Subject, grant: ToolGrant) -> bool:
    """Whether the client has a tool of this word."""
    word = vocabulary.tool_word(subject.format, grant.native)
    return word is not None and word.how in ("exact", "alias")


def _place(subject: Subject, number: int, path: str, word: str) -> tuple[int, int]:
    """Return where a word stands in a list; the whole list when it is not there as it is."""
    start, end = subject.place(number, subject.key_of(path))
    found = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])").search(subject.text, start, end) if word else None
    return found.span() if found else (start, end)


def _renamed(subject: Subject, number: int, path: str, grant: ToolGrant, word: str) -> Fix | None:
    """Write another word in place of a tool: where it stands, or through the client's writer where that says more than is meant."""
    meant = vocabulary.tool_word(subject.format, word)
    now = replace(grant, native=word, capability=meant.capability if meant else None)

    def change(agent: Agent) -> Agent:
        grants: tuple[ToolGrant, ...] = fields.get(agent, path)
        written = tuple(dict.fromkeys(now if one == grant else one for one in grants))
        return fields.with_values(agent, {path: written})

    start, end = _place(subject, number, path, grant.native)
    edits: tuple[Edit, ...] | None = ((start, end, word),)
    wanted = fields.get(change(subject.result.set.agents[number]), path)
    if subject.text[start:end] != grant.native or _read(subject, number, path, fixing.apply(subject.text, edits or ())) != wanted:
        edits = subject.changed(number, change)
    key = subject.key_of(path)
    about = frozenset({path, f"extras.{key}", f"extras.{key.casefold()}"})
    return Fix(f"write `{word}`", edits, fields=about) if edits else None


def _read(subject: Subject, number: int, path: str, text: str) -> object:
    """Return a field as it would be read from another text."""
    agents = subject.reread(encode(text)).set.agents
    return fields.get(agents[number], path) if number < len(agents) else None


@cache
def _spelling(client: str, word: str) -> str:
    """Return the client's tool that a word is a slip of; empty where there is none."""
    known = {one.casefold(): one for one in vocabulary.tool_words(client) if not one.endswith("*")}
    close = nearest(word.casefold(), known, 0.8)
    return known[close] if close else ""


@rule(
    "AC301",
    "unknown-tool",
    bad=_example("tools: Read, Grepp"),
    good=_example("tools: Read, Grep"),
    source=_WORDS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def unknown_tool(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool that no client has.

    Claude Code 2.1.329 and most others pass over such a word in silence: in a list of tools the agent lacks what its author
    meant, and in a list of denied tools nothing is denied. Gemini CLI 0.61.0 drops an agent for it.
    """
    unclosed = headers.unclosed(subject)
    for number, agent, path, grant in _grants(subject):
        if grant.capability is not None or grant.native in ("", "*") or vocabulary.tool_word(subject.format, grant.native):
            continue
        if any(one.offset == _place(subject, number, path, grant.native)[0] for one in unclosed):
            continue  # that it is never closed is told, and says why
        effect, severity = _effect(subject, path, grant.native)
        own = vocabulary.server_tool(subject.format, grant.native)
        near = own or _spelling(vocabulary.words_of(subject.format), grant.native)
        help_text = f"did you mean `{near}`?" if near else f"`agentconv formats {subject.format} -v` lists its tools"
        option = None if near else f"name a tool that {title(subject)} has"
        message = shown(f"{title(subject)} has no tool `{shown(grant.native)}`: {effect}", 160)
        yield self.find(
            message,
            _place(subject, number, path, grant.native),
            help_text,
            severity=severity,
            agent=agent.name,
            clients=(subject.format,),
            option=option,
        )


@rule(
    "AC302",
    "foreign-tool",
    bad=_example("tools: Read, run_shell_command"),
    good=_example("tools: Read, Bash"),
    source=_WORDS,
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def foreign_tool(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool that another client has, in that one's own word.

    Claude Code 2.1.329 and most others pass over such a word in silence. It is not renamed by `--fix`, since that would grant the
    agent what it has not had so far.
    """
    for number, agent, path, grant in _grants(subject):
        word = vocabulary.tool_word(subject.format, grant.native)
        if word is None or word.how != "foreign":
            continue
        effect, severity = _effect(subject, path, grant.native)
        whose = registry.FORMATS[next(client for client in registry.CLIENTS if client in word.owners)].title
        own = [vocabulary.tool_for(vocabulary.words_of(subject.format), capability) for capability in word.capabilities]
        names = " or ".join(f"`{name}`" for name in dict.fromkeys(own) if name)
        message = f"`{shown(grant.native)}` is a tool of {whose}; {title(subject)} has none of that name: {effect}"
        help_text = f"write {names}" if names else f"delete it: {title(subject)} has no such tool"
        place = _place(subject, number, path, grant.native)
        yield self.find(shown(message, 160), place, help_text, severity=severity, agent=agent.name, clients=(subject.format,))


@rule(
    "AC303",
    "tool-in-wrong-case",
    bad=_example("tools: read, Grep"),
    good=_example("tools: Read, Grep"),
    source=_WORDS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
)
def tool_in_wrong_case(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool whose capital letters are not those of the client.

    Claude Code 2.1.329 compares names to the letter, so that `read` or `bash` grants nothing. The fix is unsafe: the agent can
    then do what it could not do so far.
    """
    for number, agent, path, grant in _grants(subject):
        word = vocabulary.tool_word(subject.format, grant.native)
        if word is None or word.how != "case":
            continue
        effect, severity = _effect(subject, path, grant.native)
        fix = _renamed(subject, number, path, grant, word.native)
        yield self.find(
            shown(f"{title(subject)} has `{word.native}`, not `{grant.native}`: {effect}", 160),
            _place(subject, number, path, grant.native),
            f"write `{word.native}`",
            severity=severity,
            agent=agent.name,
            clients=(subject.format,),
            fix=replace(fix, safe=False) if fix else None,
        )


@rule(
    "AC304",
    "retired-tool",
    bad=_example("tools: Read, MultiEdit"),
    good=_example("tools: Read, Edit"),
    source=_WORDS,
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="sometimes",
)
def retired_tool(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool that the client had once.

    Claude Code 2.1.329 has no `LS`, `MultiEdit`, `NotebookRead` or `TodoRead` any more and passes over them. The fix writes the
    tool that took over, where there is one: the agent can then do again what its author granted.
    """
    for number, agent, path, grant in _grants(subject):
        word = vocabulary.tool_word(subject.format, grant.native)
        if word is None or word.how != "retired":
            continue
        effect, severity = _effect(subject, path, grant.native)
        today = vocabulary.tool_for(vocabulary.words_of(subject.format), word.capability) if word.capability else None
        yield self.find(
            shown(f"{title(subject)} no longer has a tool `{grant.native}`: {effect}", 160),
            _place(subject, number, path, grant.native),
            f"write `{today}`" if today else "delete it",
            severity=severity,
            agent=agent.name,
            clients=(subject.format,),
            fix=_renamed(subject, number, path, grant, today) if today else None,
        )


@rule(
    "AC305",
    "widened-tools",
    bad=_example("tools: Read, Grep, WebFetch, WebSearch"),
    good=_example("tools: Read, Grep, WebFetch, WebSearch", "readonly: true"),
    source="each client's own reader, run on the same file, and the effects of what it reads",
    verified="2026-11-24",
    severity=Severity.ERROR,
    clients=("cursor",),
    protects=WIDENING,
)
def widened_tools(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent that may do more in another client that is asked about than its author wrote.

    Cursor 3.22.7 knows no `tools` in an agent's file, and Claude Code no `readonly`: each passes over what it does not know, and
    the agent has every tool of the client. A client reads the agent and says nothing, which makes it worse than one that drops it.
    Where only the asking falls away (Qwen Code 0.24.4 lets agents edit files unless they say otherwise), it is a warning, and so it is
    until `sync` has written the client a file of its own. An MCP server that stands in a client's own file (`.cursor/mcp.json`), and
    that no file of an agent keeps it from, is a person's decision about that client: of the agents that have it beyond their authors'
    words it is a warning.
    """
    for client in subject.alike():
        result = subject.reading(client)
        if len(result.set.agents) != len(subject.result.set.agents):
            continue
        for number, author in enumerate(subject.result.set.agents):
            if result.states[number].dropped:
                continue
            wider = widened.beyond(subject, client, number)
            if wider:
                mild = all(one.unasked for one in wider) or convertible.is_to_come(subject, client, number)
                severity = Severity.WARNING if mild else Severity.ERROR
                more = ", ".join(map(str, wider[:3])) + (f" and {len(wider) - 3} more" if len(wider) > 3 else "")
                message = f"{registry.FORMATS[client].title} would let the agent do what its author did not allow: {more}"
                way = convertible.way(subject, client, number)
                yield self.find(
                    shown(message, 160),
                    widened.place_of_limits(subject, number),
                    way.help,
                    option=way.option,
                    agent=author.name,
                    severity=severity,
                    clients=(client,),
                )
            yield from _open_there(self, subject, client, number)
    for client in subject.versions:  # which goes by these files
        for number in range(len(subject.result.set.agents)):
            yield from _open_there(self, subject, client, number)


def _open_there(self: Rule, subject: Subject, client: str, number: int) -> Iterator[Finding]:
    """Yield what a client lets an agent use that stands in its own files: that is a person's word about his client."""
    name, client_title = subject.result.set.agents[number].name, registry.FORMATS[client].title
    for loss in convertible.opened(subject, client, number):
        message = f"{client_title} lets the agent use an MCP server that its author did not give it: {loss.detail}"
        help_ = f"name it in the agent's tools, if it may use it; else take it out of that file, or keep the agent out of {client_title}"
        place = widened.place_of_limits(subject, number)
        yield self.find(shown(message, 160), place, help_, agent=name, severity=Severity.WARNING, clients=(client,))


@rule(
    "AC306",
    "ignored-tools",
    bad=_example('disallowedTools: "*"'),
    good=_example("disallowedTools: Bash, Write, Edit"),
    source="the client's own reader, and what it offers the model",
    verified="2026-11-24",
    severity=Severity.ERROR,
    protects=WIDENING,
)
def ignored_tools(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A list of tools that the client does not take as it is written.

    What it makes of it instead differs. A list of denied tools that Claude Code 2.1.329 cannot read denies nothing, which is an
    error, since the agent has more than is written; a list of tools that it cannot read grants nothing. OpenCode does not start,
    Copilot and Gemini CLI drop the agent.
    """
    for remark in remarks.of(subject):
        if not remark.field.startswith("tools.") or remark.diagnostic.code not in (Code.INVALID_VALUE, Code.NOT_LOADED):
            continue
        words = {grant.native for _, _, _, grant in _grants(subject) if not _is_tool(subject, grant)}
        if remark.diagnostic.cause is Cause.MISSING_KEY or (remark.drops and words.intersection(remark.diagnostic.names)):
            continue  # the words that are no tools are told one by one
        agents = subject.result.set.agents
        agent = next((one for one in agents if one.name == remark.diagnostic.agent), agents[0] if agents else None)
        opens = agent is not None and not remark.drops and (remark.field == "tools.deny" or agent.tools.mode == "inherit")
        effect = remarks.fate(remark, "grants every tool" if opens and remark.field != "tools.deny" else "ignores it")
        yield self.find(
            shown(f"{title(subject)} does not take `{remark.key}` as it is written and {effect}: {remark.reason}", 160),
            (remark.start, remark.end),
            remark.diagnostic.remedy or "name the tools, with commas between them",
            severity=Severity.ERROR if remark.drops or opens else Severity.WARNING,
            agent=agent.name if agent else None,
            clients=(subject.format,),
        )


@rule(
    "AC307",
    "no-tool-left",
    bad=_example("tools: Read", "disallowedTools: Read"),
    good=_example("tools: Read, Grep"),
    source="the client's own reader, and the effects of what it reads",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def no_tool_left(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent that names tools, and is left without any.

    Claude Code 2.1.329 takes the denied tools from the granted ones and passes over the words that it does not know. What is left
    is an agent that can only talk.
    """
    for number, agent, state in subject.agents():
        if state.dropped or agent.tools.mode != "list" or not agent.tools.allow:
            continue
        held = tool_summary.held(agent, subject.format)
        left = {one.native for one in held.tools.allow if not _is_denied(one, held)}
        if not left and not effects.usable(held, subject.format):
            message = f"{title(subject)} leaves the agent without any tool: {_why_none(held)}"
            place = subject.place(number, subject.key_of("tools.allow"))
            yield self.find(
                message, place, "name a tool that it may use, or write none on purpose", agent=agent.name, clients=(subject.format,)
            )


def _why_none(held: Agent) -> str:
    return "each that is granted is denied, too" if held.tools.allow else "it has none of those that are named"


def _is_denied(grant: ToolGrant, agent: Agent) -> bool:
    """Whether a granted tool is denied as a whole."""
    if grant.server:
        return any(effects.covers(one, grant.server, deny=True) and one.tool in (None, grant.tool) for one in agent.tools.deny)
    return any(one.native == grant.native and one.pattern is None for one in agent.tools.deny)


@rule(
    "AC308",
    "tool-granted-and-denied",
    bad=_example("tools: Read, Bash", "disallowedTools: Bash"),
    good=_example("tools: Read"),
    source="the client's own reader, and what it offers the model",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def granted_and_denied(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool that is granted by one list and denied by the other.

    Claude Code 2.1.329, Copilot and Qwen Code let the denial win, so that the agent has not got the tool that its list promises.
    """
    for number, agent, _ in subject.agents():
        if agent.tools.mode != "list":
            continue
        for grant in dict.fromkeys(agent.tools.allow):
            if _is_denied(grant, agent):
                word = shown(grant.native)
                place = _place(subject, number, "tools.allow", grant.native)
                message = shown(f"`{word}` is both granted and denied: {title(subject)} denies it", 160)
                yield self.find(message, place, f"take `{word}` out of one of the two lists", agent=agent.name, clients=(subject.format,))


@rule(
    "AC309",
    "pattern-not-enforced",
    bad=_example("tools: Read, Bash(git *)"),
    good=_example("tools: Read"),
    source="what the client does with a tool call that the pattern does not match (measured)",
    verified="2026-11-24",
    severity=Severity.NOTE,
    protects=WIDENING,
)
def pattern_not_enforced(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool with a pattern to which the client does not hold the agent.

    Claude Code 2.1.329 reads `Bash(git *)` in an agent's list as `Bash`: the agent may ask to run anything, and the user's own
    permission rules decide.
    """
    if vocabulary.fact(vocabulary.words_of(subject.format), "enforces_patterns"):
        return
    for number, agent, path, grant in _grants(subject):
        if grant.pattern is None or grant.capability in (None, "delegate"):
            continue
        word = f"{grant.native}({grant.pattern})"
        yield self.find(
            shown(f"{title(subject)} does not hold the agent to `{shown(word, 60)}`: it is as good as `{grant.native}`", 160),
            _place(subject, number, path, word),
            "restrict the tool in the client's own settings, or take it out of the list",
            agent=agent.name,
            clients=(subject.format,),
        )


@rule(
    "AC310",
    "star-beside-tools",
    bad=_example('tools: "Read, *"'),
    good=_example("tools: Read"),
    source="the client's own reader, run on the file with the other words only",
    verified="2026-11-24",
    severity=Severity.ERROR,
    protects=WIDENING,
)
def star_beside_tools(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A `*` in a list of tools that also names some.

    Claude Code 2.1.329 grants every tool then, shell included, whatever else is named: a list that looks like a restriction is none.
    """
    for number, agent, state in subject.agents():
        key = subject.key_of("tools.allow")
        if state.dropped or not key or agent.tools.mode != "inherit" or not subject.has(number, key):
            continue
        start, end = subject.place(number, key)
        words = [word.strip(" \t\r\n-'\"[]") for word in subject.text[start:end].replace("\n", ",").split(",")]
        others = [word for word in words if word and word != "*"]
        if "*" in words and others:
            message = f"{title(subject)} grants every tool for the `*`, not only `{shown(others[0], 60)}`"
            place = subject.word(number, key, "*")
            yield self.find(message, place, "delete the `*`, or the other names", agent=agent.name, clients=(subject.format,))


@rule(
    "AC311",
    "own-tool-for-server",
    bad=_example("tools: [read, linter/edit]"),
    good=_example("tools: [read, linter-edit]"),
    source="tools of a session with the agent selected, one word an agent",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="copilot",
    protects=WIDENING,
)
def own_tool_for_server(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A tool of an MCP server that the client takes for its own tool of that name.

    Copilot 1.0.102 reads `linter/edit` as its own `edit` where it knows no server `linter`, as it reads `edit/editFiles` of VS Code:
    the agent writes files. The server's tool is `linter-edit`.
    """
    if not vocabulary.fact(vocabulary.words_of(subject.format), "own_words_first"):
        return
    for number, agent, _ in subject.agents():
        for grant in dict.fromkeys(agent.tools.allow):
            own = vocabulary.tool_word(subject.format, grant.tool) if grant.server and grant.tool and "/" in grant.native else None
            if own is None or own.how not in ("exact", "alias"):
                continue
            yield self.find(
                shown(
                    f"{title(subject)} takes `{shown(grant.native)}` for its own `{shown(grant.tool or '')}` where it knows no such server",
                    160,
                ),
                _place(subject, number, "tools.allow", grant.native),
                f"write `{grant.server}-{grant.tool}` for the tool of the server",
                agent=agent.name,
                clients=(subject.format,),
            )
