"""Names and tools as Claude Code and its relatives write them: split at commas and blanks, `Tool(pattern)`, `mcp__server__tool`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import ToolGrant
from agentconv.core.losses import listed
from agentconv.core.meant import Pattern
from agentconv.families import model_words
from agentconv.families.javascript import SPACE
from agentconv.families.keys import ABSENT, Ignored, Key
from agentconv.families.tool_tokens import grant, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentconv.core.format import Projection
    from agentconv.core.ir import Agent, Json, Model
    from agentconv.families.keys import Absent


def token(value: ToolGrant) -> str:
    """Write one grant."""
    return value.native if value.pattern is None else f"{value.native}({value.pattern})"


def _spelled(words: list[str], *, as_list: bool) -> Json:
    """Write words as one text, unless one of them, with a parenthesis that nothing closes, would take the next into itself."""
    text = ", ".join(words)
    return list(words) if as_list or split(text) != words else text


def spell_server(server: str, tool: str | None) -> str:
    """Write an MCP server, or one of its tools."""
    return f"mcp__{server}__{tool}" if tool else f"mcp__{server}"


def reads_back(value: ToolGrant) -> bool:
    """Whether a grant, written, is read as itself."""
    written = token(value)
    return split(written) == [written] and written != "*" and grant(value.format, written) == value


def allowed_reads_back(value: ToolGrant) -> bool:
    """Whether a grant, written among the allowed tools, is read as itself."""
    written = token(value)
    return split(written) == [written] and written != "*" and _allowed_grant(value.format, written) == value


def _allowed_grant(format_id: str, word: str) -> ToolGrant:
    """Read one allowed token; `mcp__*`, which denies every server, allows none (measured)."""
    found = grant(format_id, word)
    return ToolGrant(word, format_id) if found.server == effects.EVERY_SERVER else found


def allowed(format_id: str, *, as_list: bool = False) -> Key:
    """Make the key for tools: absent and `*` inherit; nothing, or nothing that is a name, is none.

    `Agent(x, y)` names the agents that may be called.

    Args:
        format_id: The format whose words they are.
        as_list: Written as a list, rather than as one text.
    """

    def read(value: Json) -> Mapping[str, object]:
        tokens = split(value)
        if "*" in tokens:
            return {}
        grants = [_allowed_grant(format_id, one) for one in tokens]
        if not grants:
            if value != []:
                raise Ignored("it names no tool, so the agent has none", {"tools.mode": "none"})
            return {"tools.mode": "none"}
        names = [name.strip() for one in grants if spawns(one) for name in (one.pattern or "").split(",")]
        allow = tuple(replace(one, pattern=None) if spawns(one) else one for one in grants)
        delegates = tuple(name for name in names if name)
        return {"tools.mode": "list", "tools.allow": allow, **({"delegates": delegates} if delegates else {})}

    def write(agent: Agent) -> Json | Absent:
        words = _allowed_words(agent)
        if not words:
            return ABSENT if words is None else []
        return _spelled(words, as_list=as_list)

    return Key(("tools.mode", "tools.allow", "delegates"), read, write)


def spawns(value: ToolGrant) -> bool:
    """Whether a grant is the one that calls other agents."""
    return value.capability == "delegate" and value.native in ("Agent", "Task")


def _allowed_words(agent: Agent) -> list[str] | None:
    if agent.tools.mode == "inherit":
        return None
    words = []
    delegates = agent.delegates
    for one in agent.tools.allow:
        pattern = one.pattern
        if delegates and spawns(one):
            pattern, delegates = Pattern(", ".join(delegates)), None
        words.append(token(one if pattern == one.pattern else replace(one, pattern=pattern)))
    return words


def _is_foreign(format_id: str, word: str) -> bool:
    """Whether a word means a tool, but none that the client takes."""
    found = grant(format_id, word)
    return found.capability is not None and not found.server and vocabulary.own_word(format_id, found.native) is None


def denied(format_id: str, *, as_list: bool = False) -> Key:
    """Make the key for denied tools; `*` and what is no name deny nothing. Arguments are those of `allowed`.

    Beside `*`, the words of other clients are still what the author meant to deny, and are denied where they are words.
    """

    def read(value: Json) -> Mapping[str, object]:
        tokens = split(value)
        if "*" in tokens or (not tokens and value != []):
            meant = tuple(grant(format_id, one) for one in tokens if one != "*" and _is_foreign(format_id, one))
            raise Ignored("it denies nothing", {"tools.deny": meant} if meant else {})
        return {"tools.deny": tuple(grant(format_id, one) for one in tokens)}

    def write(agent: Agent) -> Json | Absent:
        words = [token(one) for one in agent.tools.deny]
        if not words:
            return ABSENT
        return _spelled(words, as_list=as_list)

    return Key(("tools.deny",), read, write)


def skills(value: Json) -> tuple[str, ...]:
    """Read a list of skills.

    Raises:
        Ignored: It holds no name.
    """
    if value is None:
        return ()
    if not isinstance(value, (str, list)) or (value and isinstance(value, list) and not any(isinstance(item, str) for item in value)):
        raise Ignored("`skills` is a list of names")
    names = split(value)
    return ("*",) if "*" in names else tuple(names)


def model(format_id: str, value: Json) -> Model:
    """Read a model: an alias, an id, or `inherit`; blanks around it are trimmed.

    Raises:
        Ignored: It is no text.
    """
    if not isinstance(value, str) or not value.strip(SPACE):
        raise Ignored("a model is text")
    return model_words.read(format_id, value.strip(SPACE))


def mode(format_id: str, value: Json) -> str:
    """Read a permission mode.

    Raises:
        Ignored: The client has no such mode.
    """
    found = vocabulary.portable_mode(format_id, value) if isinstance(value, str) else None
    if found is None:
        raise Ignored("a permission mode is default, acceptEdits, auto, bypassPermissions, dontAsk or plan")
    return found


def project_skills(projection: Projection) -> None:
    """Keep the skills whose names the key can hold."""
    named: tuple[str, ...] = projection.get("skills") or ()
    kept = tuple(name for name in named if split(name) == [name] and (name != "*" or len(named) == 1))
    if kept != named:
        projection.change("skills", kept or None, "field-dropped", listed(name for name in named if name not in kept))


def project_delegates(projection: Projection) -> None:
    """Keep the agents that may be called where the list of tools has a word to carry them."""
    called: tuple[str, ...] | None = projection.get("delegates")
    if called is None:
        return
    held = bool(called) and all(name and name == name.strip() and not set(name) & set(",()") for name in called)
    if not (held and any(spawns(one) for one in projection.get("tools.allow"))):
        projection.change("delegates", None, "field-dropped", listed(called, nothing="none"))
