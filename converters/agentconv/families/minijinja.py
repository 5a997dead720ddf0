r"""MiniJinja as goose runs it over the whole text of a recipe, before YAML is read: what in it is live, and which names it asks for.

https://docs.rs/minijinja/latest/minijinja/syntax/

Of `{{ ... }}` on one line, what is no expression stays text, unless it starts with a quote. Everything else that opens with `{{`, `{%` or
`{#` has to be right, or the recipe is dropped. It is run once before any name has a value, so that one of which more is wanted than its
text drops it, too. `\u007b{` in a quoted string opens nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass, field
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

OPENS = expression(r"\{(?=[{%#])")
"""Finds a brace with which something opens; escaped in a quoted string, it is text."""
_VARIABLE = expression(r"\{\{(.*?)\}\}")
_TOKEN = expression(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d[\d_.eE]*)|(?P<name>[A-Za-z_]\w*)|(?P<sign>[=!<>]=|\*\*|//|[-+*/%~<>=|.,:()\[\]{}]))""",
    re.DOTALL,
)
_SIGNS = frozenset(("+", "-", "*", "/", "//", "%", "**", "~", "<", ">", "==", "!=", "<=", ">="))
_REQUIRED = _SIGNS - frozenset(("~", "<", ">", "==", "!=", "<=", ">="))
"""Signs that want a value on either side."""
_WORDS = frozenset(("and", "or", "in"))
_KNOWN = frozenset(("true", "false", "none", "True", "False", "None", "loop", "self", "super"))
# fmt: off
_FILTERS = frozenset(
    (
        "abs", "attr", "batch", "bool", "capitalize", "chain", "count", "d", "default", "dictsort", "e", "escape", "first",
        "float", "format", "groupby", "indent", "int", "items", "join", "last", "length", "lines", "list", "lower", "map",
        "max", "min", "pprint", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice",
        "sort", "split", "string", "sum", "title", "trim", "unique", "upper", "zip"
    )
)
_TESTS = frozenset(
    (
        "boolean", "defined", "divisibleby", "endingwith", "eq", "equalto", "escaped", "even", "false", "filter", "float", "ge",
        "greaterthan",
        "gt", "in", "int", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number", "odd", "safe",
        "sameas",
        "sequence", "startingwith", "string", "test", "true", "undefined", "upper",
    )
)
# fmt: on
_ENDS = {f"end{word}": word for word in ("if", "for", "set", "filter", "with", "block", "autoescape")}
_BRANCHES = {"elif": ("if",), "else": ("if", "for")}
_INHERITS = frozenset(("extends", "include", "import", "from"))
_RAW = expression(r"\{%[-+]?\s*raw\s*[-+]?%\}")
_ENDRAW = expression(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_BLANKS = expression(r"\s*")
_WHOLE = ("",)
"""What ends an expression that is the whole of a text."""
_DEEPEST = 150
"""Brackets in brackets that are looked into: the client's own limit."""


class _Wrong(Exception):
    """It is no expression."""


@dataclass(slots=True)
class Template:
    """What a text is to MiniJinja."""

    live: list[tuple[int, int]] = field(default_factory=list)
    """Where something opens and closes, in order."""
    names: dict[str, int] = field(default_factory=dict)
    """The names that have to be defined, and where each stands first."""
    problem: tuple[str, int] | None = None
    """What is wrong, and where."""
    inherits: bool = False
    """Whether it takes in other files."""

    def is_live(self, start: int, end: int) -> bool:
        """Whether something opens in a piece of the text."""
        return any(start <= at < end for at, _ in self.live)


def read(text: str) -> Template:
    """Read a text; what comes behind something wrong is not looked at."""
    found = Template()
    defined: set[str] = set()
    opened: list[str] = []
    at = 0
    while (match := OPENS.search(text, at)) is not None:
        start = match.start()
        try:
            at = _Reader(text, start, found, defined, opened).read()
        except (_Wrong, RecursionError) as wrong:
            found.problem = str(wrong) or "it is too deep", start
            found.live.append((start, len(text)))
            return found
    if opened:
        found.problem = f"`{opened[-1]}` is never closed", found.live[-1][0]
    for name in defined | _KNOWN:
        found.names.pop(name, None)
    return found


def is_expression(text: str) -> bool:
    """Whether a text is an expression, as Jinja has them, too."""
    try:
        words = _Words(text, 0, _WHOLE)
        words.expression()
        words.end()
    except _Wrong:
        return False
    return True


class _Reader:
    """One thing that opens."""

    def __init__(self, text: str, start: int, found: Template, defined: set[str], opened: list[str]) -> None:
        self.text, self.start, self.found, self.defined, self.opened = text, start, found, defined, opened

    def read(self) -> int:
        """Return where it ends."""
        kind = self.text[self.start + 1]
        return self._comment() if kind == "#" else self._variable() if kind == "{" else self._statement()

    def _live(self, end: int) -> int:
        self.found.live.append((self.start, end))
        return end

    def _comment(self) -> int:
        end = self.text.find("#}", self.start)
        if end < 0:
            raise _Wrong("a comment `{#` is never closed by `#}`")
        return self._live(end + 2)

    def _variable(self) -> int:
        whole = _VARIABLE.match(self.text, self.start)
        if whole and not whole[1].strip().startswith(("'", '"')) and not is_expression(whole[1].strip("-+")):
            return whole.end()  # the client takes it for text
        words = self._words(("}}", "-}}", "+}}"))
        words.expression()
        return self._live(words.end())

    def _words(self, ends: tuple[str, ...]) -> _Words:
        start = self.start + 2
        start += self.text[start : start + 1] in ("-", "+")
        return _Words(self.text, start, ends, self.found.names, self.defined, checked=not self.opened)

    def _statement(self) -> int:
        if raw := _RAW.match(self.text, self.start):
            end = _ENDRAW.search(self.text, raw.end())
            if end is None:
                raise _Wrong("`{% raw %}` is never closed by `{% endraw %}`")
            return self._live(end.end())
        words = self._words(("%}", "-%}", "+%}"))
        tag = words.word()
        self._open(tag)
        self._inside(tag, words)
        return self._live(words.end())

    def _open(self, tag: str) -> None:
        """Keep track of what has to be closed."""
        if tag in _ENDS:
            if not self.opened or self.opened.pop() != _ENDS[tag]:
                raise _Wrong(f"`{tag}` closes nothing")
        elif f"end{tag}" in _ENDS:
            self.opened.append(tag)
        elif tag not in _INHERITS and (not self.opened or self.opened[-1] not in _BRANCHES.get(tag, ())):
            raise _Wrong(f"there is no statement `{tag}` here")

    def _inside(self, tag: str, words: _Words) -> None:
        """Read what stands behind the word of a statement."""
        self.found.inherits = self.found.inherits or tag in _INHERITS
        if tag == "for":
            self.defined.update(words.targets())
            words.keyword("in")
            words.expression()
            words.skip("recursive")
        elif tag == "set":
            self.defined.update(words.targets())
            if words.skip("="):
                words.expression()
                self.opened.pop()
        elif tag == "with":
            while not words.at_end():
                self.defined.update(words.targets())
                words.keyword("=")
                words.expression()
                words.skip(",")
        elif tag in ("if", "elif", "autoescape"):
            words.expression()
        else:
            words.rest()


class _Words:
    """The words of an expression, one after the other."""

    def __init__(
        self,
        text: str,
        at: int,
        ends: tuple[str, ...],
        names: dict[str, int] | None = None,
        defined: Collection[str] = (),
        *,
        checked: bool = False,
    ) -> None:
        self.text, self.at, self.ends = text, at, ends
        self.names = {} if names is None else names
        self.defined = defined
        self.checked = checked
        """Whether the client runs it when nothing but what is defined in the text has a value."""
        self.depth = 0

    def at_end(self) -> bool:
        """Whether nothing but the end comes."""
        rest = self._behind_blanks()
        return any(self.text.startswith(end, rest) if end else rest >= len(self.text) for end in self.ends)

    def _behind_blanks(self) -> int:
        found = _BLANKS.match(self.text, self.at)
        return found.end() if found else self.at

    def end(self) -> int:
        """Return where what comes at the end ends."""
        self.at = self._behind_blanks()
        for end in self.ends:
            if self.text.startswith(end, self.at) and (end or self.at >= len(self.text)):
                return self.at + len(end)
        raise _Wrong(f"there is something else where `{self.ends[0]}` has to be")

    def _look(self) -> re.Match[str] | None:
        return None if self.at_end() else _TOKEN.match(self.text, self.at)

    def skip(self, word: str) -> bool:
        """Pass over a word, where it comes."""
        found = self._look()
        if found is None or found[0].strip() != word:
            return False
        self.at = found.end()
        return True

    def keyword(self, word: str) -> None:
        """Pass over a word that has to come."""
        if not self.skip(word):
            raise _Wrong(f"`{word}` is missing")

    def word(self) -> str:
        """Pass over a name that has to come, and return it."""
        found = self._look()
        if found is None or not found["name"]:
            raise _Wrong("a name is missing")
        self.at = found.end()
        return found["name"]

    def targets(self) -> Iterator[str]:
        """Yield the names that something is put into."""
        while True:
            bracket = self.skip("(")
            yield self.word()
            while self.skip("."):
                self.word()
            if bracket or self.skip(")"):
                self.skip(")")
            if not self.skip(","):
                return

    def rest(self) -> None:
        """Pass over all up to the end."""
        while (word := self._look()) is not None:
            self.at = word.end()

    def expression(self) -> None:
        """Pass over an expression."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Wrong("it is too deep")
        self._operands()
        if self.skip("if"):
            self._operands()
            if self.skip("else"):
                self.expression()
        self.depth -= 1

    def _operands(self) -> None:
        name = self._operand()
        while (found := self._look()) is not None:
            word = found[0].strip()
            if word == "not":
                self.at = found.end()
                self.keyword("in")
            elif word in _WORDS or found["sign"] in _SIGNS:
                self.at = found.end()
            else:
                return
            self.checked = self.checked and word != "and"  # what is behind it is not run
            if word in _REQUIRED:
                self._want(name)
            name = self._operand()
            if word in _REQUIRED:
                self._want(name)

    def _want(self, name: str | None) -> None:
        """Hold that a name has a value."""
        if self.checked and name is not None and name not in _KNOWN and name not in self.defined:
            raise _Wrong(f"`{name}` has no value when the recipe is checked")

    def _operand(self) -> str | None:
        """Pass over one operand; return its name, where it is nothing else."""
        minus = False
        while (negative := self.skip("-")) or self.skip("not"):
            minus = minus or negative
        name = self._primary()
        if minus:
            self._want(name)
        dotted = name
        while True:
            if self.skip("."):
                dotted = self._attribute(name, dotted)
            elif self.skip("["):
                self._want(name)
                self._list("]", colons=True)
            elif self.skip("("):
                self._want(name)
                self._list(")", names=True)
            elif self.skip("|"):
                self._known(_FILTERS, "filter")
            elif self.skip("is"):
                self.skip("not")
                self._known(_TESTS, "test")
            else:
                return name
            name = None

    def _known(self, words: Collection[str], what: str) -> None:
        """Pass over a word that the client looks up when it runs the template."""
        if (word := self.word()) not in words and self.ends != _WHOLE:
            raise _Wrong(f"there is no {what} `{word}`")

    def _attribute(self, name: str | None, dotted: str | None) -> str | None:
        """Pass over what stands behind a dot; a name is asked for with all of them."""
        self._want(name)
        found = self._look()
        if found is None or not (found["name"] or found["number"]):
            raise _Wrong("a name is missing behind `.`")
        self.at = found.end()
        if dotted is None:
            return None
        longer = f"{dotted}.{found[0].strip()}"
        if dotted in self.names and dotted not in self.defined and dotted not in _KNOWN:
            self.names[longer] = self.names.pop(dotted)
        return longer

    def _primary(self) -> str | None:
        """Pass over a name, a value, or what is in brackets; return the name."""
        found = self._look()
        if found is None:
            raise _Wrong("an expression is missing")
        self.at = found.end()
        if found["name"]:
            if found["name"] in _WORDS or found["name"] in ("is", "if", "else"):
                raise _Wrong(f"`{found['name']}` is no name")
            self.names.setdefault(found["name"], found.start("name"))
            return found["name"]
        if found["sign"]:
            closing = {"(": ")", "[": "]", "{": "}"}.get(found["sign"])
            if closing is None:
                raise _Wrong(f"`{found['sign']}` is no expression")
            self._list(closing, colons=closing == "}")
        while found["text"] and (more := self._look()) is not None and more["text"]:
            self.at = more.end()
        return None

    def _list(self, closing: str, *, names: bool = False, colons: bool = False) -> None:
        """Pass over expressions with commas between them, up to a bracket."""
        while not self.skip(closing):
            if colons and self.skip(":"):
                continue
            before = self.at
            if names and (found := self._look()) is not None and found["name"]:
                self.at = found.end()
                if not self.skip("="):
                    self.at = before
            self.expression()
            if not (self.skip(",") or (colons and self.skip(":"))):
                self.keyword(closing)
                return
