"""What each client does with hooks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from agentconv.core import vocabulary
from agentconv.core.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a client does with hooks of a project or user."""

    variables: frozenset[str]
    """What is set in the environment of what they run."""
    matches: str
    """How a matcher on tools is held against a name: `words`, `names`, `whole`, `expression` (`hook_matchers.matches`)."""
    handlers: tuple[str, ...]
    """The kinds of what is run."""
    blocks: tuple[str, ...]
    """Portable events that exit code 2 blocks."""
    payload: str
    """How the names are spelled that it is told of an event on standard input."""
    decides: frozenset[str]
    """Keys of an answer in JSON that the client heeds."""
    arguments: Mapping[str, tuple[str, ...]]
    """Names of what it is told of a tool, by the tool's capability."""
    tools: Mapping[str, tuple[str, ...]]
    """The tools as matchers call them, and what each is capable of."""
    aliases: Mapping[str, str]
    """Other names that a matcher may call them by, each with the tool's own."""
    server_tool: str = "mcp__{server}__{tool}"
    """How a matcher calls a tool of an MCP server; empty where that is not known."""
    silent: bool = True
    """Whether exit code 2 blocks when nothing is printed."""
    agents: bool = False
    """Whether those of an agent's own file hold its tools."""
    once: bool = False
    """Whether the same command on the same event is run once, however often it is said."""
    denies: frozenset[str] = frozenset({"block"})
    """The values of `decision` in an answer that block."""
    tells: tuple[str, ...] = ()
    """Portable events of which it tells in a way of its own, whatever the names are spelled like."""
    guards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Events of its own that can keep tools from being used, and no other client has: the tools' capabilities; none for all tools."""
    language: str = "javascript"
    """In which an expression is written (`core.regexes`)."""


@cache
def hooks(format_id: str) -> Hooks | None:
    """Return what a client does with hooks; None where it has none."""
    found: dict[str, Any] | None = vocabulary.tables(format_id).get("hooks")
    if found is None:
        return None
    own: dict[str, Any] = found.get("tools", {})
    words = own or vocabulary.tables(format_id).get("tools", {})
    others: dict[str, str] = {**({} if own else vocabulary.tables(format_id).get("aliases", {})), **found.get("aliases", {})}
    return Hooks(
        frozenset(found["variables"]),
        found["matches"],
        tuple(found["handlers"]),
        tuple(found["blocks"]),
        found["payload"],
        frozenset(found["decides"]),
        {capability: tuple(names) for capability, names in found.get("arguments", {}).items()},
        {word: vocabulary.several(meaning) for word, meaning in words.items()},
        others,
        found.get("server_tool", "mcp__{server}__{tool}"),
        found.get("silent", True),
        found.get("agents", False),
        found.get("once", False),
        frozenset(found.get("denies", ["block"])),
        tuple(found.get("tells", ())),
        {event: tuple(held) for event, held in found.get("guards", {}).items()},
        found.get("language", "javascript"),
    )


def hook_tools(format_id: str) -> Mapping[str, tuple[str, ...]]:
    """Return the tools as the matchers of a client's hooks call them, and what each is capable of."""
    found = hooks(format_id)
    return found.tools if found else {}


def hook_root(format_id: str) -> str:
    """Return how a hook's command says the folder that the scripts of its set lie in: the project's, or the plugin's own."""
    return str(vocabulary.own_tables(format_id).get("hook_root") or vocabulary.tables(format_id).get("hooks", {}).get("root", ""))


@cache
def plugin_roots() -> tuple[str, ...]:
    """Return what the hooks of plugins and extensions call the folder that they lie in, each client in its words."""
    named = {str(root) for one in vocabulary.places() if (root := vocabulary.own_tables(one).get("hook_root"))}
    return tuple(sorted(named.union(*(vocabulary.own_tables(one).get("hooks", {}).get("plugin_roots", ()) for one in vocabulary.places()))))


@cache
def path_signs() -> tuple[str, ...]:
    """Return what some client fills in for the sign between the names of a path in a hook's command."""
    return tuple(sorted({sign for one in vocabulary.places() for sign in vocabulary.own_tables(one).get("hook_path_signs", ())}))


def blocks_silently(format_id: str) -> bool:
    """Whether a hook blocks with its exit code alone."""
    found = hooks(format_id)
    return found is None or found.silent
