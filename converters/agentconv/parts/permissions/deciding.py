"""What a client decides by the rules of a set: which tools a rule is about, which of several rules counts, and what is left of it.

The facts are in the client's vocabulary (`rules`). Rules that never count are no restraints, and nothing that a later rule closes is
a grant: what is here is what is left of a file once its client has read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from agentconv.core import access, patterns, rule_facts, vocabulary
from agentconv.core.dataclass import dataclass
from agentconv.core.meant import Pattern
from agentconv.core.restraints import EVERYTHING, SERVERS, Restraint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.core.ir import Rule, Sandbox
    from agentconv.core.parts import PermissionSet

_STRICTNESS = {"allow": 0, "ask": 1, "deny": 2}
OUTSIDE = "outside"
"""What stands for all that is done in folders outside of the project."""
_OUTSIDE = frozenset({"read", "write", "run"})
BEYOND_READING = frozenset({"write", "run", "network"})
WATCHING = ("plan", "read-only")
"""The modes in which nothing is done but looked at, even what is allowed."""
BY_COMMANDS = frozenset({"read", "write", "network", "run"})
"""What commands can do."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A rule that counts, and the capabilities that it is about; those of MCP servers are `mcp`."""

    rule: Rule
    about: frozenset[str]

    @property
    def text(self) -> str:
        """The rule in a few words."""
        return text_of(self.rule)


def text_of(rule: Rule) -> str:
    """Return a rule in a few words, which tell it from others."""
    return f"{rule.effect} {rule.native}" if rule.pattern is None else f"{rule.effect} {rule.native}({rule.pattern})"


def about(rule: Rule) -> frozenset[str]:
    """Return the capabilities that a rule is about, in its client; nothing, where it matches nothing there, or only what no other has."""
    if rule.native == access.EVERY_CAPABILITY:
        return frozenset((*access.EFFECT_OF, *access.HARMLESS, "mcp"))
    if rule.server is not None:
        return frozenset({"mcp"})
    facts = rule_facts.rules(rule.format)
    table = facts.whole if rule.pattern is None or patterns.is_everything(rule.pattern) else facts.parts
    known = vocabulary.own_word(rule.format, rule.native)
    if rule.native in table and (rule.effect != "allow" or not known):
        return frozenset(table[rule.native])
    if set(rule.native) & set("*?"):
        return frozenset({rule.capability} if rule.capability else ())
    return frozenset(vocabulary.grants(rule.format, known) if known else ())


def is_known(rule: Rule) -> bool:
    """Whether a rule names something that its client has."""
    pattern = set(rule.native) & set("*?")
    return bool(
        rule.server or pattern or vocabulary.own_word(rule.format, rule.native) or rule.native in rule_facts.rules(rule.format).words
    )


def counting(rules: Sequence[Rule]) -> list[Decided]:
    """Return the rules that count, in their order: none that another one hides, as the client resolves them."""
    found = [Decided(rule, about(rule)) for rule in rules]
    return [one for one, other in zip(found, _hiding(found), strict=True) if other is None]


def hiding(rules: Sequence[Rule]) -> list[Rule | None]:
    """Return for each rule the one that keeps it from ever counting."""
    found = [Decided(rule, about(rule)) for rule in rules]
    return [None if other is None else other.rule for other in _hiding(found)]


def _hiding(found: Sequence[Decided]) -> Iterator[Decided | None]:
    """Yield for each rule the first one that hides it.

    Sets have hundreds of rules: only those are compared that are about the same word, or about everything, and whose patterns begin alike.
    """
    order = rule_facts.rules(found[0].rule.format).order if found else ""
    alike: dict[tuple[_Word, str], list[int]] = {}
    for number, one in enumerate(found):
        alike.setdefault((_word(one.rule), _start(one.rule)), []).append(number)
    for number, one in enumerate(found):
        start = _start(one.rule)
        ways = [(word, start[:length]) for word in {_word(one.rule), _EVERYTHING} for length in range(len(start) + 1)]
        perhaps = sorted(other for way in ways for other in alike.get(way, ()))
        stronger = (found[other] for other in perhaps if _is_stronger(order, (other, found[other].rule), (number, one.rule)))
        yield next((other for other in stronger if _hides(other, one)), None)


_Word: TypeAlias = "tuple[str, str | None, str | None]"
_EVERYTHING: _Word = (access.EVERY_CAPABILITY, None, None)


def _word(rule: Rule) -> _Word:
    return _EVERYTHING if rule.native == access.EVERY_CAPABILITY else (rule.native, rule.server, rule.tool)


def _start(rule: Rule) -> str:
    """Return how what a rule matches begins; nothing where that is not all that counts (`_takes_back`)."""
    return "" if rule.pattern is None or rule.native.endswith("ignore") else patterns.start(rule.pattern)


def _is_stronger(order: str, other: tuple[int, Rule], one: tuple[int, Rule]) -> bool:
    """Whether a rule is asked before another one: a later one where the last match wins, else a stricter one."""
    if order == "deny":
        return _STRICTNESS[other[1].effect] > _STRICTNESS[one[1].effect]
    return other[0] > one[0] if order == "last" else other[0] < one[0]


def matches_all(other: Rule, one: Rule) -> bool:
    """Whether all that a rule matches is matched by another one."""
    return _hides(Decided(other, about(other)), Decided(one, about(one)))


def _hides(other: Decided, one: Decided) -> bool:
    """Whether all that a rule matches is matched by another one first."""
    if other.rule.native not in {one.rule.native, access.EVERY_CAPABILITY}:
        return False
    if other.rule.native == one.rule.native and (other.rule.server, other.rule.tool) != (one.rule.server, one.rule.tool):
        return False
    if other.rule.native == one.rule.native and not (one.about <= other.about or one.rule.native.endswith("ignore")):
        return False  # a pattern of Claude Code's `Read` holds what is written and searched, too, and the whole word reading alone
    wide, narrow = other.rule.pattern, one.rule.pattern
    if wide is None:
        return True
    if narrow is not None and other.rule.effect == "allow" and other.rule.native.endswith("ignore"):
        return _takes_back(str(wide), str(narrow))
    return patterns.is_everything(wide) if narrow is None else patterns.covers(wide, narrow)


def _takes_back(line: str, held: str) -> bool:
    """Whether a line behind `!` takes back all that an earlier one holds, as git has it (run).

    It takes back what it matches itself, and nothing of a folder that is held, nor what lies in one that it matches: `!/a/**` opens nothing
    of `/a/`, and `!/a/` nothing of `/a/**`. Of others than the same line, that is sure for names that are held in any folder.
    """
    if line in ("*", "**") or line == held or line == held.removesuffix("/"):
        return True
    named = not any("/" in one for one in (line, held.removesuffix("/")))
    return named and patterns.covers(Pattern(line, "gitignore"), Pattern(held, "gitignore"))


def restraining(part: PermissionSet) -> list[Decided]:
    """Return the rules of a set that hold something back."""
    return [one for one in counting(part.rules) if one.rule.effect != "allow" and is_known(one.rule)]


def is_beside(rule: Rule, capability: str) -> bool:
    """Whether a rule is about a whole tool beside the client's first one for the same: what that may do, goes past it."""
    words = vocabulary.tools_for(rule.format, capability)
    return rule.pattern is None and rule.native in words[1:]


def restraints(part: PermissionSet) -> Iterator[Restraint]:
    """Yield what a set holds everything back from, each with what it is about."""
    seen: set[str] = set()
    for one in restraining(part):
        found = effects_of(one)
        if one.text not in seen and found:
            seen.add(one.text)
            yield Restraint(
                "permissions",
                one.text,
                "denies" if one.rule.effect == "deny" else "asks",
                found,
                one.rule.server if one.about == {"mcp"} else None,
            )
    if part.sandbox is not None and part.sandbox.files != "full":
        yield Restraint("permissions", sandbox_text(part.sandbox), "denies", BEYOND_READING)
    yield from beside(part)


def beside(part: PermissionSet) -> Iterator[Restraint]:
    """Yield what a file holds back by what it says beside its rules, and no other client can say: values, and how a session begins."""
    if part.mode in WATCHING:
        yield Restraint("permissions", f"mode: {part.mode}", "denies", BEYOND_READING)
    for format_id, held in part.extras.items():
        for key, (found, free) in rule_facts.rules(format_id).beside.items():
            if key in held and not any(held[key] == one for one in free):
                yield Restraint("permissions", f"{key}: {held[key]}", "denies", found)


def sandbox_text(sandbox: Sandbox) -> str:
    """Return a sandbox in a few words."""
    network = "" if sandbox.network is None else f", network {'open' if sandbox.network else 'closed'}"
    return f"sandbox {sandbox.files}{network}"


def effects_of(decided: Decided) -> frozenset[str]:
    """Return the effects that a rule is about."""
    named = {SERVERS if capability == "mcp" else access.EFFECT_OF.get(capability, "") for capability in decided.about}
    return (frozenset(named) | (_OUTSIDE if OUTSIDE in decided.about else frozenset())) & EVERYTHING
