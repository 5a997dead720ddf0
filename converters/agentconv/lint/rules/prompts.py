"""Prompts that a client takes otherwise than they are meant: empty, too long, templates, and words of another client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import mentions, tool_summary, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Severity
from agentconv.core.expressions import expression
from agentconv.core.ir import Prompt
from agentconv.formats import registry
from agentconv.lint import fixing
from agentconv.lint.passages import do, lost, owner, passages, shown, title, titles
from agentconv.lint.rule import Fix, rule
from agentconv.projecting.placeholders import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.ir import Agent
    from agentconv.lint.passages import Passage
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_HEADER = "---\nname: reviewer\ndescription: Reviews changes before a merge\n---\n"
_EXAMPLE = f"{_HEADER}\nYou review changes.\n"


@rule(
    "AC701",
    "empty-prompt",
    bad=_HEADER,
    good=_EXAMPLE,
    source="each client's own reader, run on the file as it is and with a prompt",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def empty_prompt(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent without a prompt.

    Qwen Code 0.24.4 drops an agent whose prompt is shorter than ten characters, Codex 0.169.0 one whose instructions are
    blank. Claude Code 2.1.329 loads it, and it runs with nothing that tells it what it is for. Copilot 1.0.102 loads it with every
    tool, whatever its list says, which is an error.
    """
    for number, agent, state in subject.agents():
        if (agent.prompt is None and not state.dropped) or (agent.prompt and agent.prompt.text.strip()):
            continue  # an agent that runs elsewhere has no prompt here
        edits = subject.changed(number, lambda agent: replace(agent, prompt=Prompt("You help with one thing, and you do it well.")))
        clients = lost(subject, fixing.apply(subject.text, edits)) if edits else ()
        if state.dropped and not clients:
            continue  # its client does not run it, for another reason
        effect = f"{do(clients, 'drops')} it" if clients else f"{title(subject)} runs it with no instructions of its own"
        unlimited = not clients and tool_summary.is_unlimited(agent, subject.format)
        effect = f"{title(subject)} gives it every tool, whatever its list says" if unlimited else effect
        severity = Severity.ERROR if clients or unlimited else Severity.WARNING
        place = subject.place(number, "")
        yield self.find(
            f"the agent has no prompt: {effect}",
            place,
            "say what the agent is for and how it works",
            severity=severity,
            clients=clients,
            agent=agent.name,
        )


@rule(
    "AC702",
    "oversized-file",
    bad=f"{_EXAMPLE}\n{'One more rule that nobody will ever read. ' * 26_000}\n",
    good=f"{_EXAMPLE}\nOne more rule that nobody will ever read.\n",
    source="the client's own reader: a file of 1,048,577 bytes is not loaded, one of 1,048,576 is",
    verified="2026-11-20",
    severity=Severity.ERROR,
)
def oversized_file(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file that is larger than a client reads.

    Claude Code 2.1.329 passes over an agent's file of more than 1 MiB, without a word.
    """
    for client in subject.asked:
        limit = registry.load(client).SPEC.max_bytes
        if limit is not None and subject.source.size > limit and subject.result.set.agents:
            message = f"{registry.FORMATS[client].title} reads no file of more than {limit:,} bytes; this one has {subject.source.size:,}"
            help_text = "move what the agent seldom needs into files that it reads on demand"
            yield self.find(message, (0, min(3, len(subject.text))), help_text, clients=(client,), agent=_only(subject))


def _only(subject: Subject) -> str | None:
    agents = subject.result.set.agents
    return agents[0].name if len(agents) == 1 else None


@rule(
    "AC703",
    "long-prompt",
    bad=f"{_EXAMPLE}\n{'One more rule that nobody will ever read. ' * 750}\n",
    good=f"{_EXAMPLE}\nOne more rule that nobody will ever read.\n",
    source="https://docs.github.com/en/copilot/reference/custom-agents-configuration",
    verified="2026-11-24",
    severity=Severity.WARNING,
    example="copilot",
)
def long_prompt(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A prompt that is longer than one of a client's services takes.

    Copilot on github.com takes at most 30,000 characters; its CLI 1.0.102 has no limit.
    """
    for client in subject.asked:
        limit = registry.load(client).SPEC.longest_prompt
        for number, agent, _ in subject.agents() if limit else ():
            length = len(agent.prompt.text) if agent.prompt else 0
            if limit and length > limit[0]:
                message = (
                    f"{registry.FORMATS[client].title} takes a prompt of {limit[0]:,} characters on {limit[1]}; this one has {length:,}"
                )
                start, _ = subject.place(number, "")
                place = start, min(start + 1, len(subject.text))
                help_text = "shorten the prompt, or move parts of it into files that the agent reads"
                yield self.find(message, place, help_text, clients=(client,), agent=agent.name)


@rule(
    "AC704",
    "unknown-placeholder",
    bad=_EXAMPLE.replace("changes.", "what is in ${HOME}."),
    good=_EXAMPLE.replace("changes.", "what is in $HOME."),
    source="the client's own template function, run on prompts: `Template validation failed: Missing required input parameters: HOME`",
    verified="2026-11-24",
    severity=Severity.ERROR,
    fix="unsafe",
    clients=("gemini-cli",),
)
def unknown_placeholder(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Text in a prompt that a client takes for a placeholder, and has no value for.

    Gemini CLI 0.61.0 and Qwen Code 0.24.4 fill in `${word}` in prompts, code samples included. They load an agent whose
    prompt has a word that they do not know, and then every call of it fails.
    """
    places: dict[int, list[tuple[str, Diagnostic]]] = {}
    for client in subject.asked if "${" in subject.text else ():
        for remark in subject.reading(client).diagnostics:
            at = subject.source.offset(remark.span.line, remark.span.column) if remark.code is Code.CALL_FAILS and remark.span else -1
            if at >= 0 and subject.text.startswith("${", at):
                places.setdefault(at, []).append((client, remark))
    for start, remarks in places.items():
        end = subject.text.find("}", start) + 1 or start
        clients = tuple(client for client, _ in remarks)
        passage = next((one for one in passages(subject) if one.start <= start < one.end and one.path == "prompt.text"), None)
        message = f"{do(clients, 'takes')} `{shown(subject.text[start:end])}` for a placeholder without a value: every call fails"
        help_text = remarks[0][1].hint or "spell it so that it is no placeholder"
        fix = _escaped(subject, passage, clients[0]) if passage else None
        yield self.find(message, (start, end), help_text, clients=clients, agent=owner(subject, start), fix=fix)


def _escaped(subject: Subject, passage: Passage, client: str) -> Fix | None:
    """Spell the placeholders that the client has no value for so that it takes them for text, where it has a way to."""
    template = getattr(getattr(registry.load(client), "DIALECT", None), "template", None)
    if not isinstance(template, Template):
        return None
    text = subject.text[passage.start : passage.end]
    edits = []
    for match in template.pattern.finditer(text):
        if match[1] not in template.known:
            after = text[match.end() : match.end() + 1]
            new = template.escaped(match[0] + after)
            edits.append((passage.start + match.start(), passage.start + match.end(), new.removesuffix(after)))
    fields = frozenset({"prompt.text", "prompt.syntax"})
    return Fix("write $NAME, or ${ name }, in place of ${name}", tuple(edits), fields, safe=False) if edits else None


@rule(
    "AC705",
    "live-template",
    bad=_EXAMPLE.replace("changes.", "what is in ${activeModel}."),
    good=_EXAMPLE.replace("changes.", "what is in $activeModel."),
    source="each client's own reader, run on the file as it is and without braces in the prompt",
    verified="2026-11-24",
    severity=Severity.ERROR,
    clients=("gemini-cli",),
)
def live_template(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Text in a prompt that is plain in its own client, and that another client fills in.

    Gemini CLI 0.61.0 puts values of its own in the place of `${...}`. Kilo 7.7.9 puts a file in the place of `{file:path}`,
    and drops an agent of a project whose prompt has `{env:NAME}`.
    """
    for passage in passages(subject) if "{" in subject.text else ():
        if passage.path != "prompt.text" or "{" not in subject.text[passage.start : passage.end]:
            continue
        plain = passage.agent.prompt is None or passage.agent.prompt.syntax == "literal"
        filled = tuple(client for client in subject.asked if plain and _is_template(subject, passage, client))
        named = plain and _REFERENCE.search(subject.text, passage.start, passage.end)
        dropped = lost(subject, _without_braces(subject, passage)) if named else ()
        if filled or dropped:
            at = _LIVE.search(subject.text, passage.start, passage.end)
            taken = f"{shown(at[0])}" if at else "a brace"
            message = f"{do(dropped, 'drops')} the agent" if dropped else f"{do(filled, 'fills')} in the prompt"
            message += f" because of `{taken}`, taken for a placeholder"
            severity = Severity.ERROR if dropped else Severity.WARNING
            place = at.span() if at else (passage.start, passage.start)
            help_text = "say it without the braces"
            yield self.find(message, place, help_text, severity=severity, clients=dropped or filled, agent=passage.agent.name)


_LIVE = expression(r"\$\{[A-Za-z_]\w*\}|\{[a-z]+:[^{}\n]{1,200}\}")
_REFERENCE = expression(r"\{[a-z]+:[^{}\n]{1,200}\}")


def _is_template(subject: Subject, passage: Passage, client: str) -> bool:
    result = subject.reading(client)
    if client == subject.format or passage.number >= len(result.states) or result.states[passage.number].dropped:
        return False
    prompt = result.set.agents[passage.number].prompt
    unknown = any(remark.code is Code.CALL_FAILS for remark in result.diagnostics)
    return prompt is not None and prompt.syntax != "literal" and not unknown


def _without_braces(subject: Subject, passage: Passage) -> str:
    text = subject.text
    return text[: passage.start] + text[passage.start : passage.end].replace("{", "(") + text[passage.end :]


@rule(
    "AC706",
    "foreign-reference",
    bad=_EXAMPLE.replace("changes.", "changes by the rules in CLAUDE.md, and list them with the TodoWrite tool."),
    good=_EXAMPLE.replace("changes.", "changes by the rules of the project, and list them."),
    source="the files, folders and tools that each client's documentation names; see `agentconv formats`",
    verified="2026-11-24",
    severity=Severity.NOTE,
    clients=("codex",),
)
def foreign_reference(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A prompt that speaks of a file, a command or a tool that only another client has.

    The model looks for a tool that it does not have, or for instructions that are in another file. Nothing breaks; the agent
    works worse than it did in the client that it was written for. Code in fences is not looked at.
    """
    for passage in passages(subject):
        if passage.path != "prompt.text":
            continue
        found = _mentions(subject, passage)
        lacking = {client: [word for word in found if not mentions.knows(client, word)] for client in subject.asked}
        clients = tuple(client for client, words in lacking.items() if words)
        words = [word for word in found if any(word in lacking[client] for client in clients)]
        if words:
            start = passage.start + found[words[0]]
            names = ", ".join(f"`{shown(word, 24)}`" for word in words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")
            every = all(lacking[client] == words for client in clients)
            message = f"the prompt speaks of {names}: {'not' if every else 'not all'} in {titles(clients)}"
            help_text = _instead(clients, words[0])
            yield self.find(message, (start, start + len(words[0])), help_text, clients=clients, agent=passage.agent.name)


def _instead(clients: tuple[str, ...], word: str) -> str:
    found = vocabulary.tool_word(clients[0], word) if len(clients) == 1 else None
    own = vocabulary.tool_for(clients[0], found.capability) if found and found.capability else None
    return f"write `{own}`, or say what is to be done" if own else "say what is to be done, or name what the client has"


def _mentions(subject: Subject, passage: Passage) -> dict[str, int]:
    """Return what a prompt mentions that some clients know and others do not, each with its first place, in order."""
    several = len({vocabulary.words_of(client) for client in subject.asked}) > 1
    return mentions.find(subject.text[passage.start : passage.end], subject.format, with_tools=several)


@rule(
    "AC707",
    "template-residue",
    bad=_EXAMPLE.replace("Reviews changes", "Reviews changes of [PROJECT NAME]"),
    good=_EXAMPLE.replace("Reviews changes", "Reviews changes of the shop"),
    source="https://code.claude.com/docs/en/sub-agents: the description decides when the agent is called",
    verified="2026-11-24",
    severity=Severity.WARNING,
)
def template_residue(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name or a description in which a template was not filled in.

    Clients show the model the description so that it can choose an agent: Claude Code 2.1.329 shows `{{NAME}}` or
    `[TODO]` as it is. An unquoted `{{NAME}}` is a map to YAML, and the agent is dropped.
    """
    for number, agent, _ in subject.agents():
        for path in ("name", "description"):
            for word, place in _residue(subject, number, agent, path):
                message = f"{title(subject)} takes `{shown(word)}` in the {path} as it is; a template was not filled in"
                yield self.find(message, place, "fill in what belongs there", agent=agent.name)


_RESIDUE = expression(
    r"\{\{[ \t]?[A-Za-z_][\w .|-]{0,60}\}\}"
    r"|<(?:YOUR|[Yy]our|INSERT|[Ii]nsert|FILL|[Ff]ill)[ _-][^<>\n]{1,60}>"
    r"|<[A-Z][A-Z0-9]*(?:[_ -][A-Z0-9]+)*[_ -](?:NAME|PATH|URL|DESCRIPTION|HERE|ID|PROJECT|LANGUAGE|FRAMEWORK)>"
    r"|\[(?:TODO|TBD|FIXME|INSERT|YOUR|[Yy]our|[Ii]nsert|FILL|PLACEHOLDER|PROJECT|COMPANY|AGENT|DOMAIN|LANGUAGE|FRAMEWORK)"
    r"(?:[ _:-][^\[\]\n]{0,60})?\](?!\()"
    r"|\A(?:[\"']?)(?:TODO|TBD|FIXME)\b(?=[ \t]*(?::|[\"']?\Z))"
)


def _residue(subject: Subject, number: int, agent: Agent, path: str) -> Iterator[tuple[str, tuple[int, int]]]:
    key = subject.key_of(path)
    if key and subject.has(number, key):
        start, end = subject.place(number, key)
        for match in _RESIDUE.finditer(subject.text[start:end]):
            yield match[0], (start + match.start(), start + match.end())
        return
    for match in _RESIDUE.finditer((agent.name if path == "name" else agent.description) or ""):
        at = subject.text.find(match[0])
        yield match[0], (max(at, 0), at + len(match[0]) if at >= 0 else 0)
