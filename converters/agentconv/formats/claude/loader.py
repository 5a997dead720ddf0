r"""What Claude Code's loaders of markdown agents share, those of projects and of plugins: the header, its repair, and values.

The file must start with `---`; the header ends at the first `---` anywhere after it, even inside a value. YAML that
does not parse is rewritten once, line by line, with values in quotes (`requoted`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Complaint
from agentconv.core.expressions import expression
from agentconv.core.losses import quoted
from agentconv.families import javascript, markdown, reading
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored
from agentconv.yaml import nodes

if TYPE_CHECKING:
    from agentconv.core.format import Projection
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

COLORS = frozenset({"red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"})
EFFORTS = ("low", "medium", "high", "xhigh", "max")

_S = f"[{SPACE}]"


def find(source: SourceText) -> Header | Complaint:
    r"""Find the header: `^---\s*\n`, then everything up to the first `---` anywhere."""
    text = source.text
    top = markdown.strip_bom(text)
    start = text.rfind("\n", top, _after_blanks(text, top + 3)) + 1
    if not text.startswith("---", top) or not start:
        return reading.UNOPENED
    end = text.find("---", start)
    if end < 0:
        return Complaint("the header is never closed by `---`")
    return Header(source, start, end, _after_blanks(text, end + 3))


def _after_blanks(text: str, at: int) -> int:
    """Return where the blanks and line ends at a place end."""
    return len(text) - len(text[at:].lstrip(SPACE))


_KEY_VALUE = expression(rf"([A-Za-z_-]+):({_S}+)([^{SPACE}][^\n\r\u2028\u2029]*)")
_SUSPICIOUS = expression(r"[{}\[\]*&#!|>%@`]|: ")


def requoted(text: str) -> Rewritten:
    """Rewrite a header as the client does when it does not parse: put top-level values in quotes, tabs to blanks."""
    lines, places = [], []
    for line in text.split("\n"):
        match = _KEY_VALUE.fullmatch(line)
        if match and _needs_quotes(match[3]):
            escaped = match[3].replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'{match[1]}: "{escaped}"')
            places.append((len(match[1]) + 2, match.start(3)))
            continue
        tabs = len(line) - len(line.lstrip("\t"))
        lines.append("  " * tabs + line[tabs:])
        places.append((0, tabs))
    return Rewritten("\n".join(lines), tuple(places))


def _needs_quotes(value: str) -> bool:
    if value[0] == value[-1] and value[0] in "\"'":
        return False
    if value[0] == "[" and value[-1] == "]" and _is_list(value):
        return False
    return _SUSPICIOUS.search(value) is not None


def _is_list(value: str) -> bool:
    try:
        return isinstance(nodes.parse(value), nodes.Sequence)
    except nodes.YamlError:
        return False


def effort(value: Json) -> str | int:
    """Read an effort: a level in any case, or a whole number.

    Raises:
        Ignored: It is neither.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer():
        return int(value)
    word = nodes.js_text(value).lower()
    word = {"med": "medium"}.get(word, word)
    if word in EFFORTS:
        return word
    number = javascript.leading_integer(word) if value is not None else None
    if number is None:
        raise Ignored("an effort is " + ", ".join(EFFORTS) + " or a whole number")
    return number


def color(value: Json) -> str:
    """Read a colour.

    Raises:
        Ignored: It is none that the client shows.
    """
    if isinstance(value, str) and value in COLORS:
        return value
    raise Ignored("a colour is one of " + ", ".join(sorted(COLORS)))


def project_color(projection: Projection) -> None:
    """Keep a colour that the client shows."""
    found = projection.get("color")
    if found is not None and found not in COLORS:
        projection.change("color", None, "looks-dropped", quoted(found))
