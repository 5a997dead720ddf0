"""An assistant's question, from what it said to the answer."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Protocol

from agentconv.assistants import hints
from agentconv.assistants.confinement import Confinement, confined
from agentconv.assistants.tools import TOOLS
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import InputError
from agentconv.core.suggestions import nearest
from agentconv.render import machine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.assistants.tools import Tool

_WRONG = 2
"""Exit codes from here on say that nothing could be done; below it, a report is one, whatever it found."""


class Command(Protocol):
    """Runs a command line."""

    def __call__(self, words: Sequence[str]) -> tuple[int, str, str]:
        """Run it, and return its exit code, what it printed, and what it said besides."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told."""

    report: dict[str, Any]
    failed: bool = False

    @property
    def text(self) -> str:
        """The report as text."""
        return machine.report(self.report)


class Desk:
    """Answers what is asked, one question after the other."""

    def __init__(self, within: Confinement, command: Command) -> None:
        self.within = within
        self._command = command
        self.tools = {tool.name: tool for tool in TOOLS}

    def schema(self, tool: Tool) -> dict[str, Any]:
        """Return what may be said to a tool."""
        return tool.schema(write=self.within.write)

    def answer(self, name: str, said: Mapping[str, Any]) -> Answer:
        """Answer one question."""
        tool = self.tools.get(name)
        if tool is None:
            return _failed(f"there is no tool `{name}`", _close(name, self.tools))
        rows = self.schema(tool)["properties"]
        lists = {key for key, row in rows.items() if row.get("type") == "array"}
        said = {key: [value] if key in lists and isinstance(value, str) else value for key, value in said.items()}  # a model may say one
        if problem := self._problem(tool, said):
            return problem
        try:
            words = tool.words(said, self.within)
        except InputError as error:
            return _failed(error.diagnostic.message, error.diagnostic.hint)
        with confined(self.within):
            code, printed, besides = self._command([self._shown(word) for word in words])
        try:
            report = json.loads(printed)
        except ValueError:
            return _failed(besides.strip() or "nothing came of it")
        return Answer(hints.for_tool(tool.brief(report), rows), failed=code >= _WRONG)

    def _problem(self, tool: Tool, said: Mapping[str, Any]) -> Answer | None:
        """Say what of that which was said the tool does not take."""
        from jsonschema import Draft202012Validator

        error = next(iter(Draft202012Validator(self.schema(tool)).iter_errors(dict(said))), None)
        if error is None:
            return None
        strange = next((key for key in said if key not in self.schema(tool)["properties"]), None)
        if strange is not None:
            known = next((one.writes for one in (tool,) if one.writes.partition(":")[0] == strange), None)
            hint = "the server was started without --write" if known else _close(strange, self.schema(tool)["properties"])
            return _failed(f"`{tool.name}` takes no `{strange}`", hint)
        place = ".".join(map(str, error.absolute_path))
        return _failed(f"{f'`{place}`: ' if place else ''}{error.message}")

    def _shown(self, word: str) -> str:
        """Return a path in the first folder as it is seen from there: so it is told."""
        flag, mark, path = word.partition("=") if word.startswith("--output=") else ("", "", word)
        if not os.path.isabs(path):
            return word
        below = os.path.relpath(path, self.within.roots[0])
        return word if below.startswith("..") else f"{flag}{mark}{os.path.join(os.curdir, below) if below != os.curdir else below}"


def _close(word: str, known: Mapping[str, object]) -> str:
    close = nearest(word, list(known))
    return f"did you mean `{close}`?" if close else f"there are {', '.join(known)}"


def _failed(message: str, hint: str | None = None) -> Answer:
    return Answer({"error": message, **({"hint": hint} if hint else {})}, failed=True)
