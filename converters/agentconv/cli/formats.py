"""`agentconv formats`: which formats there are and what each holds, and the keys of one with what they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.conversion import held_fields
from agentconv.core import schema_files, vocabulary
from agentconv.formats import registry
from agentconv.parts import places
from agentconv.render import formats

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

USAGE = "[FORMAT] [options]"
EXAMPLES = """\
examples:
  agentconv formats        the formats, where their files and parts are, and which fields each holds
  agentconv formats codex  the keys and words of one format, and what each becomes
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="show this format's keys")
    parser.add_argument(
        "--output-format", choices=("text", "json", "markdown"), metavar="text|json|markdown", default="text", help="how it is written"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show every key and word, those that no other client has too")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    report, lines = _one(options) if options.format else _all(options)
    if options.output_format == "json":
        from agentconv.render import machine

        print(machine.dumps(report))
    else:
        print("\n".join(lines))
    return Exit.OK


def _one(options: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Return what there is to say about one format, for programs and for people."""
    format_id = registry.resolve(options.format)
    report = {**describe(format_id), "keys": keys(format_id), "words": vocabulary.meanings(format_id)}
    if options.output_format == "markdown":
        raise registry.usage("markdown is made of all formats together", "leave out FORMAT")
    lines = [*formats.head(report), "", *formats.keys(report["keys"], verbose=options.verbose)]
    return report, [*lines, *formats.words(report["words"], verbose=options.verbose)]


def _all(options: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Return what there is to say about all formats, for programs and for people."""
    rows = [describe(format_id) for format_id in registry.FORMATS]
    cells = held_fields.recorded()
    report = {"formats": [{**row, "fields": _plain(cells.get(row["id"], {}))} for row in rows]}
    if options.output_format == "markdown":
        return report, formats.markdown(rows, cells, {client: (keys(client), vocabulary.meanings(client)) for client in registry.CLIENTS})
    return report, [*formats.listing(rows), "", *formats.parts(rows), "", *formats.matrix(cells)]


def _plain(cells: Mapping[str, held_fields.Cell]) -> dict[str, Any]:
    return {path: {"read": cell.read.value, "write": cell.write.value, "losses": list(cell.losses)} for path, cell in cells.items()}


def describe(format_id: str) -> dict[str, Any]:
    """Return what there is to say about a format in one row."""
    found = registry.info(format_id)
    return {
        "id": format_id,
        "client": found.client,
        "where": found.where,
        **({"user": list(found.user)} if found.user else {}),
        "aliases": list(found.aliases),
        **({"verified": found.verified} if found.verified else {}),
        **({"evidence": found.evidence} if found.evidence else {}),
        **({"distribution": found.distribution} if found.distribution else {}),
        **({"parts": parts} if (parts := _parts(format_id)) else {}),
    }


def _parts(format_id: str) -> dict[str, dict[str, list[str]]]:
    """Return where a client looks for skills, commands and servers, first where we write; of what it does not have, nothing."""
    found: dict[str, dict[str, list[str]]] = {}
    for kind, scopes in places.recorded().get(format_id, {}).items():
        shown = {scope: [_shown(*one) for one in several] for scope, several in scopes.items() if scope != "perhaps"}
        if shown:
            found[kind] = shown
    return found


def _shown(path: str, pattern: str) -> str:
    return "/".join(filter(None, (path, pattern)))


def keys(format_id: str) -> list[dict[str, Any]]:
    """Return a format's keys, in documented order, with the field that each becomes."""
    row = registry.FORMATS[format_id]
    properties = schema_files.load("agent" if row.bundle else format_id)["properties"] if row.has_agents else {}
    return [
        {
            "key": key,
            "field": row.get("x-field", key),
            "invalid": row.get("x-invalid", "error"),
            "description": row.get("description", ""),
        }
        for key, row in properties.items()
    ]
