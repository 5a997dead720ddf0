"""Which texts a client's own language takes for a regular expression: a matcher that is none there never fires.

JavaScript knows what looks around, and no flags for all of the text; Python both. RE2, which Go has, and Rust's crate look neither around
nor back, and RE2 repeats nothing twice.
"""

from __future__ import annotations

import re
import warnings

from agentconv.core.expressions import expression

_ATOMS = expression(r"\\.|\[(?:[^\]\\]|\\.)*\]", re.DOTALL)
_GROUPS = expression(r"\(\?(?:[ims]*(?:-[ims]+)?:|[=!]|<[=!]|<[A-Za-z_$][\w$]*>)")  # with flags, where it is young enough
_NOTHING_TO_REPEAT = expression(r"(?:^|[(|])[*+?]|(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??[*+]|\?\?\?")
_LINEAR_SETS = expression(r"\[\^?\]?(?:\[:\^?\w+:\]|[^\]\\]|\\.)*\]", re.DOTALL)
_LINEAR_GROUPS = expression(r"\(\?(?:[imsUuxR]*(?:-[imsUuxR]+)?:|P?<[A-Za-z_]\w*>)")
_FLAGS = expression(r"\(\?[imsUuxR]*(?:-[imsUuxR]+)?\)")
_CLASSES = expression(r"\\[pP](?:\{\^?\w+\}|\w)")
_ESCAPES = expression(r"\\[1-9A-Za-z]")
_KNOWN_ESCAPES = frozenset("dDsSwWbBntrfvaAzxuUQEC")
_NOTHING_BEFORE = expression(r"(?:^|[(|])(?:[*+?]|\{[0-9])")
_REPEAT = expression(r"[*+]|\{[0-9]*,?[0-9]*\}")
_REPEATED_GROUP = expression(r"\)(?:[*+]|\{[0-9]*,?[0-9]*\})")
_MOST_REPEATS = 3
_LONGEST = 400
_TWICE = expression(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??[*+?{]")


def is_one(language: str, text: str) -> bool:
    """Whether a language (`javascript`, `python`, `rust`, `go`) takes a text, as far as its brackets, groups and quantifiers go.

    A long one is taken to be one, and is not looked at.
    """
    if len(text) > _LONGEST:
        return True
    if language == "python":
        return _python(text) is not None
    return _linear(text, once=language == "go") if language in ("go", "rust") else _javascript(text)


def finds(language: str, text: str, word: str) -> bool:
    """Whether an expression of a language is found in a word: one that is none nowhere, one that is too much to try anywhere."""
    if not is_one(language, text):
        return False
    found = None if _is_heavy(text) else _python(_spelled(text))
    return found is None or found.search(word) is not None


def _is_heavy(text: str) -> bool:
    """Whether trying an expression may take more than its length and the word's together, by what it repeats within what it repeats."""
    if len(text) > _LONGEST:
        return True
    bare = re.sub(r"\\.", "a", _LINEAR_SETS.sub("a", text))
    repeats = len(_REPEAT.findall(bare))
    group = _REPEATED_GROUP.search(bare) is not None
    return repeats > _MOST_REPEATS or (group and (repeats > 1 or "|" in bare or "?" in re.sub(r"\(\?[^)]", "", bare)))


def _python(text: str) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `[[` may mean something else one day
            return re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None


def _spelled(text: str) -> str:
    """Return an expression as Python writes it: the names of groups, and flags that stand before all of it."""
    return re.sub(r"\(\?<(?![=!])", "(?P<", text)


def _pairs(bare: str) -> bool:
    """Whether each bracket that opens is closed."""
    depth = 0
    for char in bare:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0 and "[" not in bare and "(?" not in bare and not bare.endswith("\\")


def _javascript(text: str) -> bool:
    bare = _GROUPS.sub("(", _ATOMS.sub("a", text))
    return _pairs(bare) and not _NOTHING_TO_REPEAT.search(bare)


def _linear(text: str, *, once: bool) -> bool:
    plain = _CLASSES.sub("a", text.replace(r"\\", "a"))
    if any(found[1] not in _KNOWN_ESCAPES for found in _ESCAPES.findall(plain)):
        return False
    bare = _FLAGS.sub("", _LINEAR_GROUPS.sub("(", re.sub(r"\\.", "a", _LINEAR_SETS.sub("a", plain))))
    return _pairs(bare) and not _NOTHING_BEFORE.search(bare) and not (once and _TWICE.search(re.sub(r"([*+?}])\?", r"\1", bare)))
