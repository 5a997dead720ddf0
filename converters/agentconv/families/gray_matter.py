"""The header of a markdown file as gray-matter finds it, the package that OpenCode, Kilo, Roo Code and Cursor read such files with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.families import markdown
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE

if TYPE_CHECKING:
    from agentconv.core.source import SourceText

NO_HEADER = Complaint("the file does not start with `---`")
RUN = Complaint("the header is JavaScript, which the client runs, and which is not run here")


def find(source: SourceText) -> Header | Complaint:
    r"""Find the header as gray-matter does: from a first line `---` to the first line that starts so.

    Behind the first `---` may stand a language; JavaScript is run by the client, and is not read here.
    """
    text = source.text
    start = markdown.strip_bom(text)
    if not text.startswith("---", start) or text.startswith("-", start + 3):
        return NO_HEADER
    line_end = text.find("\n", start)
    language = text[start + 3 : line_end].strip(SPACE).lower() if line_end >= 0 else ""
    close = text.find("\n---", start + 3)
    begin = line_end + 1 if line_end >= 0 else start + 3
    end = body = len(text)
    if close >= 0:
        end, body = close + 1, close + 4
        body += text.startswith("\r", body)
        body += text.startswith("\n", body)
    header = Header(source, begin, max(begin, end), max(begin, body), tail=int(close >= begin))
    header.repairable = close >= 0 and _BARE_FENCE.match(text, start) is not None
    if language in ("", "yaml", "yml") or not _COMMENTS.sub("", header.text).strip(SPACE):
        return header
    if language in ("js", "javascript"):
        return RUN
    return header if language == "json" and _is_json(header.text) else Complaint(f"the header is no {language}")


_BARE_FENCE = expression(r"---\r?\n")
_COMMENTS = expression(rf"(?m)^[{SPACE}]*#[^\n]+")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
