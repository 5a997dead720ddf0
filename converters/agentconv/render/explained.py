"""What a rule flags and what a loss is, as a page each: in Markdown, and laid out for a terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.conversion import held_fields
from agentconv.core import links, losses, vocabulary
from agentconv.core.diagnostics import LossSeverity, Severity
from agentconv.formats import registry
from agentconv.render import text
from agentconv.render.table import columns
from agentconv.sync import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.lint.rule import Rule
    from agentconv.render.text import Style

FIXES = {
    "safe": "Safe: `--fix` makes it, after proving that every client that is asked about reads everything else as before.",
    "unsafe": "Unsafe: only `--fix --unsafe-fixes` makes it.",
    "sometimes": "Safe where it can be proven; the finding says so.",
    None: "None: a person decides.",
}
_FENCE = "````"
_KINDS = {
    "dropped": "What the source says does not hold in the target.",
    "approximated": "The target says something that comes nearest, and that is not the same.",
    "renamed": "It goes by another name in the target.",
    "moved": "The target says it in another place; nothing of it is lost.",
    "refused": "The agent is not written for this target; the others are.",
}
_SEVERITIES = {
    LossSeverity.NOTE: "It changes nothing that an agent does. `--strict=notes` counts it.",
    LossSeverity.WARNING: "The agent behaves differently in the target.",
    LossSeverity.REFUSAL: "The agent is not written, and the run exits with 1.",
}
_TOLD = {
    True: "Each run tells it, and `--strict` exits with 1.",
    False: "`convert` tells it in each run, and exits with 1 with `--strict`; `sync` tells it once, and counts it then (`-v` lists it).",
}
"""When what limits an agent is told, and when any other warning is."""
_RESTRAINTS = ("not-enforced", "asks-dropped", "sandbox-dropped", "pattern-dropped")
"""What `accept` in agentconv.toml takes."""
_ELSEWHERE = """\
Some clients read the files of another assistant, too: Cursor reads `.claude/agents`, and holds an agent to none of the `tools` there. \
A file of its own that is a little wider than the source (`readonly: true` leaves the network open) may then be the narrower one of both."""
_MORE = {
    "server-reference-dropped": """\
Codex hands variables on under their own names alone: `env = { "TOKEN" = "${MY_TOKEN}" }` cannot be said to it. Call the variable by one \
name on both sides (`${TOKEN}`); the hint of the run names the file and the line where it stands. Or write the value into the target's own \
configuration by hand, in a file that nobody commits.""",
    "set-restraint": """\
Of a pack, `agentconv install PACK --to ASSISTANT -n` says for each assistant what stays away. Install it for those that hold the rule \
or the hook, as `agentconv pack` and the \
pack's README list them; or whoever makes the pack says it in a way that more of them hold (an exit code and stderr, and nothing \
read of a tool but its `command`), or closes it in each agent.""",
    "set-restrictions-stay": """\
`settings.json` and its like hold back every agent of a project at once: rules that deny or ask, hooks that can stop a call. They stay in \
their own assistant unless they are asked for. `--with needed,hooks,permissions` (in agentconv.toml: `with = ["needed", "hooks", \
"permissions"]`) writes what the target can hold, and refuses each agent that could do there what is forbidden and not held. Or write \
the like into the target's own configuration by hand; where it is known, `accept = ["set-restrictions-stay"]` in agentconv.toml leaves it \
at one line in each run of `agentconv sync`.""",
    "part-named-along": """\
A server that is written for one agent is in a configuration that all share. Where the target holds an agent to a choice of servers, the \
others are kept from it. Where it does not (Codex), it is a warning: each agent can use it, and so can the session itself. `--with none` \
leaves it out.""",
    "part-another": """\
A pack's agent names a server or a skill that came with it, and somebody else's of that name is in its place: the user's own, or that of \
another pack. It is not touched, the pack's stays away, and the agent gets the other one, whose tools may do something else. The run names \
it, and the file where it stands. Where both are the same thing, nothing is to do; else rename the one that is there, and install again.""",
    "server-open-to-all": """\
In some assistants (Cursor, Antigravity, deepagents-code) no file of an agent chooses among the MCP servers: what is written for one \
agent, all have. So a server goes there where all agents that the assistant has then may use all of it; where one may not, the server \
stays, and the agents go without it. Counted are those that are written, those whose file stays from an earlier run, and those that the \
assistant reads in the source's own folder; one that is refused is not. `convert` and `sync` count those of others that are there, too, \
and `install` asks before such a server comes. Let the agents that are named use it in the source, or keep them out of that assistant \
(`skip = true` in `[sync.agents.NAME.FORMAT]`); or say `--allow-widening=servers/NAME` in each run: then each of them can use it there.""",
    "server-open-there": """\
The file is a person's word about his own assistant (Cursor's `.cursor/mcp.json`), so that the agents are written, and nothing is taken \
out of it: `convert`, `sync`, `install` and `report` say in each run which server stands where, and which agents have it beyond their \
authors' words; `lint` says it of their files (AC305), and `status` of a pack's agents. An agent that only reads has none of it in \
Cursor. Else name the server in the agent's tools; or take it out of the file; or keep the agent out of that assistant (`skip = true` in \
`[sync.agents.NAME.FORMAT]`). What `agentconv sync` wrote there and may not stay, it takes out itself. A user's own servers, in the home \
folder, are no part of a project: whether an agent can use any, `agentconv inspect --effects` says.""",
    "widening": f"""\
A flag insists, for one run: no configuration of a project does. `--allow-widening=NAME` is about that agent alone. What a team means it \
says in each run and each check: `agentconv sync --allow-widening=NAME`. Or name in the source what the target cannot close, or leave the \
assistant out of `targets`.

{_ELSEWHERE}""",
    "permission-mode": """\
Whether a target asks before it acts is a setting of its own then, for the whole session: look there where the agent is to ask, or to \
be asked less. Nothing is to do where it is asked more than in its own assistant.""",
    "widened-less": """\
The client reads the source's own file where it finds none of its own, and holds the agent to less there. `keep-wider` in \
`[sync.agents.NAME.FORMAT]` names what the copy may do beyond its source, and counts only as long as that is less than without the copy. \
Each run says so; `agentconv sync --strict` counts it, unless `agentconv sync --strict --accept widened-less` lets it pass.""",
    "widened": """\
Each run says so. A plain `agentconv sync` after one with --allow-widening does not take it for settled.""",
    "widened-elsewhere": f"""\
{_ELSEWHERE} `own = true` in `[sync.FORMAT]` of agentconv.toml writes such files; where one is refused, `keep-wider` in \
`[sync.agents.NAME.FORMAT]` names what it may do beyond its source, and lets it be written. Nothing else closes what the client reads by \
itself, but to have it read no other assistant's files.""",
}
"""What there is to do beside a hint."""
_FLAGS = {
    "--allow-widening": ("convert", "sync"),
    "--force": ("convert", "install", "pack"),
    "--map-models": ("convert",),
    "--on-duplicate": ("convert",),
    "--with": ("convert", "pack"),
}
"""Flags that advice names, and that not every command has which converts."""
_TITLE = """\
# Losses of a conversion

Whatever a conversion drops or changes is declared as a loss, with a code that stays: a *note* changes nothing that an agent does, with a
*warning* it behaves differently, and after a *refusal* it is not written. `agentconv convert -v` lists them by agent, and
`--output-format json` has them as data. `--strict` makes warnings an error; with `--baseline FILE`, only those that are new.

This document is what `agentconv rule --losses --all --output-format markdown` prints.
"""


def rule(value: Rule) -> str:
    """Write a rule as Markdown."""
    return f"""\
## {value.code} {value.name}

{value.summary}

### Why this matters

{value.why}

Severity: {value.severity.value}, at worst.{f" It protects from {value.protects}." if value.protects else ""}

### Example

{_placed(value)}{_FENCE}
{text.block(value.bad)}{_FENCE}

Use instead:

{_FENCE}
{text.block(value.good)}{_FENCE}

### Fix

{FIXES[value.fix]}

Source: {value.source} (verified {value.verified})
"""


def _placed(value: Rule) -> str:
    """Say where an example lies, and what is beside it, where that matters."""
    beside = "".join(f"`{path}`, which is there, too:\n\n{_FENCE}\n{text.block(there)}{_FENCE}\n\n" for path, there in value.beside)
    return f"{beside}`{value.path}`:\n\n" if value.path else ""


def loss(code: str) -> str:
    """Write a loss as Markdown."""
    row = losses.rule(code)
    parts = [
        f"## {code}",
        f"{row.summary[0].upper()}{row.summary[1:]}.",
        f"{_KINDS[row.kind]} Mostly a {row.severity}. {_SEVERITIES[row.severity]}",
    ]
    if row.severity is LossSeverity.WARNING:
        parts[-1] += f" {_TOLD[code in known.LASTING]}"
    if row.of_pair:
        parts.append("It is the two assistants that differ, so that it is the same for every agent: a run tells it once.")
    parts += [f"### What to do\n\n{advice}" for advice in [_advice(code)] if advice]
    where = _where(code)
    if where:
        alike: dict[str, list[str]] = {}
        for client, paths in where.items():
            alike.setdefault(", ".join(f"`{path}`" for path in paths), []).append(registry.FORMATS[client].title)
        lines = "\n".join(f"- {', '.join(titles)}: {paths}" for paths, titles in alike.items())
        parts.append(f"### Where it comes from\n\nConverting an agent with one of these fields to:\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def _advice(code: str) -> str:
    row = losses.rule(code)
    told = f"`{row.hint}`." if row.hint and row.by_flag else f"{row.hint[0].upper()}{row.hint[1:]}." if row.hint else ""
    if code in _RESTRAINTS:
        told += f' Where that is known, `accept = ["{code}"]` in agentconv.toml leaves it at one line in each run of `agentconv sync`.'
    advice = "\n\n".join(one for one in (told.strip(), _MORE.get(code, "")) if one)
    return "\n\n".join([advice, *_whose(advice)]) if advice else ""


def _whose(advice: str) -> Iterator[str]:
    """Say of each flag that advice names which commands have it, where others that convert have not."""
    for flag, commands in _FLAGS.items():
        if flag in advice:
            has = f"`{flag}` is a flag of {', '.join(f'`agentconv {one}`' for one in commands)}"
            of_packs = "; `agentconv install` has none of the kind: what an assistant cannot hold of a pack stays away from it"
            yield f"{has}{of_packs if flag == '--allow-widening' else ''}."


def _where(code: str) -> dict[str, list[str]]:
    """Return by target the fields of which the loss was seen when one agent for each field was converted."""
    seen = {client: [path for path, cell in cells.items() if code in cell.losses] for client, cells in held_fields.recorded().items()}
    for client in seen if code == "not-enforced" else ():
        if vocabulary.unenforced(client).servers:
            seen[client].append("mcp_servers")  # of any list of tools, too: it is none of the servers that are not in it
    return {client: paths for client, paths in seen.items() if paths}


def plain_loss(code: str) -> dict[str, Any]:
    """Return what there is to say about a loss as a map."""
    row = losses.rule(code)
    found = {"code": code, "severity": row.severity.value, "kind": row.kind.value, "summary": row.summary}
    return {**found, "hint": row.hint, "page": links.loss(code), "fields": _where(code)}


def losses_document() -> str:
    """Write all losses as one document."""
    codes = sorted(losses.codes())
    rows = [f"| [{code}](#{code}) | {losses.rule(code).severity} | {losses.rule(code).summary} |" for code in codes]
    table = "\n".join(["| code | mostly | what |", "|---|---|---|", *rows])
    return f"{_TITLE}\n{table}\n\n" + "\n".join(map(loss, codes))


def laid_out(markdown: str, look: Style, page: str) -> str:
    """Return Markdown as people read it in a terminal: titles alone, examples set in, lines that fit, and where the page is."""
    return "\n".join([*_lines(markdown.rstrip(), look), page]).rstrip()


def _lines(markdown: str, look: Style) -> Iterator[str]:
    fenced, paragraph = False, list[str]()
    for line in [*markdown.split("\n"), ""]:
        if fenced or line == _FENCE:
            yield from _paragraph(paragraph)
            fenced = fenced != (line == _FENCE)
            if line != _FENCE:
                yield f"    {line}".rstrip()
        elif line.startswith("#"):
            yield look.paint(line.lstrip("#").strip(), Severity.NOTE)
        elif line.startswith("- "):
            yield from _paragraph(paragraph)
            yield from wrap(line, columns(), subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
        elif line:
            paragraph.append(line)
        else:
            yield from _paragraph(paragraph)
            yield ""


def _paragraph(lines: list[str]) -> Sequence[str]:
    """Return a paragraph in lines that fit, and begin the next one."""
    found = wrap(" ".join(lines), columns(), break_on_hyphens=False, break_long_words=False)
    lines.clear()
    return found
