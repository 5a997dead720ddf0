"""All rules, by code, our own first. A module of `lint/rules/` is named here, and nowhere else."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from agentconv.core import extensions, given
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Code, Diagnostic, InputError, Severity
from agentconv.core.expressions import expression
from agentconv.core.kinds import KINDS
from agentconv.formats import registry
from agentconv.lint.rule import ABOUT, FIXES, PROTECTS, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentconv.core.extensions import Extension

TOPICS = (
    "syntax",
    "misread",
    "absent",
    "names",
    "tools",
    "keys",
    "models",
    "permissions",
    "set_rules",
    "hooks",
    "part_servers",
    "part_commands",
    "part_skills",
    "part_instructions",
    "servers",
    "text",
    "ignoring",
    "prompts",
    "handing_over",
    "hidden_characters",
    "security",
    "descriptions",
)
SECRETS = frozenset({"AC810"})
"""Rules about what nobody may hand on, although every assistant works with it."""
HIDDEN = frozenset({"AC801", "AC802", "AC805"})
"""Rules about characters that hide something from a person and not from a model."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule of another distribution, or all of an entry point, that is not there."""

    extension: Extension
    diagnostic: Diagnostic
    """Why."""
    code: str = ""
    """The code of the rule; empty where nothing of the entry point is there."""


BROKEN: list[Broken] = []
"""What is not there of the rules that other distributions bring, once `rules` was asked."""
BROUGHT: dict[str, str] = {}
"""By code the distributions that rules come from which are not our own."""
_CODE = expression("[A-Z]{2,8}[0-9]{2,5}")
OWN = "AC"
"""How the codes of our own rules begin."""


@cache
def rules() -> dict[str, Rule]:
    """Return every rule, in the order of the codes."""
    found = [rule for topic in TOPICS for rule in _of_module(import_module(f"agentconv.lint.rules.{topic}"))]
    own = {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}
    for extension in extensions.of(extensions.RULES):
        try:
            brought = _brought(extension)
        except InputError as error:
            BROKEN.append(Broken(extension, error.diagnostic))
            continue
        for rule in brought:
            if wrong := _wrong(rule, own):
                BROKEN.append(Broken(extension, extension.broken(*wrong).diagnostic, str(rule.code)))
            else:
                own[rule.code] = rule
                BROUGHT[rule.code] = extension.distribution
    return own


def _of_module(module: object) -> list[Rule]:
    return [value for value in vars(module).values() if isinstance(value, Rule)]


def _brought(extension: Extension) -> list[Rule]:
    """Return the rules that another distribution brings, by code: the entry point is a module with rules, or one rule.

    Raises:
        InputError: It is none.
    """
    found = extension.load()
    rules = [found] if isinstance(found, Rule) else _of_module(found) if isinstance(found, ModuleType) else []
    if not rules:
        raise extension.broken("has no rule: the entry point names a module in which `agentconv.lint.rule.rule` made some")
    return sorted(rules, key=lambda rule: str(rule.code))


def _wrong(rule: Rule, taken: Mapping[str, Rule]) -> tuple[str, str] | None:
    """Say why a rule of another distribution cannot be there as it is declared, and what its author does about it."""
    if fault := given.fault(rule):
        wrong, hint = fault
        return f"has a rule {rule.code}, whose {wrong}", hint or ("as in Severity.WARNING" if wrong.startswith("severity ") else "")
    return _miscalled(rule, taken) or _unknown_word(rule)


def _unknown_word(rule: Rule) -> tuple[str, str] | None:
    """Say which word of a rule's declaration nothing is called."""
    known: list[tuple[str, Iterable[str | None], Iterable[str]]] = [
        ("fix", (rule.fix,), FIXES),
        ("about", (rule.about,), ABOUT),
        ("protects", (rule.protects,), PROTECTS),
        ("kind", (rule.kind or None,), KINDS),
        ("example", (rule.example,), (*registry.READERS, *registry.BROKEN)),
        ("clients", rule.clients, (*registry.CLIENTS, *registry.BROKEN)),
    ]
    for name, words, there in known:
        for word in words:
            if word is not None and word not in there:
                hint = registry.LISTED if name in ("example", "clients") else f"it is one of {', '.join(there)}"
                return f"has a rule {rule.code}, whose {name} is `{word}`, which nothing is called", registry.did_you_mean(
                    word, there, hint
                )
    return None


def _miscalled(rule: Rule, taken: Mapping[str, Rule]) -> tuple[str, str] | None:
    if rule.code.startswith(OWN):
        return f"has a rule with the code {rule.code}: a code must not begin with {OWN}", f"choose another prefix, such as MY{OWN}"
    if not _CODE.fullmatch(rule.code):
        return f"has a rule with the code {rule.code}: it is two to eight capital letters and two to five digits", "choose another: TEAM001"
    for other in taken.values():
        if rule.code == other.code:
            return f"has a rule {rule.code} {rule.name}, and another one has that code: {other.code} {other.name}", "choose another code"
        if rule.name == other.name:
            return f"has a rule {rule.code} {rule.name}, and another one has that name: {other.code} {other.name}", "choose another name"
    return None


def gone() -> list[Diagnostic]:
    """Return why rules are not there: each is an error, for it has not looked."""
    return [replace(one.diagnostic, severity=Severity.ERROR) for one in BROKEN]


def none_called(word: str, hint: str, *, where: str = "", what: str = "rule") -> InputError:
    """Make the error for a word that names no rule: where rules are not there, that may be why, and is told.

    Args:
        word: What was asked for.
        hint: What to do next, where every rule is there.
        where: The parameter that has the word.
        what: What there is none of, beside a rule.
    """
    gone = "".join(f"; {one.diagnostic.message}" for one in BROKEN)
    message = f"{where and f'{where}: '}there is no {what} `{word}`{gone}"
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, hint=BROKEN[0].diagnostic.hint if gone else hint))


@cache
def security_rules() -> tuple[Rule, ...]:
    """Return the rules about secrets and hidden characters, without loading any other."""
    found = [rule for topic in ("hidden_characters", "security") for rule in _of_module(import_module(f"agentconv.lint.rules.{topic}"))]
    return tuple(rule for rule in found if rule.code in SECRETS | HIDDEN)


def find(word: str) -> Rule | None:
    """Return the rule of a code or a name, in any case."""
    folded = word.casefold()
    return next((rule for rule in rules().values() if folded in (rule.code.casefold(), rule.name)), None)


def select(words: tuple[str, ...] | None, ignore: tuple[str, ...] = ()) -> list[Rule]:
    """Return the rules whose code begins with one of the words, or whose name is one, but for those ignored in the same way."""
    return list(_select(words, ignore))


@lru_cache(maxsize=64)
def _select(words: tuple[str, ...] | None, ignore: tuple[str, ...]) -> tuple[Rule, ...]:
    def named(rule: Rule, chosen: tuple[str, ...]) -> bool:
        return any(rule.code.startswith(word.upper()) or rule.name == word for word in chosen)

    return tuple(rule for rule in rules().values() if (words is None or named(rule, words)) and not named(rule, ignore))
