"""The header between two lines `---`, the first of which begins the file: how clients find one of which nobody measured more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.families.frontmatter import Header

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

_FILE = expression(r"\ufeff?---[ \t]*\r?\n(.*?)(\r?\n|(?<=\n))---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def find(source: SourceText) -> Header | Complaint:
    """Find the header, or say why there is none."""
    found = _FILE.match(source.text)
    if found is None:
        return Complaint("the file does not start with a header between two lines `---`")
    return Header(source, found.start(1), found.end(2), found.end(), tail=len(found[2]))
