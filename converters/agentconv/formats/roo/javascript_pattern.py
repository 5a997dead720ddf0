r"""Whether JavaScript's `new RegExp(pattern)` takes a pattern (without flags, so with all that old scripts may write).

Without flags nearly everything is taken: `{`, `]` and unknown escapes stand for themselves. What is an error: brackets that
do not pair, nothing to repeat, ranges in the wrong order, `(?` with an unknown letter, and names of groups.
"""

from __future__ import annotations

import re

from agentconv.core.expressions import expression

_TOKEN = expression(
    r"(?P<escape>\\(?s:.))|(?P<named>\(\?<(?![=!]))|(?P<behind>\(\?<[=!])|(?P<ahead>\(\?[=!])|(?P<plain>\(\?:)"
    r"|(?P<flags>\(\?[ims]*(?:-[ims]*)?:)|(?P<odd>\(\?)|(?P<open>\()|(?P<close>\))|(?P<set>\[)"
    r"|(?P<repeat>[*+?]\??|\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]*))?\}\??)|(?P<bar>\|)|(?P<start>[\^])|(?P<end>\$)|(?P<char>(?s:.))"
)
_NAME = expression(r"[^\W\d](?:\w|[$\u200c\u200d])*>|\$(?:\w|[$\u200c\u200d])*>")
_SET_ITEM = expression(r"\\(?:c[A-Za-z0-9_]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-3][0-7]{0,2}|[4-7][0-7]?|(?s:.))|[^\]\\]", re.DOTALL)
_CLASSES = frozenset("dDsSwW")
_CONTROLS = {"b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}


def complaint(pattern: str) -> str | None:
    """Say why JavaScript refuses a pattern; None when it takes it."""
    if re.search(r"(?<!\\)(?:\\\\)*\\\Z", pattern):
        return "a backslash at its end"
    return _Checker(pattern).check()


class _Checker:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.open: list[bool] = []
        """For each open group, whether a quantifier may follow it."""
        self.repeatable = False
        self.names: set[str] = set()
        self.references: list[str] = []

    def check(self) -> str | None:
        position = 0
        while position < len(self.pattern):
            token = _TOKEN.match(self.pattern, position)
            if token is None:  # never: the last alternative takes any character
                break
            found = self.take(token.lastgroup or "", token)
            if isinstance(found, str):
                return found
            position = found
        if self.open:
            return "a group that is never closed"
        if self.names and any(name not in self.names for name in self.references):
            return "a reference to a group that there is not"
        return None

    def take(self, kind: str, token: re.Match[str]) -> int | str:
        """Take one token; return where the next one starts, or what is wrong."""
        text = token[0]
        if text[0] == "[":
            return self.take_set(token.start())
        if text[0] in "*+?" or (text[0] == "{" and len(text) > 1):
            return self.take_repeat(token)
        if kind == "named":
            return self.take_name(token.end())
        if kind == "odd" or (kind == "flags" and (len(set(text)) < len(text) or text == "(?-:")):
            return "a group of an unknown kind"
        if text[0] == "(":
            self.open.append(kind != "behind")
            self.repeatable = False
        elif text == ")":
            if not self.open:
                return "a bracket that closes nothing"
            self.repeatable = self.open.pop()
        elif text == "\\k":
            return self.take_reference(token.end())
        else:
            self.repeatable = text not in ("|", "^", "$", "\\b", "\\B")
        return token.end()

    def take_repeat(self, token: re.Match[str]) -> int | str:
        if not self.repeatable:
            return "nothing to repeat"
        least, most = (token["least"] or "").lstrip("0"), (token["most"] or "").lstrip("0")
        if token["most"] and (len(least), least) > (len(most), most):
            return "numbers in the wrong order"
        self.repeatable = False
        return token.end()

    def take_name(self, start: int) -> int | str:
        name = _NAME.match(self.pattern, start)
        if name is None:
            return "an odd name of a group"
        self.names.add(name[0])
        self.open.append(True)
        self.repeatable = False
        return name.end()

    def take_reference(self, start: int) -> int:
        name = re.compile(r"<([^>]*>)").match(self.pattern, start)
        self.references.append(name[1] if name else "")
        self.repeatable = True
        return name.end() if name else start

    def take_set(self, start: int) -> int | str:
        """Take `[...]`; the ends of a range are in order."""
        position = start + 2 if self.pattern.startswith("[^", start) else start + 1
        before: int | None = None
        dash = False
        while position < len(self.pattern) and self.pattern[position] != "]":
            item = _SET_ITEM.match(self.pattern, position)
            if item is None:
                break
            position = item.end()
            code = _code(item[0])
            if item[0] == "-" and before is not None and not dash:
                dash = True
            elif dash:
                if before is not None and code is not None and before > code and before >= 0 and code >= 0:
                    return "a range in the wrong order"
                before, dash = None, False
            else:
                before = -1 if code is None else code
        if position >= len(self.pattern):
            return "a set that is never closed"
        self.repeatable = True
        return position + 1


def _code(item: str) -> int | None:
    """Return the character that an item of a set stands for; None for a whole class."""
    if not item.startswith("\\"):
        return ord(item)
    kind, rest = item[1], item[2:]
    if kind in _CLASSES:
        return None
    if kind in "01234567":
        return int(item[1:], 8)
    if kind in "xu" and rest:
        return int(rest, 16)
    if kind == "c":
        return ord(rest) % 32 if rest else ord("\\")
    return _CONTROLS.get(kind, ord(kind))
