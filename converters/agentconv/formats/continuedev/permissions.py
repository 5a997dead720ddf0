"""The rules of a user of Continue's command line 1.5.47 (its code read): `exclude` and `ask` in `~/.continue/permissions.yaml`.

https://docs.continue.dev/cli/tool-permissions

What is excluded counts before what is asked about, and that before what is allowed. A text in brackets is held against the whole command,
path or address, with `*` for any text; a word with `*` is any tool that fits. A key that it does not know costs the file. What is allowed
there is allowed nowhere else, and nothing of another client's rules is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from agentconv.core import effects, vocabulary
from agentconv.core.diagnostics import Complaint, Effect
from agentconv.core.expressions import expression
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.part_format import Place
from agentconv.formats.continuedev.continuedev import ID
from agentconv.parts.permissions.client import Client
from agentconv.parts.permissions.format import PermissionFormat
from agentconv.parts.permissions.yaml_lists import YamlLists
from agentconv.yaml.grammar import YAML_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.part_format import PartFormat
    from agentconv.core.parts import PermissionSet

_EFFECTS = {"exclude": "deny", "ask": "ask"}
_KEYS = ("allow", *_EFFECTS)
_ENTRY = expression(r"([^(]+)(?:\(([^)]*)\))?")


def _entry(effect: str, text: str) -> tuple[Rule, ...]:
    """Return the rules that an entry stands for; one that is none is taken for what its word says."""
    found = _ENTRY.fullmatch(text)
    return _rule(effect, *((found[1].strip(), (found[2] or "").strip() or None) if found else (text.partition("(")[0].strip(), None)))


def _rule(effect: str, word: str, pattern: str | None = None) -> tuple[Rule, ...]:
    """Return the rules that a word is: of each tool that it fits, and of every server where it may fit one."""
    held = None if pattern is None or pattern == "*" else Pattern(pattern, None)
    fits = re.compile(re.escape(word).replace(r"\*", ".*").replace(r"\?", "."))
    own = [tool for tool in vocabulary.tool_words(ID) if fits.fullmatch(tool)]
    found = [Rule(cast("Any", effect), tool, ID, next(iter(vocabulary.grants(ID, tool) or ()), None), held) for tool in own]
    if not own or "*" in word or "?" in word:
        found.append(Rule(cast("Any", effect), word, ID, "mcp", held, effects.EVERY_SERVER))
    return tuple(found)


def _wrong(value: Mapping[str, Any]) -> Complaint | None:
    for key, found in value.items():
        if key not in _KEYS:
            return Complaint(f"it knows no `{key}`", key, Effect.DROPS_ALL)
        if found and not isinstance(found, list):
            return Complaint(f"`{key}` is a list", key, Effect.DROPS_ALL)
    return None


BY_FORMAT: dict[str, PartFormat[PermissionSet]] = {
    ID: PermissionFormat(
        Client(ID, "Continue", _rule, effects=frozenset()),
        YamlLists(YAML_2, _EFFECTS, _entry, _wrong),
        user=(Place(".continue/permissions.yaml"),),
    )
}
