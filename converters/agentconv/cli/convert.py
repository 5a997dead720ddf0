"""`agentconv convert`: agents to other assistants' formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv import convert, discovery, loading, registry
from agentconv.cli import options as shared
from agentconv.cli.output import Output
from agentconv.diagnostics import Code, Diagnostic, InputError, Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from agentconv.discovery import Discovery

EXAMPLES = """\
examples:
  agentconv convert . -t codex -o .
  agentconv convert .claude/agents -t codex,json -o out --check
  agentconv convert reviewer.md -t codex
  cat reviewer.md | agentconv convert - -f claude-code -t codex
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = EXAMPLES
    shared.add_sources(parser)
    parser.add_argument("-t", "--to", required=True, metavar="FORMAT[,FORMAT]", help="formats to write")
    shared.add_output(parser)
    shared.add_selection(parser)
    shared.add_report(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    targets = [registry.resolve(name.strip()) for name in options.to.split(",") if name.strip()]
    source_format = registry.resolve(options.source_format) if options.source_format else None
    found = discovery.discover(
        options.sources, source_format, exclude=targets if source_format is None else (), stdin_name=options.stdin_filename
    )
    if source_format is None:
        forbid_mixture(found)
    return convert_files(found, targets, options)


def convert_files(found: Discovery, targets: Sequence[str], options: argparse.Namespace) -> int:
    """Convert what was found to each target and report."""
    if not found.files:
        raise nothing_found(found)
    loader = loading.Loader(found.files)
    output = Output(options, targets, len(found.files))
    choices = convert.Options(options.allow_widening, options.only_loaded, options.on_duplicate)
    for target in targets:
        for done in convert.convert(loader, target, choices):
            output.take(done)
    if not output.agents and not output.files:
        raise nothing_found(found, output.diagnostics)
    return output.finish()


def nothing_found(found: Discovery, diagnostics: Sequence[Diagnostic] = ()) -> InputError:
    """Make the error for a place without agents."""
    from agentconv.render import text

    for diagnostic in diagnostics:
        print(text.diagnostic(diagnostic, text.style(sys.stderr)), file=sys.stderr)
    places = ", ".join(f"`{place}`" for place in found.looked) or "what you named"
    folders = ", ".join(row.folders[0] for row in registry.FORMATS.values() if row.folders)
    return InputError(Diagnostic(Code.UNREADABLE, Severity.ERROR, f"no agents in {places}", hint=f"agents live in {folders} of a project"))


def forbid_mixture(found: Discovery) -> None:
    """Stop when agents of several clients were found and nobody said which are meant.

    Raises:
        InputError: There are several.
    """
    counts: dict[str, int] = {}
    for file in found.files:
        if registry.FORMATS[file.format].folders:
            counts[file.format] = counts.get(file.format, 0) + 1
    if len(counts) > 1:
        listed = ", ".join(f"{format_id} ({number})" for format_id, number in counts.items())
        first = max(counts, key=lambda format_id: counts[format_id])
        raise InputError(
            Diagnostic(Code.UNREADABLE, Severity.ERROR, f"agents of several assistants: {listed}", hint=f"choose one: -f {first}")
        )


def output_folder(path: str) -> bool:
    """Whether an -o value means a folder: it is one, or it does not look like a file."""
    return Path(path).is_dir() or path.endswith("/") or not Path(path).suffix
