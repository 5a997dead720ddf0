"""The whole project in one look: a table of what each assistant loads, and below it what is to be known, for people and for programs."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import fields
from agentconv.lint.whole_project import TOPICS, noun
from agentconv.render import text
from agentconv.render.table import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.lint.whole_project import Statement, WholeProject

_SHORT = {
    "claude-code": "Claude",
    "claude-plugin": "plugin",
    "copilot": "Copilot",
    "gemini-cli": "Gemini",
    "qwen-code": "Qwen",
    "roo": "Roo",
    "droid": "Droid",
}
_SHOWN = 5
"""Statements of a topic that are shown without `-v`."""


def report(found: WholeProject, *, verbose: bool) -> list[str]:
    """Return the table and the statements."""
    lines = [*_table(found), *_legend(found)]
    for topic, words in TOPICS.items():
        said = [one for one in found.statements if one.topic == topic]
        if said:
            lines += ["", f"{words}:", *_statements(said, verbose=verbose)]
    return lines


def _table(found: WholeProject) -> Iterator[str]:
    """Yield a row for each kind, the assistants across, as many side by side as there is room for."""
    names = {client: _SHORT.get(client) or text.client(client) for client in found.using}
    width = max((len(name) for name in names.values()), default=0) + 2
    label = max(len(word) for word in ("loads", *map(noun, found.kinds))) + 2
    beside = max((columns() - label) // width, 1)
    for start in range(0, len(found.using), beside):
        some = found.using[start : start + beside]
        yield from ("",) if start else ()
        yield f"{'loads':{label}}{''.join(f'{names[client]:>{width}}' for client in some)}"
        for kind in found.kinds:
            cells = (_cell(found, kind, client) for client in some)
            yield f"{noun(kind):{label}}{''.join(f'{cell:>{width}}' for cell in cells)}"

    idle = [text.client(client) for client in found.clients if client not in found.using]
    if idle:
        yield from _wrapped(f"nothing here is for {', '.join(idle)}", "")


def _legend(found: WholeProject) -> Iterator[str]:
    """Say what the marks of the table are, and that it counts what is read where it lies, unlike what is said of single files."""
    cells = [_cell(found, kind, client) for kind in found.kinds for client in found.using]
    marks = ["-: it has no such parts"] if "-" in cells else []
    marks += ["*: more is said of it below"] if any(cell.endswith("*") for cell in cells) else []
    if any(found.loaded.get("servers", {}).get(client) == 0 for client in found.using):
        marks.append("0 MCP servers: it takes none from these files; whether an agent may use others is what --effects says")
    if marks:
        yield from _wrapped(f"({'; '.join(marks)})", "")
    counts = found.loaded["agents"]
    if any(counts.values()) and any(counts[client] == 0 for client in found.using):
        yield from _wrapped("(0 agents: it does not look where they lie)", "")


def _cell(found: WholeProject, kind: str, client: str) -> str:
    number = found.loaded[kind][client]
    if number is None:
        return "-"
    marked = any(one.client == client and one.kind == kind and one.topic not in ("untrusted", "setting") for one in found.statements)
    return f"{number}{'*' if marked else ''}"


def _statements(said: Sequence[Statement], *, verbose: bool) -> Iterator[str]:
    """Yield statements, those that are the same of several clients in one line."""
    groups: dict[tuple[str, int, str], list[Statement]] = {}
    for one in said:
        groups.setdefault((one.path, one.line if verbose else 0, one.words), []).append(one)
    shown = list(groups.items())[: None if verbose else _SHOWN]
    for (path, line, words), several in shown:
        place = f"{text.safe(path)}:{line}" if verbose else text.safe(path)
        clients = ", ".join(dict.fromkeys(text.client(one.client) for one in several))
        names = list(dict.fromkeys(one.name for one in several))
        told = text.shorten(words, 300) if words else text.names(names) if len(names) > 1 else ""
        yield from _wrapped(f"{place} ({clients}){f': {told}' if told else ''}")
    if len(groups) > len(shown):
        yield f"  and {len(groups) - len(shown)} more: -v shows them"


def _wrapped(line: str, indent: str = "  ") -> list[str]:
    return wrap(line, columns(), initial_indent=indent, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def plain(found: WholeProject) -> dict[str, Any]:
    """Return what was found as a map for programs."""
    statements = [{key.name: getattr(one, key.name) for key in fields(one)} for one in found.statements]
    return {"loads": found.loaded, "statements": statements}
