"""Values that are credentials by what they are called: `API_KEY: ...`, `"token": "..."`, `--api-key ...`, `?access_token=...`.

A search starts at a part of a word (`token`, `passw`), looks at the name around it, and then at what it is given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from agentconv.core.credentials import randomness, values
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENDS = (
    *("password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "authkey", "accesskey", "secretkey", "privatekey"),
    *("privkey", "servicekey", "accountkey", "clientkey", "dbkey", "databasekey", "dbpass", "databasepass", "keypass"),
    *("contraseña", "contrasena", "credential", "credentials", "passwords", "passcode", "secrets"),
)
"""How words end that say it anywhere in a name."""
_LAST = frozenset({"auth", "authorization", "cookie", "jwt", "bearer", "pat", "pass"})
"""Words that say it only at the end of a name: `NPM_AUTH`, but not `auth_mode`."""
_NOT_ALONE = frozenset({"auth", "bearer", "pat", "pass"})
"""Those of them that are common words where they stand alone."""
_PASSWORDS = frozenset({("db", "pass"), ("database", "pass"), ("key", "pass")})
_KEYS = expression(
    r"api|auth|authentication|authorization|access|private|priv|secret|service|account|client|db|database|encryption|decryption"
    r"|signing|master|license|subscription|shared|admin|session|ssh|deploy|webhook|storage|app|application|consumer|crypto|cipher|hmac"
    r"|jwt|bot"
)
"""What a key is of when it is a secret."""
_OTHER_KEYS = expression(
    r"public|pub|primary|foreign|sort|cache|partition|hash|object|event|group|map|row|index|config|unique|hot|arrow|shortcut|locale"
    r"|translation|message|idempotency|lookup|field|column|composite|natural|surrogate|routing|dedup"
)
"""What a key is of when it is none, where a variable of the environment is called so."""
_ABOUT = expression(
    r"file|files|filename|path|paths|dir|directory|folder|url|uri|urls|endpoint|host|name|names|id|ids|env|var|type|kind|count|counts"
    r"|limit|limits|length|len|size|max|min|budget|ttl|expiry|expires|expiration|expire|timeout|format|prefix|suffix|field|fields|param"
    r"|params|parameter|header|headers|policy|policies|provider|manager|store|ref|refs|reference|scope|scopes|rotation|usage|required"
    r"|enabled|disabled|hint|help|label|prompt|description|column|regex|pattern|algorithm|alg|version|source|region|status|mode|method"
    r"|helper|command|cmd|strategy|schema|index|used|per|rate|cost|price|window|bucket|ratio"
)
"""Last words of names that are about a secret and hold none: `TOKEN_URL`, `password_file`, `max_token_count`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name of a secret."""

    name: str
    start: int
    end: int


_WORD = expression(r"[^\W\d_]+")
_CAPITALS = expression(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_LONGEST_NAME = 80
_NAME_END = expression(r"[\w.-]{0,80}")
_BEFORE_VALUES = (":", "=", '"', "'", "`", "]", "\\", " ", "\t", "!")
"""What comes after the name of a value at once."""

_BREAK = r"(?:(?:\\{1,3}r)?\\{1,3}n|\r?\n)"
"""The end of a line: as it is, or escaped in a text that holds another one, as bundles hold sources."""
_BLANK = r"(?:\s|\\{1,3}[nrt])"
_REMARK = r"#[^\r\n\\]{0,200}"
_PROPERTIES = rf"(?:(?:!!\w{{1,20}}|&[\w-]{{1,40}}){_BLANK}{{1,8}}){{0,2}}"
"""What YAML says of a value before it: `!!str`, `&key`."""
_BLOCK = rf"[>|][+-]?\d?[+-]?[ \t]{{0,8}}(?:{_REMARK})?{_BREAK}{_BLANK}{{0,80}}"
"""How a text over several lines begins in YAML."""

_GIVEN = expression(
    r"""\\{0,3}["'`]?\]?[ \t]{0,8}(?:(?::=|=>|!?={1,3})[ \t]{0,40}"""
    rf"|:(?!:){_BLANK}{{0,40}}(?:{_REMARK}{_BREAK}{_BLANK}{{0,80}})?{_PROPERTIES}(?P<block>{_BLOCK})?)"
)
"""What stands between a name and its value: `KEY: `, `"key": `, `key = `, `KEY=`; in YAML, the value may be on the next line."""
_NEXT = expression(rf"""\\{{0,3}}["'`]?[ \t]{{0,8}}(?:=|,{_BLANK}{{0,40}}|{_BREAK}{_BLANK}{{0,40}}-[ \t]{{1,8}}|[ \t](?=[^\s|]))""")
"""What stands between a flag and its value: in a list, or on a command line."""
_SCHEME = expression(r"(?:Bearer|Basic|Token|Digest|ApiKey|Api-Key|Bot|Key)[ \t]{1,4}", re.IGNORECASE)
_CONTINUED = r"\\{1,8}\r?\n[ \t]*"
"""Where a text in double quotes goes on in the next line as if there were no end of one."""
_BEGUN = r"(?:\\{1,8}[nr][ \t]*|\\{0,8}\r?\n[ \t]*){0,4}"
"""Ends of lines between a quote and the first character of what it holds."""
_QUOTED = expression(
    rf"""[frbuFRBU@]{{0,2}}(?:""|'')?(?:"{_BEGUN}((?:[^"\\\r\n]|\\.|{_CONTINUED}){{1,1024}})|'{_BEGUN}((?:[^'\\\r\n]|''|\\.){{1,1024}})"""
    rf"""|`([^`\r\n]{{1,1024}})|(?:(?:\\{{1,3}}["']){{3}}|\\{{1,3}}["']){_BEGUN}((?:[^"'\\\r\n]|\\(?!\\{{0,2}}["'])|{_CONTINUED}){{1,1024}}))"""
)
_JOINED = expression(rf"{_CONTINUED}|\\{{2,8}}(?:r\\{{1,3}})?n[ \t]+")
_FURTHER = expression(rf"""(?:{_BREAK}[ \t]{{1,80}}[^\s"'`\\:]{{16,}}(?=\s|\\|\Z))*""")
"""The lines of a text over several lines that go on with a value, as those of a key do."""
_BARE = expression(
    r"""(?![<\[({]|[\w.-]{0,80}(?:KEY|TOKEN|SECRET|PASS|PWD|AUTH)[\w.-]{0,80}[:=])(?:[^\s"'`\\<]|<(?!/)|\\(?![nrt"'\\])){1,256}""",
    re.IGNORECASE,
)
"""A value without quotes, or the beginning of a very long one; never another name with its own."""
_LONGEST = 256
_REST = expression(r"""[^\s"'`]*""")
_ENDS_THERE = expression(r"""[ \t]*(?:#|//|\\{0,3}["'`,;|&)\]}]|\\[nrt]|\r|$)""", re.MULTILINE)


def find(text: str, low: str, parts: Iterable[str]) -> Iterator[Named]:
    """Yield the values that are secrets by their names, in no order.

    Args:
        text: Any text.
        low: The same in lower case, of the same length.
        parts: The parts of names that are in it.
    """
    for part in parts:
        at = low.find(part)
        while at >= 0:
            end = _NAME_END.match(text, at).end()  # type: ignore[union-attr]  # matches always
            start = _start(text, at)
            found = _value(text, start, end) if text.startswith(_BEFORE_VALUES, end) or text[start] == "-" else None
            if found:
                yield found
            at = low.find(part, found.end if found else end)


def _start(text: str, at: int) -> int:
    """Return where the name begins that has a part of a word at a place."""
    lowest = max(at - _LONGEST_NAME, 0)
    while at > lowest and (text[at - 1] in _NAME or text[at - 1].isalnum()):
        at -= 1
    return at


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a name is that of a secret."""
    last = name.rpartition(".")[2]
    words = [word.casefold() for word in (_WORD if last.isupper() else _CAPITALS).findall(last)]
    if not words or "per" in words or _ABOUT.fullmatch(words[-1]):
        return False
    about = [number for number, word in enumerate(words) if _ABOUT.fullmatch(word)]
    if any(word.endswith(_ENDS) and not any(later > number for later in about) for number, word in enumerate(words)):
        return True
    if words[-1] in _LAST and (len(words) > 1 or words[-1] not in _NOT_ALONE):
        return True
    pairs = set(pairwise(words))
    if not pairs.isdisjoint(_PASSWORDS) or any(_KEYS.fullmatch(one) and other in ("key", "keys") for one, other in pairs):
        return True
    return last.isupper() and words[-1] == "key" and len(words) > 1 and not _OTHER_KEYS.fullmatch(words[-2])


def _value(text: str, start: int, end: int) -> Named | None:
    """Return the value that follows a name, where there is one that can be a secret."""
    given = _GIVEN.match(text, end) or (_NEXT.match(text, end) if text[start] == "-" else None)
    name = text[start:end].strip("-.")
    if given is None or not is_secret(name):
        return None
    place = _quoted(text, given.end()) or _bare(text, given)
    if place is None:
        return None
    scheme = _SCHEME.match(text, *place)
    first, last = (scheme.end() if scheme else place[0]), place[1]
    if not values.is_literal(joined(text[first:last]), name):
        return None
    rest = _FURTHER.match(text, last) if given.groupdict().get("block") else _REST.match(text, last) if last - first >= _LONGEST else None
    return Named(name, first, rest.end() if rest else last)


def joined(value: str) -> str:
    """Return a value that goes on in the next line as what it is for those who read it."""
    return _JOINED.sub("", value)


def after_flag(text: str, end: int) -> int | None:
    """Return where the value of a flag begins, where one follows."""
    given = _NEXT.match(text, end)
    return given.end() if given else None


def _quoted(text: str, start: int) -> tuple[int, int] | None:
    match = _QUOTED.match(text, start)
    return match.span(match.lastindex or 0) if match else None


def _bare(text: str, given: re.Match[str]) -> tuple[int, int] | None:
    """Return where a value without quotes is; None for the first of several words, which is prose."""
    scheme = _SCHEME.match(text, given.end())
    start = scheme.end() if scheme else given.end()
    match = _BARE.match(text, start)
    if match is None:
        return None
    end = match.end()
    cut = text.find("&", start, end) if "=" in given[0] else -1
    end = cut if cut > start else start + len(text[start:end].rstrip(",;)]}>|*"))
    end -= text.endswith(".", start, end) and not text.endswith("..", start, end)
    alone = given[0].endswith("=") or cut > start or _ENDS_THERE.match(text, end) is not None
    return (start, end) if end > start and (alone or randomness.is_random(text[start:end])) else None
