"""Limits in an agent's file that its client documents, and does not hold a spawned agent to, as its vocabulary says (`unenforced`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core import key_fields, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.core.diagnostics import Loss
    from agentconv.core.effects import Effects
    from agentconv.core.ir import Agent, Json


def unheld(format_id: str, header: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the keys of a file that limit its agent and do not hold it, as the vocabulary spells them."""
    free = vocabulary.unenforced(format_id).free
    return tuple(key for key, values in free.items() if any(not _is_among(found, values) for found in _values(header, key.split("."))))


def held(agent: Agent, format_id: str) -> Effects:
    """Return what an agent may do in a client, which may not hold it to all that its file says."""
    from agentconv.core import effects
    from agentconv.core.ir import Permissions

    known = vocabulary.unenforced(format_id)
    found = effects.effects(replace(agent, permissions=Permissions()) if known.free else agent, format_id=format_id)
    return replace(found, every_server=True) if known.servers else found


def _values(value: Any, path: list[str]) -> Iterator[Json]:
    """Yield the values at a path; `*` is each name of a table."""
    if not path:
        yield value
        return
    first, *rest = path
    table: dict[str, Json] = value if isinstance(value, dict) else {}
    for name in table if first == "*" else {first} & table.keys():
        yield from _values(table[name], rest)


def _is_among(value: Json, values: Iterable[Json]) -> bool:
    """Whether a value is one of several; 1 is not true."""
    return any(type(one) is type(value) and one == value for one in values)


def losses_of(agent: str, format_id: str, limits: Iterable[str]) -> tuple[Loss, ...]:
    """Say of each of the limits in a file, as `unheld` returns them, that its client does not hold the agent to it."""
    return tuple(_loss(agent, format_id, _field(format_id, key_of(limit)), Detail("`{}`", (limit,))) for limit in limits)


def key_of(limit: str) -> str:
    """Return the key of a file that says a limit, or has it in its table."""
    return limit.partition(".")[0]


def loss_of_servers(agent: str, format_id: str, denied: Iterable[str] = ()) -> Loss:
    """Say of a limit on MCP servers that no file of the client's limits those of the session; `denied` stay open all the same."""
    said = vocabulary.unenforced(format_id).servers or ""
    from agentconv.core import losses

    return _loss(agent, format_id, "mcp_servers", losses.listed(denied, f"{said}: not {{}}", nothing=said))


def _loss(agent: str, format_id: str, field: str, detail: Detail | str) -> Loss:
    from agentconv.core import losses

    return losses.loss("not-enforced", agent, field, format_id, detail, hint=vocabulary.unenforced(format_id).instead)


def _field(format_id: str, key: str) -> str:
    """Return the path of the field that a key becomes."""
    found = key_fields.of(format_id)[key]
    return f"extras.{format_id}.{key}" if found == "extras" else found
