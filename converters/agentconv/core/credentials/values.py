"""Whether a value is a secret itself, or only says where one comes from, or goes."""

from __future__ import annotations

import re
from functools import lru_cache

from agentconv.core.expressions import expression

SHORTEST = 5
"""What is shorter is shown whole, so that nothing is gained by finding it."""

_WORD = expression(r"[^\W\d_]+")
_FILLER = expression(
    r"a|access|account|actual|add|admin|allow|an|and|any|api|apikey|app|application|array|as|ask|at|auth|authorization|bar|basic|baz"
    r"|be|bearer|bool|boolean|by|bytes|change|changed|changeit|changeme|client|code|company|config|cookie|credential|credentials|custom"
    r"|database|db|default|demo|deny|dev|development|docs|documentation|dummy|empty|encoded|enter|env|environment|example|examples|fake"
    r"|fill|fixme|foo|for|from|generated|get|go|goes|guest|her|here|hidden|his|host|id|in|inherit|insert|int|integer|is|it|jwt|key|keys|local"
    r"|localhost|long|lorem|masked|me|mock|my|mysql|name|new|nil|none|null|number|oauth|object|of|old|on|optional|or|org|organization"
    r"|our|own|pass|passphrase|passwd|password|passwords|paste|personal|pin|placeholder|please|postgres|private|prod|production|project"
    r"|provide|public|put|pw|pwd|qux|random|read|readme|real|redacted|removed|replace|required|root|safe|safely|sample|secret|secrets"
    r"|secure|see|server|service|session|set|settings|site|some|staging|str|string|strong|super|tbd|team|test|testing|text|that|the"
    r"|their|there|this|to|todo|token|tokens|type|undefined|unset|url|use|user|username|valid|value|values|var|variable|website|with"
    r"|write|x|xxx|y|your|z"
)
"""Words of which values that stand for others are made: `your-api-key-here`."""

_APART = expression(r"(?<=[a-z])(?=[A-Z])")
"""Between words that only capitals tell apart."""
_NONE = expression(
    r"""
    [$€£^~<>=]*[\d\s.,:/%+_-]*(?:[a-z]{1,2})?                         # numbers, with a unit; versions, dates, ranges
    | true | false | yes | no | on | off | y | n | null | none | nil | undefined | nan | ~
    | (.)\1*                                               # one character, again and again
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCE = expression(
    r"""
    \$\{ | \$\( | \A\$\w+\Z | \$[A-Z][A-Z0-9_]{2,} | \{\{ | \{[A-Za-z_][\w.]*[:}] # ${X}, $(command), $X, {{ x }}, {env:X}, {x}
    | %[A-Za-z_]\w*% | %\( | \A%s | <[^>]*> | \[[^\]]*\] | \A![A-Za-z]+(?:\s|\Z) | \#\{
    | \A(?:op|vault|keyring|keychain|secret|file|env|ssm|sm|arn|aws|gcp|azure|doppler|bws|pass):(?://)?[A-Za-z_/]
    | \A--?[A-Za-z]                                        # the next flag
    | \A@[\w./-]+\Z                                        # @file
    | \A(?:[A-Za-z_]\w*(?:\[[^\]]*\])?\??\.)+[A-Za-z_]\w*!?\Z  # process.env.X, config?.key
    | \A[A-Za-z_][\w.?!\#]*[(\[]                           # get(...), environ[...]
    | \A[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z                    # the name of a variable
    """,
    re.VERBOSE,
)
_ELSEWHERE = expression(
    r"""
    \A[A-Za-z][A-Za-z0-9+.-]*://                           # a URL; what is secret in one is found by itself
    | \A(?:~|\.{1,2})?/[\w.@~/ -]*\Z | \A[A-Za-z]:[\\/]    # a path
    | (?:[@.]|\A)(?:example|localhost|invalid|test)(?:\.[a-z]{2,10})?(?:[:/]|\Z)
    | \A[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\Z       # a mail address
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MADE_UP = expression(
    r"example|sample|dummy|fake|your|placeholder|replace|change.?me|redacted|x{4}|\.{3}|…|\*{3}|0{6}|12345|abc123|abcdef|654321|fedcba",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_literal(value: str, name: str = "") -> bool:
    """Whether a value is something that could be a secret: no reference, number, path, address, or text in place of one.

    Args:
        value: The value.
        name: What it is the value of: a value of the same words says nothing.
    """
    if len(value) < SHORTEST or _NONE.fullmatch(value) or _MADE_UP.search(value):
        return False
    if _REFERENCE.search(value) or _ELSEWHERE.search(value):
        return False
    words = [word.casefold() for word in _WORD.findall(_APART.sub(" ", value))]
    fillers = [_FILLER.fullmatch(word) is not None for word in words]
    if any(fillers) and any(map(str.isspace, value)):
        return False  # a sentence
    own = {word.casefold() for word in _WORD.findall(name)}
    known = all(filler or word in own for word, filler in zip(words, fillers, strict=True))
    return not known or sum(map(str.isdigit, value)) > 3


def is_made_up(value: str) -> bool:
    """Whether a value says itself that it is none."""
    return _MADE_UP.search(value) is not None
