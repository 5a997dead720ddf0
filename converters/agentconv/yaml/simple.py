r"""Reads the YAML that people and our writers mostly write, on which all libraries agree, without any of them.

Block maps and lists of scalars, each on its line: plain where nothing in it could be an indicator, in quotes without
line breaks, as a block text of evenly indented lines, or in brackets without nesting. A text with anything else (tabs,
comments, tags, anchors, continuation lines, odd keys, duplicates) is left to the full reader of its
grammar. Plain scalars are typed by the grammar, later; what stands here is only that they are plain scalars.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from agentconv.yaml.tree import Node

_MAX_LENGTH = 50_000
_MAX_DEPTH = 20
_ODD = expression("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ENTRY = expression(
    r"(?:(?![TtFfNn](?:rue|RUE|alse|ALSE|ull|ULL):)([A-Za-z_](?:[A-Za-z0-9_./()*@$ -]{0,98}[A-Za-z0-9_./()*@$-])?)"
    r"""|(["'])([^"'\\\n<]{1,99})\2):(?: +([^\n]*))?\n"""
)
_ITEM = expression(r"- +([^ \n][^\n]*)\n")
_INDENT = expression(r"\n* *")
_QUOTED = {'"': expression(r'"((?:[^"\\\n]++|\\["\\ntr])*+)"'), "'": expression(r"'((?:[^'\n]++|'')*+)'")}
_ESCAPE = expression(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_FLOW = expression(r"""\[ *+(?:(?:[A-Za-z_(/.*][^,:#&!|>\[\]{}"'\n]*+|(?:"[^"\\\n]*+"|'[^'\n]*+') *+)(?:, *(?!\])|(?=\])))* *\]""")
_FLOW_ITEM = expression(r"""[^ ,\[\]"'][^,\]]*|"[^"]*"|'[^']*'""")
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_BLOCK = expression(r"([|>])(-?) *")
_TEXT = expression(r"(?m)^(name|description): +([^ \n\[|>][^\n]*)")


class _Complicated(Exception):
    """The text holds more than is read here."""


def parse(text: str) -> Mapping | None:
    """Read a simple text; None when it is not simple."""
    head = len(text) - len(text.lstrip("\n"))
    if text[head : head + 1] in ("", " ") or len(text) > _MAX_LENGTH or _is_odd(text):
        return None
    if text[-1] != "\n":
        text += "\n"
    try:
        node, end = _mapping(text, head, 0, 0)
    except _Complicated:
        return None
    return node if end == len(text) else None


def texts_apart(text: str) -> tuple[str, list[tuple[str, Scalar]]] | None:
    """Return a text with a word in the place of each name and description on one line, and these; None where it is not simple.

    Where that is simple, the text is, too, and reads as that does, but for these.
    """
    if len(text) > _MAX_LENGTH or _is_odd(text):
        return None
    pieces = _TEXT.split(text)
    try:
        texts = [(pieces[at], _scalar("", pieces[at + 1], 0, 0, 0)[0]) for at in range(1, len(pieces), 3)]
    except _Complicated:
        return None
    pieces[2::3] = [": text"] * len(texts)
    return "".join(pieces), texts  # type: ignore[return-value]


def _is_odd(text: str) -> bool:
    """Whether a text has a character that makes it more than simple, none of which can be printed."""
    return not text.replace("\n", "").isprintable() and _ODD.search(text) is not None


def _mapping(text: str, head: int, indent: int, depth: int) -> tuple[Mapping, int]:
    """Read the map whose first key is at `head`; return it and the start of the line behind it."""
    if depth > _MAX_DEPTH:
        raise _Complicated
    pairs: list[tuple[Scalar, Node]] = []
    start, size, padding = head, len(text), " " * indent
    while True:
        match = _ENTRY.match(text, head)
        if match is None:
            raise _Complicated
        word, quote, quoted, raw = match.groups()
        key = Scalar(word, "", None, head, head + len(word)) if word else Scalar(quoted, quote, None, head, head + len(quoted) + 2)
        if raw:
            node, at = _scalar(text, raw, match.start(4), match.end(), indent)
        else:
            node, at = _below(text, key.end + 1, match.end(), indent, depth)
        pairs.append((key, node))
        while text[at : at + 1] == "\n":
            at += 1
        if at == size or (indent and not text.startswith(padding, at)):
            break
        head = at + indent
    if len({key.text for key, _ in pairs}) < len(pairs):
        raise _Complicated
    return Mapping([*pairs], False, start, node.end), at


def _below(text: str, place: int, at: int, indent: int, depth: int) -> tuple[Node, int]:
    """Read what stands below a key: a list, a map, or nothing."""
    first = _INDENT.match(text, at).end()  # type: ignore[union-attr]
    column = first - text.rfind("\n", 0, first) - 1
    if text.startswith("- ", first) and column >= indent:
        return _sequence(text, first, column, depth + 1)
    if column > indent:
        return _mapping(text, first, column, depth + 1)
    return Scalar("", "", None, place, place), at


def _sequence(text: str, head: int, indent: int, depth: int) -> tuple[Sequence, int]:
    """Read the list whose first dash is at `head`."""
    items: list[Node] = []
    start, padding = head, " " * indent + "- "
    while True:
        match = _ITEM.match(text, head)
        if match is None:
            raise _Complicated
        place = match.start(1)
        node: Node
        if _ENTRY.match(text, place):
            node, at = _mapping(text, place, indent + place - head, depth + 1)
        else:
            node, at = _scalar(text, match[1], place, match.end(), indent)
        items.append(node)
        while text.startswith("\n", at):
            at += 1
        if not text.startswith(padding, at):
            return Sequence(items, False, start, node.end), at
        head = at + indent


def _scalar(text: str, raw: str, start: int, at: int, indent: int) -> tuple[Node, int]:
    """Read a scalar, or brackets, on one line, or the block text that is announced there."""
    if raw[-1] == " ":
        raw = raw.rstrip(" ") or "#"
    first = raw[0]
    if first not in _INDICATORS:
        if ": " in raw or " #" in raw or raw[-1] == ":":
            raise _Complicated
        return Scalar(raw, "", None, start, start + len(raw)), at
    if first in _QUOTED:
        match = _QUOTED[first].fullmatch(raw)
        if match is None:
            raise _Complicated
        body = match[1]
        if first == "'":
            body = body.replace("''", "'")
        elif "\\" in body:
            body = _ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], body)
        return Scalar(body, first, None, start, start + len(raw)), at
    if first == "[" and _FLOW.fullmatch(raw):
        return _flow(raw, start), at
    header = _BLOCK.fullmatch(raw)
    if header is None:
        raise _Complicated
    return _block(text, header, start, at, indent)


def _flow(raw: str, start: int) -> Sequence:
    items: list[Node] = []
    for match in _FLOW_ITEM.finditer(raw, 1, len(raw) - 1):
        word = match[0].rstrip(" ")
        style = word[0] if word[0] in "\"'" else ""
        if not style and (word[0] in _INDICATORS):
            raise _Complicated
        place = start + match.start()
        items.append(Scalar(word[1:-1] if style else word, style, None, place, place + len(word)))
    return Sequence(items, True, start, start + len(raw))


def _block(text: str, header: re.Match[str], start: int, at: int, indent: int) -> tuple[Node, int]:
    """Read a block text whose lines are all indented alike."""
    first = _INDENT.match(text, at).end()  # type: ignore[union-attr]
    column = first - at
    if column <= indent or text[at] == "\n":
        raise _Complicated
    padding = text[at:first]
    lines = []
    end = at
    while True:
        stop = text.find("\n", at)
        if stop == at:
            lines.append("")
        elif text.startswith(padding, at) and stop > at + column:
            lines.append(text[at + column : stop])
            end = stop - len(lines[-1]) + len(lines[-1].rstrip(" "))
        else:
            break
        at = stop + 1
    if text.startswith(" ", at) and len(_INDENT.match(text, at)[0]) > indent:  # type: ignore[index]
        raise _Complicated  # a line between the two indentations, or one of blanks
    while lines[-1] == "":
        lines.pop()
    body = "\n".join(lines) if header[1] == "|" else _folded(lines)
    return Scalar(body if header[2] else body + "\n", header[1], None, start, end), at


def _folded(lines: list[str]) -> str:
    if any(line.startswith(" ") for line in lines):
        raise _Complicated
    return re.sub(r"\n\n+|\n", lambda breaks: breaks[0][1:] or " ", "\n".join(lines))
