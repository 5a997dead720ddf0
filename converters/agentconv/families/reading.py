"""What every reader says about an agent besides its syntax: keys and tools that the client does not take as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.diagnostics import Code, Diagnostic, Severity
from agentconv.core.format import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, ToolGrant
    from agentconv.families.keys import Decoded, Key


def remarks(
    spec: FormatSpec, table: Mapping[str, Key], agent: Agent, decoded: Decoded, span: Callable[[str], Span]
) -> Iterator[Diagnostic]:
    """Yield what the client ignores or takes in another way than it is written."""
    for key, reason in decoded.ignored.items():
        message = f"{spec.client} does not take `{key}` as it is written: {reason}"
        yield Diagnostic(Code.INVALID_VALUE, Severity.WARNING, message, span(key), None, agent.name, spec.id)
    for path, grants in (("tools.allow", agent.tools.allow), ("tools.deny", agent.tools.deny)):
        key = next((name for name, key in table.items() if path in key.fields), "")
        for grant in grants:
            remark = _tool_remark(spec, grant)
            if remark:
                message, hint = remark
                yield Diagnostic(Code.UNKNOWN_TOOL, Severity.WARNING, message, span(key), hint, agent.name, spec.id)
    if agent.permissions.rules:
        yield from _rule_remarks(spec, table, agent, span)


def _rule_remarks(spec: FormatSpec, table: Mapping[str, Key], agent: Agent, span: Callable[[str], Span]) -> Iterator[Diagnostic]:
    """Yield the rules about words that the client does not have."""
    key = next((name for name, key in table.items() if "permissions.rules" in key.fields), "")
    for native in dict.fromkeys(rule.native for rule in agent.permissions.rules if not rule.server):
        word = vocabulary.tool_word(spec.id, native)
        if word is None or word.how == "exact":
            continue
        found = vocabulary.tool_for(spec.id, word.capability or "") if word.how != "case" else word.native
        message = f"{spec.client} has no permission `{native}`, and passes over what is said of it"
        hint = f"write `{found}`" if found else None
        yield Diagnostic(Code.UNKNOWN_TOOL, Severity.WARNING, message, span(key), hint, agent.name, spec.id)


def not_loaded(spec: FormatSpec, name: str | None, state: State, problem: str, span: Span) -> Diagnostic:
    """Say that the client drops an agent, or does not start because of it, and why."""
    what = "does not start with this file" if state is State.STOPS else "does not load this agent"
    hint = "its values were recovered as a person reads them; mend the file so that the client does too"
    return Diagnostic(Code.NOT_LOADED, Severity.WARNING, f"{spec.client} {what}: {problem}", span, hint, name, spec.id)


def given_twice(spec: FormatSpec, name: str, span: Span) -> Diagnostic:
    """Say that a key is given twice."""
    message = f"`{name}` is given twice; {spec.client} uses the last one"
    return Diagnostic(Code.DUPLICATE_KEY, Severity.WARNING, message, span, "delete one of them", None, spec.id)


def shadowed(spec: FormatSpec, name: str, span: Span) -> Diagnostic:
    """Say that an agent is not used, since another map of the file has one of its name."""
    message = f"`{name}` is in `agent` and in `agents`; {spec.client} uses the one in `agent`"
    return Diagnostic(Code.DUPLICATE_NAME, Severity.WARNING, message, span, "delete one of them", name, spec.id)


def no_agent(spec: FormatSpec, problem: str, span: Span) -> Diagnostic:
    """Say that a file looks like an agent's, and why there is none in it."""
    hint = "mend the file, or move it elsewhere if it is no agent"
    return Diagnostic(Code.SYNTAX, Severity.WARNING, f"no agent for {spec.client}: {problem}", span, hint, None, spec.id)


def _tool_remark(spec: FormatSpec, grant: ToolGrant) -> tuple[str, str | None] | None:
    if grant.server:
        return None
    word = vocabulary.tool_word(spec.id, grant.native)
    if word is None and grant.capability is not None:
        return None  # the client's own spelling of a tool that the vocabulary has by another word
    if word is None:
        return f"{spec.client} has no tool `{grant.native}`; it grants nothing", None
    if word.how in ("exact", "alias"):
        return None
    native = word.native if word.how == "case" else vocabulary.tool_for(spec.id, word.capability or "")
    hint = f"write `{native}`" if native else None
    if word.how == "foreign":
        return f"`{grant.native}` is a tool of another client; {spec.client} ignores it", hint
    reason = "no longer has a tool" if word.how == "retired" else "spells in another way the tool"
    return f"{spec.client} {reason} `{grant.native}`; it grants nothing", hint
