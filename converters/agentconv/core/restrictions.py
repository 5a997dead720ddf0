"""What keys that no field holds restrict and grant, as the clients' schemas say: `x-restricts` and `x-grants`.

Each is a list of cases. `value` is the JSON Schema of the values that a case is about; a restriction then says what it comes to
in neutral words (`sandbox`, `denies`), a grant which effects it `opens`, or leaves `unattended` where they are open.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import schema_files, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import Sandbox, ToolGrant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.ir import Agent, Json, Permissions, Tools

_NARROWEST_FIRST = ("read-only", "workspace-write", "full")


@cache
def _annotated(format_id: str, annotation: str) -> Mapping[str, list[dict[str, Any]]]:
    """Return the cases of each key of a client that has any."""
    if format_id not in schema_files.client_names():
        return {}
    rows = schema_files.load(format_id)["properties"].items()
    return {key: row[annotation] for key, row in rows if annotation in row}


def _cases(format_id: str, key: str, value: Json, annotation: str) -> list[dict[str, Any]]:
    return [case for case in _annotated(format_id, annotation).get(key, ()) if schema_files.follows(value, case["value"])]


def restricts(format_id: str, key: str, value: Json) -> bool:
    """Whether a key with this value restricts what an agent may do in its client."""
    return bool(_cases(format_id, key, value, "x-restricts"))


def grants(agent: Agent, format_id: str) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    """Yield the keys of a client that let an agent do more, each with the effects that it opens and those that it leaves unattended."""
    for key, value in agent.extras.get(format_id, {}).items():
        for case in _cases(format_id, key, value, "x-grants"):
            yield key, frozenset(case.get("opens", ())), frozenset(case.get("unattended", ()))


def may_restrict(format_id: str, key: str) -> bool:
    """Whether a key of a client, with some value, restricts what an agent may do."""
    return key in _annotated(format_id, "x-restricts")


def is_about_grants(format_id: str, key: str) -> bool:
    """Whether a key of a client, with some value, restricts what an agent may do, or lets it do more."""
    return any(key in _annotated(format_id, annotation) for annotation in ("x-restricts", "x-grants"))


def in_fields(agent: Agent, besides: str | None = None) -> Agent:
    """Return an agent whose fields say what such keys restrict as well.

    Args:
        agent: The agent.
        besides: A format whose client's keys stay what they are.
    """
    own = vocabulary.words_of(besides) if besides else None
    tools, permissions = agent.tools, agent.permissions
    for format_id, table in agent.extras.items():
        if not _annotated(format_id, "x-restricts") or vocabulary.words_of(format_id) == own:
            continue
        for key, value in table.items():
            for case in _cases(format_id, key, value, "x-restricts"):
                tools = _without(tools, format_id, case.get("denies", ()))
                permissions = _confined(permissions, case.get("sandbox"))
    if tools is agent.tools and permissions is agent.permissions:
        return agent
    return replace(agent, tools=tools, permissions=permissions)


def _without(tools: Tools, format_id: str, denied: list[str]) -> Tools:
    present = {grant.capability for grant in tools.deny if grant.pattern is None}
    words = vocabulary.words_of(format_id)
    more = [ToolGrant(vocabulary.tool_for(format_id, one) or one, words, one) for one in denied if one not in present]
    return replace(tools, deny=(*tools.deny, *more)) if more else tools


def _confined(permissions: Permissions, sandbox: dict[str, Any] | None) -> Permissions:
    """Return permissions with the narrower of two sandboxes."""
    if sandbox is None:
        return permissions
    new, old = Sandbox(sandbox["files"], sandbox.get("network")), permissions.sandbox
    if old is None or _NARROWEST_FIRST.index(new.files) < _NARROWEST_FIRST.index(old.files):
        return replace(permissions, sandbox=new)
    if new.files == old.files and new.network is False and old.network is not False:
        return replace(permissions, sandbox=new)
    return permissions
