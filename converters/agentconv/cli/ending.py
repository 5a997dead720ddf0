"""The way out: what is left of a project's sync once nothing is kept in step any more, and how each of it is removed."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.render import text
from agentconv.sources import discovery, settings_file
from agentconv.sources.parts import Parts
from agentconv.sync import copies, source_files, sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Agent
    from agentconv.install.lock import Lock
    from agentconv.sync.copies import Copy
    from agentconv.sync.syncing import Run

OF_SYNC = (
    "what `sync` wrote goes with `targets = []` in agentconv.toml and `agentconv sync --yes`, or stays as yours with"
    " `agentconv sync --release all`"
)
OF_CONVERT = "what `convert` wrote is undone by git, or by hand; `--force` kept what was there before beside it, as *.agentconv-backup"
OF_PACKS = "what `install` wrote: agentconv uninstall PACK"


def left(run: Run, before: Lock) -> Diagnostic:
    """Say what is left where nothing is kept in step any more, and what removes it.

    Args:
        run: What a run knows.
        before: What was settled until now.
    """
    message, beside = "nothing is kept in step here any more", _beside(run, before)
    if beside:
        titles, paths = ", ".join(map(text.client, dict.fromkeys(beside.values()))), ", ".join(map(quote, beside))
        message = f"{message}; of {titles} there is what `sync` did not write, and it stays: {paths}"
    found = copies.found(run.scope.root)
    back = copies.last(run.scope.root, found, lambda: _authors(run))
    mended = [_comes_back(one, run.settings.source_format) for one in back]
    gone = {one.path for one in back}
    removals = "; ".join(_removals(run, [path for path in found if path not in gone]))
    hint = "; ".join([*mended, *([f"what is left of it goes with: {removals}"] if removals else [])]) or None
    return Diagnostic(Code.USAGE, Severity.NOTE, message, hint=hint)


def _beside(run: Run, before: Lock) -> dict[str, str]:
    """Return the files of assistants that followed, each with its assistant, of which nothing was settled: `convert` may have made them."""
    ours = {one.path for one in before.synced} | {one.path for one in before.entries}
    clients = sorted(({one.target for one in before.synced} | {one.target for one in before.entries}) - {run.settings.source_format})
    root = os.path.relpath(run.scope.root)
    agents = ((file.path, file.format) for file in discovery.discover([root]).files if file.format in clients)
    parts = ((one.path, one.client) for one in Parts([Path(root)], clients).taken() if one.is_own and one.root)
    return {path: client for path, client in sorted({*agents, *parts}) if path not in ours}


def _authors(run: Run) -> Iterator[Agent]:
    """Yield the agents of the source."""
    for _, agent in sources.load(source_files.find(run.settings, run.scope)[0]).agents():
        yield agent


def _comes_back(one: Copy, source: str) -> str:
    """Say how a copy comes back whose file is gone, and what that would open: what was rejected never comes back by a mere command."""
    moved = f"mv {quote(one.path)} {quote(one.place)}"
    if one.more:
        beyond = f"which may do more than `{one.name}` of {text.client(source)}: {', '.join(one.more)}"
        return f"{one.path} is what was there before, {beyond}; narrow it there, and only then: {moved} (nothing else has it)"
    if one.problem:
        return f"{moved} (what was there before, which nothing else has; what it may do is not known: {one.problem})"
    return f"{moved} (what was there before, which nothing else has)"


def _removals(run: Run, kept: Sequence[str]) -> Iterator[str]:
    """Yield how each thing that is left is removed; the lock goes by itself, once it says nothing."""
    root, own = run.scope.root, run.settings.own_file
    whole = f"rm {quote(own)}, or " if own == settings_file.FILE else ""
    if run.settings.file.is_file():
        yield f"{whole}take `source` and `targets` out of {'it' if whole else own}"
    bases = run.bases.folder.parent
    if bases.is_dir():
        shown = bases.relative_to(root) if bases.is_relative_to(root) else bases
        yield f"rm -r {quote(os.fspath(shown))} (texts that edits were merged with)"
    if kept:
        yield f"rm {' '.join(map(quote, kept))} (copies of what gave way, once you need none)"  # all of them: it is there to be typed
