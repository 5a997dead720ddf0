"""What a project says about linting: the table `[tool.agentconv.lint]`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from agentconv.cli.table_error import TableError
from agentconv.cli.telling import say
from agentconv.core import paths
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity, Span
from agentconv.formats import registry
from agentconv.lint import catalogue, project
from agentconv.lint.subject import Settings
from agentconv.render import text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from agentconv.lint.rule import Rule


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What was chosen; what a flag says comes before this."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Rules to ignore, by a pattern of paths."""
    clients: tuple[str, ...] | None = None
    max_description: int = 1024
    baseline: str | None = None
    """The file with the findings that are known, where no flag names another one."""
    also: tuple[str, ...] = ()
    """Rules that protect whoever reads a file, and whose findings that file may hold: where a person named the table's file."""
    folder: str = "."
    """Where the table's file is: patterns of paths are meant below it."""
    named: bool = False
    """Whether a person named the table's file. One that is found in a project leaves out no rule that protects whoever reads its files."""
    place: Span = field(default_factory=lambda: Span(""))
    """Where the table is."""
    pattern_places: Mapping[str, Span] = field(default_factory=dict)
    """Where each pattern of paths is, as far as that is known."""

    def rules(self, select: tuple[str, ...] | None = None, ignore: tuple[str, ...] | None = None) -> list[Rule]:
        """Return the rules that are asked for: what flags say comes before what the table does."""
        kept = {rule.code for rule in (*self._asked(select, ignore), *self._kept(select, ignore))}
        return [rule for rule in catalogue.rules().values() if rule.code in kept]

    def _asked(self, select: tuple[str, ...] | None, ignore: tuple[str, ...] | None) -> list[Rule]:
        return catalogue.select(self.select if select is None else select, self.ignore if ignore is None else ignore)

    def _kept(self, select: tuple[str, ...] | None, ignore: tuple[str, ...] | None) -> list[Rule]:
        """Return the rules that only a table that nobody named leaves out, although they protect."""
        asked = {rule.code for rule in self._asked(select, ignore)}
        return [rule for rule in catalogue.select(select, ignore or ()) if rule.protects and rule.code not in asked and not self.named]

    def remark(self, select: tuple[str, ...] | None = None, ignore: tuple[str, ...] | None = None) -> Diagnostic | None:
        """Say that the table tries to leave out rules that it cannot; None where it does not."""
        words = tuple(word for several in self.per_file.values() for word in several) if not self.named else ()
        per_file = {rule.code for rule in catalogue.select(words) if rule.protects}
        asked = {rule.code for rule in self.rules(select, ignore)}
        tried = {rule.code for rule in self._kept(select, ignore)} | (per_file & asked)
        if not tried:
            return None
        message = f"a project's own configuration leaves out no rule that protects: {', '.join(sorted(tried))}"
        hint = f"--ignore leaves one out, and so does this file where a person names it: --config {self.place.path}"
        return Diagnostic(Code.USAGE, Severity.NOTE, message, self.place, hint)

    def idle(self, locations: Iterable[str]) -> Iterator[Diagnostic]:
        """Say of each pattern of paths that none of these files is meant by it: it may be misspelt, or its files may be gone."""
        found = [self._path(one) for one in locations] if self.per_file else []
        for pattern in self.per_file:
            if not any(paths.matches(path, pattern) for path in found):
                message = f"`{pattern}` in per-file-ignores means none of the files here"
                hint = f"patterns are of paths below {self.folder}: name a file that is there, or take the line out"
                yield Diagnostic(Code.USAGE, Severity.NOTE, message, self.pattern_places.get(pattern, self.place), hint)

    def _path(self, location: str) -> str:
        return os.path.relpath(location, self.folder).replace(os.sep, "/")

    def ignored(self, location: str) -> frozenset[str]:
        """Return the codes, in lower case, of the rules that are ignored in a file."""
        path = self._path(location) if self.per_file else ""
        words = tuple(word for pattern, several in self.per_file.items() if paths.matches(path, pattern) for word in several)
        rules = catalogue.select(words) if words else []
        return frozenset(rule.code.casefold() for rule in rules if self.named or not rule.protects)

    def for_file(self, location: str | None, *, unasked: Iterable[Rule] = ()) -> Settings:
        """Return what is chosen for one file; where it is no file of its own (a bundle's, standard input), nothing particular.

        Args:
            location: Where it is.
            unasked: Rules that are for other files of the run alone.
        """
        left_out = frozenset(rule.code.casefold() for rule in unasked)
        if location is None:
            return Settings(self.max_description, ignored=left_out)
        return Settings(self.max_description, project.names(location), self.ignored(location) | left_out)


KEYS = ("select", "ignore", "per-file-ignores", "for", "max-description", "baseline", "baseline-also")


def read(table: object, place: Span | None = None, *, named: bool = False, shown: str = "[lint]") -> LintSettings:
    """Read the table.

    Args:
        table: What it holds.
        place: Where it is.
        named: Whether a person named its file.
        shown: What it is called there.

    Raises:
        TableError: It cannot be meant.
    """
    if table is None:
        return LintSettings()
    place = place or LintSettings().place
    if not isinstance(table, dict):
        raise TableError(registry.usage(f"{shown} is a table"))
    for key in table:
        if key not in KEYS:
            hint = registry.did_you_mean(key, KEYS, f"settings: {', '.join(KEYS)}")
            raise TableError(registry.usage(f"there is no setting `{key}` in {shown}", hint), key)
    folder = os.path.dirname(place.path) or os.curdir
    return LintSettings(
        select=_rules(table["select"], "select") if "select" in table else None,
        ignore=_rules(table.get("ignore", []), "ignore"),
        per_file=_per_file(table.get("per-file-ignores", {})),
        clients=_clients(table["for"]) if "for" in table else None,
        max_description=_number(table.get("max-description", LintSettings().max_description)),
        baseline=_baseline(table["baseline"], folder) if "baseline" in table else None,
        also=_rules(table.get("baseline-also", []), "baseline-also"),
        folder=folder,
        named=named,
        place=place,
    )


def listed(given: Iterable[str] | None) -> list[str]:
    """Return the words of a flag that takes several, with commas between them or given again."""
    return [word.strip() for word in ",".join(given or ()).split(",") if word.strip()]


def check_rules(words: Iterable[str]) -> None:
    """Complain about a word that names no rule.

    Raises:
        InputError: There is one.
    """
    rules: Iterable[Rule] = catalogue.rules().values()
    known = [word for rule in rules for word in (rule.code, rule.name)]
    for word in words:
        if not catalogue.select((word,)):
            close = registry.did_you_mean(word.upper(), known, "") or registry.did_you_mean(word, known, "`agentconv rule` lists them")
            raise catalogue.none_called(word, close)


def _rules(value: Any, *names: str) -> tuple[str, ...]:
    words = _texts(value, "a list of rules: codes, beginnings of codes, or names", *names)
    try:
        check_rules(words)
    except InputError as error:
        raise TableError(error, *names) from None
    return words


def _texts(value: Any, what: str, *names: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise TableError(registry.usage(f"`{names[-1]}` is {what}"), *names)
    return tuple(value)


def _per_file(value: Any) -> dict[str, tuple[str, ...]]:
    name = "per-file-ignores"
    if not isinstance(value, dict):
        raise TableError(registry.usage(f"`{name}` is a table: a pattern of paths, and a list of rules"), name)
    return {pattern: _rules(rules, name, pattern) for pattern, rules in value.items()}


def _clients(value: Any) -> tuple[str, ...]:
    words = _texts([value] if isinstance(value, str) else value, 'a list of formats, or "all"', "for")
    try:
        return tuple(registry.others_named(words, "`for`"))
    except InputError as error:
        raise TableError(error, "for") from None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise TableError(registry.usage("`max-description` is a number of characters, 1 or more"), "max-description")
    return value


def _baseline(value: Any, folder: str) -> str:
    way = value.replace("\\", "/").split("/") if isinstance(value, str) else []
    if not value or not way or os.path.isabs(value) or os.pardir in way:
        raise TableError(registry.usage("`baseline` is the path of a file below the folder of this one"), "baseline")
    return os.path.normpath(os.path.join(folder, value))


def tell(options: argparse.Namespace, remark: Diagnostic | None) -> None:
    """Say what a table tries in vain."""
    if remark is not None and not options.quiet:
        say(text.diagnostic(remark, text.style(sys.stderr, options.color)))
