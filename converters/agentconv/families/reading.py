"""What every reader says about an agent besides its syntax: keys and tools that the client does not take as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import vocabulary
from agentconv.core.dataclass import replace
from agentconv.core.diagnostics import Cause, Code, Complaint, Diagnostic, Effect, Severity
from agentconv.core.format import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Agent, ToolGrant
    from agentconv.families.keys import Decoded, Key

EMPTY = Complaint("there is nothing in the file")
UNOPENED = Complaint(
    "the file does not start with a line `---`",
    remedy="let it start with a header: a line `---`, lines for `name` and `description`, another line `---`",
)


def remark(
    spec: FormatSpec,
    code: Code,
    words: Callable[[str], str],
    span: Span,
    hint: str | None = None,
    *,
    name: str | None = None,
    severity: Severity = Severity.WARNING,
    key: str | None = None,
    effect: Effect | None = None,
    cause: Cause | None = None,
    names: tuple[str, ...] = (),
    reason: str | None = None,
    general: str | None = None,
    remedy: str | None = None,
    signed: bool = True,
) -> Diagnostic:
    """Say what a client makes of something in a file.

    Args:
        spec: The client's format.
        code: What is said.
        words: Makes the message, given what to call the client.
        span: Where it stands.
        hint: What to do.
        name: The agent's name.
        severity: How much it matters.
        key: The key that it is about.
        effect: What the client does about it.
        cause: What is wrong, where somebody has to tell it from other things.
        names: The words of a value that it is about.
        reason: Why, where the message says first what the client does.
        general: What to say of any client, where that is not the message.
        remedy: What to do about the value itself, where its reader knows that.
        signed: Whether the client is said beside the message.
    """
    client = spec.id if signed else None
    general = general or words("the client")
    return Diagnostic(code, severity, words(spec.client), span, hint, name, client, key, effect, cause, names, reason, general, remedy)


def remarks(spec: FormatSpec, table: Mapping[str, Key], agent: Agent, decoded: Decoded, span: Callable[..., Span]) -> Iterator[Diagnostic]:
    """Yield what the client ignores or takes in another way than it is written.

    Args:
        spec: The client's format.
        table: Its keys.
        agent: The agent.
        decoded: What the client makes of it.
        span: Returns where the value of a key stands, or what is in it at the end of a way.
    """
    for key, complaint in decoded.ignored.items():
        yield _ignored(spec, key, complaint, span(key, *complaint.within), agent.name)
    for path, grants in (("tools.allow", agent.tools.allow), ("tools.deny", agent.tools.deny)):
        if not grants:
            continue
        key = next((name for name, key in table.items() if path in key.fields), "")
        for grant in grants:
            said = None if grant.server else _of_tool(spec.id, grant)
            if said and vocabulary.fact(spec.id, "needs_known_tools"):
                yield call_fails(spec, f"it has no tool `{grant.native}`", span(key), said[1], name=agent.name)
            elif said:
                words, hint = said
                about = (grant.native,)
                yield remark(spec, Code.UNKNOWN_TOOL, words, span(key), hint, name=agent.name, key=key, effect=Effect.IGNORES, names=about)
    if agent.permissions.rules:
        yield from _rule_remarks(spec, table, agent, span)


def _ignored(spec: FormatSpec, key: str, complaint: Complaint, span: Span, name: str | None) -> Diagnostic:
    def does(client: str) -> str:
        if complaint.effect is Effect.DROPS_HEADER:
            return f"{client} passes over the whole header, and the agent has all tools"
        return f"{client} does not take `{key}` as it is written"

    return _because(spec, Code.INVALID_VALUE, does, complaint, span, effect=complaint.effect, name=name)


def _rule_remarks(spec: FormatSpec, table: Mapping[str, Key], agent: Agent, span: Callable[..., Span]) -> Iterator[Diagnostic]:
    """Yield the rules about words that the client does not have."""
    key = next((name for name, key in table.items() if "permissions.rules" in key.fields), "")
    for native in dict.fromkeys(rule.native for rule in agent.permissions.rules if not rule.server):
        word = vocabulary.tool_word(spec.id, native)
        if word is None or word.how == "exact":
            continue
        found = vocabulary.tool_for(spec.id, word.capability or "") if word.how != "case" else word.native
        words, hint = _no_permission(native), f"write `{found}`" if found else None
        yield remark(spec, Code.UNKNOWN_TOOL, words, span(key), hint, name=agent.name, key=key, effect=Effect.IGNORES, names=(native,))


def _no_permission(native: str) -> Callable[[str], str]:
    return lambda client: f"{client} has no permission `{native}`, and passes over what is said of it"


def not_loaded(
    spec: FormatSpec, name: str | None, state: State, complaint: Complaint, span: Span, *, whole: bool = False, lost: int = 1
) -> Diagnostic:
    """Say that the client drops an agent (or the `whole` of its file, in which others are `lost` with it), or does not start, and why."""
    effect = Effect.STOPS if state is State.STOPS else Effect.DROPS_ALL if whole else Effect.DROPS
    what = f"loads none of the {lost:,} agents of this file" if effect is Effect.DROPS_ALL and lost > 1 else _DROPS[effect]
    remedy = complaint.remedy if complaint.cause is Cause.SYNTAX else None
    hint = f"{remedy or 'mend the file so that the client reads it'}; its values were recovered as a person reads them"
    return _because(spec, Code.NOT_LOADED, lambda client: f"{client} {what}", complaint, span, effect=effect, hint=hint, name=name)


_DROPS = {
    Effect.STOPS: "does not start with this file",
    Effect.DROPS: "does not load this agent",
    Effect.DROPS_ALL: "loads no agent of this file",
}


def _because(
    spec: FormatSpec,
    code: Code,
    does: Callable[[str], str],
    complaint: Complaint,
    span: Span,
    *,
    effect: Effect,
    hint: str | None = None,
    name: str | None = None,
) -> Diagnostic:
    """Say what the client does, and then why."""
    return remark(
        spec,
        code,
        lambda client: f"{does(client)}: {complaint.reason}",
        span,
        hint,
        name=name,
        key=complaint.key,
        effect=effect,
        cause=complaint.cause,
        names=complaint.names,
        reason=complaint.reason,
        general=(complaint.general or complaint.reason) if effect.drops else None,
        remedy=complaint.remedy,
    )


def call_fails(
    spec: FormatSpec, reason: str, span: Span, hint: str | None = None, *, name: str | None = None, cause: Cause | None = None
) -> Diagnostic:
    """Say that the client loads an agent that cannot be called, and why."""

    def words(client: str) -> str:
        return f"{client} loads the agent, but every call fails: {reason}"

    return remark(spec, Code.CALL_FAILS, words, span, hint, name=name, cause=cause, reason=reason)


def given_twice(spec: FormatSpec, name: str, span: Span, *, signed: bool = True) -> Diagnostic:
    """Say that a key is given twice."""
    return remark(
        spec,
        Code.DUPLICATE_KEY,
        lambda client: f"`{name}` is given twice; {client} uses the last one",
        span,
        "delete one of them",
        key=name,
        signed=signed,
    )


def shadowed(spec: FormatSpec, name: str, span: Span) -> Diagnostic:
    """Say that an agent is not used, since another map of the file has one of its name."""
    return remark(
        spec,
        Code.DUPLICATE_NAME,
        lambda client: f"`{name}` is in `agent` and in `agents`; {client} uses the one in `agent`",
        span,
        "delete one of them",
        name=name,
    )


def no_agent(spec: FormatSpec, complaint: Complaint, span: Span) -> Diagnostic:
    """Say that a file looks like an agent's, and why there is none in it."""
    hint = "mend the file, or move it elsewhere if it is no agent"
    return _because(spec, Code.SYNTAX, lambda client: f"no agent for {client}", complaint, span, effect=Effect.DROPS, hint=hint)


def absent(spec: FormatSpec, complaint: Complaint, span: Span) -> Diagnostic:
    """Say why there is no agent in a file that need not be an agent's."""
    hint = f"{complaint.remedy or 'mend the file'}, or keep it elsewhere if it is no agent"
    return replace(no_agent(spec, complaint, span), code=Code.NO_AGENT, severity=Severity.NOTE, hint=hint)


def _of_tool(format_id: str, grant: ToolGrant) -> tuple[Callable[[str], str], str | None] | None:
    """Return what to say about the word of a tool, and what to write; None where the client takes it."""
    native = grant.native
    word = vocabulary.tool_word(format_id, native)
    if word is None and grant.capability is not None:
        return None  # the client's own spelling of a tool that the vocabulary has by another word
    if word is None and native[:1] in ("[", "{"):
        way = f"close the list, or write the names without brackets: `{native[1:].strip()}`"
        return lambda client: f"{client} finds no list here, and has no tool `{native}`; it grants nothing", way
    if word is None:
        return lambda client: f"{client} has no tool `{native}`; it grants nothing", None
    if word.how in ("exact", "alias"):
        return None
    found = word.native if word.how == "case" else vocabulary.tool_for(format_id, word.capability or "")
    hint = f"write `{found}`, which is what other assistants are given for it, or take it out" if found else None
    if word.how == "foreign":
        return lambda client: f"`{native}` is a tool of another client; {client} ignores it", hint
    reason = "no longer has a tool" if word.how == "retired" else "spells in another way the tool"
    return lambda client: f"{client} {reason} `{native}`; it grants nothing", hint
