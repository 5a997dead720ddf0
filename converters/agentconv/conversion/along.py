"""Which skills, commands and MCP servers go along with agents: those that the user wants, or that the agents' fields name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import effects
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.kinds import KINDS, NOUNS
from agentconv.core.suggestions import nearest
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentconv.core.ir import Agent, Rule, ToolGrant
    from agentconv.core.kinds import Kind
    from agentconv.sources.loaded import Loaded
    from agentconv.sources.parts import Parts
    from agentconv.sources.parts_on_disk import LoadedPart

NEEDED, ALL, NONE = "needed", "all", "none"


@dataclass(frozen=True, slots=True)
class With:
    """What is to go along with agents."""

    needed: bool = False
    """What the agents' fields name."""
    kinds: frozenset[Kind] = frozenset()
    """All parts of these kinds."""
    named: tuple[tuple[Kind, str], ...] = ()
    """Parts by their names."""
    only: frozenset[Kind] = frozenset(KINDS)
    """The kinds that are taken of all this."""
    said: bool = False
    """Whether somebody chose it: then what agents name that is not there is told, even where nothing goes along."""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return self.needed or bool(self.kinds or self.named)

    def besides(self, kinds: Iterable[str], *, needed: bool = False) -> tuple[str, ...]:
        """Return the words that take kinds along besides what goes by now: those that are said take the place of what goes unsaid."""
        own = (NEEDED,) if needed or self.needed or not self.said else ()
        return tuple(dict.fromkeys((*own, *sorted(self.kinds), *("/".join(one) for one in self.named), *kinds)))


NOTHING = With()
EVERYTHING = With(kinds=frozenset(KINDS))


def chosen(words: Iterable[str], place: str = "--with") -> With:
    """Return what words say that is to go along: `needed`, `all`, `none`, kinds, and KIND/NAME.

    Args:
        words: What is said.
        place: What says it, for people.

    Raises:
        InputError: One of them says nothing.
    """
    found = [word.strip() for text in words for word in text.split(",") if word.strip()]
    if not found:
        raise registry.usage(f"{place} has an empty value", HOW)
    if NONE in found and len(set(found)) > 1:
        raise registry.usage(f"{place}: none takes nothing beside it", HOW)
    kinds: set[Kind] = set(KINDS) if ALL in found else set()
    named: list[tuple[Kind, str]] = []
    for word in found:
        if word in (NEEDED, ALL, NONE):
            continue
        kind, slash, name = word.partition("/")
        known = next((one for one in KINDS if kind in (one, one.removesuffix("s"))), None)
        if known is None or (slash and not name):
            raise registry.usage(
                f"{place}: there is nothing called `{word}`", registry.did_you_mean(word, (NEEDED, ALL, NONE, *KINDS), HOW)
            )
        if slash:
            named.append((known, name))
        else:
            kinds.add(known)
    return With(NEEDED in found, frozenset(kinds), tuple(dict.fromkeys(named)), said=True)


HOW = f"needed, all, none, a kind ({', '.join(KINDS)}), or KIND/NAME, with commas between them"


class Named:
    """The parts that agents' fields name, and which agents name each."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        """What there is; that of bundles comes to it as they go by."""
        self.by: dict[tuple[Kind, str], set[str]] = {}
        self.spelled: dict[str, list[ToolGrant | Rule]] = {}
        """By the names of servers, what speaks of their tools."""
        self.servers: set[str] = set()
        """Servers that agents define themselves."""
        self.said: list[Loaded] = []
        """The files that say something of the whole set."""

    def over(self, pieces: Iterable[Loaded]) -> Iterator[Loaded]:
        """Take in what the agents of files name, as these go by."""
        for piece in pieces:
            if piece.parts:
                self.parts.take(piece.parts)
            if piece.about is not None:
                self.said.append(piece)
            for agent in piece.agents:
                self.take(agent)
            yield piece

    def take(self, agent: Agent) -> None:
        """Take in what an agent names."""
        for skill in agent.skills or ():
            self.by.setdefault(("skills", skill), set()).add(agent.id)
        for server in agent.mcp_servers or ():
            if server.transport is None:
                self.by.setdefault(("servers", server.name), set()).add(agent.id)
            else:
                self.servers.add(server.name)
        granted: list[ToolGrant | Rule] = [*agent.tools.allow]
        granted += [rule for rule in agent.permissions.rules if rule.effect != "deny"]
        for one in granted:
            if one.server and one.server != effects.EVERY_SERVER:
                self.by.setdefault(("servers", one.server), set()).add(agent.id)
                self.spelled.setdefault(one.server, []).append(one)

    def meant(self, server: str, known: Collection[str]) -> set[str]:
        """Return the servers that one of a name may be, where clients spell a server and its tool in one word."""
        return {effects.of_server(one, known)[0] for one in self.spelled.get(server, ())} | ({server} if server in known else set()) or {
            server
        }

    def without(self, agents: set[str]) -> Named:
        """Return what others than these agents name."""
        left = Named(self.parts)
        left.by = {part: by - agents for part, by in self.by.items() if by - agents}
        left.servers, left.spelled = self.servers, self.spelled
        return left


@dataclass(frozen=True, slots=True)
class Along:
    """What goes along."""

    parts: tuple[LoadedPart, ...] = ()
    told: tuple[Diagnostic, ...] = ()
    """What is to be said of those that are named and do not."""
    wanted: With = NOTHING
    named: Named | None = None

    def unneeded(self, refused: set[str]) -> list[LoadedPart]:
        """Return the parts that go along only because agents name them that are refused: nobody in the target needs them."""
        if not refused or not self.wanted.needed or self.named is None:
            return []
        needed = {id(one) for one in along(self.wanted, self.named.without(refused)).parts}
        return [one for one in self.parts if id(one) not in needed]


def along(wanted: With, named: Named) -> Along:
    """Return the parts that go along, in the order of kinds and paths, and say which are named and not there, whatever goes.

    Raises:
        InputError: The user named one that is not there.
    """
    found: list[LoadedPart] = []
    told: list[Diagnostic] = []
    missing: list[tuple[Kind, str]] = []
    for kind in (kind for kind in KINDS if kind in wanted.only):
        names = {name for one, name in wanted.named if one == kind}
        used = {name for one, name in named.by if one == kind}
        if kind == "servers":
            known_servers = dict.fromkeys(name for one in named.parts.of(kind) for name in one.names) if used else {}
            used = {meant for name in used for meant in named.meant(name, known_servers)} - named.servers
        needed = used if wanted.needed else set()
        if not (kind in wanted.kinds or names or (used and (wanted or wanted.said))):
            continue
        there = named.parts.of(kind)
        _forbid_unknown(kind, names, there)
        keys = {_key(kind, name) for name in names | needed}
        meant = [one for one in there if kind in wanted.kinds or any(_key(kind, name) in keys for name in one.names)]
        found += [one for one in meant if one.meant]
        told += [remark for one in meant if one.hidden_by is None for remark in one.told]
        known = {_key(kind, name) for one in there for name in one.names}
        missing += [(kind, name) for name in sorted(used) if _key(kind, name) not in known]
    told += named.parts.diagnostics if wanted else ()
    return Along(tuple(found), (*dict.fromkeys(told), *([_not_there(missing)] if missing else [])), wanted, named)


def left_by_choice(gone: Along) -> Iterator[Diagnostic]:
    """Say what agents name that stays since other parts were chosen; who says `none` knows that all stays."""
    if gone.named is None or not gone.wanted or gone.wanted.needed:
        return
    needed = along(With(needed=True), gone.named).parts
    go = {id(one) for one in gone.parts}
    stays = [one for one in needed if id(one) not in go]
    if stays:
        words = ", ".join(f"{NOUNS[one.kind]} `{one.part.name}`" for one in stays)
        listed = ",".join(gone.wanted.besides((), needed=True))
        message, option = f"what agents name stays here: {words}", f'`with_="{listed}"` takes it along'
        yield Diagnostic(Code.PARTS, Severity.WARNING, message, hint=f"--with {listed} takes it along", option=option)


def left_of_refused(parts: Collection[LoadedPart], target: str, shut: Collection[str] = ()) -> Diagnostic:
    """Say which parts a target does not get since only agents name them that it cannot hold, and what takes them along.

    Args:
        parts: The parts.
        target: The format that does not get them.
        shut: The ids of those servers that other agents there may not use, who would have them: to take them along alone is refused.
    """
    words, title = ", ".join(f"{NOUNS[one.kind]} `{one.part.name}`" for one in parts), registry.FORMATS[target].title
    go, them = ("does not go", "it") if len(parts) == 1 else ("do not go", "them")
    message = f"{words} {go} to {title}: only agents name {them} that no file of {title} can hold"
    does, closed = f"takes {them} along", [one.part.name or "" for one in parts if one.kind == "servers" and one.part.id in shut]
    if not closed:
        hint, option = f'--with all (in sync: `with = ["all"]`) {does}', f'`with_="all"` {does}'
        return Diagnostic(Code.PARTS, Severity.NOTE, message, hint=hint, option=option)
    does = f"{does}, and lets every agent there use {', '.join(f'`{name}`' for name in closed)}"
    flag = f"--allow-widening={','.join(f'servers/{name}' for name in closed)}"
    option = f'`with_="all"` and `allow_widening=True` {does}'
    return Diagnostic(Code.PARTS, Severity.NOTE, message, hint=f"--with all {flag} {does}", option=option)


def _key(kind: Kind, name: str) -> str:
    """Return what two names share that are one part's: agents name servers as their tools spell them."""
    return effects.server_key(name) if kind == "servers" else name


def _forbid_unknown(kind: Kind, names: Iterable[str], there: Iterable[LoadedPart]) -> None:
    known = [one.part.name or "" for one in there]
    for name in sorted(names):
        if _key(kind, name) not in {_key(kind, one) for one in known}:
            close = nearest(name, known)
            hint = f"did you mean `{kind}/{close}`?" if close else f"there: {', '.join(sorted(known)) or 'none'}"
            raise registry.usage(f"there is no {NOUNS[kind]} `{name}`", hint)


def _not_there(missing: Iterable[tuple[Kind, str]]) -> Diagnostic:
    """Say which parts agents name that are not in the set."""
    by_kind: dict[Kind, list[str]] = {}
    for kind, name in missing:
        by_kind.setdefault(kind, []).append(name)
    words = "; ".join(
        f"{NOUNS[kind]}{'s' if len(names) > 1 else ''} {', '.join(f'`{name}`' for name in names)}" for kind, names in by_kind.items()
    )
    hint = "no file here defines them: the other assistant has to have them already"
    return Diagnostic(Code.PARTS, Severity.NOTE, f"agents name what is not among these files: {words}", hint=hint)
