"""What the guards of agents run: files of the project that the agents come from, which go where the agents go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion.converted import Converted
from agentconv.core.source import SourceText
from agentconv.disk.output import OutputFile
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.conversion.options import Options
    from agentconv.core.ir import Agent
    from agentconv.core.parts import FolderFile

_HOOKS = b"hooks"
"""What is in every file of an agent that has some: others need not be read again."""


def along(done: Iterable[Converted], target: str, options: Options) -> Iterator[Converted]:
    """Yield results, and behind each the scripts of its agents that are not there yet, each once."""
    row, written = registry.FORMATS[target], set[str]()
    for one in done:
        yield one
        if options.scripts is None or one.part or one.file is None or row.bundle or row.index or _HOOKS not in one.file.data:
            continue
        agents = registry.load(target).read(SourceText(one.file.path, one.file.data)).set.agents
        for script in (script for agent in agents for script in _of(agent, options)):
            if script.path not in written and (options.replaces or not _is_there(script.path, options)):
                written.add(script.path)
                file = OutputFile(script.path, script.data, beside=True, executable=script.executable)
                yield Converted(target, one.agents, file, part="hooks")


def another(agent: Agent, options: Options) -> str | None:
    """Return the path at which another file stands than what an agent's guards run; None where there is none, or it is replaced."""
    if options.read is None or options.replaces:
        return None
    return next((one.path for one in _of(agent, options) if options.read(one.path) not in (None, one.data)), None)


def barred(agent: Agent, options: Options) -> tuple[str, str] | None:
    """Return the path of what an agent's guards run where that is not there and cannot come, and why; None where all of it is or can."""
    if options.barred is None or options.read is None:
        return None
    coming = (one.path for one in _of(agent, options) if options.read(one.path) != one.data)
    return next(((path, why) for path in coming if (why := options.barred(path)) is not None), None)


def _is_there(path: str, options: Options) -> bool:
    return options.present is not None and options.present(path)


def _of(agent: Agent, options: Options) -> Iterator[FolderFile]:
    """Yield what an agent's guards run, and what that takes in, as its own project has it."""
    from agentconv.core import script_imports
    from agentconv.parts.hooks import scripts

    there: dict[str, FolderFile | None] = {}

    def read(path: str) -> bytes | None:
        if path not in there:
            there[path] = options.scripts(path) if options.scripts is not None else None
        return file.data if (file := there[path]) is not None else None

    if agent.hooks and options.scripts is not None:
        named = scripts.going_along(agent)
        taken = script_imports.follow(named, read).files
        yield from (file for path in dict.fromkeys((*named, *taken)) if read(path) is not None and (file := there[path]) is not None)
