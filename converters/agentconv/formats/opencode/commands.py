"""Commands of OpenCode 1.18.33 and Kilo 7.7.9 (asked): markdown below their folders, and the map `command` of their configuration.

https://opencode.ai/docs/commands, https://kilo.ai/docs/customize/workflows

A command is called by its path, slashes and all (`/git/fix`), unless a `name` in its header says otherwise.
`$1` is the first word, and the highest one of a text takes all words
from there on; an argument that is not given is nothing. All of it is filled in in code fences, too, and nothing can be escaped. Only
users start commands. gray-matter keeps a file whose header did not parse, and gives it back as a text without one when it is asked again:
so a header that the client's repair leaves as it is is sent with the text, while one that it changes in vain costs the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Effect
from agentconv.core.ir import Model
from agentconv.core.part_format import Place
from agentconv.families import gray_matter, model_words
from agentconv.families.keys import Refused
from agentconv.formats.opencode import configurations, kilo, opencode
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.entries import Entries
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import OPENCODE
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.formats.opencode.dialect import Repair


def _subtask(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Refused("`subtask` must be true or false", key="subtask")
    return value


def _model(value: Json) -> Model:
    return Model("id", keys.required_text("model")(value))


_KEYS = {
    "description": keys.key("description", keys.required_text("description")),
    "agent": keys.key("agent", keys.required_text("agent")),
    "model": keys.key("model", _model, model_words.write),
    "subtask": keys.key("isolated", _subtask),
}
_ANY = "**/*.md"


def _client(
    format_id: str, client: str, repair: Repair, folders: tuple[tuple[str, ...], tuple[str, ...]], files: tuple[str, ...], *, wrong: Effect
) -> Client:
    project, user = folders
    bodiless = Effect.STOPS if wrong is Effect.STOPS else Effect.DROPS
    entries = Entries("/command", "template", effect=wrong, bodiless=bodiless)
    return Client(
        format_id,
        client,
        (*(Place(path, _ANY) for path in project), *(Place(path, mixed=True) for path in reversed(files))),
        tuple(Place(path, _ANY) for path in user),
        {".md": Markdown(gray_matter.find, repair, JS_YAML_3, broken="kept"), ".json": entries, ".jsonc": entries},
        OPENCODE,
        _KEYS,
        name_key="name",
        name_as_text=True,
        keeps_unknown=True,
    )


_OPENCODE = (".opencode/command", ".opencode/commands")
_KILO = (".kilo/command", ".kilo/commands", ".kilocode/command", ".kilocode/commands", ".kilo/workflows", ".kilocode/workflows")
BY_FORMAT = {
    "opencode": _client(
        "opencode",
        "OpenCode",
        opencode.CLIENT.repair,
        (_OPENCODE, (".config/opencode/command", ".config/opencode/commands", *_OPENCODE)),
        configurations.OPENCODE,
        wrong=Effect.STOPS,
    ),
    "kilo": _client(
        "kilo",
        "Kilo",
        kilo.CLIENT.repair,
        (_KILO, (".config/kilo/command", ".config/kilo/commands", *_KILO)),
        configurations.KILO,
        wrong=Effect.DROPS_ALL,
    ),
}
