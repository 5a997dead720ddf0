"""The rules of Codex for commands, below `.codex/rules`: files of Starlark, read as far as they say plainly what they mean.

https://developers.openai.com/codex/rules (`codex execpolicy check` of 0.169.0 was asked of each fault, and what runs was seen in sessions)

A rule is `prefix_rule(pattern=[...], decision="allow" | "prompt" | "forbidden")`, and the strictest of those that match decides. It is held
against the words of each plain command of a line (`true && rm x`, `/bin/rm x`); a line with anything else in it, such as `$(...)`, `>` or
`A=1`, is one command that no rule matches. What a file computes in a way that is not followed here may forbid anything.
"""

from __future__ import annotations

import ast
import shlex
from typing import TYPE_CHECKING, Any, cast

from agentconv.core.diagnostics import Cause, Complaint, Effect
from agentconv.core.ir import Rule
from agentconv.core.meant import Pattern
from agentconv.core.parts import PermissionSet
from agentconv.families import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentconv.core.source import SourceText

_ID = "codex"
SHELL = "shell_tool"
COMPUTED = "computed rules"
"""Stands for the lines of a file that say something in a way which is not followed here."""
NETWORK = "network_rule"
_DECISIONS = {"allow": "allow", "prompt": "ask", "forbidden": "deny"}
_MOST = 256
"""Ways to take the words of one pattern; what is beyond is not followed."""
_STEPS = 10_000
_ORDER = ("pattern", "decision", "match", "not_match", "justification")
_OTHERS = ("host_executable", "network_rule")


class _WrongError(Exception):
    """The client takes nothing of the file."""


class _UnfollowedError(Exception):
    """The client knows what it means; nobody does here."""


def rule(effect: str, word: str, pattern: str | None) -> tuple[Rule, ...]:
    """Return the rule that a word and a pattern stand for."""
    held = None if pattern is None else Pattern(pattern, "prefix")
    return (Rule(cast("Any", effect), word, _ID, "shell", held),)


class CommandRules:
    """A file of rules as it was read."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.complaints: list[tuple[Complaint, int]] = []
        self._rules: list[Rule] = []
        self._lines: list[tuple[int, int, tuple[Rule, ...]]] = []
        """Of each statement the first line and the one behind its last, and the rules that it makes."""
        self._kept: dict[str, list[str]] = {}
        self._names: dict[str, Any] = {}
        self._functions: set[str] = set()
        self._steps = 0
        self._is_refused = False
        """Whether the client takes nothing of the file; the first reason is told."""
        try:
            for one in ast.parse(self.source.text).body:
                before = len(self._rules)
                self._run([one])
                self._note(one.lineno, (one.end_lineno or one.lineno) + 1, self._rules[before:])
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._refuse(f"no Starlark: {error.msg if isinstance(error, SyntaxError) else error}", Cause.SYNTAX)
            self._kept = {COMPUTED: [next(filter(None, map(str.strip, self.source.text.splitlines())), "")]}

    @property
    def part(self) -> PermissionSet | None:
        """The rules; of a broken file those that hold something back: the client passes over them, and their author meant them."""
        kept: Any = {_ID: {what: "; ".join(lines) for what, lines in self._kept.items()}} if self._kept else {}
        rules = tuple(one for one in self._rules if not (self._is_refused and one.effect == "allow"))
        if not (rules or kept or self.complaints):
            return None
        return PermissionSet(rules=rules, resolution="deny" if rules else None, extras=kept)

    def rewritten(self, part: PermissionSet | None) -> str:
        """Return the file with other rules in it: a statement stays that makes no other, and what is new comes last."""
        wanted = part.rules if part else ()
        lines = self.source.text.splitlines(keepends=True)
        for first, behind, made in reversed(self._lines):
            left = [one for one in made if one in wanted]
            if len(left) < len(made):
                lines[first - 1 : behind - 1] = map(_call, left)
        new = [one for one in wanted if one not in self._rules]
        text = "".join(lines)
        return text + "\n" * bool(new and text and not text.endswith("\n")) + "".join(map(_call, new))

    def _refuse(self, reason: str, cause: Cause | None = None) -> None:
        if not self._is_refused:
            self.complaints = [(Complaint(reason, effect=Effect.DROPS_ALL, cause=cause), 0)]
        self._is_refused = True

    def _note(self, first: int, behind: int, made: Sequence[Rule]) -> None:
        """Keep in mind which lines make which rules; two statements on one line are one."""
        if self._lines and first < self._lines[-1][1]:
            first, _, others = self._lines.pop()
            made = (*others, *made)
        self._lines.append((first, behind, tuple(made)))

    # --- what is said, line by line

    def _run(self, statements: Iterable[ast.stmt]) -> None:
        for one in statements:
            self._steps += 1
            try:
                self._do(one)
            except _UnfollowedError:
                self._keep(COMPUTED, one)
            except _WrongError as error:
                self._refuse(str(error))
                self._keep(COMPUTED, one)

    def _do(self, one: ast.stmt) -> None:
        if isinstance(one, ast.FunctionDef):
            self._functions.add(one.name)
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            self._call(one.value)
        elif isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            self._names[one.targets[0].id] = self._value(one.value)
        elif isinstance(one, ast.For) and isinstance(one.target, ast.Name) and not one.orelse:
            for item in self._listed(one.iter):
                self._names[one.target.id] = item
                self._run(one.body)
        elif not (isinstance(one, ast.Pass) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))):
            raise _UnfollowedError

    def _call(self, call: ast.Call) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name == "prefix_rule":
            given = self._given(call)
            self._prefix_rule(given, call)
        elif name == NETWORK and self._given(call).get("decision") != "allow":
            self._keep(NETWORK, call)
        elif name in self._functions or not name:
            raise _UnfollowedError
        elif name not in _OTHERS:
            raise _WrongError(f"there is no function `{name}`")

    def _keep(self, what: str, node: ast.stmt | ast.expr) -> None:
        line = self.source.text.splitlines()[node.lineno - 1].strip()
        lines = self._kept.setdefault(what, [])
        if line not in lines:
            lines.append(line)

    def _given(self, call: ast.Call) -> dict[str, Any]:
        if any(one.arg is None for one in call.keywords) or len(call.args) > len(_ORDER):
            raise _UnfollowedError
        by_place = zip(_ORDER, call.args, strict=False)
        return {name: self._value(one) for name, one in (*by_place, *((str(one.arg), one.value) for one in call.keywords))}

    def _prefix_rule(self, given: Mapping[str, Any], call: ast.Call) -> None:
        words = _checked(given)
        effect = _DECISIONS[given.get("decision", "allow")]
        held = _plain_words(words)
        if len(held) < len(words):
            self._complain_of(words[len(held)], call)
        if not held or (effect == "allow" and len(held) < len(words)):
            return
        ways = [""]
        for choices in held:
            ways = [f"{way} {choice}".strip() for way in ways for choice in choices]
            if len(ways) > _MOST:
                raise _UnfollowedError
        self._rules += [one for way in ways for one in rule(effect, SHELL, f"{way}:*")]

    def _complain_of(self, choices: Sequence[str], call: ast.Call) -> None:
        word = next(one for one in choices if not _is_plain(one))
        at = self.source.offset(call.lineno, call.col_offset + 1)
        remedy = f"write {', '.join(map(toml_text.inline, word.split()))}" if word.split() else "take it out"
        if self._is_refused:
            return
        self.complaints.append(
            (Complaint(f"`{word}` is one word, which no plain command has", "pattern", Effect.IGNORES, remedy=remedy), at)
        )

    # --- values

    def _value(self, node: ast.expr) -> Any:
        self._steps += 1
        if self._steps > _STEPS:
            raise _UnfollowedError
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.List):
            return [self._value(one) for one in node.elts]
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._names[node.id]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._sum(self._value(node.left), self._value(node.right))
        raise _UnfollowedError

    def _sum(self, left: Any, right: Any) -> Any:
        if type(left) is not type(right) or not isinstance(left, (str, list)) or len(left) + len(right) > _STEPS:
            raise _UnfollowedError
        return left + right

    def _listed(self, node: ast.expr) -> list[Any]:
        found = self._value(node)
        if not isinstance(found, list):
            raise _UnfollowedError
        return found


def _checked(given: Mapping[str, Any]) -> list[list[str]]:
    """Return what may stand at each place of a pattern; what is wrong with a rule costs all of the file."""
    unknown = next((name for name in given if name not in _ORDER), None)
    if unknown is not None:
        raise _WrongError(f"`prefix_rule` has no `{unknown}`")
    pattern = given.get("pattern")
    if not isinstance(pattern, list) or not pattern:
        raise _WrongError("`pattern` is a list of words")
    found = [one if isinstance(one, list) else [one] for one in pattern]
    if not all(one and all(isinstance(word, str) for word in one) for one in found):
        raise _WrongError("`pattern` is a list of words, or of lists of them, of which one has to stand there")
    if not (isinstance(given.get("decision", "allow"), str) and given.get("decision", "allow") in _DECISIONS):
        raise _WrongError(f"`decision` is {', '.join(_DECISIONS)}")
    if "justification" in given and not (isinstance(given["justification"], str) and given["justification"].strip()):
        raise _WrongError("`justification` is a text")
    for name in ("match", "not_match"):
        if not isinstance(given.get(name, []), list):
            raise _WrongError(f"`{name}` is a list of commands")
        for one in given.get(name, ()):
            if _fits(found, _tokens(one)) is (name == "not_match"):
                raise _WrongError(f"the rule {'matches' if name == 'not_match' else 'does not match'} its own example `{one}`")
    return found


def _tokens(example: Any) -> list[str]:
    try:
        return list(map(str, example)) if isinstance(example, list) else shlex.split(str(example))
    except ValueError:
        return []


def _fits(words: Sequence[Sequence[str]], tokens: Sequence[str]) -> bool:
    """Whether a command begins with the words of a pattern; its program may stand with its folder."""
    if len(tokens) < len(words):
        return False
    program = tokens[0] if tokens[0] in words[0] else tokens[0].rpartition("/")[2]
    return all(one in choices for one, choices in zip((program, *tokens[1:]), words, strict=False))


def _plain_words(words: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the words of a pattern up to the first that is none: less of them is wider."""
    place = next((place for place, choices in enumerate(words) if not all(map(_is_plain, choices))), len(words))
    return list(words[:place])


def _is_plain(word: str) -> bool:
    return len(word.split()) == 1 and word == word.strip()


def _call(one: Rule) -> str:
    decision = next(word for word, effect in _DECISIONS.items() if effect == one.effect)
    words = str(one.pattern or "").removesuffix(":*").split(" ")
    return f'prefix_rule(pattern=[{", ".join(map(toml_text.inline, words))}], decision="{decision}")\n'
