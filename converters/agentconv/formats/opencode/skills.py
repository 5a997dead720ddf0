"""Skills of OpenCode 1.18.33 and Kilo 7.7.9: a SKILL.md anywhere below their folders, called by the name in its header.

https://opencode.ai/docs/skills, https://kilo.ai/docs/customize/skills

The header is found and repaired as an agent's is; a name and a description are text, and all other keys nothing. Both also read what other
clients share; of one name, Kilo takes the one in `.agents`, and OpenCode the one that it reads last, now this and now that (asked).
A skill that its author keeps from the model is one for the model here, whatever the key says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.part_format import Place
from agentconv.families import gray_matter
from agentconv.formats.opencode import kilo, opencode
from agentconv.parts.skills import keys
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from agentconv.formats.opencode.dialect import Repair

_ANY = "**/SKILL.md"
_SHARED = (Place(".claude/skills", _ANY, native=False), Place(".agents/skills", _ANY, native=False))


def _client(format_id: str, client: str, repair: Repair, project: tuple[str, ...], user: tuple[str, ...]) -> Client:
    shared = _SHARED if format_id == "opencode" else _SHARED[::-1]
    return Client(
        format_id,
        client,
        (*(Place(path, _ANY) for path in project), *shared),
        (*(Place(path, _ANY) for path in user), *shared),
        gray_matter.find,
        {"description": keys.key("description", keys.required_text("description"))},
        fallback=repair,
        grammar=JS_YAML_3,
        needs_description=False,
        races=format_id == "opencode",
    )


_OPENCODE = (".opencode/skills", ".opencode/skill")
_KILO = (".kilo/skills", ".kilocode/skills")
BY_FORMAT = {
    "opencode": _client(
        "opencode",
        "OpenCode",
        opencode.CLIENT.repair,
        _OPENCODE,
        (".config/opencode/skills", ".config/opencode/skill", *_OPENCODE),
    ),
    "kilo": _client("kilo", "Kilo", kilo.CLIENT.repair, _KILO, (".config/kilo/skills", *_KILO)),
}
