"""Skills of Claude Code 2.1.329 and of its plugins: `.claude/skills/<folder>/SKILL.md`, called by the folder.

https://code.claude.com/docs/en/skills

The header is found and repaired as an agent's is. What is wrong in it costs a key, never the skill: numbers, booleans and null count
as text, a file without a header that parses is a skill all the same, and where there is no description the first line of the body
is shown. `name` is what a user sees and may type; the model and everybody else go by the folder.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from agentconv.core import names
from agentconv.core.expressions import expression
from agentconv.core.part_format import Place
from agentconv.families import model_words
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored, Refused
from agentconv.formats.claude import loader, spelling
from agentconv.parts.placeholders.languages import OF_FORMAT
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.projecting import hooks
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Hook, Json
    from agentconv.families.keys import Key

WORDS = "claude-code"
"""Whose words tools and hooks are in, in plugins too."""
_TRUE = frozenset({"1", "true", "yes", "on"})
_LONGEST_LINE = 100
_HEADING = expression(rf"#+[{SPACE}]+([^{SPACE}].*)")


def _any_text(value: Json) -> str | None:
    """Read what JavaScript makes a text of, lists too; null is nothing."""
    return None if value is None else js_text(value).strip(SPACE) or None


def _description(value: Json) -> str | None:
    if isinstance(value, (list, dict)):
        raise Ignored("a description is text")
    return _any_text(value)


def is_true(value: Json) -> bool:
    """Read a switch: booleans, and text or numbers that say so."""
    return not isinstance(value, (list, dict)) and value is not None and js_text(value).strip(SPACE).lower() in _TRUE


def _hides(value: Json) -> bool:
    return not is_true(value)


def _grants(value: Json) -> Any:
    if not isinstance(value, (str, list)) and value is not None:
        raise Ignored("tools are a list, or text with commas")
    return keys.grants(WORDS, value)


def _arguments(value: Json) -> tuple[str, ...] | None:
    found = re.split(rf"[{SPACE}]+", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in found if isinstance(one, str) and one.strip(SPACE) and not one.isdecimal()) or None


def _globs(value: Json) -> tuple[str, ...] | None:
    """Read globs: a list, or text with commas, but for those in braces."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    found = [one for text in texts if isinstance(text, str) for one in re.findall(r"(?:[^,{}]|\{[^{}]*\}|[{}])+", text)]
    return tuple(one.strip(SPACE) for one in found if one.strip(SPACE)) or None


def _read_hooks(value: Json) -> tuple[Hook, ...] | None:
    """Read hooks; where one that can block does not load, the client runs none of them."""
    try:
        return hooks.read(WORDS, value) or None
    except Refused as reason:
        raise Ignored(reason.reason, key=reason.key) from reason


def _described(body: str) -> str | None:
    """Return the line that is shown of a body: its first one."""
    line = next((one.strip(SPACE) for one in body.split("\n") if one.strip(SPACE)), "")
    heading = _HEADING.match(line)
    line = heading[1] if heading else line
    return (f"{line[: _LONGEST_LINE - 3]}..." if len(line) > _LONGEST_LINE else line) or None


def table() -> dict[str, Key]:
    """Return the keys that hold fields of a skill."""
    return {
        "description": keys.key("description", _description),
        "when_to_use": keys.key("when_to_use", _any_text),
        "argument-hint": keys.key("argument_hint", _any_text),
        "arguments": keys.key("arguments", _arguments, list),
        "allowed-tools": keys.key("approved_tools", _grants, keys.tokens_in_text),
        "disallowed-tools": keys.key("denied_tools", _grants, keys.tokens_in_text),
        "model": keys.key("model", partial(spelling.model, WORDS), model_words.write),
        "paths": keys.key("paths", _globs, list),
        "hooks": keys.key("hooks", _read_hooks, hooks.write),
    }


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Take out the other spelling of the tools that are closed, which counts where the usual one is silent."""
    other = header.pop("disallowedTools", None)
    denied = keys.grants(WORDS, other) if header.get("disallowed-tools") is None else None
    return {"denied_tools": denied} if denied else {}


def _client(format_id: str, client: str, project: tuple[Place, ...], user: tuple[Place, ...]) -> Client:
    return Client(
        format_id,
        client,
        project,
        user,
        loader.find,
        table(),
        fallback=loader.requoted,
        starters=keys.Starters(closes=is_true, hides=_hides),
        lift=_lift,
        name_from="folder",
        legal_name=lambda name: names.stem(name) if name else "",
        described=_described,
        needs_description=False,
        language=OF_FORMAT[format_id],
        bare=True,
        passes_over=True,
        read_hooks=partial(hooks.read, WORDS),
    )


_OWN = Place(".claude/skills", "*/SKILL.md")
BY_FORMAT = {
    "claude-code": _client("claude-code", "Claude Code", (_OWN,), (_OWN,)),
    "claude-plugin": _client("claude-plugin", "Claude Code", (Place("skills", "*/SKILL.md"),), ()),
}
"""In a folder below the one that it is started in, the client finds `.claude/skills`, too."""
