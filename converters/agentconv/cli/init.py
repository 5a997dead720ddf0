"""`agentconv init`: look what a project has, and write which assistant's agents are the source, and who gets them."""

from __future__ import annotations

import io
import os
import shlex
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import project, typed
from agentconv.cli.exit_codes import Exit
from agentconv.cli.output import PLANS
from agentconv.cli.telling import say
from agentconv.conversion import set_restraints
from agentconv.conversion.along import chosen
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.restraints import RESTRAINING
from agentconv.disk.output import OutputFile
from agentconv.disk.placing import BACKUP
from agentconv.disk.saving import Fate, OutputFolder
from agentconv.formats import registry
from agentconv.install import places
from agentconv.render import text
from agentconv.render.table import table, wrapped
from agentconv.sources import settings_file
from agentconv.sources.parts import Parts
from agentconv.sync import copies, foreseen, origin, rulesync, settings, starting
from agentconv.sync.git import Git

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.core.kinds import Kind
    from agentconv.sync.rulesync import Moved
    from agentconv.sync.settings import Settings
    from agentconv.sync.starting import Here, Start, Written

USAGE = "[-f FORMAT|rulesync] [-t ASSISTANT,...] [--yes] [options]"
EXAMPLES = """\
examples:
  agentconv init                                 the assistant with the most agents is the source; the others here get them
  agentconv init -f claude-code -t codex,cursor  say it yourself
  agentconv init --from rulesync                 rulesync's agents become the source's
  agentconv init -n                              what would be written

It is written where the project's settings are: [tool.agentconv] of pyproject.toml, if that is there, else
agentconv.toml. What says already what is kept in step is left as it is. Where several assistants load equally
many agents, it asks on a terminal; elsewhere it writes nothing and exits with 1, unless --yes takes the first.
"""


_OFTEN = ("codex", "cursor", "claude-code")
"""Assistants that stand in an example."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    group = parser.add_argument_group("what is kept in step")
    group.add_argument(
        "-f",
        "--from",
        dest="source",
        metavar="FORMAT|rulesync",
        help="the assistant whose agents are the source (default: the one with the most agents that it loads), or rulesync",
    )
    group.add_argument(
        "-t",
        "--to",
        action="append",
        metavar="ASSISTANT,...",
        help=f"the assistants that get them (default: the others that are used here); {registry.LISTED}",
    )
    group = parser.add_argument_group("place")
    project.add_project(group, python=False)
    group = parser.add_argument_group("how")
    group.add_argument(
        "-y", "--yes", action="store_true", help="take the first where several assistants load equally many agents; never ask"
    )
    group.add_argument("-n", "--dry-run", action="store_true", help="write nothing; show what would be written")
    group.add_argument("-q", "--quiet", action="store_true", help="only what needs a look")
    shared.add_common(group)


def run(options: argparse.Namespace) -> int:
    """Run the command; with `-q` what it prints is an answer only where something needs a look."""
    if not options.quiet:
        return _run(options)
    said = io.StringIO()
    with redirect_stdout(said):
        code = _run(options)
    if code:
        print(said.getvalue(), end="", file=sys.stderr)
    return code


def _run(options: argparse.Namespace) -> int:
    """Say what is here, and write what is proposed."""
    root = project.root(options)
    said = root if options.project else settings.find_root(root)
    present = settings.read(said) if said else None
    if present is not None:
        return _is_said(options, present, root)
    here = starting.look(root)
    moving = options.source == rulesync.NAME
    source = _of_rulesync(here) if moving else _source(options, here, root)
    if source is None:
        return Exit.FINDINGS
    targets = _targets(options, here, source)
    moved = list(rulesync.read(root)) if moving else []
    start = starting.propose(root, source, targets, moved, here.agents)
    written = starting.written(root, start)
    _show(here, start)
    kept = [_move(options, root, one, targets) for one in moved]
    _write(options, root, written)
    _parts(root, source, written)
    _beside(here, root, start.source, moving=moving)
    print(f"\nNext, in {text.safe(options.project)}:" if options.project and not options.dry_run else "\nNext:")
    for line in table([(typed.here(command), does) for command, does in _next(options)]):
        print(f"  {line}")
    return Exit.FINDINGS if any(kept) else Exit.OK


def _is_said(options: argparse.Namespace, present: Settings, root: Path) -> Exit:
    """Say that the project says already what is kept in step, and what."""
    place = Path(os.path.relpath(present.file)).as_posix()
    targets = _names(present.targets) or "no assistant"
    print(f"{text.safe(place)} says already what is kept in step: {_names([present.source_format])} for {targets}")
    if present.root != Path(os.path.abspath(root)):
        print("`agentconv init --project DIR` makes a folder in it a project of its own.")
    if not (options.source or options.to):
        return Exit.OK
    hint = "nothing was written; change `source` and `targets` in it"
    remark = Diagnostic(Code.EXISTS, Severity.WARNING, "it is left as it is", Span(place), hint)
    say(text.diagnostic(remark, _look(options)))
    return Exit.FINDINGS


def _look(options: argparse.Namespace) -> text.Style:
    return text.style(sys.stderr, options.color)


def _names(clients: Iterable[str]) -> str:
    return ", ".join(map(text.client, clients))


def _of_rulesync(here: Here) -> str:
    """Return the source that rulesync's agents move to: the assistant whose files have the same header as its own.

    Raises:
        InputError: There are none.
    """
    if not here.of_rulesync:
        raise registry.usage(f"there is no agent in {rulesync.FOLDER}", "name the project's root with --project")
    return rulesync.SOURCE


def _broken(remark: Diagnostic, whose: str = "") -> InputError:
    """Make the error for a project whose only agents are none to their clients, which names the first one of these."""
    hint = remark.hint or "`agentconv lint` says what to change"
    return InputError(replace(remark, severity=Severity.ERROR, message=f"there are no agents{whose} here: {remark.message}", hint=hint))


def _source(options: argparse.Namespace, here: Here, root: Path) -> str | None:
    """Return the assistant whose agents are the source; None where it cannot be told, which was said then.

    Raises:
        InputError: There are no agents.
    """
    if options.source:
        named = registry.resolve(options.source)
        if named not in here.agents:
            if not here.agents and here.unread:
                raise _broken(here.unread, f" of {text.client(named)}")
            found = f"there are agents of {_names(here.agents)}: -f {here.leading[0]}" if here.agents else "there are none of any assistant"
            raise registry.usage(f"there are no agents of {text.client(named)} here", found)
        return named
    if not here.agents:
        if here.unread and not here.of_rulesync:
            raise _broken(here.unread)
        hint = (
            "agentconv init --from rulesync takes rulesync's" if here.of_rulesync else "`agentconv formats` says where assistants have them"
        )
        own = " but those of packs, which `agentconv install` keeps up to date" if here.has_packs else ""
        raise registry.usage(f"there are no agents here{own}", hint)
    if len(here.leading) == 1 or options.yes:
        return here.leading[0]
    if (first := origin.of(root, here.leading)) is not None:
        others = _names(one for one in here.leading if one != first)
        print(f"The agents of {others} are what `convert` makes of those of {text.client(first)}.")
        return first
    if sys.stdin.isatty() and sys.stderr.isatty():
        return _answer(here.leading)
    number = text.count(here.agents[here.leading[0]], "agent")
    print(f"The source may be {' or '.join(map(text.client, here.leading))}, with {number} each; nothing was written.\n\nTry:")
    for line in table([(typed.here(f"agentconv init -f {client}"), f"{text.client(client)} is the source") for client in here.leading]):
        print(f"  {line}")
    return None


def _answer(leading: Sequence[str]) -> str | None:
    """Ask whose agents are the source."""
    print(f"Whose agents are the source: {', '.join(leading)}?", end=" ", file=sys.stderr, flush=True)
    word = sys.stdin.readline().strip()
    if not word:
        print("nothing was written", file=sys.stderr)
        return None
    found = registry.resolve(word)
    if found not in leading:
        raise registry.usage(f"{text.client(found)} is none of them", f"say it with -f {found}")
    return found


def _targets(options: argparse.Namespace, here: Here, source: str) -> list[str]:
    """Return the assistants that get the agents.

    Raises:
        InputError: There are none, or the source is one of them.
    """
    named = places.chosen(options.to) if options.to else None
    if named is not None and source in named:
        raise registry.usage(f"{text.client(source)} is the source", "leave it out of --to, or name another source with -f")
    found = [target for target in here.used if target != source and registry.is_loadable(target)] if named is None else named
    if not found:
        others = ",".join([one for one in _OFTEN if one != source][:2])
        hint = f"name those that get them: agentconv init -t {others}; {registry.LISTED}"
        raise registry.usage(f"no other assistant than {text.client(source)} is used here", hint)
    return found


def _show(here: Here, start: Start) -> None:
    """Say what is here, and what is proposed."""
    counted = ", ".join(f"{text.client(client)} {number:,}" for client, number in here.agents.items())
    rows = [("agents", counted), ("source", text.client(start.source)), ("targets", _names(start.targets))]
    for line in table([row for row in rows if row[1]]):
        print(line)
    for several in here.same_elsewhere(start.source):
        print("", wrapped(f"{text.safe(text.alike(several))}: rename one of them first."), sep="\n")


def _move(options: argparse.Namespace, root: Path, one: Moved, targets: Sequence[str]) -> bool:
    """Write what one of rulesync's files becomes; return whether something has to be looked at."""
    remarks = list(one.diagnostics)
    folder = OutputFolder(Path(os.path.relpath(root)))
    needs_a_look = not one.files
    for file in one.files:
        saved = (folder.fate if options.dry_run else folder.save)(file)
        word = PLANS[saved.fate] if options.dry_run else saved.fate.value
        print(f"{word:9} {text.safe(file.path)}  from {text.safe(one.path)}")
        needs_a_look |= saved.fate is Fate.KEPT
        remarks += [replace(saved.diagnostic, hint=f"compare it with {one.path}")] if saved.diagnostic else []
    remarks += [_left(one, target, keys) for target, keys in one.left.items() if target in targets]
    for remark in remarks:
        say(text.diagnostic(remark, _look(options)))
    for loss in one.losses:
        say(text.loss(loss, _look(options)))
    return needs_a_look


def _left(one: Moved, target: str, keys: Sequence[str]) -> Diagnostic:
    """Say what rulesync said of one assistant that nothing says from now on."""
    message = f"what it says for {text.client(target)} alone is left: {', '.join(keys)}"
    hint = "neither the source nor the settings have a place for it; see `agentconv schema config`"
    return Diagnostic(Code.USAGE, Severity.WARNING, message, Span(one.path), hint)


def _write(options: argparse.Namespace, root: Path, written: Written) -> None:
    """Write the settings, and show them.

    Raises:
        InputError: The disk refuses, or the file changed meanwhile.
    """
    folder = OutputFolder(Path(os.path.relpath(root)))
    place = (folder.folder / written.path).as_posix()
    if not options.dry_run:
        new = written.before is None
        saved = (
            folder.save(OutputFile(written.path, written.after)) if new else folder.mend(written.path, written.before or b"", written.after)
        )
        if saved.fate is Fate.KEPT:
            raise registry.usage(f"{place} changed while this ran, and is kept", "run it again")
    print(f"\n{text.safe(place)} {'would get' if options.dry_run else 'has now'}:\n")
    for line in written.added.splitlines():
        print(f"  {text.safe(line)}".rstrip())


def _parts(root: Path, source: str, written: Written) -> None:
    """Say what of the source does not go along with its agents by itself, which setting takes it along, and what that costs."""
    files = settings_file.of_folder(Path(os.path.relpath(root)))
    if any("with" in file.values for file in files):
        return
    parts = Parts([root], [source])
    restraining = [one for kind in KINDS if kind in RESTRAINING and parts.may_restrain() for one in parts.of(kind) if one.meant]
    words, kinds = set_restraints.said_of(restraining)
    others: Sequence[Kind] = ("servers", *(("hooks",) if "hooks" not in kinds else ()))
    counts = {kind: number for kind in others if (number := sum(1 for one in parts.of(kind) if one.meant))}
    counted = " and ".join(text.count(number, NOUNS[kind]) for kind, number in counts.items())
    found = [words] if words else []
    found += [f"there {'is' if next(iter(counts.values())) == 1 else 'are'} {counted}"] if counted else []
    if found:
        print("", wrapped(f"Not kept in step: {text.safe('; '.join(found))}."), sep="\n")
        print(wrapped(f'`with = ["needed"]` in {written.path} takes along the skills and MCP servers that agents name.'))
    kinds = tuple(dict.fromkeys((*kinds, *(kind for kind in counts if kind == "hooks"))))
    if kinds:
        listed = ", ".join(f'"{word}"' for word in ("needed", *kinds))
        print(
            wrapped(
                f"`with = [{listed}]` takes the {' and '.join(kinds)} along, too{_cost(foreseen.refused(root, written, chosen(kinds)))}."
            )
        )


def _cost(refused: Mapping[str, Sequence[str]] | None) -> str:
    """Say what it costs to keep such parts in step."""
    if refused is None:
        return ""
    if not refused:
        return ", and no agent is refused for that"
    listed = "; ".join(f"{text.client(target)} would refuse {text.count(len(agents), 'agent')}" for target, agents in refused.items())
    return f". An assistant that cannot hold an agent to them refuses it: {listed}"


def _beside(here: Here, root: Path, source: str, *, moving: bool) -> None:
    """Say what else there is to tidy up: nothing of it is touched."""
    if moving:
        print(f"\n{rulesync.FOLDER} is read no more. Take `subagents` out of `features` in rulesync.jsonc, and delete it:")
        print("two programs that write the same files undo each other's work.")
    elif here.of_rulesync:
        print(f"\nrulesync has {text.count(here.of_rulesync, 'agent')} in {rulesync.FOLDER}, and may write the same files.")
        print("`agentconv init --from rulesync` makes them the source.")
    if here.backups:
        _copies(here.backups, root, source)
    git = Git(root)
    if git.top and not git.ignored([BACKUP]):
        when = "Where `agentconv sync` replaces words that git does not have, it keeps a copy beside the file"
        print(f"\n{wrapped(f'{when}: `*{BACKUP}*` is a line for .gitignore, which is yours: nothing was written there.')}")


def _copies(found: Sequence[str], root: Path, source: str) -> None:
    """Say which copies of earlier files there are: one whose file is gone can come back, with what that opens; the others may go."""
    folder = os.path.relpath(root)
    back = copies.last(root, found, lambda: copies.agents_of(root, source))

    def shown(*paths: str) -> str:
        return text.safe(" ".join(shlex.quote(os.path.normpath(os.path.join(folder, path))) for path in paths))

    print(f"\n{'1 copy' if len(found) == 1 else f'{len(found):,} copies'} of earlier files beside agents.")
    if back:
        print("What is gone, and comes back so:")
    for one in back:
        if one.more:
            beyond = f"`{one.name}` of {one.path} may do more than in {text.client(source)}: {', '.join(one.more)}"
            print(wrapped(text.safe(f"  {beyond}; narrow it there, and only then:")))
        print(f"  mv {shown(one.path, one.place)}")
    gone = {one.path for one in back}
    if others := [path for path in found if path not in gone]:
        print("Once you need none of them:")
        print(f"  rm {shown(*others)}")


def _next(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Return what to type next, each with what it does."""
    if options.dry_run:
        given = [("-f", options.source), ("-t", ",".join(options.to or ())), ("--project", options.project)]
        words = [word for flag, value in given if value for word in (flag, value)]
        return [(shlex.join(["agentconv", "init", *words, *(["--yes"] if options.yes else [])]), "write it")]
    return [("agentconv sync --dry-run", "what it would write"), ("agentconv sync", "write it")]
