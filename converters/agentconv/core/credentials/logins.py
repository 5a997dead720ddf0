"""Passwords by their place: what stands after `user:` behind a flag that takes both, as `curl -u` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.credentials import names, randomness, values
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAG = expression(r"(?<![\w.-])(?:-[uUa]|--(?:(?:proxy-|http-|ftp-)?user|(?:proxy-|basic-|http-)?auth|(?:http-)?basic|userpwd))(?![\w-])")
_GLUED = expression(r"(?<![\w.-])-[uU](?=[\w.])")
"""A short flag that its value follows at once, as curl takes it."""
_OF_GROUPS = frozenset({"-u", "--user"})
"""Flags that other programs give a user and a group, as `docker run -u app:staff` does: a plain word is none there."""
_GROUP = expression(r"[a-z_]+")
_OF_ANYTHING = frozenset({"-a"})
"""Flags that most programs give something else: only what looks random counts there."""
_USER = r"(?P<user>[^\s:\"'`\\,/]{0,64}):(?!//)"
_QUOTED = expression(rf"""\\{{0,3}}(?P<quote>["'`]){_USER}(?P<password>(?:(?!(?P=quote))[^\r\n\\]){{1,256}})(?=\\{{0,3}}(?P=quote))""")
_BARE = expression(rf"""{_USER}(?P<password>[^\s"'`\\<]{{1,256}})""")


def find(text: str) -> Iterator[names.Named]:
    """Yield the passwords behind such flags, in the order of the text."""
    for flag in _FLAG.finditer(text):
        given = names.after_flag(text, flag.end())
        if given is not None:
            yield from _password(text, flag[0], given)
    for flag in _GLUED.finditer(text):
        yield from (one for one in _password(text, flag[0], flag.end()) if randomness.is_random(text[one.start : one.end]))


def _password(text: str, flag: str, at: int) -> Iterator[names.Named]:
    """Yield what follows `user:` at a place, where it can be a password."""
    login = _QUOTED.match(text, at) or _BARE.match(text, at)
    if login is None:
        return
    password = login["password"].rstrip(",;)]}>|*")
    if not values.is_literal(password, login["user"]) or (flag in _OF_GROUPS and _GROUP.fullmatch(password)):
        return
    if flag not in _OF_ANYTHING or randomness.is_random(password):
        yield names.Named(flag, login.start("password"), login.start("password") + len(password))
