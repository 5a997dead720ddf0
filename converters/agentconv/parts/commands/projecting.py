"""The way of a command into another client: what it cannot hold is declared, and what restrains is held or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail
from agentconv.core.expressions import expression
from agentconv.core.losses import becomes, listed, quoted
from agentconv.core.parts import AllArguments
from agentconv.families.javascript import SPACE
from agentconv.families.keys import NotTaken
from agentconv.parts import models
from agentconv.parts.commands import own_agents, reading, writing
from agentconv.parts.placeholders import OF_FORMAT, PLAIN, named, parse, spell
from agentconv.parts.placeholders.ways import takes_arguments
from agentconv.parts.skills.keys import tokens
from agentconv.parts.skills.projecting import granted, is_kin

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentconv.core.ir import Json
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import Body, Command
    from agentconv.parts.commands.client import Client

TRIMMED = "blanks at its ends"
_ARGUMENT = expression(r"[A-Za-z_]\w*")


def project(client: Client, projection: PartProjection[Command]) -> None:
    """Turn a command into the most of it that a client can hold."""
    if reading.script_of(projection.source) is not None and not client.runs_files:
        projection.remark("command-refused-script", "body", "")
    _project_name(client, projection)
    _project_extras(client, projection)
    _project_starters(client, projection)
    _project_denied(client, projection)
    _project_grants(client, projection)
    models.project(projection, client.holds, client.format, "command-key-dropped")
    _project_agent(client, projection)
    _project_plain(client, projection)
    _project_body(client, projection)


def _project_name(client: Client, projection: PartProjection[Command]) -> None:
    name = projection.part.name or ""
    legal = client.legal_name(name)
    if not projection.stays and not (projection.at_home and client.name_key):
        legal = writing.as_path(legal)
    if not legal or client.bad_name(legal):
        projection.remark("command-refused-name", "name", quoted(name))
    elif legal != name:
        projection.change("name", legal, "command-renamed", becomes(name, legal))


def _project_extras(client: Client, projection: PartProjection[Command]) -> None:
    """Keep the keys of the client's own and those that mean nothing to anybody."""

    def keeps(format_id: str, name: str) -> bool:
        unknown = client.keeps_unknown and not means(format_id, name) and not means(client.format, name)
        return is_kin(format_id, client.format) or unknown

    kept = {name: value for extras in kept_extras(projection, keeps).values() for name, value in extras.items()}
    before = dict(projection.source.extras)
    projection.translate(extras={client.format: kept} if kept else {})
    if len(kept) < sum(map(len, before.values())) or (not kept and before):
        projection.declared.add("extras")


def kept_extras(projection: PartProjection[Command], keeps: Callable[[str, str], bool]) -> dict[str, dict[str, Json]]:
    """Return the keys that stay, by their formats, and tell of the others; what restrains in one of these is refused."""
    kept: dict[str, dict[str, Json]] = {}
    lost: dict[str, list[str]] = {}
    for format_id, extras in projection.source.extras.items():
        for name, value in extras.items():
            row = _row(format_id, name)
            if keeps(format_id, name):
                kept.setdefault(format_id, {})[name] = value
            elif any(schema_files.follows(value, case["value"]) for case in row.get("x-restricts", ())):
                projection.loosen("extras", "command-refused-restraint", quoted(name))
            else:
                lost.setdefault("command-key-dropped" if row else "ignored-key-dropped", []).append(name)
    for code, names in lost.items():
        projection.remark(code, "extras", listed(names))
    return kept


def means(format_id: str, name: str) -> bool:
    """Whether a key of a command means something to a client."""
    return bool(_row(format_id, name))


def _row(format_id: str, name: str) -> dict[str, Any]:
    """Return what a client's schema says of a key; nothing, where the client does not know it."""
    return schema_files.part_rows("commands", format_id).get(name, {})


def _project_starters(client: Client, projection: PartProjection[Command]) -> None:
    """Keep who may start a command: never the model, where its author left that to the user."""
    by = projection.part.invoked_by
    if client.starters is None and by == "agents":
        projection.change("invoked_by", "user", "command-user-callable", "")
    elif client.starters is None and by != "user":
        projection.change("invoked_by", "user", "command-model-closed", "")
    elif client.starters is not None and by == "agents" and client.starters.model_only is None:
        projection.change("invoked_by", None, "command-user-callable", "")


def _project_denied(client: Client, projection: PartProjection[Command]) -> None:
    denied = projection.part.denied_tools
    if denied and ("denied_tools" not in client.holds or not all(is_kin(one.format, client.format) for one in denied)):
        kept = tuple(one for one in denied if is_kin(one.format, client.format)) if "denied_tools" in client.holds else ()
        detail = listed(one.native for one in denied if one not in kept)
        projection.loosen("denied_tools", "command-refused-restraint", detail, denied_tools=kept or None)


def _project_grants(client: Client, projection: PartProjection[Command]) -> None:
    """Translate the tools that run unasked where the target has the words; what is left out is asked for as everything is."""
    approved = projection.part.approved_tools
    if approved is None:
        return
    pairs = [(one, granted(client.format, one) if "approved_tools" in client.holds else None) for one in approved]
    kept = tuple(dict.fromkeys(grant for _, grant in pairs if grant is not None)) or None
    lost = [token for one, grant in pairs if grant is None for token in tokens((one,))]
    if lost:
        projection.change("approved_tools", kept, "command-grants-dropped", listed(map(str, lost)))
    elif kept != approved:
        projection.translate(approved_tools=kept)
    if kept and not all(is_kin(one.format, client.format) for one in approved):
        projection.remark("command-grants-carried", "approved_tools", listed(map(str, tokens(kept))))


def _project_agent(client: Client, projection: PartProjection[Command]) -> None:
    """Keep the agent that a command is sent to; one of the source client's own is no agent of the target's."""
    part, origin = projection.part, projection.source.origin
    if "isolated" not in client.holds:
        drop_isolated(projection)
    if part.agent is None or projection.at_home:
        return
    its_own = origin is not None and part.agent in own_agents.of(origin.format) - own_agents.of(client.format)
    if "agent" not in client.holds or its_own or (client.agents_apart and not projection.part.isolated):
        drop_agent(projection)


def drop_isolated(projection: PartProjection[Command]) -> None:
    """Tell that a command runs in the conversation in which it is sent."""
    if projection.part.isolated is not None:
        code = "command-key-dropped" if projection.part.isolated else "default-dropped"
        projection.change("isolated", None, code, "")


def drop_agent(projection: PartProjection[Command]) -> None:
    """Tell that a command goes to whom the user talks to."""
    if projection.part.agent is not None:
        projection.change("agent", None, "command-agent-dropped", quoted(projection.part.agent))


def _project_plain(client: Client, projection: PartProjection[Command]) -> None:
    for name in ("description", "argument_hint"):
        value = getattr(projection.part, name)
        if value is not None and name not in client.holds:
            projection.change(name, None, "command-looks-dropped", quoted(value))
        elif value is not None and not projection.at_home and (read := _as_read(client, projection.part, name)) != value:
            projection.change(name, read, "text-trimmed", TRIMMED)


def _as_read(client: Client, command: Command, name: str) -> object:
    """Return what a client makes of a text once it is written."""
    key = next(one for one in client.keys.values() if name in one.fields)
    try:
        return key.read(key.write(command)).get(name)  # type: ignore[arg-type]
    except NotTaken:
        return None


def _would_run(command: Command) -> bool:
    """Whether a file of a command would begin as a program does: with its text, and no header before it."""
    first = command.body.parts[0] if command.body and command.body.parts else None
    return isinstance(first, str) and first.startswith(reading.SCRIPT) and not (command.description or command.argument_hint)


def _project_body(client: Client, projection: PartProjection[Command]) -> None:
    """Say a command's text in the client's words, and tell what they do not say at its line."""
    body, origin = projection.part.body, projection.source.origin
    if body is None or (client.needs_body and not body.parts):
        projection.remark("command-refused-body", "body", "")
        return
    if reading.script_of(projection.source) is not None:
        return
    if client.runs_files and _would_run(projection.part):
        projection.remark("command-refused-program", "body", quoted(str(body.parts[0]).partition("\n")[0]))
        return
    source = OF_FORMAT.get(origin.format, PLAIN) if origin else None
    names = _argument_names(client, projection, body)
    result = spell(_with_arguments(client, projection, body), client.language, names, source)
    for lost in result.lost:
        projection.remark(lost.code, "body", Detail("{} in line {} of the text", (lost.placeholder, lost.line)))
    said = parse(result.text.strip(SPACE), client.language, names)
    projection.translate(body=said)
    if said != projection.source.body:
        projection.declared.add("body")


def _argument_names(client: Client, projection: PartProjection[Command], body: Body) -> tuple[str, ...]:
    """Return what the header calls the arguments: in a client that knows names, all that the text has."""
    arguments = projection.part.arguments or ()
    if "arguments" not in client.holds:
        if projection.part.arguments is not None:
            projection.change("arguments", None, "command-arguments", listed(arguments))
        return arguments
    new = [name for name in named(body) if name not in arguments]
    if new and all(map(_ARGUMENT.fullmatch, new)):
        arguments = (*arguments, *new)
        projection.change("arguments", arguments, "command-arguments", listed(new))
    return arguments


def _with_arguments(client: Client, projection: PartProjection[Command], body: Body) -> Body:
    """Return a text that takes what the user types, where the source client adds it by itself and the target does not."""
    if body.appended == client.language.appends or takes_arguments(body.parts):
        return body
    if client.language.appends:
        projection.remark("placeholder-added", "body", "")
        return body
    projection.remark("placeholder-appended", "body", "")
    return replace(body, parts=(*body.parts, "\n\n", AllArguments()))
