"""`agentconv formats`: which formats there are, and the keys of one with what they become."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from agentconv import registry, schema_files
from agentconv.cli import options as shared
from agentconv.cli.exit_codes import Exit
from agentconv.render.table import table, width

if TYPE_CHECKING:
    import argparse

USAGE = "[FORMAT] [options]"
EXAMPLES = """\
examples:
  agentconv formats        the formats, and where their files are
  agentconv formats codex  the keys of one format, and the field that each becomes
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="show this format's keys")
    parser.add_argument("--output-format", choices=("text", "json"), metavar="text|json", default="text", help="how it is written")
    parser.add_argument("-v", "--verbose", action="store_true", help="describe every key, those that no other client has too")
    shared.add_common(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.format is None:
        rows = [describe(format_id) for format_id in registry.FORMATS]
        lines = table([("FORMAT", "CLIENT", "FILES"), *((row["id"], row["client"], row["where"]) for row in rows)])
        report: dict[str, Any] = {"formats": rows}
    else:
        format_id = registry.resolve(options.format)
        report = {**describe(format_id), "keys": keys(format_id)}
        lines = [f"{report['client']}, in {report['where']}", "", *_key_lines(report["keys"], verbose=options.verbose)]
    if options.output_format == "json":
        from agentconv.render import machine

        print(machine.dumps(report))
    else:
        print("\n".join(lines))
    return Exit.OK


def _key_lines(rows: list[dict[str, Any]], *, verbose: bool) -> list[str]:
    shown = [row for row in rows if verbose or row["field"] != "extras"]
    lines = table([("KEY", "BECOMES", "MEANING"), *((row["key"], row["field"], row["description"]) for row in shown)])
    rest = [row["key"] for row in rows if row not in shown]
    if rest:
        lines += ["", "kept as they are in `extras`, since no other client has them (-v describes them):"]
        lines += wrap(", ".join(rest), width(), initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return lines


def describe(format_id: str) -> dict[str, Any]:
    """Return what there is to say about a format in one row."""
    row = registry.FORMATS[format_id]
    verified = schema_files.load(format_id)["x-verified"] if format_id in schema_files.client_names() else None
    where = f"{row.folders[0]}/*{row.suffixes[0]}" if row.folders else row.files[0]
    return {
        "id": format_id,
        "client": f"{verified['client']} {verified['version']}" if verified else row.title,
        "where": where,
        "aliases": list(row.aliases),
        **({"verified": verified} if verified else {}),
    }


def keys(format_id: str) -> list[dict[str, Any]]:
    """Return a format's keys, in documented order, with the field that each becomes."""
    name = format_id if format_id in schema_files.client_names() else "agent"
    properties = schema_files.load(name)["properties"]
    return [
        {
            "key": key,
            "field": row.get("x-field", key),
            "invalid": row.get("x-invalid", "error"),
            "description": row.get("description", ""),
        }
        for key, row in properties.items()
    ]
