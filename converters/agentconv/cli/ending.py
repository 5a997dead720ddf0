"""The way out: what is left of a project's sync once nothing is kept in step any more, and how each of it is removed."""

from __future__ import annotations

import os
from shlex import quote
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.sources import settings_file
from agentconv.sync import starting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.sync.syncing import Run

_SHOWN = 3
OF_SYNC = (
    "what `sync` wrote goes with `targets = []` in agentconv.toml and `agentconv sync --yes`, or stays as yours with"
    " `agentconv sync --release all`"
)
OF_CONVERT = "what `convert` wrote is undone by git, or by hand; `--force` kept what was there before beside it, as *.agentconv-backup"
OF_PACKS = "what `install` wrote: agentconv uninstall PACK"


def left(run: Run) -> Diagnostic:
    """Say what is left where nothing is kept in step any more, and what removes it."""
    hint = f"what is left of it goes with: {'; '.join(_removals(run))}"
    return Diagnostic(Code.USAGE, Severity.NOTE, "nothing is kept in step here any more", hint=hint)


def _removals(run: Run) -> Iterator[str]:
    """Yield how each thing that is left is removed; the lock goes by itself, once it says nothing."""
    root, own = run.scope.root, run.settings.own_file
    whole = f"rm {quote(own)}, or " if own == settings_file.FILE else ""
    yield f"{whole}take `source` and `targets` out of {'it' if whole else own}"
    kept = run.bases.folder.parent
    if kept.is_dir():
        shown = kept.relative_to(root) if kept.is_relative_to(root) else kept
        yield f"rm -r {quote(os.fspath(shown))} (texts that edits were merged with)"
    if copies := starting.backups(root):
        more = f" and {len(copies) - _SHOWN:,} more" if len(copies) > _SHOWN else ""
        yield f"rm {' '.join(map(quote, copies[:_SHOWN]))}{more} (copies of what gave way)"
