"""The words of each client (tools, models, permission modes, hook events) as data, with source and verified date.

One file a client, `formats/<client>/<format id>.toml`, and beside them `models.toml` for who makes which model, and `limits.toml` for what
reads like a limit; this module only looks up, in what `python -m agentconv.core.vocabulary` has written down of all of them, and so do
`known_models`, `hook_facts`, `rule_facts` and `server_variables` for the tables that these are about.
The tables:

- `tools`: word = the capability that it stands for, or a list of several (`""` when no other client has such a tool).
  The first word with a capability is the one that is written for it. A word that ends in `*` is the start of many.
- `aliases`: words that the client also takes; `retired`: words of older versions, which it now drops.
- `closes`: word = the other words whose tools the client takes away with it, when it is denied.
- `reaches`: capability = others that it does as well, whatever patterns those have.
- `modes`, `events`: permission modes and hook events: word = portable word. The first word of a mode is written.
- `unattended`: mode (by its portable name where the client has no word) = the effects that the client leaves unattended in it, where they
  are open; without a row, what most clients do.
- `mode_commands`: mode = commands that the client runs unasked in it, though it asks for others.
- `models`: which makers' models the client serves, or the ids of its own list of models, with a star at the end of many; its aliases,
  its words for inheriting; the `efforts` that only some of its models have, by what their ids start with; `tiers`: its model for each tier.

- `install`: where agents are deployed to: `user` (folders of the user's own agents; the first whose environment variable is set,
  else that below `~`) or `no_user` (why there is none), `user_beside` (further folders and files that it reads beside that one),
  `user_adds` (that of `user` which does not keep it from reading the next one), `user_also` (further folders that it reads as well),
  `also_reads` (formats whose folders in a project it reads too), `marks` (what tells in a project that the client is used),
  `then` and `then_user` (what a person does next in the client), `program` (its name on PATH; `--version` says what `x-verified` has).
- `references`: files, folders, variables and commands in a prompt that mean something to this client, and what they are.

Besides, facts: `enforces_patterns` (an agent is held to the pattern of `Tool(pattern)`), `ignores_case` (of tool words),
`asks_by_default` (without any setting of the user, writing, running and the network are asked for), `own_servers_open`
(MCP servers that an agent itself defines are open to it whatever its list of tools says), `shows_model_names` (a model may
be given by the name that is shown to people), `needs_known_tools` (an agent whose list has a word that is no tool
cannot be called), `lists_unwritten` (no list of tools is ever written for an agent from elsewhere),
`lists_need_prompts` (an agent with a list and no prompt has every tool),
`flattens_servers` (what the name of a tool cannot hold of its server's is `_` in it, and lists have to say that),
`own_words_first` (`server/tool` is the client's own tool where it has one that is called so), `known_elsewhere` (its words and keys
are so well known that they mean the same in files of other clients, which have no such word; those of all others mean nothing there,
so that a client that comes anew changes no file of one that is there). A fact that is left out is false.
`unasked` are the effects that a client which asks by default has all the same without asking, and `partly_asked` those that another one
asks for in some sessions; beside those of agents, `servers` is one there: that tools of MCP servers are called.
`servers` are the MCP servers that a client brings along; `idle` are tool words that only another surface of it takes;
`server_tool` is how it names the tool of one, where most name it otherwise.
- `patterns`: for each language (core/patterns), the tool words whose patterns are in it, and what is held against them: `path` (of a
  file, from the project's root), `command` (a piece of a command line), `folder`, `name` (of an agent or skill), `query`, `address`.
  The word `*` stands for all others.
- `commands`: how a command line is cut into the pieces that patterns are held against: `split` (what parses it), `unasked` (commands
  that no pattern is held against), `blanked` (characters of literals and of redirections that go nowhere, which `blank` stands for).
- `rules`: those of a whole project or user: their `order` (which of several that match decides: `first`, `last`, or `deny`, the strictest),
  what a rule that asks or denies is about, where that is not the tool of its name: `whole`, and `parts` where it has a pattern; and
  `patterns`, as above, where words of rules take others than those of an agent's tools.
- `hooks`: what the client does with hooks: `matches` is how a matcher on tools is held against a name, `language` that of its expressions
  (`go`, `javascript`, `python`, `rust`), `handlers` are the kinds of what is run, `variables` are set for it; `blocks` are the portable
  events that exit code 2 blocks (`silent = false`: not when nothing is printed), `payload`, `arguments` and `decides` what is said on
  standard input and heeded on standard output, `denies` the values of `decision` that block, `tells` the events of which something else
  is said there; `once` where what is said twice is run once; `agents` where those of an agent's own file hold its tools; `guards` the
  events that no other client has, and that can keep tools of these capabilities from being used (none: all tools); `hooks.tools` how
  matchers call tools, where that is otherwise than lists of tools do.
- `variables`: the `language` (core/references) in which an agent's own MCP servers refer to variables, and the `places` of a server where
  they do; `meant` are those where the client's documents say so, and it hands the text on as it stands; `inherits` where a server gets
  all variables that the client has. `configured` is the language of the client's configuration, which a project's may not use where it
  is `refused`; `file`, `key`, `shape`, `http` and `http_key` are where a server goes there, and how it is written.
- `unenforced`: limits that the client documents, and does not hold a spawned agent to: `free` has the keys of an agent's file (dots for
  tables, `*` for any name), each with the values that limit nothing; `instead` is what a person does; `servers` says that no file closes
  the MCP servers of the session, in words.
`evidence` is `documentation` where the client itself was not asked: what is said of it is what its documents and its code say.
`restraining` are the files and folders of a project that may have rules and hooks for all that works in it.
`hook_root` is what the hooks of a plugin or an extension call its folder (of a project: `hooks.root`; in plugins of a client that has no
format for them, `hooks.plugin_roots`), and `hook_path_signs` what its client fills in there for the sign between the names of a path.
And limits: `description_tokens` (of the descriptions of all agents together; the client warns above it).

A format that holds no agents says `parts_only`.
A format whose client has another format too says `like = "<its id>"`, and nothing else: its words are the same.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentconv.core import extensions
from agentconv.core.dataclass import dataclass, field
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = Path(__file__).parents[1]
MAKERS, _LIMITS = (Path(__file__).with_name(name) for name in ("models.toml", "limits.toml"))
FILE = Path(__file__).with_suffix(".json")
"""What our own files say, written down together: what is meant elsewhere is asked of all of them, and TOML is slow to read."""


@cache
def places() -> dict[str, Path]:
    """Return the file of each format, which lies beside its client's modules."""
    others = {name: Path(place) for name, place in extensions.files(".toml").items()}
    return {**others, **{path.stem: path for path in _written() if path not in (MAKERS, _LIMITS)}}


@cache
def _written() -> dict[Path, dict[str, Any]]:
    return {_PACKAGE / name: table for name, table in json.loads(FILE.read_text("utf-8")).items()}


def read(path: Path) -> dict[str, Any]:
    """Return the tables of a file, as they are written down."""
    return _written().get(path) or _parsed(path)


@cache
def _parsed(path: Path) -> dict[str, Any]:
    import tomli

    return tomli.loads(path.read_text("utf-8"))


def dumps() -> str:
    """Return the text of what is written down, a line for each table of a file."""
    rows = {
        path.relative_to(_PACKAGE).as_posix(): ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(table, default=str)}" for name, table in _parsed(path).items()
        )
        for path in (_LIMITS, MAKERS, *sorted(_PACKAGE.glob("formats/[!_]*/*.toml")))
    }
    return "{\n" + ",\n".join(f"{json.dumps(path)}: {{\n{lines}\n}}" for path, lines in rows.items()) + "\n}\n"


def limits() -> dict[str, str]:
    """Return the words by which people mean to limit an agent, each with the field that it means; empty for those of no one field."""
    found: dict[str, str] = read(_LIMITS)["keys"]
    return found


def own_tables(format_id: str) -> dict[str, Any]:
    """Return what a format's file says; nothing for a format of no client."""
    path = places().get(format_id)
    return read(path) if path else {}


@cache
def tables(format_id: str) -> dict[str, Any]:
    """Return what the file of a format's client says: its own, or that of the format whose words are the same."""
    found = own_tables(format_id)
    return tables(found["like"]) if "like" in found else found


@cache
def words_of(format_id: str) -> str:
    """Return the format that has the words of a format: its own id, or that of another format of the same client."""
    return str(own_tables(format_id).get("like", format_id))


@cache
def clients() -> tuple[str, ...]:
    """Return the ids of the clients whose words are known."""
    return tuple(name for name in sorted(places()) if words_of(name) == name and not fact(name, "parts_only"))


@cache
def known_elsewhere() -> tuple[str, ...]:
    """Return the clients whose words and keys mean something in files of others, too."""
    return tuple(name for name in clients() if fact(name, "known_elsewhere"))


def fact(format_id: str | None, name: str) -> bool:
    """Return what is so with a client: `enforces_patterns`, `ignores_case`, `asks_by_default`, `own_servers_open`."""
    return bool(format_id and tables(format_id).get(name, False))


def is_documented_only(format_id: str) -> bool:
    """Whether what is said of a client was never asked of the client itself."""
    return bool(tables(format_id).get("evidence") == "documentation")


def number(format_id: str, name: str) -> int | None:
    """Return a limit of a client: `description_tokens`, above which it warns of its agents' descriptions; None where it has none."""
    found: int | None = tables(format_id).get(name)
    return found


def asks_for(format_id: str | None, effect: str) -> bool:
    """Whether a client asks before an agent does something, without any setting of the user."""
    return fact(format_id, "asks_by_default") and effect not in tables(format_id or "").get("unasked", ())


def servers(format_id: str) -> tuple[str, ...]:
    """Return the MCP servers that a client brings along."""
    return tuple(tables(format_id).get("servers", ()))


@dataclass(frozen=True, slots=True)
class ToolWord:
    """What a tool word means."""

    native: str
    """The word as the client's documents spell it."""
    capabilities: tuple[str, ...]
    owners: tuple[str, ...]
    """The format whose word it is; when the word is foreign, each of the other formats that have it."""
    how: str
    """`exact`, `alias`, `retired`, `case` (another spelling of case, which the client does not take) or `foreign`."""

    @property
    def capability(self) -> str | None:
        """The first of the capabilities; None when no other client has such a tool."""
        return self.capabilities[0] if self.capabilities else None


@dataclass(frozen=True, slots=True)
class _Words:
    tools: dict[str, tuple[str, ...]]
    aliases: dict[str, str]
    retired: dict[str, tuple[str, ...]]
    folded: dict[str, str]
    """Each tool and alias in lower case, and its own spelling."""
    prefixes: tuple[str, ...]
    """What the words of a family of tools start with."""


@cache
def tool_word(format_id: str, word: str) -> ToolWord | None:
    """Find what a tool word means to a format, else to those whose words are known elsewhere; None when nobody knows it."""
    own = _own_word(format_id, word)
    if own is not None:
        return own
    found = [other for other in known_elsewhere() if other != format_id and word in {**_words(other).retired, **_words(other).tools}]
    if not found:
        return None
    words = _words(found[0])
    return ToolWord(word, words.tools[word] if word in words.tools else words.retired[word], tuple(found), "foreign")


def is_idle(format_id: str | None, word: str) -> bool:
    """Whether a client knows a word, and gives no tool for it: one that it no longer has, or that only another surface of it has."""
    own = _own_word(format_id, word) if format_id in places() else None
    return own is not None and (own.how == "retired" or own.native in tables(own.owners[0]).get("idle", ()))


def _own_word(format_id: str, word: str) -> ToolWord | None:
    words = _words(format_id)
    if word in words.tools:
        return ToolWord(word, words.tools[word], (format_id,), "exact")
    if any(word.startswith(prefix) for prefix in words.prefixes):
        return ToolWord(word, (), (format_id,), "exact")
    if word in words.aliases:
        return ToolWord(words.aliases[word], words.tools[words.aliases[word]], (format_id,), "alias")
    folded = words.folded.get(word.casefold())
    if folded is not None and fact(format_id, "ignores_case"):
        native = words.aliases.get(folded, folded)
        return ToolWord(native, words.tools[native], (format_id,), "alias")
    if word in words.retired:
        return ToolWord(word, words.retired[word], (format_id,), "retired")
    return None if folded is None else ToolWord(folded, words.tools[words.aliases.get(folded, folded)], (format_id,), "case")


@cache
def _words(format_id: str) -> _Words:
    table = tables(format_id)
    tools = {word: several(meaning) for word, meaning in table.get("tools", {}).items()}
    aliases = table.get("aliases", {})
    prefixes = tuple(word[:-1] for word in tools if word.endswith("*"))
    retired = {word: several(meaning) for word, meaning in table.get("retired", {}).items()}
    return _Words(tools, aliases, retired, {word.casefold(): word for word in (*aliases, *tools)}, prefixes)


def several(meaning: str | list[str]) -> tuple[str, ...]:
    """Return what a word means, which is nothing, one thing or several."""
    return tuple(meaning) if isinstance(meaning, list) else (meaning,) if meaning else ()


@cache
def tools_for(format_id: str, capability: str) -> tuple[str, ...]:
    """Return all the format's words that grant a capability, the one that is written first."""
    return tuple(word for word, meanings in _words(format_id).tools.items() if capability in meanings)


def tool_for(format_id: str, capability: str) -> str | None:
    """Return the word that a format writes for a capability; None when it has none."""
    return next(iter(tools_for(format_id, capability)), None)


@cache
def grants(format_id: str, word: str) -> tuple[str, ...]:
    """Return the capabilities that a word of a format grants; those of any client's word where the format has no such word."""
    found = tool_word(format_id, word)
    return found.capabilities if found else ()


def also_meant(format_id: str, word: str, capability: str | None) -> tuple[str, ...]:
    """Return all that a word grants, of which a grant names one capability; that alone where the word is no such word."""
    if capability is None:
        return ()
    several = grants(format_id, word)
    return several if capability in several else (capability,)


def own_word(format_id: str, word: str) -> str | None:
    """Return a word as the client's documents spell it; None where the client does not take it."""
    found = _own_word(format_id, word)
    return found.native if found and found.how in ("exact", "alias") else None


@cache
def closed_with(format_id: str, word: str) -> tuple[str, ...]:
    """Return the client's words whose tools go when this one is denied; none, where the client does not take the word."""
    own = own_word(format_id, word)
    closes: dict[str, list[str]] = tables(format_id).get("closes", {})
    return () if own is None else (own, *closes.get(own, ()))


@cache
def reaches(format_id: str | None, capability: str) -> tuple[str, ...]:
    """Return the capabilities whose patterns are no boundary in a client beside an open other one, which does the same."""
    found: dict[str, list[str]] = tables(format_id).get("reaches", {}) if format_id else {}
    return tuple(found.get(capability, ()))


@cache
def capabilities(format_id: str) -> frozenset[str]:
    """Return what the client's own tools can do; everything for a format that is no client's."""
    names = (format_id,) if _words(format_id).tools else clients()
    return frozenset(meaning for client in names for meanings in _words(client).tools.values() for meaning in meanings)


_SERVER_TOOL = expression(r"mcp__(?P<server>[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)(?:__(?P<tool>[A-Za-z0-9_*-]+))?")


@cache
def server_tool(format_id: str, word: str) -> str | None:
    """Return how the client names the tool of an MCP server that a word names as most others do: `mcp__server__tool`."""
    spelling: str = tables(format_id).get("server_tool", "")
    found = _SERVER_TOOL.fullmatch(word) if spelling else None
    return spelling.format(server=found["server"], tool=found["tool"] or "*") if found else None


@cache
def portable_mode(format_id: str, word: str) -> str | None:
    """Return the portable permission mode for a client's word."""
    modes: dict[str, str] = tables(format_id).get("modes", {})
    return modes.get(word)


@cache
def native_mode(format_id: str, mode: str) -> str | None:
    """Return the client's word for a portable permission mode; None when it has none."""
    return next((word for word, meaning in tables(format_id).get("modes", {}).items() if meaning == mode), None)


def mode_word(format_id: str | None, mode: str) -> str:
    """Return a portable permission mode as the author of a client's file spells it."""
    return (native_mode(format_id, mode) if format_id else None) or mode


@cache
def mode_anywhere(word: str) -> str | None:
    """Return the portable permission mode that a word is in whichever client has it; None where it is none."""
    found = (tables(client).get("modes", {}).get(word) for client in clients())
    return next((mode for mode in found if mode), None)


@cache
def unattended(format_id: str, mode: str) -> tuple[str, ...] | None:
    """Return the effects that a client leaves unattended in a portable permission mode; None where its file does not say."""
    file = tables(format_id)
    rows: dict[str, list[str]] = file.get("unattended", {})
    words = [word for word, meaning in file.get("modes", {}).items() if meaning == mode] or [mode]
    found = [rows[word] for word in words if word in rows]
    return tuple(dict.fromkeys(effect for several in found for effect in several)) if found else None


def mode_commands(format_id: str, mode: str) -> tuple[str, ...]:
    """Return the commands that a client runs unasked in a portable permission mode, though it asks for others."""
    rows: dict[str, list[str]] = tables(format_id).get("mode_commands", {})
    return tuple(rows.get(native_mode(format_id, mode) or "", ()))


@cache
def portable_event(format_id: str, word: str) -> str | None:
    """Return the portable name of a client's hook event."""
    events: dict[str, str] = tables(format_id).get("events", {})
    return events.get(word) or None


def knows_event(format_id: str, word: str) -> bool:
    """Whether the client has a hook event of this name."""
    return word in tables(format_id).get("events", {})


@cache
def native_event(format_id: str, event: str) -> str | None:
    """Return the client's word for a portable hook event."""
    return next((word for word, meaning in tables(format_id).get("events", {}).items() if meaning == event), None)


def installation(format_id: str) -> dict[str, Any] | None:
    """Return where and how agents are deployed to a client of its own; None for a further format of one, or none of its agents' folders."""
    found: dict[str, Any] | None = tables(format_id).get("install") if words_of(format_id) == format_id else None
    return found


@cache
def tool_words(format_id: str) -> tuple[str, ...]:
    """Return the client's own tool words, in the order of its table."""
    return tuple(_words(format_id).tools)


def events(format_id: str) -> tuple[str, ...]:
    """Return the client's hook events."""
    return tuple(tables(format_id).get("events", {}))


def references(format_id: str) -> dict[str, str]:
    """Return what in a prompt means something to the client, and what it is; a word that ends in `*` is the start of many."""
    found: dict[str, str] = tables(format_id).get("references", {})
    return found


@dataclass(frozen=True, slots=True)
class Unenforced:
    """Limits that a client documents, and does not hold a spawned agent to."""

    free: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """The keys that say them (dots for tables, `*` for any name), each with the values that limit nothing."""
    instead: str | None = None
    """What a person does who relies on them."""
    servers: str | None = None
    """What no file limits of the MCP servers of the session, in words; None where files do."""


@cache
def unenforced(format_id: str) -> Unenforced:
    """Return the limits that a client does not hold its agents to; none, where it holds them to all that it documents."""
    found: dict[str, Any] = tables(format_id).get("unenforced", {})
    free = {key: tuple(values) for key, values in found.get("free", {}).items()}
    return Unenforced(free, found.get("instead"), found.get("servers"))


TABLES = {
    "tools": "tools",
    "aliases": "other words for tools",
    "retired": "tools that it no longer has",
    "modes": "permission modes",
    "events": "hook events",
    "models": "models",
    "tiers": "models by tier",
}
"""The tables of a client's words, and what is in them."""


def meanings(format_id: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return each table that a client has, as its words and what they mean (nothing, where no other client has such a thing)."""
    file = tables(format_id)
    models = file.get("models", {})
    found = {
        **{name: file.get(name, {}) for name in TABLES},
        "models": dict.fromkeys(models.get("inherit", ()), "inherit")
        | models.get("aliases", {})
        | dict.fromkeys(models.get("ids", ()), "id"),
        "tiers": {word: tier for tier, word in file.get("tiers", {}).items()},
    }
    return {name: {word: several(meaning) for word, meaning in table.items()} for name, table in found.items() if table}


if __name__ == "__main__":
    FILE.write_text(dumps(), "utf-8")
