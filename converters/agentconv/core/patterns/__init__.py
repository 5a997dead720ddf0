r"""What patterns mean, in whatever language, and the same meaning in another: exactly, or not at all.

A language is what a client does with a pattern's text. A path is relative to the project and has no `.`, `..` or backslash in
it, and like a command it is one line.

| language | what it is | where |
|---|---|---|
| `glob` | `*` is any text, `/` too, `?` one character; anchored at both ends; a ` *` at the end is also nothing | OpenCode, Kilo |
| `regex` | JavaScript's `RegExp`, which finds the text anywhere | Roo Code's `fileRegex` |
| `prefix` | `git:*` is a command and what follows, blanks folded; `*` is any text; else the command itself | Claude Code, commands |
| `gitignore` | as in that file; `//` and `~/` lead out of the project | Claude Code, paths |
| `fnmatch` | Python's: as a glob, with sets of characters, and nothing more at its end | |

Each has a module that reads a text into a `Form`, which is the same for all, and some one that writes it. What such a module does not
know for sure it does not read; they are loaded for agents that have patterns. Clients with prefixes read more into a denial than into
an allowance (Claude Code denies `xargs rm` with `rm:*`, and `docs/**` at any depth): those languages are read for what they allow, and
a denial in them is never the same elsewhere.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from os.path import commonprefix
from typing import TYPE_CHECKING

from agentconv.core import rule_facts
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern

if TYPE_CHECKING:
    from agentconv.core.ir import ToolGrant
    from agentconv.core.patterns.form import Form

LONGEST = 1_000
"""Patterns longer than this are not read: none is of any use to a person, and reading must be bounded."""
LANGUAGES = ("glob", "regex", "prefix", "gitignore", "fnmatch")
_DENIES_MORE = frozenset({"prefix", "gitignore"})
_COMMAND = "command"


@lru_cache(maxsize=4096)
def spoken(format_id: str, word: str, text: str) -> Pattern:
    """Return a text that stands with a client's word as a pattern, in the language that the client reads it in."""
    return Pattern(text, rule_facts.pattern_language(format_id, word))


@lru_cache(maxsize=4096)
def translate(pattern: Pattern, language: str, *, denies: bool) -> tuple[Pattern, ...] | None:
    """Return the patterns of a language that together match what this one matches; None where there are none.

    Args:
        pattern: The pattern.
        language: The language wanted.
        denies: Whether it is for what is denied, or asked for, rather than for what is allowed.
    """
    if pattern.language == language:
        return (pattern,)
    from agentconv.core.patterns.languages import WRITERS

    form = _form(pattern, denies=denies) if language in WRITERS else None
    written = WRITERS[language](form) if form else None
    return tuple(Pattern(text, language) for text in written) if written else None


@lru_cache(maxsize=4096)
def is_everything(pattern: Pattern) -> bool:
    """Whether a pattern matches all that there is."""
    if pattern == "*":
        return True
    from agentconv.core.patterns.form import ANY

    return _form(pattern, denies=False) == ((ANY,),)


def matches_nothing(pattern: Pattern) -> bool:
    """Whether a pattern surely matches nothing that there is."""
    if pattern.language == "gitignore":
        return ".." in pattern.split("/")  # it is held against paths below a folder (Claude Code 2.1.329 was asked)
    if pattern.language != "prefix":
        return False
    from agentconv.core.patterns import prefix

    return prefix.matches_nothing(str(pattern))


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether a pattern surely matches all that another one matches, of whatever languages they are."""
    if wide == narrow or is_everything(wide):
        return True
    from agentconv.core.patterns import covering

    forms = _form(wide, denies=False), _form(narrow, denies=False)
    return None not in forms and covering.covers(forms[0] or (), forms[1] or ())


@lru_cache(maxsize=4096)
def start(pattern: Pattern) -> str:
    """Return how all that a pattern matches begins, as far as that is sure: what covers it has a start that its own begins with."""
    form = _form(pattern, denies=False)
    starts = ["".join(item for item in takewhile(lambda item: isinstance(item, str), one) if isinstance(item, str)) for one in form or ()]
    return commonprefix(starts)  # noqa: RUF071 - of texts, which need not be paths


@lru_cache(maxsize=1024)
def _form(pattern: Pattern, *, denies: bool) -> Form | None:
    from agentconv.core.patterns.languages import READERS

    read = READERS.get(pattern.language or "")
    if read is None or len(pattern) > LONGEST or (denies and pattern.language in _DENIES_MORE):
        return None
    return read(str(pattern))


def carried(entry: ToolGrant | Rule, target: str, word: str, *, denies: bool) -> tuple[Pattern, ...] | None:
    """Return the patterns by which a word of a target is held to the very same as by an entry's; None where it can't be.

    Args:
        entry: A grant or rule that has a pattern.
        target: The target's format id.
        word: The target's word.
        denies: Whether it is for what is denied, or asked for, rather than for what is allowed.
    """
    language, subject = rule_facts.pattern_language(target, word), rule_facts.pattern_subject(target, word)
    own = rule_facts.pattern_subject(entry.format, entry.native) if rule_facts.is_client(entry.format) else subject
    if entry.pattern is None or language is None or subject != own:
        return None
    from agentconv.core.patterns import command_lines

    bound = isinstance(entry, Rule) or denies or rule_facts.holds_patterns(entry.format)
    if subject == _COMMAND and bound and not command_lines.within(entry.format, target, entry.pattern, denies=denies):
        return None
    return translate(entry.pattern, language, denies=denies)


def unread(text: str, language: str) -> str:
    """Return what a pattern comes to that nobody here reads: its text, which says nothing but to who knows its language."""
    return f"{text} ({language})"


@lru_cache(maxsize=4096)
def meaning(format_id: str, word: str, pattern: Pattern, *, denies: bool) -> tuple[str, ...]:
    """Return what a client's pattern comes to, so that the same text says the same, whatever client it is from: globs, where it can."""
    from agentconv.core.patterns import command_lines, globs

    form = _form(pattern, denies=denies)
    texts = tuple((globs.write(form) if form else None) or [unread(pattern, pattern.language) if pattern.language else str(pattern)])
    if rule_facts.pattern_subject(format_id, word) != _COMMAND:
        return texts
    reading = command_lines.reading(format_id, pattern)
    return tuple(f"{text} ({reading})" for text in texts) if reading else texts
