"""Tools as a list of the target's own words, which also stands for sandboxes, switches and permission rules of the source."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from agentconv.core import access, effects, fields, losses, patterns, plain_words, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Detail
from agentconv.core.losses import listed
from agentconv.projecting.granted_words import all_words, granting, open_servers, server_grant, tools_within, without_repeats
from agentconv.projecting.rules_as_tools import Spelling, tools_for_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from agentconv.core.effects import Effects
    from agentconv.core.format import Projection
    from agentconv.core.ir import Rule, ToolGrant
    from agentconv.projecting.granted_words import SpellServer
    from agentconv.projecting.rules_as_tools import JoinPatterns


def grants(projection: Projection, path: str, spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]) -> None:
    """Spell tool grants in the target's words; what it has no word for is dropped and reported.

    A denied capability is denied by all the target's words for it, since one of them left out would still grant it.
    """
    target = vocabulary.words_of(projection.target.id)
    kept: list[ToolGrant] = []
    unknown: list[ToolGrant] = []
    loose: list[str] = []
    narrowed: list[str] = []
    before: tuple[ToolGrant, ...] = projection.get(path)
    for grant in before:
        if grant.format == target and reads_back(grant):
            kept.append(grant)
            continue
        if path == "tools.allow" and access.is_enforced(grant):
            narrowed.append(f"{grant.native}({grant.pattern})")
            continue
        translated = [found for found in _translated(grant, target, spell_server, every=path == "tools.deny") if reads_back(found)]
        kept.extend(translated)
        if not translated:
            unknown.append(grant)
        elif grant.pattern is not None:
            loose.append(f"{grant.native}({grant.pattern})")
    after = without_repeats(kept)
    if after == before:
        return
    projection.translate(path, after)
    if fields.portable(after) == fields.portable(before):
        return
    if called := _called_otherwise(before, after):
        projection.declare("mcp-approximated", path, listed(called))
        return
    declare_unknown(projection, path, unknown)
    if loose:
        projection.declare("pattern-dropped", path, listed(loose))
    if narrowed:
        projection.declare("tools-narrowed", path, listed(narrowed, "{} is open to a part only, and closes"))
    if not unknown and not loose and not narrowed:
        _declare_joined(projection, path, before, after)


def _called_otherwise(before: Iterable[ToolGrant], after: Iterable[ToolGrant]) -> list[str]:
    """Return the grants that are as before but for what the client calls their servers; nothing where any is another."""
    keys = [[replace(one, server=one.server and effects.server_key(one.server)) for one in grants] for grants in (before, after)]
    same = fields.portable(tuple(keys[0])) == fields.portable(tuple(keys[1]))
    return [one.native for one in after if one.server and one not in before] if same else []


def _declare_joined(projection: Projection, path: str, before: tuple[ToolGrant, ...], after: tuple[ToolGrant, ...]) -> None:
    """Say which words do more than the tools in whose place they stand, or else what of these none of them does."""
    meant, does = ({capability for grant in grants for capability in access.granted(grant)} for grants in (before, after))
    if does < meant:
        projection.declare("tools-narrowed", path, listed(plain_words.lost(meant - does, does), "{} is no tool there, and closes"))
    else:
        projection.declare("tools-joined", path, _joined(before, after))


def declare_unknown(projection: Projection, path: str, words: Iterable[ToolGrant | Rule]) -> None:
    """Declare tool words that the target has nothing for; one for which the source client itself gives no tool loses nothing."""
    for code, idle in (("tool-unknown", False), ("tool-idle", True)):
        found = dict.fromkeys(one.native for one in words if vocabulary.is_idle(one.format, one.native) is idle)
        if found:
            projection.declare(code, path, listed(found))


def refuse_none(projection: Projection, *, surely: bool = False) -> None:
    """Refuse an agent without tools, where an empty list may be every tool to the target; where it `surely` is, those from there, too."""
    empty = projection.get("tools.mode") != "inherit" and not projection.get("tools.allow")
    if empty and (surely or not projection.at_home):
        projection.refuse("refused-tools", "tools", "an empty list of tools may be all of them there")


def group(projection: Projection, place_of: Callable[[ToolGrant], object]) -> None:
    """Put tools together that are written in one place, such as a set of tools, in the order of the places."""
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow")
    places = list(dict.fromkeys(map(place_of, allow)))
    grouped = tuple(sorted(allow, key=lambda grant: places.index(place_of(grant))))
    if grouped != allow:
        projection.translate("tools.allow", grouped)


def _joined(before: Iterable[ToolGrant], after: Iterable[ToolGrant]) -> Detail:
    """Name the words of the target that do more than the tools in whose place they stand."""
    meant = {capability for grant in before for capability in access.granted(grant)}
    wider = [grant.native for grant in after if not meant.issuperset(access.granted(grant))]
    return listed(dict.fromkeys(wider or [grant.native for grant in after]))


def _translated(grant: ToolGrant, target: str, spell_server: SpellServer, *, every: bool) -> list[ToolGrant]:
    if grant.server:
        return [server_grant(target, spell_server, grant.server, grant.tool)]
    words = [vocabulary.tools_for(target, capability)[: None if every else 1] for capability in access.granted(grant)]
    return [granting(target, word) for word in dict.fromkeys(word for several in words for word in several)]


def tool_list(
    projection: Projection,
    spell_server: SpellServer,
    reads_back: Callable[[ToolGrant], bool],
    *,
    spell_denied: SpellServer | None = None,
    denies: bool = True,
    inherits: bool = True,
    denied_reads_back: Callable[[ToolGrant], bool] | None = None,
    join_patterns: JoinPatterns | None = None,
) -> None:
    """Keep tools as a list of the target's own words, which also stands for a sandbox, switches or rules of the source.

    Args:
        projection: The agent on its way.
        spell_server: Writes an MCP server, or one of its tools; for `*`, all servers, empty where the target cannot say that.
        reads_back: Whether a grant, written, is read as itself.
        spell_denied: Writes them as denied tools, where those are spelled otherwise.
        denies: Whether the target also has a list of denied tools; else a list of all others stands for it.
        inherits: Whether the target can say that an agent has all tools; else they are listed.
        denied_reads_back: Whether a denied grant is read as itself, where that is another question than for one that is allowed.
        join_patterns: How it writes several patterns of one tool, where it holds an agent to any.
    """
    _list_own_servers(projection, spell_server, reads_back)
    closes = Spelling(spell_denied or spell_server, denied_reads_back or reads_back)
    sandbox = projection.get("permissions.sandbox")
    may = effects.effects(projection.source)
    confined = sandbox is not None and sandbox.files != "full"
    if projection.get("permissions.rules") and not confined:
        tools_for_rules(projection, may, Spelling(spell_server, reads_back), closes, join_patterns)
    if sandbox is not None and confined:
        _list_what(projection, may, Detail("a {} sandbox", (sandbox.files,)), spell_server, reads_back)
    elif sandbox is not None:
        projection.change("permissions.sandbox", None, "default-dropped", "no sandbox")
    if not projection.at_home and projection.get("tools.mode") == "inherit" and not may.may("read"):
        _list_what(projection, may, Detail("its switches"), spell_server, reads_back)
    if projection.get("tools.mode") != "list" and projection.get("tools.allow"):
        projection.change("tools.allow", (), "looks-dropped", "tools that count for nothing without a list")
    before: tuple[ToolGrant, ...] = projection.get("tools.allow")
    carried = join_patterns is not None and _carry_patterns(projection, join_patterns)
    if not denies:
        _list_the_others(projection, spell_server, reads_back)
    if not inherits and projection.get("tools.mode") == "inherit":
        _list_all(projection, spell_server, reads_back)
    grants(projection, "tools.allow", spell_server, reads_back)
    if carried and "tools.allow" not in projection.declared:
        projection.declare("tools-joined", "tools.allow", _joined(before, projection.get("tools.allow")))
    grants(projection, "tools.deny", closes.server, closes.reads_back)
    if projection.get("tools.mode") == "list" and not projection.get("tools.allow"):
        projection.change_together({"tools.mode": "none"}, "tool-unknown", "no tool is left")


def _list_own_servers(projection: Projection, spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]) -> None:
    """List the MCP servers that the agent defines, where its client opens them without that and the target does not."""
    source, target = projection.source, vocabulary.words_of(projection.target.id)
    opens = vocabulary.fact(fields.client_of(source), "own_servers_open")
    if not opens or vocabulary.fact(target, "own_servers_open") or source.tools.mode == "inherit":
        return
    allow: tuple[ToolGrant, ...] = projection.get("tools.allow") if source.tools.mode == "list" else ()
    own = [server for server in source.mcp_servers or () if server.transport and server.enabled is not False]
    added = [
        server_grant(target, spell_server, server.name, tool)
        for server in own
        for tool in (server.enabled_tools if server.enabled_tools is not None else (None,))
        if not any(effects.covers(grant, server.name) and grant.tool in (None, tool) for grant in allow)
    ]
    kept = tuple(filter(reads_back, added))
    if kept:
        values = {"tools.mode": "list", "tools.allow": (*allow, *kept)}
        projection.change_together(values, "mcp-tools-listed", listed(grant.native for grant in kept))
    if len(kept) < len(added):
        servers = dict.fromkeys(grant.server or "" for grant in added if grant not in kept)
        detail = listed(servers, "the servers {} cannot be listed")
        projection.losses.append(losses.loss("tool-unknown", source.id, "tools.allow", target, detail))


def _list_the_others(projection: Projection, spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]) -> None:
    """List all tools but those that are denied, for a target that cannot deny."""
    denied: tuple[ToolGrant, ...] = projection.get("tools.deny")
    if not denied:
        return
    closed = {capability for grant in denied if not grant.server for capability in access.granted(grant)}
    servers = [grant for grant in denied if grant.server]
    target = vocabulary.words_of(projection.target.id)
    joined: list[str] = []
    if projection.get("tools.mode") == "inherit":
        allow = all_words(target, closed, spell_server, reads_back)
        if servers:
            allow = tuple(grant for grant in allow if grant.server != effects.EVERY_SERVER)
    else:
        listed_ones: tuple[ToolGrant, ...] = projection.get("tools.allow")
        open_ones = [one for one in listed_ones if not (_denied(one, closed) or _touched(one, servers))]
        allow = tuple(grant for grant in open_ones if not {*access.granted(grant), *_meant(grant, target)} & closed)
        joined = [grant.native for grant in open_ones if grant not in allow]
    mode = projection.get("tools.mode")
    values = {"tools.mode": "list" if mode == "inherit" else mode, "tools.allow": allow, "tools.deny": ()}
    projection.change_together(values, "tools-listed", listed((grant.native for grant in denied), "all but {}"))
    if joined:
        projection.declare("tools-narrowed", "tools.allow", listed(joined, "{} is one with a denied tool, and closes with it"))
    if mode == "inherit":
        _tell_closed_servers(projection, spell_server, servers)


def _tell_closed_servers(projection: Projection, spell_server: SpellServer, denied: Collection[ToolGrant]) -> None:
    """Say that a list closes MCP servers that nobody denied; that of a client whose agents have those of their session closes none."""
    if vocabulary.unenforced(projection.target.id).servers:
        return
    if not spell_server(effects.EVERY_SERVER, None):
        projection.declare("tools-narrowed", "tools.allow", "all MCP servers that the user has configured close")
    elif denied:
        projection.declare("tools-narrowed", "tools.allow", "with a denied MCP server, all that the user has configured close")


def _list_all(projection: Projection, spell_server: SpellServer, reads_back: Callable[[ToolGrant], bool]) -> None:
    """List all tools of the target, in which an agent without a list has none."""
    every = all_words(vocabulary.words_of(projection.target.id), (), spell_server, reads_back)
    projection.change_together({"tools.mode": "list", "tools.allow": every}, "tools-listed", "all of them")
    _tell_closed_servers(projection, spell_server, ())


def _denied(grant: ToolGrant, closed: Collection[str]) -> bool:
    """Whether all that a tool does is denied."""
    meanings = access.granted(grant)
    return bool(meanings) and set(meanings) <= set(closed)


def _meant(grant: ToolGrant, target: str) -> set[str]:
    """Return all that the words grant by which a target would say a grant."""
    words = (word for capability in access.granted(grant) for word in vocabulary.tools_for(target, capability)[:1])
    return {meaning for word in words for meaning in vocabulary.grants(target, word)}


def _touched(grant: ToolGrant, denied: Collection[ToolGrant]) -> bool:
    """Whether a granted MCP server, or one of its tools, is denied in whole or in part."""
    every = grant.server == effects.EVERY_SERVER
    return any(
        (every or effects.covers(no, grant.server or "", deny=True)) and (no.tool is None or grant.tool is None or _same_tool(no, grant))
        for no in denied
        if grant.server
    )


def _same_tool(denied: ToolGrant, granted: ToolGrant) -> bool:
    return fnmatchcase(granted.tool or "", denied.tool or "")


def _carry_patterns(projection: Projection, join: JoinPatterns) -> bool:
    """Put the target's word in the place of tools that all have a pattern, where it holds an agent to the same paths or commands."""
    target, allow = vocabulary.words_of(projection.target.id), projection.get("tools.allow")
    carried, places = [], {}
    for word in vocabulary.tool_words(target):
        meanings = set(vocabulary.grants(target, word))
        own = [grant for grant in allow if grant.format != target and not grant.server and meanings & set(access.granted(grant))]
        held = [patterns.carried(grant, target, word, denies=False) for grant in own]
        if own and None not in held:
            pattern = join([one for several in held for one in several or ()])
            carried += own
            places[own[0]] = replace(granting(target, word), pattern=pattern)
    if places:
        after = tuple(places.get(grant, grant) for grant in allow if grant in places or grant not in carried)
        projection.translate("tools.allow", after)
    return bool(places)


def _list_what(
    projection: Projection,
    may: Effects,
    what: Detail,
    spell_server: SpellServer,
    reads_back: Callable[[ToolGrant], bool],
) -> None:
    """List the tools that leave the effects which a sandbox or switches leave."""
    target = vocabulary.words_of(projection.target.id)
    named = open_servers(may, target, spell_server, reads_back)
    asks = vocabulary.fact(target, "asks_by_default") or vocabulary.native_mode(projection.target.id, "default") is not None
    shell = vocabulary.tool_for(target, "shell") if may.confined and asks else None
    commands = (granting(target, shell),) if shell else ()
    listed = {
        "tools.mode": "list",
        "tools.allow": without_repeats((*tools_within(may, target, effects.on_network(projection.source)), *commands, *named)),
        "tools.deny": (),
        "permissions.sandbox": None,
        "permissions.rules": (),
        "permissions.resolution": None,
    }
    projection.change_together(listed, "tools-from-sandbox", what)
    if commands:
        projection.declare("sandbox-dropped", "permissions.sandbox", what)
