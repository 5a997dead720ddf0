"""Rules of the whole set that are written for a part, where its own file cannot say what is closed of it: tools of an MCP server.

They hold where its client takes all of them, in the file that they go to, and where no other file of the client opens what they close.
Where that is not so, the part is judged as if there were none.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from agentconv.conversion.part_law import PartVerdict
from agentconv.core import rule_facts
from agentconv.core.dataclass import replace
from agentconv.core.format import State
from agentconv.core.part_format import PartSource
from agentconv.core.parts import PermissionSet, Server
from agentconv.core.source import SourceText
from agentconv.parts import registry
from agentconv.sources.parts_on_disk import LoadedPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentconv.conversion.options import Options
    from agentconv.core.ir import Rule
    from agentconv.core.part_format import Place

_KIND = "permissions"


class RulesAlong:
    """The rules that are written for parts of one conversion."""

    def __init__(self, target: str, options: Options, verdicts: Sequence[PartVerdict]) -> None:
        """Prepare to take rules.

        Args:
            target: The format id.
            options: What the user chose.
            verdicts: The parts that go along, among them the rules that the set has anyway.
        """
        self.rules: tuple[Rule, ...] = ()
        """Those that were taken."""
        self._options = options
        self._module: Any = registry.part_format(target, _KIND)
        self._order: Any = rule_facts.rules(target).order if self._module else None
        self._sets = [one for one in verdicts if isinstance(one.part, PermissionSet) and one.module is not None]
        self._servers = [one.part.name or "" for one in verdicts if isinstance(one.part, Server)]
        self._loaded: LoadedPart | None = None
        self._file = ""
        """The file that the parts go into, where all of their rules only ask: these stand beside them."""

    def takes(self, verdict: PartVerdict) -> bool:
        """Take the rules for a part, if they hold."""
        if self._module is None or self._closes_another(verdict) or self._united(verdict.rules) is None:
            return False
        before, path = self._file, verdict.place.path if verdict.place else ""
        self._file = path if all(map(_is_asking, (*self.rules, *verdict.rules))) and before in ("", path) else ""
        if not all(map(self._stand_in, self._there(verdict.rules))):
            self._file = before
            return False
        self.rules = tuple(sorted(dict.fromkeys((*self.rules, *verdict.rules)), key=_is_narrow))
        self._loaded = self._loaded or verdict.loaded
        return True

    def _closes_another(self, verdict: PartVerdict) -> bool:
        """Whether a rule for all tools of a server is one for those of another server, too, whose name begins alike."""
        others = {str(self._module.client.server(name, None)) for name in self._servers if name != (verdict.part and verdict.part.name)}
        closing = [rule for rule in verdict.rules if rule.native.endswith("*") and not _is_asking(rule)]
        return any(fnmatchcase(word, rule.native) for rule in closing for word in others)

    def among(self, verdicts: list[PartVerdict]) -> list[PartVerdict]:
        """Return the parts with the rules that were taken: in the set's own, or as a set of their own."""
        if self._loaded is None:
            return verdicts
        part, place = self._united(self.rules), self._place
        if part is None or place is None:
            raise AssertionError
        if not self._sets:
            loaded = LoadedPart("permissions", part, State.LOADS, self._loaded.client, root=self._loaded.root)
            path = self._module.path(part, place)
            return [*verdicts, PartVerdict(loaded, part, self._module, place, path, self._module.write((part,), path, None))]
        return [replace(one, part=part) if one is self._sets[0] else one for one in verdicts]

    @property
    def _place(self) -> Place | None:
        """Where the rules go."""
        if self._sets:
            return self._sets[0].place
        places = self._module.project if self._options.scope == "project" else self._module.user
        return next((one for one in places if one.path == self._file), places[0] if places else None)

    def _set_of(self, rules: tuple[Rule, ...]) -> PermissionSet:
        return PermissionSet(_KIND, _KIND, rules, self._order)

    def _united(self, rules: tuple[Rule, ...]) -> PermissionSet | None:
        """Return rules in one with those that the set has anyway; None where both cannot stand in one file, or have no place."""
        if self._place is None:
            return None
        found = self._set_of(rules)
        return self._module.beside(self._sets[0].part, found) if self._sets else found

    def _there(self, rules: tuple[Rule, ...]) -> Iterator[tuple[Place, bytes, PermissionSet | None]]:
        """Yield the files of the client that are there already, with what is to stand beside what they say."""
        read, module, own = self._options.settings_there or self._options.read, self._module, self._place
        for place in (module.project if self._options.scope == "project" else module.user) if read else ():
            data = None if place.pattern or read is None else read(place.path)
            if data is not None:
                yield place, data, self._united(rules) if place == own else self._set_of(rules)

    def _stand_in(self, there: tuple[Place, bytes, PermissionSet | None]) -> bool:
        """Whether a file that is there takes rules in, or, where they go elsewhere, opens nothing of what they close."""
        from agentconv.conversion.shared_parts import SharedParts

        place, data, wanted = there
        if wanted is None:
            return False
        if place == self._place:
            merged = SharedParts(self._module, place.path, place, (wanted,)).merge(data)
            return not merged.problem and not merged.kept
        found = self._module.read(PartSource(SourceText(place.path, data), place)).parts
        among = self._module.among
        return among is None or all(_opens_nothing(one.rules, among(one.rules, wanted.rules)) for one in found)


def _is_asking(rule: Rule) -> bool:
    """Whether a rule has every tool of a server ask, and opens or closes nothing."""
    return rule.effect == "ask" and (rule.tool is None or "*" in rule.native)


def _is_narrow(rule: Rule) -> bool:
    """Whether a rule is to stand behind those that ask for all of a server: the last one that matches decides."""
    return not _is_asking(rule)


def _opens_nothing(there: Sequence[Rule], held: Sequence[Rule] | None) -> bool:
    """Whether rules need none of them changed for what is closed beside them: that they would stand in another order says nothing."""
    return held is not None and len(held) == len(there) and set(held) == set(there)
