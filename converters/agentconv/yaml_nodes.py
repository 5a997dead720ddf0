r"""YAML text to nodes that keep their place, read as the clients' YAML 1.2 parsers read it.

libyaml's C event stream does the scanning; nodes are built here, iteratively, because `yaml.compose` recurses in C and
crashes the process at 25,000 levels. Depth, aliases and nodes are counted while events arrive. Plain scalars are
resolved by the YAML 1.2 core schema (`yes`, `on` and dates are strings), and every scalar keeps its source text.

Where libyaml differs from the parsers inside the clients (measured on Bun 1.4.4's `YAML.parse`, the one inside Claude
Code 2.1.329), the difference is mended here and nowhere else:

* Control characters (C0 but NUL, DEL, C1, NEL), U+2028, U+2029, U+FEFF, U+FFFE and U+FFFF are ordinary characters; libyaml
  refuses some and breaks lines at others. They are mapped one to one to private-use characters and back. NUL is refused.
* U+FEFF as the first character is skipped.
* A line of tabs only, or of tabs and a comment, is blank; libyaml refuses the tab.
* A plain scalar may start with a comma, a key may be empty (it is null), and `[x:]`, `[?]`, `[!x]`, `{: x}` are lists
  and maps, a tab may follow a dash; libyaml refuses them. It takes `[-]`, which the clients refuse.
* A comment needs a blank before it, also behind a quote, a bracket, `|` or `>`; libyaml does without.
* A block scalar that ends with the text, without a line break, gets one.
* Continuation lines of quoted scalars and of flow collections must be indented more than their block; libyaml does
  not mind.
* A run of CRLF inside a quoted scalar counts one line break more.
* `"\ud83d\ude00"` is one character; libyaml refuses surrogate escapes. A lone one is an error in both.
* `...` ends a document; what follows is a second one, even without `---`.
* Duplicate keys: the last wins (position of the first). Merge keys `<<` are applied, explicit keys win.
* Keys are strings as JavaScript makes them: `1.0` is `1`, `null` is `null`, a list is joined with commas.
* `!!str 12` and `! 12` are strings; other tags change nothing.
* Numbers may have a sign before `0x` and `0o`; `012` is 12; `0b11`, `1_000` and `1:30` are strings.

Known and left alone: keys over 1,024 characters, redefined anchors with odd names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from agentconv.ir import escape_key, float_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.ir import Json

MAX_DEPTH = 100
"""Values nested deeper are kept as their source text."""
MAX_BURIED = 5_000
MAX_NODES = 100_000
MAX_ALIASES = 1_000
MAX_EXPANDED = 20_000
"""How many values one key may expand to through aliases."""


class YamlError(Exception):
    """The text is not YAML that we or the client read; `offset` is where, in characters."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


class YamlLimitError(YamlError):
    """The text is beyond our bounds on depth, size or aliases."""


@dataclass(slots=True)
class Scalar:
    """A scalar: `text` is its content, `style` the quote or block indicator (empty when plain)."""

    text: str
    style: str
    tag: str | None
    start: int
    end: int


@dataclass(slots=True)
class Sequence:
    """A list."""

    items: list[Node]
    flow: bool
    start: int
    end: int


@dataclass(slots=True)
class Mapping:
    """A map; `pairs` keeps every pair as written, duplicates included."""

    pairs: list[tuple[Node, Node]]
    flow: bool
    start: int
    end: int


Node: TypeAlias = Scalar | Sequence | Mapping

_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_REFUSED = re.compile(
    r"(?m)(?P<tab>^[ ]*\t[ \t]*(?=$|#|\r))"
    r"|\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<nokey>^:(?=[ \t\r\n]|\Z))"
    r"|(?P<long>^[^\s:#\[{?-][^\n:]{1000,}(?=:[ \t\r\n]))"
    r"|(?P<comma>(?<=: ),|(?<=- ),|(?<=[|>]\n {2})\t|(?<=[|>]\n {4})\t)"
    r"|(?P<flow>(?<=: )[\[{][^\n]*[\]}](?=[ \t\r]*$))"
    r"|(?P<dash>(?<=-)\t)"
)
"""What libyaml refuses and the clients' parsers read; tried only on text that libyaml has refused."""
_LINE_BREAK = re.compile(r"\r\n?|\n")
_CRLF_RUN = re.compile(r"\r\n(?:[ \t]*\r\n)*")
_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*#")
_DOCUMENT_END = re.compile(r"(?m)^\.\.\.(?=[ \t\r\n]|\Z)")
_ODD_FLOW = re.compile(r"[:?](?=[ ]*[\],}])|(?<=[\[{,]):|(?<=[\[{,] ):(?= )|!(?=[^\s\]},]*[\]}])")
_STAND_INS = {char: chr(0x10FF00 + ord(char)) for char in ",:?!\t"}
_PRIVATE_BASES = (0xF0000, 0x100000)


def parse(text: str) -> Node | None:
    """Read one YAML text; several documents give a list of them, no document None.

    Raises:
        YamlError: the client's parser, or libyaml, refuses the text.
        YamlLimitError: the text is too deep, too large, or has too many aliases.
    """
    end = _DOCUMENT_END.search(text) if "..." in text else None
    if end is None:
        return _parse_document(text, 0)
    first = _parse_document(text[: end.start()], 0)
    rest = _parse_rest(text, end.end())
    return first if rest is None else Sequence([*([first] if first else []), rest], False, 0, len(text))


def _parse_rest(text: str, start: int) -> Node | None:
    """Read what follows `...`: None when it is blank or comments."""
    if not re.sub(r"(?m)^\s*#.*$", "", text[start:]).replace("...", "").strip():
        return None
    return _parse_document(re.sub(r"(?m)^\.\.\.", "   ", text[start:]), start) or Scalar("", "", None, start, start)


def _parse_document(text: str, offset: int) -> Node | None:
    if text.startswith("\ufeff"):
        text, offset = text[1:], offset + 1
    if text and text[-1] != "\n":
        text += "\n"  # a block scalar that ends with the text still gets its final line break
    restore: dict[int, str] = {}
    if not text.isascii() or _SPECIAL.search(text):
        text, restore = _map_special(text)
    try:
        return _Builder(text, restore, offset).build()
    except YamlLimitError:
        raise
    except YamlError:
        mended, shifts, blanked = _mend(text)
        if mended == text:
            raise
        try:
            restore |= {ord(new): old for old, new in _STAND_INS.items()}
            return _Builder(mended, restore, offset, shifts, blanked).build()
        except YamlError:
            pass
        raise


def _mend(text: str) -> tuple[str, list[tuple[int, int]], list[int]]:
    """Spell what libyaml refuses so that it reads what the clients read.

    Returns the text, the shifts of later offsets, and where lines of tabs were blanked.
    """
    shifts: list[tuple[int, int]] = []
    blanked: list[int] = []
    total = 0

    def spell(match: re.Match[str]) -> str:
        nonlocal total
        old = match[0]
        if match["tab"] is not None:
            blanked.append(match.start() - total)
            return " " * len(old)
        if match["high"] is not None:
            code = 0x10000 + ((int(match["high"], 16) - 0xD800) << 10) + (int(match["low"], 16) - 0xDC00)
            new = f"\\U{code:08x}"
        elif match["long"] is not None:
            new = f"? {old}\n"
        elif match["flow"] is not None:
            new = _ODD_FLOW.sub(lambda char: _STAND_INS[char[0]], old)
        elif match["nokey"] is not None:
            new = "~:"
        else:
            new = " " if match["dash"] is not None else _STAND_INS[old]
        if len(new) != len(old):
            total += len(old) - len(new)
            shifts.append((match.end() - total, total))
        return new

    return _REFUSED.sub(spell, text), shifts, blanked


def _map_special(text: str) -> tuple[str, dict[int, str]]:
    """Map what libyaml does not take for an ordinary character one to one to unused private-use characters."""
    special = sorted(set(_SPECIAL.findall(text)))
    if not special:
        return text, {}
    if special[0] == "\0":
        raise YamlError("a NUL character", text.index("\0"))
    used = set(text)
    free = (chr(base + code) for base in _PRIVATE_BASES for code in range(0xFFFE) if chr(base + code) not in used)
    forth = dict(zip(special, free, strict=False))
    mapped = text.translate({ord(char): stand_in for char, stand_in in forth.items()})
    return mapped, {ord(stand_in): char for char, stand_in in forth.items()}


_STARTS = frozenset({yaml.MappingStartEvent, yaml.SequenceStartEvent})
_ENDS = frozenset({yaml.MappingEndEvent, yaml.SequenceEndEvent})


def _events(text: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
    return events


class _Builder:
    """Builds nodes from the event stream with an explicit stack."""

    def __init__(
        self,
        text: str,
        restore: dict[int, str],
        offset: int,
        shifts: list[tuple[int, int]] | None = None,
        blanked: list[int] | None = None,
    ) -> None:
        self.text = text
        self.restore = restore
        self.offset = offset
        self.shifts = shifts
        self.blanked = blanked or []
        self.buried = 0
        self.buried_at = 0
        self.nodes = 0
        self.aliases = 0
        self.anchors: dict[str, Node] = {}
        self.stack: list[Sequence | Mapping] = []
        self.columns: list[int] = []
        self.keys: list[Node | None] = []
        self.root: Node | None = None

    def place(self, index: int) -> int:
        """Turn a libyaml index into an offset of the caller's text."""
        if self.shifts:
            index += next((total for start, total in reversed(self.shifts) if start <= index), 0)
        return index + self.offset

    def build(self) -> Node | None:
        try:
            for event in _events(self.text):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise YamlError(error.problem or "invalid YAML", self.place(mark.index if mark else 0)) from None
        except yaml.YAMLError as error:
            raise YamlError(str(error).splitlines()[0], self.offset) from None
        return self.root

    def take(self, event: Any) -> None:
        kind = type(event)
        if self.buried:
            self.skip(event)
        elif kind is yaml.ScalarEvent:
            self.add(self.scalar(event))
        elif kind in _STARTS:
            self.open(event)
        elif kind in _ENDS:
            self.close(event)
        elif kind is yaml.AliasEvent:
            self.alias(event)

    def skip(self, event: Any) -> None:
        """Pass over what is nested too deep; its source text stands for it."""
        kind = type(event)
        if kind in _STARTS:
            self.buried += 1
            if self.buried > MAX_BURIED:
                raise YamlLimitError(f"nested deeper than {MAX_BURIED} levels", self.place(event.start_mark.index))
        elif kind in _ENDS:
            self.buried -= 1
            if not self.buried:
                start, end = self.buried_at, event.end_mark.index
                self.add(Scalar(self.text[start:end], '"', None, self.place(start), self.place(end)))

    def scalar(self, event: Any) -> Scalar:
        style = event.style or ""
        start, end = event.start_mark.index, event.end_mark.index
        text = event.value
        if style and style in "'\"":
            self.check_comment(end)
            if event.start_mark.line != event.end_mark.line:
                raw = self.text[start:end]
                self.check_indentation(raw, start, flow=False)
                if "\r" in raw:
                    text = self.refold(raw, start)
        elif style and style in "|>":
            if _BLOCK_COMMENT.match(self.text, start):
                raise YamlError("a comment without a blank before it", self.place(start))
            if any(start < at < end for at in self.blanked):
                raise YamlError("a tab where a block text is indented", self.place(start))
            end = start + len(self.text[start:end].rstrip())
        if self.restore:
            text = text.translate(self.restore)
        node = Scalar(text, style, event.tag, self.place(start), self.place(end))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def check_comment(self, end: int) -> None:
        """Refuse a comment right behind a closing quote or bracket."""
        if self.text[end : end + 1] == "#":
            raise YamlError("a comment without a blank before it", self.place(end))

    def refold(self, raw: str, start: int) -> str:
        """Read a quoted scalar again with one more line break for each run of CRLF."""
        folded = _CRLF_RUN.sub(lambda match: "\n" * (match[0].count("\n") + 1), raw)
        try:
            for event in _events(folded):
                if type(event) is yaml.ScalarEvent:
                    return str(event.value)
        except yaml.YAMLError:
            pass
        raise YamlError("a quoted text that cannot be read", self.place(start))

    def check_indentation(self, raw: str, start: int, *, flow: bool) -> None:
        """Refuse continuation lines that are not indented more than the block that holds the value."""
        parent = self.columns[-1] if self.columns else -1
        position = start
        for number, line in enumerate(_LINE_BREAK.split(raw) if "\r" in raw else raw.split("\n")):
            content = line.lstrip(" ")
            indent = len(line) - len(content)
            stripped = content.strip(" \t\r")
            exempt = not stripped or (flow and stripped[0] in "]}#" and content[0] != "\t")
            if number and not exempt and indent <= parent:
                raise YamlError("a continuation line that is not indented", self.place(position + indent))
            position += len(line) + 1

    def open(self, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.buried, self.buried_at = 1, event.start_mark.index
            return
        start = self.place(event.start_mark.index)
        flow = bool(event.flow_style)
        node: Sequence | Mapping
        node = Mapping([], flow, start, start) if type(event) is yaml.MappingStartEvent else Sequence([], flow, start, start)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.stack.append(node)
        self.keys.append(None)
        self.columns.append(self.columns[-1] if flow and self.columns else -1 if flow else event.start_mark.column)

    def close(self, event: Any) -> None:
        node = self.stack.pop()
        self.keys.pop()
        self.columns.pop()
        if node.flow:
            node.end = self.place(event.end_mark.index)
            start = node.start - self.offset
            self.check_comment(event.end_mark.index)
            if not self.shifts and not (self.stack and self.stack[-1].flow):
                raw = self.text[start : event.end_mark.index]
                if "\n" in raw:
                    self.check_indentation(raw, start, flow=True)
        else:
            last = node.items[-1:] if isinstance(node, Sequence) else [value for pair in node.pairs[-1:] for value in pair]
            node.end = max((child.end for child in last), default=node.start)
        self.add(node)

    def alias(self, event: Any) -> None:
        self.aliases += 1
        place = self.place(event.start_mark.index)
        node = self.anchors.get(event.anchor)
        if node is None:
            raise YamlError("an alias without its anchor", place)
        if any(node is parent for parent in self.stack):
            raise YamlError("an alias to a value that holds it", place)
        if self.aliases > MAX_ALIASES:
            raise YamlLimitError(f"more than {MAX_ALIASES} aliases", place)
        self.add(node)

    def add(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise YamlLimitError(f"more than {MAX_NODES} values", node.start)
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Sequence):
            if parent.flow and isinstance(node, Scalar) and node.text == "-" and not node.style:
                raise YamlError("a dash without a value", node.start)
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self.keys[-1] = None


_NUMBER = re.compile(
    r"(?P<hex>[-+]?0x[0-9a-fA-F]+)|(?P<oct>[-+]?0o[0-7]+)|(?P<int>[-+]?[0-9]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<inf>[-+]?\.(?:inf|Inf|INF))|(?P<nan>\.(?:nan|NaN|NAN))"
)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAYBE_TYPED = frozenset("+-.0123456789~nNtTfF")


def resolve(text: str) -> Json:
    """Give a plain scalar its YAML 1.2 core type."""
    if text and text[0] not in _MAYBE_TYPED:
        return text
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    return _number(match)


def _number(match: re.Match[str]) -> Json:
    text = match[0]
    kind = match.lastgroup
    if kind == "int":
        return int(text) if len(text) <= 400 else float_value(float(text))
    if kind == "float":
        return float_value(float(text))
    if kind in ("nan", "inf"):
        return float_value(float(text.replace(".", "")))
    sign = -1 if text[0] == "-" else 1
    return sign * int(text.lstrip("+-")[2:], 16 if kind == "hex" else 8)


def value(node: Node) -> Json:
    """Return a node's plain value.

    Raises:
        YamlLimitError: aliases expand it beyond MAX_EXPANDED values.
    """
    if isinstance(node, Scalar):
        return scalar_value(node)
    return _collection_value(node, [MAX_EXPANDED])


def scalar_value(node: Scalar) -> Json:
    """Return a scalar's typed value: text when quoted, in a block, or tagged as a string."""
    if node.style or node.tag in ("!", "tag:yaml.org,2002:str"):
        return node.text
    return resolve(node.text)


def _collection_value(node: Node, budget: list[int]) -> Json:
    budget[0] -= 1
    if budget[0] < 0:
        raise YamlLimitError(f"aliases expand to more than {MAX_EXPANDED} values", node.start)
    if isinstance(node, Scalar):
        return scalar_value(node)
    if isinstance(node, Sequence):
        return [_collection_value(item, budget) for item in node.items]
    return {escape_key(key): _collection_value(child, budget) for key, child in entries(node).items()}


def entries(node: Mapping) -> dict[str, Node]:
    """Return a map's entries by key, as the client holds them: last duplicate wins, merge keys applied."""
    found: dict[str, Node] = {}
    merged: list[Mapping] = []
    for key, child in node.pairs:
        name = key.text if isinstance(key, Scalar) and key.style else key_text(key)
        if name == "<<" and (sources := list(_merge_sources(child))):
            merged.extend(sources)
            continue
        found[name] = child
    for source in merged:
        for name, child in entries(source).items():
            found.setdefault(name, child)
    return found


def _merge_sources(node: Node) -> Iterator[Mapping]:
    for item in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(item, Mapping):
            yield item


def key_text(node: Node) -> str:
    """Return a key as JavaScript makes it a string."""
    if isinstance(node, Mapping):
        return js_text({})
    if isinstance(node, Sequence):
        return ",".join("" if isinstance(item, Scalar) and scalar_value(item) is None else key_text(item) for item in node.items)
    return js_text(scalar_value(node))


def js_text(value: Json) -> str:
    """Return a value as JavaScript's String() makes it a string."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, list):
        return ",".join("" if item is None else js_text(item) for item in value)
    if isinstance(value, dict):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(value.get("$float")), "[object Object]")
    return str(value)


def _float_text(number: float) -> str:
    """Write a number as JavaScript's String() does for the range that people write."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else repr(number)
