"""What each agent may do in each assistant, at one glance: a row for each assistant, once for all agents that fare alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.formats import registry
from agentconv.lint import inspection
from agentconv.render import text
from agentconv.render.table import wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.lint.inspection import Inspected, Reading
    from agentconv.lint.set_guards import SetGuard

_HEADS = {"write": "WRITE", "run": "RUN", "network": "NETWORK", "mcp": "MCP"}
_GUARD = "GUARD"
"""The head of a column that is there where an agent has hooks of its own that may block what it does."""
_MORE = " (!)"
_ANY = "if any"
_UNKNOWN = " (?)"
_CELL = 12
"""How wide a column is: as wide as what may stand there, so that four of them and a name fit a line."""
_EXPLAINED = 4
"""Of so many assistants that have none of the agents it is said why: more of them are rarely meant."""
_LEGEND = {
    "asks": "asks: only after somebody said yes to it, as far as the user's settings ask",
    "in part": "in part: asks, but for some of it, which a pattern in the file lets it do without",
    "unasked": "unasked: the assistant that it was written for asks first, this one does not, unless its settings say so",
    "not held": "not held: its author limits it, and the assistant does not hold a spawned agent to that",
    _ANY: "if any: no MCP server stands in the project for this assistant; those that its user has elsewhere, it may use",
    "if installed": "if installed: held where the machine has what the guard runs, which nobody sees here",
    "edited": "edited: what the guard runs was edited since it was installed; what it lets pass nobody knows",
    "not there:": "not there: {}",
    _GUARD: "GUARD: whether the hooks of the agent's own file, which may block what it does, do so",
    _MORE: "(!): more than its author allowed, as the project's source says it, or the file that it was written in",
    _UNKNOWN: "(?): whether its author allows it is not known, since what says so cannot be read:",
}


def report(
    files: Sequence[Inspected],
    asked: Sequence[str],
    said: str = "`agentconv inspect NAME` says why",
    absent: Sequence[str] = (),
    serverless: Collection[str] = (),
) -> list[str]:
    """Return a block for the agents that fare alike: their names, and below them each assistant that has them.

    Args:
        files: What clients make of files.
        asked: The clients.
        said: Where it is said why an agent is not there.
        absent: Agents that none of them has, besides those of files that none reads.
        serverless: Clients that have no MCP server by the project: what agents may use is what the user has there.
    """
    blocks: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = {}
    for name, readings in sorted(_by_agent(files).items()):
        rows = tuple((client, _cells(readings[client], serverless=client in serverless)) for client in asked if client in readings)
        blocks.setdefault(rows, []).append(name)
    if absent := [*absent, *_nowhere(files)]:
        blocks[()] = absent
    there = {client for rows in blocks for client, _ in rows}
    titles = max((len(text.client(client)) for rows in blocks for client, _ in rows), default=0)
    guarded = any(len(cells) > len(_HEADS) for rows in blocks for _, cells in rows)
    heads = [*_HEADS.values(), *([_GUARD] if guarded else [])]
    lines = ["".join(["  ", " " * titles, *(f"  {head:{_CELL}}" for head in heads)]).rstrip()] if there or not absent else []
    for rows, names in blocks.items():
        lines += ["", *wrapped(", ".join(map(text.safe, names))).split("\n")]
        for client, cells in rows:
            lines.append("".join([f"  {text.client(client):{titles}}", *(f"  {cell:{_CELL}}" for cell in cells)]).rstrip())
        if away := [text.client(client) for client in asked if client in there and client not in dict(rows)]:
            lines += wrapped(f"  not there: {', '.join(away)}").split("\n")
    lines = lines if there or not absent else lines[1:]
    nowhere = [client for client in asked if client not in there]
    if blocks and nowhere:
        lines += ["", *wrapped(f"none of these agents is there in {', '.join(map(text.client, nowhere))}").split("\n")]
        reasons = [row for client in nowhere if (row := _why(client, files))] if len(nowhere) <= _EXPLAINED else []
        lines += [line for row in reasons for line in wrapped(f"  {row}").split("\n")]
    shown = "\n".join(lines)
    legend = [wrapped(words.format(said)) for mark, words in _LEGEND.items() if mark in shown]
    return [*lines, *([""] if legend else []), *legend, *(_unknown(files) if _UNKNOWN in shown else ())]


def _unknown(files: Iterable[Inspected]) -> list[str]:
    """Say of which agents it is not known what their authors allow, and why."""
    by_reason: dict[str, list[str]] = {}
    for name, readings in sorted(_by_agent(files).items()):
        for why in sorted({one.unknown for one in readings.values() if one.unknown}):
            by_reason.setdefault(why, []).append(name)
    rows = (f"  {', '.join(map(text.safe, named))}: {text.safe(why)}" for why, named in by_reason.items())
    return [line for row in rows for line in wrapped(row).split("\n")]


def guards(found: Sequence[SetGuard], unjudged: Sequence[Diagnostic] = ()) -> list[str]:
    """Return what restrains all agents of a project, each with who holds it, who reads it and does not, and who does not look there.

    Args:
        found: What does.
        unjudged: Why it is not known what else does.
    """
    lines = ["", "For all agents, by the project's hooks and rules:"] if found or unjudged else []
    for told in unjudged:
        lines += wrapped(f"  NOT KNOWN: {text.safe(str(told.span))}: {text.safe(told.reason or told.message)}").split("\n")
    for one in found:
        unheld = (f"{text.client(client)} ({why})" for client, why in one.unheld.items())
        word, why = _how_held(one)
        rows = {
            word: ", ".join(text.client(client) + _but_for(one, client) for client in one.held) + (why if one.held else ""),
            "NOT HELD": ", ".join(unheld),
            "not read": ", ".join(map(text.client, one.unread)),
        }
        said = [f"{words}: {who}" for words, who in rows.items() if who]
        lines += wrapped(f"  {text.safe(one.restraint.shown)}: {'; '.join(map(text.safe, said))}").split("\n")
    return lines


def _but_for(one: SetGuard, client: str) -> str:
    """Say which agents of a client are not held to a rule that it holds the others to."""
    return f" (NOT {text.names(one.opened[client])}: what stands in their own files goes before it)" if client in one.opened else ""


def _how_held(one: SetGuard) -> tuple[str, str]:
    """Return how those hold a restraint that do what it says, and why no better."""
    if one.edited:
        return "edited", f" (since it was installed: {', '.join(f'`{path}`' for path in one.edited)}; what it lets pass nobody knows)"
    if one.outside:
        return "if installed", f" (it runs {', '.join(f'`{name}`' for name in one.outside)}, which nobody sees here)"
    return "held", ""


def _by_agent(files: Iterable[Inspected]) -> Mapping[str, dict[str, Reading]]:
    """Return what each client has of each agent."""
    found: dict[str, dict[str, Reading]] = {}
    for (_, name, client), (_, reading) in inspection.read_first(files).items():
        if reading.may:
            found.setdefault(name, {})[client] = reading
    return found


def _nowhere(files: Sequence[Inspected]) -> list[str]:
    """Return the agents of files that no client has."""
    there = _by_agent(files)
    unread = [one for one in files if not any(reading.may and one.is_here(reading.client) for reading in one.readings)]
    return sorted({name for one in unread for name in one.agents if name not in there})


def _why(client: str, files: Sequence[Inspected]) -> str:
    """Say why a client has none of the agents of files: it looks elsewhere, or loads none of those that lie where it looks."""
    folders = registry.FORMATS[client].folders or registry.FORMATS[client].files
    here = [one for one in files if one.is_here(client)]
    if files and folders and not any(one.looking and client in one.looking for one in here):
        return f"{text.client(client)} looks for agents in {' and '.join(folders)}, where none of them is"
    readings = [(one, reading) for one in here for reading in one.readings if reading.client == client and not reading.may]
    reasons = dict.fromkeys(f"{text.safe(one.path)}: {reading.reasons[0]}" for one, reading in readings if reading.reasons)
    first, more = next(iter(reasons), ""), len(reasons) - 1
    return f"{text.client(client)}: {first}{f' (and so of {more:,} more)' if more > 0 else ''}" if first else ""


def _cells(reading: Reading, *, serverless: bool) -> tuple[str, ...]:
    """Return the cells of a row."""
    none = {("mcp", "yes"): _ANY} if serverless else {}
    return tuple(_cell(effect, none.get((effect, word), word), reading) for effect, word in reading.may)


def _cell(effect: str, word: str, reading: Reading) -> str:
    more = _MORE if effect in reading.more else _UNKNOWN if reading.unknown and word != "no" else ""
    return f"{text.shorten(word, _CELL - len(more))}{more}"
