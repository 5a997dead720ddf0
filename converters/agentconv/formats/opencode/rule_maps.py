"""Tools, modes and sandboxes as the ordered rules of a permission map, of which the last that matches decides."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agentconv.core import access, asks, effects, fields, patterns, rule_facts, vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.ir import Rule, Tools
from agentconv.core.losses import listed
from agentconv.projecting import permissions, tool_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from agentconv.core.format import Projection
    from agentconv.core.ir import ToolGrant
    from agentconv.core.meant import Pattern
    from agentconv.projecting.granted_words import SpellServer


def rule_map(projection: Projection, spell_server: SpellServer, with_patterns: Collection[str]) -> None:
    """Turn tools, modes and sandboxes into the ordered rules of a target with a permission map, the last match of which decides.

    With a list of tools, everything else is denied first; then reading is allowed, and writing, running and the network are
    asked for, since beside a denial of everything the user's own settings do not count.

    Args:
        projection: The agent on its way.
        spell_server: Writes an MCP server, or one of its tools.
        with_patterns: The target's words that take a pattern.
    """
    source, target = projection.source, projection.target.id
    own = source.tools == _NO_TOOLS and source.permissions.mode is None and source.permissions.sandbox is None
    asks_first = permissions.asks_first(projection)
    if own and source.delegates is None and not asks_first and all(rule.format == target for rule in source.permissions.rules):
        if source.permissions.rules and source.permissions.resolution != "last":
            ordered = tuple(access.in_order(source.permissions))
            turned = {"permissions.rules": ordered, "permissions.resolution": "last"}
            projection.change_together(turned, "tools-as-rules", "in the order of the target")
        return
    rules = _RuleWriter(projection, spell_server, with_patterns, asks_first=asks_first)
    if source.permissions.rules:
        rules.translate()
        rules.ask_first()
    if not source.permissions.rules or source.tools != _NO_TOOLS or source.permissions.mode or source.permissions.sandbox:
        rules.write_tools()
    rules.write_delegates()
    values: dict[str, object] = {
        "tools.mode": "inherit",
        "tools.allow": (),
        "tools.deny": (),
        "permissions.rules": tuple(rules.found),
        "permissions.resolution": "last" if rules.found else None,
        "permissions.mode": None,
        "permissions.sandbox": None,
    }
    projection.change_together(values, "tools-as-rules", listed(dict.fromkeys(rule.native for rule in rules.found), nothing="none"))
    if source.delegates is not None:
        projection.change("delegates", None, "tools-as-rules", listed(source.delegates, nothing="none"))
    tool_lists.declare_unknown(projection, "permissions.rules", rules.unknown)
    for code, words in (("pattern-dropped", rules.patterns), ("tools-narrowed", rules.narrowed), ("sandbox-dropped", rules.unsure)):
        if words:
            projection.declare(code, "permissions.rules", listed(words))
    if rules.asks:
        projection.declare("asks", "permissions.rules", listed(rules.asks))


_NO_TOOLS = Tools()
_ALL_TOOLS = frozenset({effects.ALL_TOOLS})


_READING = ("read", None)
"""Effects that are never asked for: reading, and what is no effect at all."""


class _RuleWriter:
    """Writes the rules of a permission map for one agent."""

    def __init__(
        self, projection: Projection, spell_server: SpellServer, with_patterns: Collection[str], *, asks_first: Collection[str]
    ) -> None:
        self.source = projection.source
        self.target = projection.target.id
        self.spell_server = spell_server
        self.with_patterns = with_patterns
        self.asks_first = asks_first
        """What is asked for in the source's client where nobody says anything, and not in the target: effects, and tools of servers."""
        self.found: list[Rule] = []
        self.unknown: list[ToolGrant | Rule] = []
        self.patterns: list[str] = []
        """Patterns that say nothing in the source either, and are left out."""
        self.narrowed: list[str] = []
        """What is open to a part only, which the target cannot hold."""
        self.unsure: list[str] = []
        """Denied commands that the target may take for others."""
        self.asks: list[str] = []

    def add(self, effect: Any, word: str, pattern: Pattern | None = None) -> None:
        meanings = vocabulary.grants(self.target, word)
        capability = access.EVERY_CAPABILITY if word == access.EVERY_CAPABILITY else meanings[0] if meanings else None
        self.found.append(Rule(effect, word, self.target, capability, pattern))

    def add_server(self, effect: Any, server: str, tool: str | None, but: str | None = None) -> None:
        """Write a rule for a server; tools of the target's own that its pattern would open, and that are closed so far, stay closed.

        Args:
            effect: What the rule does.
            server: The server.
            tool: The one tool of it that the rule is about.
            but: A client whose rule with that very pattern opens what it has of these tools, too.
        """
        word = self.spell_server(server, tool)
        own = [one for one in vocabulary.tool_words(self.target) if "*" in word and effect != "deny" and fnmatchcase(one, word)]
        closed = [one for one in own if self.is_closed(one) and not (but and vocabulary.own_word(but, one))]
        self.found.append(Rule(effect, word, self.target, "mcp", None, server, tool))
        for one in closed:
            self.add("deny", one)

    def is_closed(self, word: str) -> bool:
        """Whether the rules that are there close a word of the target: the last that is about all of it decides."""
        speaking = [rule for rule in self.found if rule.pattern is None and fnmatchcase(word, rule.native)]
        return bool(speaking) and speaking[-1].effect == "deny"

    def translate(self) -> None:
        """Spell the rules of another client's permission map, one by one, in their order."""
        for rule in access.in_order(self.source.permissions):
            if rule.capability == access.EVERY_CAPABILITY:
                self.add(rule.effect, access.EVERY_CAPABILITY)
            elif rule.server:
                self.add_server(rule.effect, rule.server, rule.tool, rule.format)
            else:
                self.translate_word(rule)
        if self.unsure:
            self.ask_for_commands()

    def translate_word(self, rule: Rule) -> None:
        """Spell a rule about a tool; what it closes, or asks for, is closed in all of the target's words for it."""
        words = [word for meaning in access.granted(rule) for word in vocabulary.tools_for(self.target, meaning)]
        own = [rule.native] if rule.format == self.target or self.is_same_word(rule) else list(dict.fromkeys(words))
        if not own:
            self.unknown.append(rule)
        elif rule.pattern is None:
            self.add(rule.effect, own[0])
        else:
            self.translate_pattern(rule, own[0])
        for word in own[1:] if rule.effect != "allow" and rule.pattern in (None, "*") else ():
            self.add(rule.effect, word)

    def is_same_word(self, rule: Rule) -> bool:
        """Whether the target has the very word of a rule, for the same, and no other word of its would do what it closes."""
        here, there = vocabulary.own_word(self.target, rule.native), vocabulary.own_word(rule.format, rule.native)
        meanings = vocabulary.grants(self.target, rule.native)
        harmless = all(access.EFFECT_OF.get(meaning) in _READING for meaning in meanings)
        return bool(here and there) and harmless and meanings == vocabulary.grants(rule.format, rule.native)

    def translate_pattern(self, rule: Rule, word: str) -> None:
        """Spell a rule that has a pattern; one that the target cannot hold is said more narrowly."""
        held = patterns.carried(rule, self.target, word, denies=rule.effect != "allow") if word in self.with_patterns else None
        if held is not None:
            for pattern in held:
                self.add(rule.effect, word, pattern)
        elif rule.effect != "allow" and rule.pattern and rule_facts.pattern_subject(self.target, word) == "command":
            self.unsure.append(f"{rule.native} {rule.pattern}")
            if rule.effect == "deny":
                self.add(rule.effect, word, rule.pattern)
        else:
            self.narrowed.append(f"{rule.native} {rule.pattern}")
            if rule.effect != "allow":
                self.add(rule.effect, word)

    def ask_for_commands(self) -> None:
        """Let each command be asked for that would run unattended, since the target may cut and match command lines otherwise."""
        words = vocabulary.tools_for(self.target, "shell")
        rules = [replace(rule, effect="ask") if rule.native in words and rule.effect == "allow" else rule for rule in self.found]
        last = max((number for number, rule in enumerate(rules) if rule.native == access.EVERY_CAPABILITY), default=-1)
        if last < 0 or rules[last].effect == "allow":
            patterned = {word: self.everything(word) if word in self.with_patterns else None for word in words}
            asking = [Rule("ask", word, self.target, "shell", pattern) for word, pattern in patterned.items()]
            rules[last + 1 : last + 1] = asking
        self.found = rules

    def ask_first(self) -> None:
        """Have the target ask where the source's client does, before all that the rules say: they are in the place of its own map."""
        tools, said = self.source.tools, self.source.permissions
        if tools != _NO_TOOLS or said.mode or said.sandbox:
            return
        open_to = access.accesses(tools, said, fields.client_of(self.source))
        asked, asking = {*self.asks_first} - {"read"}, list[Rule]()
        for word in vocabulary.tool_words(self.target):
            meanings = [one for one in vocabulary.grants(self.target, word) if access.EFFECT_OF.get(one) in asked]
            levels = [open_to[one].level for one in meanings if one in open_to]
            about = [rule for rule in self.found if fnmatchcase(word, rule.native)]
            whole = any(rule.pattern in (None, "*") for rule in about)
            if not whole and access.Level.INHERIT in levels:
                asking.append(Rule("ask", word, self.target, meanings[0], self.everything(word) if about else None))
        self.asks += [rule.native for rule in asking]
        self.found = [*asking, *self.found]

    def everything(self, word: str) -> Pattern:
        """Return the pattern of a word that matches everything."""
        return patterns.spoken(self.target, word, "*")

    def write_tools(self) -> None:
        """Write rules for what tools, mode and sandbox leave."""
        tools, said = self.source.tools, self.source.permissions
        origin = fields.client_of(self.source)
        open_to = dict(access.accesses(tools, said, origin))
        if effects.is_confined(self.source):
            open_to["shell"] = access.Access(access.Level.ASK)
            self.unsure.append("a workspace-write sandbox")
        have = access.capabilities_of(tools, origin)
        if tools.mode != "inherit":
            self.add("deny", access.EVERY_CAPABILITY)
        elif said.mode in ("bypass", "auto"):
            self.add("allow", access.EVERY_CAPABILITY)
        elif asks.SERVERS in self.asks_first and self.may.every_server:
            self.add_server("ask", effects.EVERY_SERVER, None)
        written: set[str] = set()
        for word in vocabulary.tool_words(self.target):
            meanings = vocabulary.grants(self.target, word)
            if not meanings or (tools.mode == "inherit" and not self.is_spoken_of(meanings, have)):
                continue
            levels = [open_to[meaning].level for meaning in self.standing_for(meanings, have) if meaning in open_to]
            if set(meanings) <= written and not self.is_closed_apart(meanings, levels):
                continue
            written.update(meanings)
            self.write_word(word, meanings, levels)
        for grant in tools.allow if tools.mode == "list" else ():
            if grant.server:
                self.open_server(grant.server, grant.tool)
            elif not any(vocabulary.tool_for(self.target, meaning) for meaning in access.granted(grant)):
                self.unknown.append(grant)
        for grant in tools.deny:
            if grant.server:
                self.add_server("deny", grant.server, grant.tool)

    def standing_for(self, meanings: Sequence[str], have: Collection[str]) -> Sequence[str]:
        """Return whose levels decide about a word: of a tool that its client has not got, those of the commands that do the same."""
        return ("shell",) if self.is_run_instead(meanings, have) else meanings

    def is_run_instead(self, meanings: Sequence[str], have: Collection[str]) -> bool:
        """Whether an agent does with commands, for which its client asks, what the target does unasked by a tool of its own."""
        denied = {capability for grant in self.source.tools.deny for capability in access.granted(grant)}
        reached = {access.EFFECT_OF.get(meaning) for meaning in meanings} <= {"write", "network"}
        unlisted = "run" in self.asks_first and self.source.tools.mode == "inherit"
        reached &= not any(access.EFFECT_OF.get(one) == "network" for one in meanings) or self.on_network.issuperset(meanings)
        return unlisted and "shell" in have and reached and not set(meanings) & {*have, *denied}

    def is_spoken_of(self, meanings: Sequence[str], have: Collection[str]) -> bool:
        """Whether the agent says anything of a tool: its client has one, it denies one, or it may not do at all what that tool does."""
        closed = {effect for effect in access.EFFECTS if not self.may.may(effect)}
        denied = {capability for grant in self.source.tools.deny for capability in access.granted(grant)}
        touched = {access.EFFECT_OF.get(meaning) for meaning in meanings}
        cut_off = touched == {"network"} and not self.on_network.issuperset(meanings)
        return bool(set(meanings) & {*have, *denied} or touched & closed or cut_off or self.is_run_instead(meanings, have))

    def is_closed_apart(self, meanings: Sequence[str], levels: list[access.Level]) -> bool:
        """Whether one more word for the same has to be closed, or asked for, too: beside a denial of everything, it is."""
        effect = access.EFFECT_OF.get(meanings[0])
        asked = (access.Level.ASK, access.Level.INHERIT) if effect in self.asks_first else (access.Level.ASK,)
        is_asked = bool(levels) and max(levels) in asked and effect not in _READING
        return self.source.tools.mode == "inherit" and (not levels or is_asked)

    @cached_property
    def may(self) -> effects.Effects:
        """What the agent may do."""
        return effects.effects(self.source)

    @cached_property
    def on_network(self) -> frozenset[str]:
        """What the agent may do on the network."""
        return effects.on_network(self.source)

    def open_server(self, server: str, tool: str | None) -> None:
        """Open a server's tool, or all those that its own definition opens."""
        if tool is None and effects.ALL_TOOLS not in (names := self.may.servers.get(effects.server_key(server), _ALL_TOOLS)):
            for name in sorted(names):
                self.add_server("ask", server, name)
        else:
            self.add_server("ask", server, tool)

    def write_word(self, word: str, meanings: Sequence[str], levels: list[access.Level]) -> None:
        """Write what holds for one word of the target."""
        tools = self.source.tools
        listed = tools.mode != "inherit"
        if not levels:
            if not listed:
                self.add("deny", word)
            return
        level = max(levels)
        effect = access.EFFECT_OF.get(meanings[0])
        if not listed and effect in _READING and not self.is_closed(word):
            return  # which it does anyway: to say so would go before what the user closed, or has it ask for
        if level is access.Level.INHERIT and not listed and effect not in self.asks_first:
            return
        action = "allow" if level is access.Level.ALLOW or (effect in _READING) else "ask"
        if action == "ask" and level is access.Level.INHERIT:
            self.asks.append(word)
        if not listed and action == "allow" and self.source.permissions.mode in ("bypass", "auto"):
            return
        if not self.write_patterns(action, word, meanings):
            self.add(action, word)

    def write_patterns(self, action: str, word: str, meanings: Sequence[str]) -> bool:
        """Write the patterns that an author has put on a tool, where all grants of it have one; False where there is none."""
        grants = [grant for grant in self.source.tools.allow if set(meanings) & set(access.granted(grant))]
        shown = [f"{grant.native}({grant.pattern})" for grant in grants if grant.pattern is not None]
        if not shown or len(shown) < len(grants):
            self.patterns += shown
            return False
        held = [patterns.carried(grant, self.target, word, denies=False) if word in self.with_patterns else None for grant in grants]
        if None not in held:
            self.add("deny", word, self.everything(word))
            for pattern in dict.fromkeys(pattern for several in held for pattern in several or ()):
                self.add(action, word, pattern)
            return True
        if all(map(access.is_enforced, grants)):
            self.narrowed += shown
            self.add("deny", word)
            return True
        self.patterns += shown
        return False

    def write_delegates(self) -> None:
        """Name the agents that it may call."""
        word = vocabulary.tool_for(self.target, "delegate")
        if self.source.delegates is None or not word or word not in self.with_patterns:
            return
        self.found = [rule for rule in self.found if rule.native != word]
        self.add("deny", word, self.everything(word))
        for name in self.source.delegates:
            self.add("allow", word, patterns.spoken(self.target, word, name))
