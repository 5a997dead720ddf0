"""The tools: what each is for, what may be said to it, and which command line that is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentconv.assistants.confinement import OUTSIDE
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.assistants.confinement import Confinement

    Said = Mapping[str, Any]

_WORD = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_. -]*$", "maxLength": 100}
_WORDS = {"type": "array", "items": _WORD, "minItems": 1}
_PATH = {
    "type": "string",
    "minLength": 1,
    "description": "A file or folder, relative to the first of the server's folders or absolute; by default that folder.",
}
_FROM = {**_WORD, "description": "The format that the files have, where the place and the text do not tell: claude-code, codex, ..."}
_FOR = {
    **_WORDS,
    "description": 'The assistants to ask, by their formats, or ["all"], or ["own"]: that of each file;'
    " by default those that the project has folders for.",
}


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool."""

    name: str
    title: str
    description: str
    takes: Mapping[str, Any]
    """What may be said, as JSON Schema by name."""
    words: Callable[[Said, Confinement], list[str]]
    """Returns the command line for what was said."""
    needs: tuple[str, ...] = ()
    writes: str = ""
    """What has it write, and what that does; only where the server may, it can be said."""
    brief: Callable[[dict[str, Any]], dict[str, Any]] = lambda report: report
    """Leaves out of a report what would only fill an assistant's memory."""

    def schema(self, *, write: bool) -> dict[str, Any]:
        """Return what may be said, as JSON Schema."""
        name, _, description = self.writes.partition(": ")
        more = {name: {"type": "boolean", "default": False, "description": description}} if self.writes and write else {}
        return {
            "type": "object",
            "properties": {**self.takes, **more},
            "required": list(self.needs),
            "additionalProperties": False,
        }


def _inspect(said: Said, within: Confinement) -> list[str]:
    return ["inspect", _source(said, within), *_from(said), *_for(said), "--output-format=json"]


def _lint(said: Said, within: Confinement) -> list[str]:
    select = [f"--select={','.join(said['select'])}"] if "select" in said else []
    fix = ["--fix"] if said.get("fix") else []
    return ["lint", _source(said, within), *_from(said), *_for(said), *select, *fix, "--output-format=json"]


def _convert(said: Said, within: Confinement) -> list[str]:
    source = _source(said, within)
    root = next(root for root in within.roots if os.path.realpath(source) == root or os.path.realpath(source).startswith(root + os.sep))
    along = [f"--with={','.join(said['with'])}"] if "with" in said else []
    mode = [] if said.get("write") else ["--diff"]
    return ["convert", source, *_from(said), f"--to={','.join(said['to'])}", f"--output={root}", *along, *mode, "--output-format=json"]


def _rule(said: Said, _within: Confinement) -> list[str]:
    return ["rule", said["code"], "--output-format=json"]


def _formats(said: Said, _within: Confinement) -> list[str]:
    return ["formats", *([said["format"]] if "format" in said else []), "--output-format=json"]


def _source(said: Said, within: Confinement) -> str:
    """Return the path that was said; one that leads out of the folders is none.

    Raises:
        InputError: It leads out of them, or there is nothing.
    """
    path = os.path.join(within.roots[0], said.get("path", ""))
    if "\0" in path or not within.holds(path):
        raise _wrong(f"`{said['path']}`: {OUTSIDE}", f"they are {', '.join(within.roots)}")
    if not os.path.exists(path):
        raise _wrong(f"there is no file or folder `{said['path']}`")
    return os.path.normpath(path)


def _wrong(message: str, hint: str | None = None) -> InputError:
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, None, hint))


def _from(said: Said) -> list[str]:
    return [f"--from={said['from']}"] if "from" in said else []


def _for(said: Said) -> list[str]:
    return [f"--for={','.join(said['for'])}"] if "for" in said else []


def _in_a_line(report: dict[str, Any]) -> dict[str, Any]:
    """Return all formats with a line each; of one, everything."""
    if "formats" not in report:
        return report
    return {"formats": [{key: row[key] for key in ("id", "client", "where", "aliases") if row.get(key)} for row in report["formats"]]}


TOOLS = (
    Tool(
        "inspect",
        "What each assistant makes of agents",
        "Read the agents of a project (.claude/agents, .codex/agents, ...) and say what each assistant makes of every file as it stands: "
        "whether it loads it, under which name, what the agent may do there (read, write, network, run), and why not.",
        {"path": _PATH, "from": _FROM, "for": _FOR},
        _inspect,
    ),
    Tool(
        "lint",
        "Find what breaks agents",
        "Find what breaks agents, in which assistant, with the line and what to do about it. `rule` explains a code.",
        {"path": _PATH, "from": _FROM, "for": _FOR, "select": {**_WORDS, "description": "Only these rules: codes or beginnings of codes."}},
        _lint,
        writes="fix: Make the safe fixes, each proven to change nothing else.",
    ),
    Tool(
        "convert",
        "Convert agents for other assistants",
        "Convert agents to other assistants' formats. The answer has a diff for each file that would be written where its assistant "
        "looks for it, and every loss: what the other assistant cannot hold. An agent that could do more there than its author allowed "
        "is refused.",
        {
            "path": _PATH,
            "from": _FROM,
            "to": {**_WORDS, "description": 'The formats to write: ["codex", "opencode"], or ["all"]; `formats` lists them.'},
            "with": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "pattern": "^[a-z]+(/[^,]+)?$", "maxLength": 200},
                "description": "Which skills, commands, servers, hooks and permissions go along: needed (default), all, none, or kinds.",
            },
        },
        _convert,
        needs=("to",),
        writes="write: Write the files. What is there with other content is kept, and told.",
    ),
    Tool(
        "rule",
        "Explain a finding or a loss",
        "Say what a rule of `lint` flags (AC101), what a loss of `convert` is (tools-narrowed), or what a diagnostic means (fallback), "
        "why that matters, and what to do.",
        {"code": {**_WORD, "description": "The code or the name of a rule, or the code of a loss or a diagnostic."}},
        _rule,
        needs=("code",),
    ),
    Tool(
        "formats",
        "The formats of assistants",
        "List the formats of assistants and where their files are; or the keys and words of one, and what each becomes elsewhere.",
        {"format": {**_WORD, "description": "One format, to see its keys, tools and models."}},
        _formats,
        brief=_in_a_line,
    ),
)
