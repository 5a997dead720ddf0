"""Rules of a set on their way into another client's file.

A rule that denies or asks is said exactly or wider, or left open: then `conversion.set_restraints` refuses what could do it. A rule that
allows is said exactly, or dropped, as is one that would free what is left open. Where a command is denied, what of the shell is left asks,
since no text tells all spellings of a command; so does a search that prints what may not be read, and a shell that prints it in the target
alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import access, asks, effects, patterns, rule_facts, server_names, vocabulary
from agentconv.core.losses import listed, quoted
from agentconv.core.patterns import command_lines
from agentconv.parts.permissions import deciding, wider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.ir import Rule
    from agentconv.core.part_format import PartProjection
    from agentconv.core.parts import PermissionSet
    from agentconv.core.patterns.form import Form
    from agentconv.parts.permissions.client import Client
    from agentconv.parts.permissions.deciding import Decided

STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}
_ASKED = ("shell", "fs.write", "fs.edit", "web.fetch", "web.search", "mcp")
"""What a client asks about that asks by default."""
_READERS = {"command": wider.command, "path": wider.path}


def project(client: Client, projection: PartProjection[PermissionSet]) -> None:
    """Turn a set of rules into the most of it that a client can hold."""
    if projection.at_home:
        return
    held = _Held(client, projection)
    for one in deciding.restraining(projection.source):
        held.restrain(one)
    held.sandbox()
    held.beside()
    for one in held.counting:
        if one.rule.effect == "allow":
            held.allow(one)
    held.ask_for_rest()
    held.settle()


class _Held:
    """What of a set a client holds."""

    def __init__(self, client: Client, projection: PartProjection[PermissionSet]) -> None:
        self.client = client
        self.projection = projection
        self.source = projection.source
        self.format = self.source.origin.format if self.source.origin else ""
        self.counting = deciding.counting(self.source.rules)
        self.rules: dict[Rule, None] = {}
        self.base: list[Rule] = []
        """What is so of a word where no other rule says otherwise."""
        self.asked: set[str] = set()
        """Words of the client that are to ask where no rule says otherwise."""
        self.open: set[str] = set()
        """Effects of what is left open."""
        self.free: set[str] = set()
        """Capabilities that are allowed as a whole."""
        self.waiting: set[str] = set()
        """Capabilities of which a part is asked about only as long as nothing is allowed of them."""
        self.wider: list[str] = []
        self.dropped: list[str] = []
        self.idle: list[str] = []
        """What restrains nothing that counts here."""

    # --- what is denied, or asked about

    def restrain(self, one: Decided) -> None:
        """Say a rule that denies or asks, or leave it open."""
        about = {capability for capability in one.about if not deciding.is_beside(one.rule, capability)}
        if self._is_spoken_here(one):
            return
        order = sorted(about, key=lambda capability: (capability == "fs.search", capability))
        reasons: list[str] = []
        for capability in order:
            if not (capability == "fs.search" and reasons):  # where what may not be read is read all the same, a search need not ask
                reasons += [reason] if (reason := self._closed(one, capability)) else []
        if reasons and deciding.effects_of(one):
            self._leave_open(one.text, reasons[0], deciding.effects_of(one))
        if not deciding.effects_of(one):
            self.idle.append(one.text)

    def _leave_open(self, text: str, reason: str, about: frozenset[str]) -> None:
        self.projection.leave_open(text, reason)
        self.open |= about

    def _is_spoken_here(self, one: Decided) -> bool:
        """Take a rule as it stands, where the client has the same words, and the last rule decides in both."""
        rule = one.rule
        orders = {rule_facts.rules(format_id).order for format_id in (self.format, self.client.format)}
        known = rule.server or set(rule.native) & set("*?") or vocabulary.own_word(self.client.format, rule.native)
        if (
            orders != {"last"}
            or not known
            or rule_facts.rule_pattern(self.format, rule.native) != rule_facts.rule_pattern(self.client.format, rule.native)
        ):
            return False
        command = rule_facts.rule_pattern(self.format, rule.native)[1] == "command" and rule.pattern is not None
        if command and not command_lines.alike(self.format, self.client.format, str(rule.pattern)):
            return False
        self._add(rule.effect, rule.native, None if rule.pattern is None else str(rule.pattern))
        return True

    def _closed(self, one: Decided, capability: str) -> str | None:
        """Close a capability as a rule says; return why that cannot be said."""
        if capability == deciding.OUTSIDE:
            asks = one.rule.effect == "ask" and vocabulary.fact(self.client.format, "asks_by_default")
            return None if asks else f"{self.client.title} has no rule for all that is outside of the project"
        if not self.client.has(capability) or (capability in access.HARMLESS):
            return None
        if self._asks_anyway(one.rule, capability):
            if self._goes_before_allowed(one.rule, capability) and not self._is_said(one.rule, capability):
                self.waiting.add(capability)
            return None
        effect = one.rule.effect if one.rule.effect in self.client.effects else "deny"
        if effect not in self.client.effects:
            return f"{self.client.title} has no such rules"
        if capability == "mcp":
            return self._close_server(one.rule, effect)
        if not _is_whole(one.rule):
            return self._close_part(one.rule, effect, capability)
        words = self.client.closing(capability) if self.client.whole else ()
        for word in words:
            self._add(effect, word, None)
        return None if words else f"no rule of {self.client.title} closes what it is about"

    def _asks_anyway(self, rule: Rule, capability: str) -> bool:
        """Whether the client asks for all of what a rule asks about, as long as nobody allows it."""
        if rule.effect != "ask":
            return False
        effect = _effect(capability)
        if effect in ("write", "run", "network", asks.SERVERS) and vocabulary.asks_for(self.client.format, effect):
            return not vocabulary.unenforced(self.client.format).free
        if self.client.asks_for_rest and capability in _ASKED and capability != "mcp":
            self.asked.update(self.client.closing(capability))
            return True
        return False

    def _is_said(self, rule: Rule, capability: str) -> bool:
        """Say a rule that asks about a part of a capability; return whether the client has words for that."""
        return "ask" in self.client.effects and not _is_whole(rule) and self._close_part(rule, "ask", capability) is None

    def _goes_before_allowed(self, rule: Rule, capability: str) -> bool:
        """Whether a rule goes before one that allows something of a capability: what asks for the rest no longer asks for that, then."""
        order = rule_facts.rules(self.format).order
        at = next((number for number, one in enumerate(self.counting) if one.rule is rule), 0)
        behind = self.counting[:at] if order == "last" else self.counting
        return any(one.rule.effect == "allow" and capability in one.about and self._allowed(one) for one in behind)

    def _close_server(self, rule: Rule, effect: str) -> str | None:
        if rule.server is None:
            return f"no rule of {self.client.title} closes every MCP server"
        words = [self.client.server(*way) for way in (*server_names.ways(rule), *server_names.further(rule))]
        if None in words:
            return f"no rule of {self.client.title} closes a server's tool"
        for word in dict.fromkeys(filter(None, words)):
            self._add(effect, word, None)
        return None

    def _close_part(self, rule: Rule, effect: str, capability: str) -> str | None:
        """Close a part of a capability."""
        _, subject = rule_facts.rule_pattern(rule.format, rule.native)
        if capability == "fs.search" and subject == "path" and capability not in self.client.holding:
            return self._search_asks()
        found = self._outside(rule, subject) or self._patterns(rule, subject, capability)
        if not found:
            return f"{self.client.title} cannot tell by a pattern what it is about"
        for word, text in found:
            self._add(effect, word, text)
        if effect == "deny":
            parted = {word for word, _ in found}
            self.asked.update(parted if capability == "shell" else ())
            self.asked.update(set(self.client.closing(capability)) - set(self.client.parting(capability)))
        if subject == "path" and rule_facts.rules(self.format).in_commands and not rule_facts.rules(self.client.format).in_commands:
            self.asked.update(self.client.closing("shell"))  # which prints and writes here what it does not there
        if deciding.text_of(rule) not in self.wider:
            self.wider.append(deciding.text_of(rule))
        return None

    def _search_asks(self) -> str | None:
        """Have a search ask that may print what may not be read."""
        words = self.client.closing("fs.search")
        if "ask" not in self.client.effects or not words:
            return f"a search of {self.client.title} prints what may not be read"
        for word in words:
            self._add("ask", word, None)
        return None

    def _outside(self, rule: Rule, subject: str | None) -> tuple[tuple[str, str], ...]:
        text = str(rule.pattern)
        if subject != "path" or self.client.outside is None or not text.startswith(("~/", "//")):
            return ()
        return self.client.outside(text)

    def _patterns(self, rule: Rule, subject: str | None, capability: str) -> list[tuple[str, str]]:
        """Return the client's words with the patterns that hold what a rule holds, or more."""
        if rule.pattern is None or subject not in self.client.patterns or subject not in _READERS:
            return []
        only, write = self.client.patterns[subject]
        form: Form | None = _READERS[subject](rule.pattern)
        every = self.client.parting(capability)
        words = [word for word in every if rule_facts.rule_pattern(self.client.format, word)[1] == only]
        if form is None or len(words) != len(every) or not self._heeds(form, subject):
            return []
        return [(word, text) for word in words for text in write(form) or ()]

    def _heeds(self, form: Form, subject: str) -> bool:
        """Whether the client holds patterns against every piece that such a command can stand in."""
        unasked = rule_facts.command_lines(self.client.format).get("unasked", ())
        starts = [str(branch[0]).split(" ")[0] for branch in form]
        return subject != "command" or not any(start in unasked for start in starts)

    def sandbox(self) -> None:
        """Leave open what a sandbox holds back: no other client's file says so."""
        if self.source.sandbox is not None:
            if self.source.sandbox.files != "full":
                text = deciding.sandbox_text(self.source.sandbox)
                self._leave_open(text, f"{self.client.title} has no such sandbox", deciding.BEYOND_READING)
            self.projection.translate(sandbox=None)
            self.projection.declared.add("sandbox")

    def beside(self) -> None:
        """Leave open what stands beside the rules."""
        for one in deciding.beside(self.source):
            self._leave_open(one.text, f"{self.client.title} has nothing of the kind", one.effects)

    # --- what is allowed

    def allow(self, one: Decided) -> None:
        """Say a rule that allows, exactly, or drop it."""
        found = None if self._frees(one) else self._allowed(one)
        if found is None:
            self.dropped.append(one.text)
            return
        self.rules.update(dict.fromkeys(found))
        self.free |= one.about if found and one.rule.pattern is None else set()

    def _frees(self, one: Decided) -> bool:
        """Whether a rule would let something run unasked that a rule forbids which is left open."""
        about = deciding.effects_of(one)
        return bool(self.open & (about | deciding.BY_COMMANDS if "run" in about else about))

    def _allowed(self, one: Decided) -> list[Rule] | None:
        """Return the rules that allow the same, and nothing else; None where there are none."""
        about = {capability for capability in one.about if self.client.has(capability)}
        if "allow" not in self.client.effects or not about or about - set(access.EFFECT_OF):
            return None
        words = {word for capability in about for word in vocabulary.tools_for(self.client.format, capability)[:1]}
        if any(set(vocabulary.grants(self.client.format, word)) - about for word in words):
            return None
        if about & self.waiting:
            return None
        if _is_whole(one.rule):
            return (
                None
                if any(set(self.client.closing(capability)) & self.asked for capability in about)
                else [rule for word in sorted(words) for rule in self.client.rule("allow", word, None)]
            )
        found = [(word, patterns.carried(one.rule, self.client.format, word, denies=False)) for word in sorted(words)]
        if "shell" in about or any(texts is None for _, texts in found):
            return None
        return [rule for word, texts in found for text in texts or () for rule in self.client.rule("allow", word, str(text))]

    # --- the rest

    def ask_for_rest(self) -> None:
        """Have the client ask for what the source asks about where nobody says anything, and for the rest of a shell."""
        if not self.client.asks_for_rest:
            return
        for capability in _ASKED if self.source.mode not in ("bypass", "auto") else ():
            if self._is_asked_at_home(capability) and capability not in self.free:
                self.asked.update(self._whole(capability))
        said = {rule.native for rule in self.rules if rule.pattern is None}
        self.base = [rule for word in sorted(self.asked - said) for rule in self.client.rule("ask", word, None)]

    def _is_asked_at_home(self, capability: str) -> bool:
        """Whether the source asks about a capability where nobody says anything, and the client does not."""
        if capability in ("fs.write", "fs.edit") and self.source.mode == "accept-edits":
            return False
        effect = _effect(capability)
        return asks.may_ask(self.format, effect) and (capability != "mcp" or asks.are_lost(self.format, self.client.format, effect))

    def _whole(self, capability: str) -> tuple[str, ...]:
        """Return the words for all of a capability; of MCP servers, the one for all of them."""
        every = self.client.server(effects.EVERY_SERVER, None) if capability == "mcp" else None
        return (every,) if every else self.client.closing(capability)

    def _as_maps(self) -> Iterator[Rule]:
        """Yield the rules word by word, the strictest last: the last one decides, and what stands before a whole word says nothing."""
        ordered = [*self.base, *sorted(self.rules, key=_by_effect)]
        last = {(rule.native, rule.pattern): rule for rule in ordered}  # a map has each pattern once, where it is said first
        every = [rule for rule in ordered if last[rule.native, rule.pattern] is rule]
        for word in dict.fromkeys(rule.native for rule in every):
            own = [rule for rule in every if rule.native == word]
            whole = max((place for place, rule in enumerate(own) if rule.pattern is None), default=0)
            left = own[whole:] if own[whole].pattern is None else own
            if len(left) > 1 and left[0].pattern is None:
                yield from self.client.rule(left[0].effect, word, "*")
                left = left[1:]
            for one in left:  # a word that is about several tools stands for a rule about each
                yield from self.client.rule(one.effect, word, None) if one.pattern is None else (one,)

    def _add(self, effect: str, word: str, text: str | None) -> None:
        self.rules.update(dict.fromkeys(self.client.rule(effect, word, text)))

    def settle(self) -> None:
        """Put the rules in the client's order, and declare what became of the source's."""
        projection = self.projection
        rules = tuple(self._as_maps() if self.client.maps else sorted((*self.base, *self.rules), key=_by_effect))
        order = rule_facts.rules(self.client.format).order if rules else None
        projection.translate(rules=rules, resolution=order)
        projection.declared.update(name for name, value in (("rules", rules), ("resolution", order)) if getattr(self.source, name) != value)
        if self.source.mode is not None:
            projection.change("mode", None, "permission-mode-dropped", quoted(self.source.mode))
        if self.source.folders is not None:
            projection.change("folders", None, "permission-folders-dropped", listed(self.source.folders))
        if self.source.extras:
            keys = [key for held in self.source.extras.values() for key in held]
            projection.change("extras", {}, "permission-key-dropped", listed(keys))
        for code, texts in (
            ("permission-wider", self.wider),
            ("permission-allow-dropped", self.dropped),
            ("permission-rule-dropped", self.idle),
        ):
            if texts:
                projection.remark(code, "rules", listed(dict.fromkeys(texts)))
        if self.asked:
            projection.remark("permission-asks", "rules", listed(sorted(self.asked)))
        if not rules:
            projection.omit("permission-nothing-to-say", "rules", f"{self.client.title} has no rule for any of it")
        elif not projection.losses:
            projection.remark("permission-translated", "rules", quoted(len(rules)))


def _effect(capability: str) -> str:
    return asks.SERVERS if capability == "mcp" else access.EFFECT_OF.get(capability, "")


def _is_whole(rule: Rule) -> bool:
    return rule.pattern is None or patterns.is_everything(rule.pattern)


def _by_effect(rule: Rule) -> int:
    return STRICTNESS[rule.effect]
