"""Commands of Claude Code 2.1.329 (asked) and of its plugins: `.claude/commands/<folders>/<name>.md`, sent with `/folders:name`.

https://code.claude.com/docs/en/slash-commands

They are skills in another place: the header is found, repaired and read as a skill's, and the model may start them, too, unless it is
told not to. `$0` is the first word; an argument that is not given stays as it is written; placeholders are filled in in code fences as
everywhere, command lines run there, and a backslash keeps `$` as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families.javascript import SPACE
from agentconv.families.keys import Ignored
from agentconv.formats.claude import loader, manifest_commands, skills
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import OF_FORMAT
from agentconv.parts.skills import keys
from agentconv.yaml.scalars import js_text

if TYPE_CHECKING:
    from agentconv.core.ir import Json

_FILE = Markdown(loader.find, loader.requoted, broken="empty")
_HELD = ("description", "argument-hint", "arguments", "allowed-tools", "disallowed-tools", "model")


def _forked(value: Json) -> bool | None:
    if value not in ("fork", "inline", None):
        raise Ignored("`context` is `fork` or `inline`")
    return True if value == "fork" else None


def _agent(value: Json) -> str | None:
    if isinstance(value, (list, dict)):
        raise Ignored("`agent` is text")
    return None if value is None else js_text(value).strip(SPACE) or None


def _client(format_id: str, project: Place, user: tuple[Place, ...]) -> Client:
    table = skills.table()
    return Client(
        format_id,
        "Claude Code",
        (project,),
        user,
        {".md": _FILE, ".json": manifest_commands.InManifest(_FILE)},
        OF_FORMAT[format_id],
        {
            **{name: table[name] for name in _HELD},
            "context": keys.key("isolated", _forked, lambda isolated: "fork" if isolated else "inline"),
            "agent": keys.key("agent", _agent),
        },
        starters=keys.Starters(closes=skills.is_true, hides=lambda value: not skills.is_true(value)),
        keeps_unknown=True,
        agents_apart=True,
    )


_OWN = Place(".claude/commands", "**/*.md")
BY_FORMAT = {
    "claude-code": _client("claude-code", _OWN, (_OWN,)),
    "claude-plugin": _client("claude-plugin", Place("commands", "**/*.md"), ()),
}
