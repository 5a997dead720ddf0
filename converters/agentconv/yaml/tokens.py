"""The tokens of YAML as Bun's parser cuts them, and stand-ins for characters that libyaml does not take for text.

No pattern backtracks over a run that it has matched: each takes linear time on any text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml.errors import YamlLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIAL = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
BREAK = expression(r"\r\n?|\n")
GAP = expression(r"[ \t]*+(?:(?<![^ \t\r\n])#[^\r\n]*+)?(?:(?:\r\n?|\n)[ \t]*+(?:#[^\r\n]*+)?)*+")
MARKER = expression(r"(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
END_MARKERS = expression(r"(?:\.\.\.[ \t]*+(?:(?<=[ \t])#[^\r\n]*+)?(?:(?:\r\n?|\n)(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?|\n))*+|\Z))++")
QUOTED = {
    '"': expression(r'"(?:[^"\\]|\\.)*+"', re.DOTALL),
    "'": expression(r"'(?:[^']|'')*+'"),
}
PAIR = expression(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\.", re.DOTALL)
ANCHOR = expression(r"[&*]([^\x00-\x20\x7f,\[\]{}]++)")
TAG = expression(
    r"!(?:<[0-9A-Za-z\-#;/?:@&=+$,_.!~*'()\[\]%]++>"
    r"|!?[0-9A-Za-z-](?:[0-9A-Za-z\-#;/?:@&=+$_.~*'()]|%[0-9a-fA-F]{2})*+"
    r"|(?=[ \t\r\n]|\Z))"
)
KNOWN_TAG = expression(r"!!?(?:str|int|float|bool|null)|!")
HEADER = expression(
    r"[|>][ \t]*+(?:(?P<chomp>[-+])(?:[ \t]*+(?P<digit>[1-9]))?|(?P<digit2>[1-9])(?:[ \t]*+(?P<chomp2>[-+]))?)?"
    r"[ \t]*+(?:(?<=[ \t])#[^\r\n]*+)?(?=[\r\n]|\Z)"
)
LINE = expression(r"( *+)([^\r\n]*+)(\r\n?|\n|\Z)")
BLOCK_PLAIN_END = expression(r":(?=[ \t\r\n]|\Z)|(?<=[ \t])#|[\r\n]")
FLOW_PLAIN_END = expression(r"[,\[\]{}]|:(?=[ \t\r\n,\[\]{}]|\Z)|(?<=[ \t])#|[\r\n]")
INDICATORS = "-?:,[]{}#&*!|>'\"%@`"
BLANKS = " \t\r\n"
_PRIVATE_BASES = (0xF0000, 0x100000)


def unused(text: str) -> Iterator[str]:
    """Give private-use characters that the text does not hold."""
    used = set(text)
    for base in _PRIVATE_BASES:
        yield from (chr(base + code) for code in range(0xFFFE) if chr(base + code) not in used)
    raise YamlLimitError("the text holds every private-use character", 0)


def map_special(text: str, unused: Iterator[str]) -> tuple[str, dict[int, str]]:
    """Map what libyaml does not take for an ordinary character one to one to unused private-use characters."""
    special = sorted(set(SPECIAL.findall(text)))
    forth = dict(zip(special, unused, strict=False))
    mapped = text.translate({ord(char): stand_in for char, stand_in in forth.items()})
    return mapped, {ord(stand_in): char for char, stand_in in forth.items()}
