"""Skills of OpenHands (SDK 1.58.2, asked): `.openhands/skills/<name>/SKILL.md`, called by a name that has to be the folder's.

https://docs.openhands.dev/overview/skills

python-frontmatter reads the header, and a file without one is a skill. A value of a wrong type costs the skill. What is kept from the model
is started by one of its `triggers` alone, and what has `paths` when such a file is touched. A command line between backticks after `!` is
run, but for code blocks. A skill of the same name in `.agents/skills` wins. Files beside the folders are skills of an older kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.losses import listed
from agentconv.core.part_format import Place
from agentconv.families.keys import Refused
from agentconv.formats.openhands.openhands import ID, find
from agentconv.parts.placeholders.languages import OPENHANDS
from agentconv.parts.skills import keys, pydantic_switches, specified
from agentconv.parts.skills.client import Client
from agentconv.yaml.grammar import PYYAML

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Skill

_STARTERS = keys.Starters(model_only=None, closes=pydantic_switches.is_true, also=("disable_model_invocation",))


def _lift(header: dict[str, Json]) -> Mapping[str, object]:
    """Refuse what does not say whether the model may start it, and lists that are none."""
    pydantic_switches.check(header, _STARTERS.names, nothing=True)
    for key in ("triggers", "inputs"):
        if not isinstance(header.get(key, []), list):
            raise Refused(f"`{key}` must be a list", key=key)
    for key in ("allowed-tools", "allowed_tools"):
        if not isinstance(header.get(key), (str, list, type(None))):
            raise Refused(f"`{key}` must be text or a list", key=key)
    return {}


def _description(value: Json) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Refused("`description` must be text", key="description")
    return value


def _paths(value: Json) -> tuple[str, ...] | None:
    if value is not None and not isinstance(value, (str, list)):
        raise Refused("`paths` must be text or a list", key="paths")
    found = value.split(",") if isinstance(value, str) else [str(one) for one in value or ()]
    return tuple(one.strip() for one in found if one.strip()) or None


def _settle(projection: PartProjection[Skill]) -> None:
    """Have its name start what is the user's, and nothing else: with paths, a touched file would, whatever stands beside them."""
    part, own = projection.part, dict(projection.part.extras.get(ID, {}))
    if projection.at_home or part.invoked_by != "user":
        return
    if part.paths:
        projection.change("paths", None, "skill-key-dropped", listed(part.paths))
    if "triggers" in own:
        return
    projection.translate(extras={ID: {**own, "triggers": [f"/{part.name}"]}})
    projection.declared.add("extras")


_PLACES = (Place(".openhands/skills", "*/SKILL.md"), Place(".agents/skills", "*/SKILL.md", native=False, wins=True))
BY_FORMAT = {
    ID: Client(
        ID,
        "OpenHands",
        _PLACES,
        _PLACES,
        find,
        {"description": keys.key("description", _description), "paths": keys.key("paths", _paths, list)},
        grammar=PYYAML,
        starters=_STARTERS,
        lift=_lift,
        name_from="either",
        read_name=str,
        bad_name=specified.bad_name,
        legal_name=specified.legal_name,
        named_as_folder=True,
        needs_description=False,
        shown_description=specified.LONGEST_DESCRIPTION,
        bare=True,
        language=OPENHANDS,
        settle=_settle,
    )
}
