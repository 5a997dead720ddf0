"""`agentconv convert`: agents to other assistants' formats."""

from __future__ import annotations

import os
import shlex
from functools import partial
from typing import TYPE_CHECKING

from agentconv.cli import options as shared
from agentconv.cli import processes, scope, whose
from agentconv.cli.carried import Carried
from agentconv.cli.found_files import nothing_found, places
from agentconv.cli.output import Output
from agentconv.conversion import converting, insisting, model_choices
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.disk.saving import Fate
from agentconv.formats import registry
from agentconv.sources import agentless, elsewhere, loading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from agentconv.conversion.converted import Converted
    from agentconv.core.ir import AgentSet
    from agentconv.sources.inputs import Discovery

USAGE = "SRC... -t FORMAT[,FORMAT|all] [-f FORMAT] [-o DIR|FILE|- | --scope user] [options]"
EXAMPLES = """\
examples:
  agentconv convert . -t codex -o .            this project's agents, for Codex, beside what is there
  agentconv convert . -t codex -o . --dry-run  what that would do
  agentconv convert . -t codex -o . --check    in CI: exit 1 when the Codex files are not up to date
  agentconv convert . -t codex -o . --strict --baseline agentconv-baseline.json   exit 1 for losses that are new
  agentconv convert reviewer.md -t codex       one agent, to standard output
  agentconv convert .claude/agents -t codex,json -o out
  agentconv convert . -t all -o .              for every other assistant
  agentconv convert -f claude -t codex --scope user     your own agents, for all projects
  cat reviewer.md | agentconv convert - -f claude-code -t codex
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    shared.add_sources(
        parser, scoped="user: SRC is among your own agents, for all projects, or is all of them; files go there (default: project)"
    )
    shared.add_output(parser)
    shared.add_selection(parser)
    shared.add_marketplace(shared.add_along(parser))
    shared.add_models(parser)
    processes.add_jobs(shared.add_report(parser, known=True))
    parser.set_defaults(pack=None)


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    targets = shared.targets(options)
    source_format = registry.resolve(options.source_format) if options.source_format else None
    exclude = targets if source_format is None and not shared.is_for_all(options) else ()
    if not options.sources and options.scope != scope.USER:
        raise registry.usage("SRC is missing", f"`.` is this project: agentconv convert . -t {','.join(targets)} -o .")
    found = scope.discover(options, source_format, exclude=exclude)
    _forbid_above(found, options)
    loader = loading.Loader(found.files)
    if source_format is None:
        whose.forbid_mixture(found, loader)
    formats = {file.format for file in found.files}
    if shared.is_for_all(options) and len(formats) == 1:
        targets = shared.targets(options, *formats)
    return convert_files(found, loader, targets, options)


def convert_files(found: Discovery, loader: loading.Loader, targets: Sequence[str], options: argparse.Namespace) -> int:
    """Convert what was found to each target and report."""
    output = Output(options, targets, places(found), found)
    for diagnostic in found.diagnostics:
        output.report.diagnostic(diagnostic)
    file = output.place.file
    if options.marketplace and not any(registry.FORMATS[target].catalog for target in targets):
        raise registry.usage("--marketplace is for a plugin of Claude Code", "add -t claude-plugin")
    into = file.name if file and any(registry.FORMATS[target].holds_several(file.name) for target in targets) else None
    models = model_choices.choose(options.map_models, options.models)
    choices = converting.Options(
        only_loaded=bool(options.only_loaded),
        on_duplicate=options.on_duplicate,
        into=into,
        models=models,
        deploy=output.home is not None,
        marketplace=options.marketplace,
        words=_words(options),
    )
    choices = insisting.insisting(choices, shared.widening(options.allow_widening))
    carried = Carried(options, found, output)
    choices = replace(choices, along=carried.wanted, scope="user" if output.home else "project", **carried.places)
    without_agent = _convert_each(found, loader, choices, carried, output)
    where = f" -o {shlex.quote(options.output)}" if options.output else " --scope user" if output.home else ""
    ends = f" -t {','.join(targets)}{where}"
    clients = [registry.resolve(options.source_format)] if options.source_format else {*registry.CLIENTS} - {*targets}
    sources = scope.sources(options)
    beside = elsewhere.told(found, elsewhere.Asked(sources, "convert", ends, clients, _folder(options.output, sources)))
    for diagnostic in (*agentless.told(without_agent), *beside):
        output.report.diagnostic(diagnostic)
    if output.report.nothing and not output.waiting:
        raise nothing_found(found, targets, takes_parts=True, told=bool(without_agent))
    for diagnostic in _mixed(found, targets, options):
        output.report.diagnostic(diagnostic)
    for diagnostic in _nobody(options, output):
        output.report.diagnostic(diagnostic)
    for diagnostic in _several_from_now_on(found, targets, options, output):
        output.report.diagnostic(diagnostic)
    return output.finish()


def _nobody(options: argparse.Namespace, output: Output) -> Iterator[Diagnostic]:
    """Say of agents that are named for `--allow-widening` that there are none of these names, so that nothing comes of it."""
    there = {_plain(id_): id_ for id_ in output.report.agents}
    for name in insisting.named(shared.widening(options.allow_widening)):
        if "/" not in name and _plain(name) not in there:
            yield shared.nobody(name, there.values()).diagnostic


def _plain(name: str) -> str:
    """Return a name as it is the same in an agent's id."""
    return "".join(filter(str.isalnum, name.casefold()))


def _words(options: argparse.Namespace) -> AgentSet | None:
    """Return what `[pack]` of the project's settings says that its agents are called, for the files that say it."""
    said = getattr(options, "pack", None)
    if not said:
        return None
    from agentconv.core.ir import AgentSet

    return AgentSet(
        name=said.get("name"),
        version=said.get("version"),
        description=said.get("description"),
        license=said.get("license"),
        authors=tuple(said["author"]) if said.get("author") else None,
    )


def _several_from_now_on(found: Discovery, targets: Sequence[str], options: argparse.Namespace, output: Output) -> Iterator[Diagnostic]:
    """Say that a project has agents of several assistants now, of which a next conversion has to be told the source."""
    sources = {file.format for file in found.files}
    is_project = options.output and any(os.path.realpath(one) == os.path.realpath(options.output) for one in options.sources)
    dry = options.check or options.diff or options.dry_run
    new = output.report.fates[Fate.CREATED] and not dry and any(target in registry.CLIENTS for target in targets)
    if is_project and new and len(sources) == 1 and not options.source_format and scope.source_of_project() is None:
        source = next(iter(sources))
        hint = f"agentconv init -f {source} keeps them in step; a next `agentconv convert .` wants -f {source}"
        yield Diagnostic(Code.ELSEWHERE, Severity.NOTE, "this project has agents of several assistants now", hint=hint)


def _mixed(found: Discovery, targets: Sequence[str], options: argparse.Namespace) -> Iterator[Diagnostic]:
    """Say that agents of several projects come together where one project has its own, and how they stay apart."""
    if not options.output or not any(registry.FORMATS[target].folders for target in targets):
        return
    for source in options.sources:
        projects = [*elsewhere.belonging(found, source)] if os.path.isdir(source) else []
        if len(projects) > 1:
            first, to = (shlex.quote(os.path.normpath(os.path.join(one, projects[0]))) for one in (source, options.output))
            hint = f"agentconv convert {first} -t {','.join(targets)} -o {to}, and so for each, keeps them apart"
            message = f"agents of several projects become those of one: {_listed(projects)}"
            yield Diagnostic(Code.ELSEWHERE, Severity.NOTE, message, hint=hint)


def _listed(projects: Sequence[str]) -> str:
    return ", ".join(f"`{one}`" for one in projects[:3]) + (f" and {len(projects) - 3:,} more" if len(projects) > 3 else "")


def _convert_each(
    found: Discovery, loader: loading.Loader, choices: converting.Options, carried: Carried, output: Output
) -> Sequence[agentless.Agentless]:
    """Convert to each target, by one process or several, and return what is to be told of files without an agent."""
    watch = partial(output.report.line.over, total=len(found.files), words="files")
    with processes.sharing(found, output.options, choices, watch) as shares:
        for target in output.targets:
            for done in _of_plugins(found, target, choices, carried, output) or converting.convert(
                watch(loader), target, choices, carried.parts, shares=shares
            ):
                output.take(done)
        for diagnostic in carried.told(loader if shares is None else shares, choices):
            output.report.diagnostic(diagnostic)
        return loader.agentless if shares is None else shares.agentless


def _of_plugins(found: Discovery, target: str, choices: converting.Options, carried: Carried, output: Output) -> Iterator[Converted] | None:
    """Convert each plugin of a repository by itself, where the target is a format of plugins; None where there are none."""
    if not registry.FORMATS[target].index or not output.place.folder:
        return None
    from agentconv.conversion import offered_plugins

    plugins = offered_plugins.of(found, carried.parts)
    return offered_plugins.converted(plugins, target, choices) if plugins else None


def _folder(output: str | None, sources: Sequence[str]) -> str | None:
    """Return the folder that is written to, where that is inside of one that is read."""
    inside = output and any(os.path.realpath(output).startswith(os.path.join(os.path.realpath(one), "")) for one in sources)
    return output if inside else None


def _forbid_above(found: Discovery, options: argparse.Namespace) -> None:
    """Stop where agents of projects inside of a folder would become those of the folder itself.

    Raises:
        InputError: They would.
    """
    folder = options.output
    if not folder or all(os.path.realpath(one) != os.path.realpath(folder) for one in options.sources):
        return
    projects = [*elsewhere.belonging(found, folder)]
    if projects:
        message = f"the agents belong to {_listed(projects)}, and -o {folder} is a folder above"
        raise registry.usage(
            message, f"cd {shlex.quote(projects[0])}, and run it there" + (", and so in each" if len(projects) > 1 else "")
        )
