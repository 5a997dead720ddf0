"""What to do next, for who asks over the protocol: what a tool takes is named as its schema calls it, the rest is a person's to type.

Reports are those of commands, and their hints name flags. Which of these a tool takes is for its schema to say, and for nothing else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping
    from re import Match

_ADVICE = ("hint", "help")
"""Where a report says what to do next."""
_PERSON = "for the person: "
_COMMAND = expression(r"\b(?:agentconv|pip) [a-z]|(?<![\w-])--?[a-zA-Z]")
_FLAG = expression(r"(?P<tick>`?)(?<![\w./-])(?P<flag>--?[a-z][a-z-]*)(?![\w-])(?:[= ](?P<value>[^\s`;()]*[^\s`;(),.:]))?(?P=tick)")
_SHORT = {"-f": "from", "-t": "to"}


def for_tool(report: Any, takes: Mapping[str, Any]) -> Any:
    """Return a report with hints for who asks a tool.

    Args:
        report: What a command reports.
        takes: The tool's arguments, as JSON Schema by name.
    """
    if isinstance(report, dict):
        return {
            key: said(value, takes) if key in _ADVICE and isinstance(value, str) else for_tool(value, takes)
            for key, value in report.items()
        }
    return [for_tool(one, takes) for one in report] if isinstance(report, list) else report


def said(advice: str, takes: Mapping[str, Any]) -> str:
    """Return what to do next in the words of a tool, or as something for the person to do.

    A command is the person's as a whole: of half of one nothing comes.
    """
    return "; ".join(_way(one, takes) for one in advice.split("; "))


def _way(advice: str, takes: Mapping[str, Any]) -> str:
    """Return one of several things that can be done."""
    own = _FLAG.sub(lambda flag: _argument(flag, takes), advice)
    return f"{_PERSON}{advice}" if _COMMAND.search(own) else own


def _argument(flag: Match[str], takes: Mapping[str, Any]) -> str:
    """Return a flag, with its value, as the argument that it is; what is none, as it stands."""
    name = _SHORT.get(flag["flag"], flag["flag"].removeprefix("--"))
    row, value = takes.get(name), flag["value"]
    if row is None:
        return flag[0]
    if row["type"] == "boolean":
        return f"`{name}: true`{'' if value is None else f' {value}'}"
    if value is None or value.isupper():  # FORMAT: a value that is to be chosen
        return f"`{name}`"
    return f"`{name}: {json.dumps(value.split(',') if row['type'] == 'array' else value)}`"
