"""What is wrong with a row that another distribution brings: loaded where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import given
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PATH = expression(r"(?!\.{1,2}(?:/|\Z))[^/\\\0]+(?:/(?!\.{1,2}(?:/|\Z))[^/\\\0]+)*")
"""A path below a project's root."""
_END = expression(r"(?:\.|/[^/\\\0])[^/\\\0]+")
"""What the names of files end in, or such a name in a folder of the agent's own."""


def faults(row: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a row, and what its author does about it: everything that is done with a row relies on this."""
    if wrong := given.fault(row):
        yield wrong[0], wrong[1] or ""
        return
    if not row.title.strip():
        yield "title is empty", "say what people call the client"
    named = {"index": (row.index,), "catalog": (row.catalog,), "settings": (row.settings,)}
    places = {"folders": row.folders, "files": row.files, "others": row.others, "plugins": row.plugins}
    for name, paths in (places | {name: paths for name, paths in named.items() if paths != ("",)}).items():
        for path in paths:
            if not _PATH.fullmatch(path):
                yield f"{name}: `{path}` is no path below a project's root", "write it with `/` between its names alone: .my-tool/agents"
    for path in row.others:
        if "/" in path:
            yield f"others: `{path}` is no file at a project's root", "name it as it is called there: agents.yaml"
    for name, ends in {"suffixes": row.suffixes, "common": row.common}.items():
        for end in ends:
            if not _END.fullmatch(end):
                yield f"{name}: `{end}` is nothing that a file's name ends in", "write it with its dot: .md; /AGENT.md in folders of agents"
    try:
        re.compile(row.looks)
    except re.error as error:
        yield f"looks is no regular expression: {error}", "leave it empty, or mend it"
