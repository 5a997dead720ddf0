"""Tables about formats: for the terminal, and as Markdown for the documents, which are made from them."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv.conversion.held_fields import Holds
from agentconv.core import vocabulary
from agentconv.core.kinds import KINDS
from agentconv.render.table import table, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.conversion.held_fields import Cell

    Matrix = Mapping[str, Mapping[str, Cell]]
    Rows = Sequence[Mapping[str, Any]]
    Words = Mapping[str, Mapping[str, Sequence[str]]]

SYMBOLS = {Holds.NATIVE: "+", Holds.APPROXIMATED: "~", Holds.NONE: "."}
LEGEND = (
    "+ as it is  ~ in another way, or some of its values only  . not at all",
    "Of two signs, the first is for reading its files, and the second for writing agents of other formats.",
)
_PITCH = 3


def listing(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the formats, one a line."""
    return table([("FORMAT", "CLIENT", "FILES"), *((row["id"], row["client"], row["where"]) for row in rows)])


def parts(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return where each client's parts are written, one client a line: what agents need, and then what holds for all of them."""
    having = [row for row in rows if "parts" in row]
    several = (KINDS[:_BESIDE], KINDS[_BESIDE:])
    tables = [
        table([("FORMAT", *map(str.upper, kinds)), *((row["id"], *_written(row["parts"], kinds)) for row in having)]) for kinds in several
    ]
    return [*tables[0], "", *tables[1]]


_BESIDE = 3
"""How many kinds of parts stand beside each other on a screen."""


def _written(found: Mapping[str, Mapping[str, Sequence[str]]], kinds: Sequence[str] = KINDS) -> list[str]:
    """Return where each kind of part is written: into a project, or where that has none of them, to the user's home; `-` for nowhere."""
    places = [
        (*found.get(kind, {}).get("project", ()), *(f"~/{place}" for place in found.get(kind, {}).get("user", ())), "-") for kind in kinds
    ]
    return [first.partition("/*")[0] for first, *_ in places]


def matrix(cells: Matrix) -> list[str]:
    """Return the fields and what each format does with them; each format's name stands above its column, on a step of its own."""
    paths = list(next(iter(cells.values())))
    first = max(map(len, paths)) + 2
    lines: list[str] = []
    for formats in _blocks(list(cells), width() - first):
        lines += [" " * first + f"{'|':{_PITCH}}" * place + name for place, name in enumerate(formats)]
        lines += [f"{path:{first}}" + "".join(f"{symbol(cells[name][path]):{_PITCH}}" for name in formats).rstrip() for path in paths]
        lines += [""]
    return [*lines, *(line for words in LEGEND for line in wrap(words, width()))]


def _blocks(formats: Sequence[str], room: int) -> list[list[str]]:
    """Return the formats in as many tables as there is no room for beside each other."""
    blocks: list[list[str]] = [[]]
    for name in formats:
        if blocks[-1] and _PITCH * len(blocks[-1]) + len(name) > room:
            blocks.append([])
        blocks[-1].append(name)
    return blocks


def symbol(cell: Cell) -> str:
    """Return a cell as one sign, or two where reading and writing differ."""
    read, write = SYMBOLS[cell.read], SYMBOLS[cell.write]
    return read if read == write else read + write


def head(row: Mapping[str, Any]) -> list[str]:
    """Return what a format is, where its files are, and when and where that was found out."""
    verified = row.get("verified")
    found = "by its documentation, the client itself was not asked," if row.get("evidence") == "documentation" else "verified"
    return [
        f"{row['client']}, in {row['where']}",
        *(wrap(f"your own, for all projects: {', else '.join(row['user'])}", width(), subsequent_indent="  ") if "user" in row else []),
        *([f"{found} {verified['date']}", verified["page"]] if verified else []),
        *_looked(row.get("parts", {})),
    ]


def _looked(found: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    """Return where a client looks for its parts."""
    places = [(kind, [*scopes.get("project", ()), *(f"~/{place}" for place in scopes.get("user", ()))]) for kind, scopes in found.items()]
    return [line for kind, several in places for line in wrap(f"{kind}: {', '.join(several)}", width(), subsequent_indent="  ")]


def keys(rows: Sequence[Mapping[str, Any]], *, verbose: bool) -> list[str]:
    """Return a format's keys and what they become."""
    shown = [row for row in rows if verbose or row["field"] != "extras"]
    lines = table([("KEY", "BECOMES", "MEANING"), *((row["key"], row["field"], row["description"]) for row in shown)])
    rest = [row["key"] for row in rows if row not in shown]
    return lines + _also("kept as they are in `extras`, since no other client has them (-v describes them):", rest)


def words(tables: Words, *, verbose: bool) -> list[str]:
    """Return a client's words by what they mean; those that mean nothing to others, and hook events, only where all is asked for."""
    lines: list[str] = []
    for name, found in tables.items():
        if name == "events" and not verbose:
            continue
        rows = list(by_meaning(found).items())
        shown = [(meaning or "no other client has", ", ".join(its)) for meaning, its in rows if meaning or verbose]
        lines += ["", *table([(vocabulary.TABLES[name].upper(), "ITS WORDS"), *shown])] if shown else []
    return lines


def by_meaning(found: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return words by what they mean; what means nothing to other clients comes last, under no word."""
    meanings: dict[str, list[str]] = {}
    for word, its in found.items():
        for meaning in its or ("",):
            meanings.setdefault(meaning, []).append(word)
    rest = meanings.pop("", [])
    return {**meanings, **({"": rest} if rest else {})}


def _also(words: str, rest: Sequence[str]) -> list[str]:
    """Return what is left out of a table, by name."""
    return ["", words, *wrap(", ".join(rest), width(), initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)] if rest else []


def markdown_listing(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the formats as a table of a document."""
    lines = ["| format | client | verified | files |", "|---|---|---|---|"]
    for row in rows:
        verified = row.get("verified", {}).get("date", "") + (" (documentation)" if row.get("evidence") == "documentation" else "")
        lines.append(f"| `{row['id']}` | {row['client']} | {verified} | `{row['where']}` |")
    return lines


def markdown_parts(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return where each client's parts are written as a table of a document."""
    lines = [f"| format | {' | '.join(KINDS)} |", f"|---|{'---|' * len(KINDS)}"]
    shown = ((row["id"], _written(row["parts"])) for row in rows if "parts" in row)
    return lines + [f"| `{format_id}` | {' | '.join(f'`{place}`' for place in places)} |" for format_id, places in shown]


def markdown(rows: Sequence[Mapping[str, Any]], cells: Matrix, details: Mapping[str, tuple[Rows, Words]]) -> list[str]:
    """Return the document about all formats."""
    formats = list(cells)
    lines = [
        "# Formats",
        "",
        "Made by `agentconv formats --output-format markdown` from the schemas, and from the conversion of one agent per field.",
        "",
        *markdown_listing(rows),
        "",
        "## Where skills, commands and MCP servers are",
        "",
        *markdown_parts(rows),
        "",
        "## What each holds",
        "",
        f"{LEGEND[0].replace('  ', ', ')}. {LEGEND[1]}",
        "",
        f"| field | {' | '.join(formats)} |",
        f"|---|{':-:|' * len(formats)}",
        *(f"| `{path}` | {' | '.join(symbol(cells[name][path]) for name in formats)} |" for path in cells[formats[0]]),
    ]
    for row in rows:
        if row["id"] in details:
            keys_of, tables = details[row["id"]]
            lines += ["", f"## {row['id']}", "", *_markdown_keys(row, keys_of), *_markdown_words(tables)]
    return lines


def _markdown_keys(row: Mapping[str, Any], keys_of: Rows) -> list[str]:
    user = f"; the user's own, for all projects, in {', else '.join(f'`{place}`' for place in row['user'])}" if "user" in row else ""
    lines = [f"{row['client']}, in `{row['where']}`{user}. [Its documentation]({row['verified']['page']})", ""]
    lines += ["| key | becomes | with a wrong value | meaning |", "|---|---|---|---|"]
    lines += [f"| `{one['key']}` | `{one['field']}` | {one['invalid']} | {_cell(one['description'])} |" for one in keys_of]
    return lines


def _markdown_words(tables: Words) -> list[str]:
    lines: list[str] = []
    for name, found in tables.items():
        lines += ["", f"| {vocabulary.TABLES[name]} | its words |", "|---|---|"]
        lines += [
            f"| {f'`{meaning}`' if meaning else 'no other client has'} | {', '.join(f'`{word}`' for word in its)} |"
            for meaning, its in by_meaning(found).items()
        ]
    return lines


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("<", "\\<")
