"""The way of a skill into another client: what it cannot hold is declared, and what restrains is held, turned or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import effects, names, patterns, schema_files, vocabulary
from agentconv.core.diagnostics import Detail
from agentconv.core.ir import ToolGrant
from agentconv.core.losses import becomes, listed, quoted
from agentconv.parts import models, registry
from agentconv.parts.skills import as_command, bodies, keys
from agentconv.projecting import hooks

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Skill
    from agentconv.parts.skills.client import Client

_PLAIN = {
    "when_to_use": "skill-key-dropped",
    "argument_hint": "skill-looks-dropped",
    "arguments": "skill-key-dropped",
    "paths": "skill-key-dropped",
}
"""Fields of which nothing is to be said but that a client has no place for them, and the code of the loss."""


def project(client: Client, projection: PartProjection[Skill]) -> None:
    """Turn a skill into the most of it that a client can hold."""
    _project_denied(client, projection)
    _project_hooks(client, projection)
    _project_starters(client, projection)
    if projection.instead or projection.is_refused():
        return
    if not projection.at_home:
        _project_extras(client, projection)
    _project_name(client, projection)
    _project_description(client, projection)
    _project_grants(client, projection)
    models.project(projection, client.holds, client.format, "skill-key-dropped")
    _project_plain(client, projection)
    bodies.project(projection, client.language)
    if client.needs_body and not client.spell_body(projection.part):
        projection.remark("skill-refused-body", "body", "")
    client.settle(projection)


def _project_extras(client: Client, projection: PartProjection[Skill]) -> None:
    """Keep the keys that mean nothing to anybody, take those that restrain, and drop those of other clients' own."""
    kept: dict[str, Json] = {}
    lost: dict[str, list[str]] = {}
    for format_id, extras in projection.source.extras.items():
        for name, value in extras.items():
            if is_kin(format_id, client.format) or not _means_something(client, format_id, name, value):
                kept[name] = value
            elif name == "name":
                projection.remark("skill-title-dropped", "extras", quoted(value))
            elif _restrains(format_id, name, value):
                _hold(client, projection, name, value, kept)
            elif not _takes_restraint(client, projection, name, value):
                code = "skill-key-dropped" if _row(format_id, name).get("x-field") == "extras" else "ignored-key-dropped"
                lost.setdefault(code, []).append(name)
    projection.translate(extras={client.format: kept} if kept else {})
    if len(kept) < sum(map(len, projection.source.extras.values())):
        projection.declared.add("extras")
    for code, named in lost.items():
        projection.remark(code, "extras", listed(named))


def is_kin(one: str, other: str) -> bool:
    """Whether two formats are of one client."""
    return vocabulary.words_of(one) == vocabulary.words_of(other)


def _restrains(format_id: str, name: str, value: Json) -> bool:
    """Whether a value of a key, which no field holds, closes the skill in its own client."""
    return any(one["value"] == value and type(one["value"]) is type(value) for one in _row(format_id, name).get("x-restricts", ()))


def _hold(client: Client, projection: PartProjection[Skill], name: str, value: Json, kept: dict[str, Json]) -> None:
    """Keep what closes a skill where the target knows it; elsewhere, the skill is not written."""
    if _restrains(client.format, name, value):
        kept[name] = value
    else:
        projection.loosen("extras", "skill-refused-restraint", quoted(name))


def _means_something(client: Client, format_id: str, name: str, value: Json) -> bool:
    """Whether a key means something to the client that it is from, or would to the one that it comes to."""
    if name in keys.INFORMING:
        complaint = schema_files.complaint(client.rows, name, value)
        return complaint is not None and complaint.effect.drops
    return _means(client.format, name) or _means(format_id, name)


def _means(format_id: str, name: str) -> bool:
    """Whether a key means something to a client."""
    return bool(_row(format_id, name))


def _row(format_id: str, name: str) -> dict[str, Any]:
    """Return what a client's schema says of a key; nothing, where the client does not know it."""
    return schema_files.part_rows("skills", format_id).get(name, {})


def _takes_restraint(client: Client, projection: PartProjection[Skill], name: str, value: Json) -> bool:
    """Take a key that restrains, which the source client passes over and the target does not."""
    found = dict(client.starters.lift({name: value}) if client.starters else {})
    key = client.table.get(name)
    if key is not None and key.fields == ("denied_tools",):
        found.update(key.read(value))
    for field, restraint in found.items():
        if getattr(projection.source, field) is None:
            projection.change(field, restraint, "skill-restraint-taken", quoted(name))
    return bool(found)


def _project_name(client: Client, projection: PartProjection[Skill]) -> None:
    name = projection.part.name or ""
    keeps = projection.at_home and names.folder(name) == name
    legal = name if keeps and not client.bad_name(name) else client.legal_name(name)
    if client.named_as_folder and legal and not keeps:
        legal = names.stem(legal)  # of which not every system has a folder
    if not legal or client.bad_name(legal):
        projection.remark("skill-refused-name", "name", quoted(name))
    elif legal != name:
        projection.change("name", legal, "name-illegal", becomes(name, legal))


def _project_description(client: Client, projection: PartProjection[Skill]) -> None:
    description = projection.part.description
    if not description and not projection.at_home:
        _describe(client, projection)
    elif client.longest_description is not None and description and len(description) > client.longest_description:
        projection.remark("skill-refused-description", "description", Detail("longer than {:,} characters", (client.longest_description,)))
    elif client.shown_description is not None and description and len(description) > client.shown_description:
        projection.remark("skill-description-cut", "description", Detail("after {:,} characters", (client.shown_description,)))


def _describe(client: Client, projection: PartProjection[Skill]) -> None:
    """Say what the target shows of a skill without a description."""
    shown = client.described(client.spell_body(projection.part)) if client.described else None
    if shown:
        projection.change("description", shown, "skill-description-derived", quoted(shown))
    elif client.needs_description:
        projection.remark("skill-refused-description", "description", "there is none")


def _project_starters(client: Client, projection: PartProjection[Skill]) -> None:
    """Keep a skill that is the user's to start from the model: as a skill, as a command, or by not writing it."""
    by = projection.part.invoked_by
    if by == "agents" and not (client.starters and client.starters.model_only):
        projection.change("invoked_by", None, "skill-user-callable", "")
    elif by == "both" and not projection.at_home:
        projection.change("invoked_by", None, "default-dropped", "")
    elif by == "user" and "invoked_by" not in client.holds:
        _turn_into_command(client, projection)


def _turn_into_command(client: Client, projection: PartProjection[Skill]) -> None:
    """Have a command written in a skill's place; one that needs its files is refused, but a file that says who starts it is no such."""
    commands = registry.part_format(client.format, "commands")
    if commands is None or not (commands.project or commands.user):
        projection.remark("skill-refused-restraint", "invoked_by", "there are no commands in its place")
        return
    origin, files = projection.source.origin, projection.part.files
    source: Any = registry.part_format(origin.format, "skills") if origin else None
    marks = [file for file in files if source is not None and file.path in source.beside]
    needed = [file.path for file in files if file not in marks]
    if needed:
        detail = listed(needed, "a command has no place for {}")
        projection.loosen("invoked_by", "skill-refused-restraint", detail, invoked_by=None)
        return
    closing = [
        name for format_id, extras in projection.source.extras.items() for name in extras if _restrains(format_id, name, extras[name])
    ]
    if closing and not projection.insists:
        projection.remark("skill-refused-restraint", "extras", listed(closing))
        return
    said = [name for file in marks for name in source.said_beside(file)]
    if said:
        projection.remark("skill-key-dropped", "files", listed(said, f"`{marks[0].path}`: {{}}"))
    projection.turn(as_command.command_of(projection.source), "invoked_by", "skill-as-command", "")


def _project_denied(client: Client, projection: PartProjection[Skill]) -> None:
    denied = projection.part.denied_tools
    if denied and ("denied_tools" not in client.holds or not all(is_kin(one.format, client.format) for one in denied)):
        kept = tuple(one for one in denied if is_kin(one.format, client.format)) if "denied_tools" in client.holds else ()
        detail = listed(one.native for one in denied if one not in kept)
        projection.loosen("denied_tools", "skill-refused-restraint", detail, denied_tools=kept or None)


def _project_hooks(client: Client, projection: PartProjection[Skill]) -> None:
    """Keep hooks that the target runs alike; without one that can block, nothing is written."""
    own = projection.part.hooks
    if not own:
        return
    pairs = hooks.held(own, client.format, client.read_hooks) if client.read_hooks else []
    lost = [hook for hook in own if all(hook is not one for one, _ in pairs)]
    guards = [hook.native_event for hook in lost if hook.event in effects.GUARD_EVENTS]
    if guards:
        projection.loosen("hooks", "skill-refused-restraint", listed(dict.fromkeys(guards)))
    after = hooks.by_event(spelled for _, spelled in pairs) or None
    if lost:
        projection.change("hooks", after, "hooks-dropped", listed(dict.fromkeys(hook.native_event for hook in lost)))
    elif after != own:
        projection.change("hooks", after, "hooks-moved", listed(dict.fromkeys(hook.native_event for hook in own)))


def _project_grants(client: Client, projection: PartProjection[Skill]) -> None:
    """Translate the tools that run unasked where the target has the words; what is left out is asked for as everything is."""
    approved = projection.part.approved_tools
    if approved is None:
        return
    held = "approved_tools" in client.holds
    pairs = [(one, granted(client.format, one) if held else None) for one in approved]
    kept = tuple(dict.fromkeys(grant for _, grant in pairs if grant is not None)) or None
    lost = [token for one, grant in pairs if grant is None for token in keys.tokens((one,))]
    if lost:
        projection.change("approved_tools", kept, "skill-grants-dropped", listed(map(str, lost)))
    elif kept != approved:
        projection.translate(approved_tools=kept)
    if kept and not all(is_kin(one.format, client.format) for one in approved):
        projection.remark("skill-grants-carried", "approved_tools", listed(map(str, keys.tokens(kept))))


def granted(format_id: str, one: ToolGrant) -> ToolGrant | None:
    """Return a grant in the target's words: the same tool, on the same commands or paths, or nothing."""
    if is_kin(one.format, format_id):
        return one
    word = vocabulary.tool_for(format_id, one.capability) if one.capability and one.server is None else None
    if word is None or vocabulary.grants(format_id, word) != (one.capability,):
        return None
    if one.pattern is None:
        return ToolGrant(word, format_id, one.capability)
    carried = patterns.carried(one, format_id, word, denies=False)
    return ToolGrant(word, format_id, one.capability, carried[0]) if carried and len(carried) == 1 else None


def _project_plain(client: Client, projection: PartProjection[Skill]) -> None:
    for name, code in _PLAIN.items():
        value = getattr(projection.part, name)
        if value is not None and name not in client.holds:
            projection.change(name, None, code, listed(value) if isinstance(value, tuple) else quoted(value))
