"""Permissions that let an agent act unasked, and hooks that do not run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agentconv.core import access, effects, enforcement, hidden_rules, partial, plain_words, tool_summary, vocabulary
from agentconv.core.access import Level
from agentconv.core.diagnostics import Cause, Code, Severity
from agentconv.formats import registry
from agentconv.lint import remarks
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import WIDENING, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.core.effects import Effects
    from agentconv.core.ir import Agent
    from agentconv.core.ir import Rule as PermissionRule
    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_HEADER = "---\nname: reviewer\ndescription: Reviews changes before a merge\n"
_BODY = "---\n\nYou review changes.\n"
_HOOK = """\
hooks:
  {}:
    - matcher: Bash
      hooks:
        - type: command
          command: sh check.sh
"""


@rule(
    "AC501",
    "bypassed-permissions",
    bad=f"{_HEADER}approvalMode: yolo\n{_BODY}",
    good=f"{_HEADER}approvalMode: default\n{_BODY}",
    source="the client's own table of permission modes; agents with each mode, called under each of their caller's",
    verified="2026-11-28",
    severity=Severity.WARNING,
    example="qwen-code",
)
def bypassed_permissions(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A permission mode in which the agent does everything without being asked about.

    Qwen Code 0.24.4 with `yolo` runs any command and writes any file that the agent wants to. Whoever installs the file takes that over
    from its author, and a text that the agent reads may talk it into anything. It is a note where the mode alone does nothing: Claude
    Code 2.1.329 asks for what an agent with `bypassPermissions` does, unless its session bypasses permissions itself.
    """
    for number, agent, state in subject.agents():
        if agent.permissions.mode != "bypass" or state.dropped:
            continue
        sandbox = agent.permissions.sandbox
        if sandbox is not None and sandbox.files != "full":
            continue
        place = subject.place(number, subject.key_of("permissions.mode"))
        idle = not access.unattended(subject.format, "bypass")
        does = "asks as its session does, whatever the mode of this agent: it bypasses nothing by itself"
        yield self.find(
            f"{title(subject)} {does if idle else 'lets this agent run, write and fetch anything without asking'}",
            place,
            "leave the mode to the user, or name the few tools that it needs",
            severity=Severity.NOTE if idle else Severity.WARNING,
            agent=agent.name,
            clients=(subject.format,),
        )


@rule(
    "AC502",
    "unattended-effects",
    bad=f"{_HEADER}permissionMode: acceptEdits\n{_BODY}",
    good=f"{_HEADER}permissionMode: default\n{_BODY}",
    source="the client's own table of permission modes, and the effects of what it reads",
    verified="2026-11-24",
    severity=Severity.NOTE,
)
def unattended_effects(self: Rule, subject: Subject) -> Iterator[Finding]:
    """An agent that writes files or runs commands without being asked about, short of a bypass of everything.

    Claude Code 2.1.329 with `acceptEdits`, and OpenCode or Kilo with a rule that allows `edit` or `bash`, do not ask the user.
    That may be meant; it is worth a look when the file is somebody else's.
    """
    for number, agent, state in subject.agents():
        if state.dropped or agent.permissions.mode == "bypass":
            continue
        may = effects.effects(tool_summary.held(agent, subject.format), format_id=subject.format)
        found = [f"{plain_words.EFFECTS[one]}{f', where `{part}` says so' if part else ''}" for one, part in _freed(may).items()]
        key = _said(subject, number)
        if found and key:
            message = f"{title(subject)} allows this agent without asking: {', '.join(found)}"
            deciding = _deciding(agent, may)
            place = subject.place_of_rule(number, deciding) if deciding else subject.place(number, key)
            yield self.find(
                message, place, "see that this is meant; let the client ask where it is not", agent=agent.name, clients=(subject.format,)
            )


def _freed(may: Effects) -> dict[str, str | None]:
    """Return what an agent does unasked: writing files, running commands; each with the first pattern where that is only what it opens."""
    found: dict[str, str | None] = {effect: None for effect in ("write", "run") if may.levels[effect] is Level.ALLOW}
    for capability, opened in sorted(may.freer):
        if (effect := access.EFFECT_OF[capability]) in ("write", "run"):
            found.setdefault(effect, partial.unasked(opened)[0])
    return found


def _deciding(agent: Agent, may: Effects) -> PermissionRule | None:
    """Return the last rule that lets an agent write or run unasked; None where no rule does."""
    freed = [one for one, effect in access.EFFECT_OF.items() if effect in _freed(may)]
    rules = [rule for rule in access.in_order(agent.permissions) if rule.effect == "allow" and not rule.server]
    return next((rule for rule in reversed(rules) if any(access.speaks_of(rule, one) for one in freed)), None)


def _said(subject: Subject, number: int) -> str:
    """Return the key with which the file itself says what may be done; empty where the client decides."""
    keys = getattr(registry.load(subject.format), "KEYS", {})
    said = [name for name, key in keys.items() if any(path.startswith("permissions.") for path in key.fields)]
    said += ["tools"] if subject.result.set.agents[number].permissions.rules else []
    return next((name for name in said if subject.has(number, name)), "")


@rule(
    "AC503",
    "unknown-permission-mode",
    bad=f"{_HEADER}permissionMode: plann\n{_BODY}",
    good=f"{_HEADER}permissionMode: plan\n{_BODY}",
    source="the client's own table of permission modes",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def unknown_permission_mode(self: Rule, subject: Subject) -> Iterator[Finding]:
    """Permissions that the client does not take as they are written.

    Claude Code 2.1.329 passes over a permission mode that it does not have, and the agent has that of its session: for a `plan`
    that is misspelled, this is more than its author allowed. Where a client drops the agent for it, or does not start, that is an
    error.
    """
    for remark in remarks.of(subject):
        if not remark.field.startswith("permissions.") or remark.diagnostic.code not in (Code.INVALID_VALUE, Code.NOT_LOADED):
            continue
        effect = remarks.fate(remark, f"ignores `{remark.key}`")
        written = subject.text[remark.start : remark.end].strip(" \"'")
        modes = vocabulary.meanings(subject.format).get("modes", {})
        folded = {mode.casefold(): mode for mode in modes}
        near = folded.get(written.casefold())
        otherwise = f"values: {', '.join(modes)}" if len(modes) > 1 else "write a value that it takes, or delete the key"
        close = f"did you mean `{near}`?" if near else registry.did_you_mean(written[:60], modes, otherwise)
        yield self.find(
            shown(f"{title(subject)} {effect}: {remark.reason}", 160),
            (remark.start, remark.end),
            remark.diagnostic.remedy or close,
            severity=Severity.ERROR if remark.drops else Severity.WARNING,
            agent=remark.diagnostic.agent,
            clients=(subject.format,),
        )


@rule(
    "AC504",
    "unknown-hook-event",
    bad=_HEADER + _HOOK.format("PostToolUsed") + _BODY,
    good=_HEADER + _HOOK.format("PostToolUse") + _BODY,
    source="HOOK_EVENTS of the client, and its reader",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def unknown_hook_event(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A hook of an event that the client does not have.

    Claude Code 2.1.329 never runs it, and says so in no place that a user sees: a check that was to hold the agent back does not.
    """
    known = vocabulary.events(vocabulary.words_of(subject.format))
    key = subject.key_of("hooks")
    if not known or not key:
        return
    for number, agent, _ in subject.agents():
        for event in _events(subject, number, key):
            if event in known:
                continue
            guards = registry.did_you_mean(event, [one for one in known if vocabulary.portable_event(subject.format, one)], "")
            near = guards or registry.did_you_mean(event, known, f"events: {', '.join(known[:6])}, ...")
            message = shown(f"{title(subject)} has no hook event `{shown(event, 60)}`: it never runs", 160)
            place = subject.word(number, key, event)
            yield self.find(message, place, near, severity=Severity.WARNING, agent=agent.name, clients=(subject.format,))


def _events(subject: Subject, number: int, key: str) -> list[str]:
    """Return the words that stand where events do: those of hooks that load, and those that the client passes over."""
    agent = subject.result.set.agents[number]
    kept = agent.extras.get(subject.format, {}).get(key)
    loaded = [hook.native_event for hook in agent.hooks or ()]
    return list(dict.fromkeys([*loaded, *(kept if isinstance(kept, dict) else ())]))


@rule(
    "AC505",
    "broken-hook",
    bad=_HEADER + _HOOK.format("PreToolUse").replace("command: sh check.sh", "run: ./check.sh") + _BODY,
    good=_HEADER + _HOOK.format("PreToolUse") + _BODY,
    source="the client's own reader (measured on 3,150 generated headers)",
    verified="2026-11-24",
    severity=Severity.ERROR,
)
def broken_hook(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A hook that the client cannot load.

    Claude Code 2.1.329 drops an agent whose guard (`PreToolUse`, `PermissionRequest`) does not load, rather than run it unguarded;
    any other hook that does not load is passed over.
    """
    known = vocabulary.events(vocabulary.words_of(subject.format))
    for remark in remarks.of(subject):
        if not remark.is_of_value or (remark.field != "hooks" and remark.diagnostic.cause is not Cause.GUARD):
            continue
        if not remark.drops and known and all(event not in known for event in _events(subject, 0, remark.key)):
            continue  # there is no such event
        effect = remarks.fate(remark, "ignores the hook")
        yield self.find(
            shown(f"{title(subject)} {effect}: {remark.reason}", 160),
            (remark.start, remark.end),
            "give each event a list of `matcher` and `hooks`, and each hook its `type` and what it runs",
            severity=remark.severity,
            agent=remark.diagnostic.agent,
            clients=(subject.format,),
        )


@rule(
    "AC508",
    "missing-guard-script",
    bad=_HEADER + _HOOK.format("PreToolUse").replace("check", "chek") + _BODY,
    good=_HEADER + _HOOK.format("PreToolUse") + _BODY,
    source="the shell that runs it: exit codes 126 and 127 block in no client but Gemini CLI and Copilot (asked)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    beside=(("check.sh", "exit 2\n"),),
)
def missing_guard_script(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A guard of an agent that runs a script of the project which is not there, or cannot be started, or that settings keep from running.

    Claude Code 2.1.329 goes on when a hook cannot be run: the agent does what the guard was to hold it back from. Where the project's
    settings say `disableAllHooks`, none of an agent's own is run either (asked). A script that is empty, or ends with 0 before it looks at
    anything, is a warning.
    """
    key = subject.key_of("hooks")
    if not key or registry.FORMATS[subject.format].index:
        return  # those of a plugin are in its folder
    for number, agent, state in subject.agents():
        for path, told, hint, severity in _vain_guards(subject, agent) if agent.hooks and not state.dropped else ():
            yield self.find(
                shown(f"a guard of {agent.name or title(subject)} {told}", 160),
                subject.word(number, key, path.rpartition("/")[2]),
                hint,
                severity=severity,
                agent=agent.name,
                clients=(subject.format,),
            )


def _vain_guards(subject: Subject, agent: Agent) -> Iterator[tuple[str, str, str, Severity]]:
    """Yield what guards of an agent run in vain, what is wrong with it, what to do, and how bad that is.

    Of what is in no place of its own, a bundle or standard input, it is only said what is so in the folder that it would go to from there.
    """
    from agentconv.lint import project
    from agentconv.parts.hooks import letting_pass

    place, guards = subject.location or subject.near, effects.guards_in(agent)
    severity = Severity.ERROR if subject.location else Severity.WARNING
    yield from ((*found, severity) for found in _not_run(place, subject.format, agent))
    for path in project.letting_pass(place, guards):
        yield from ((path, told, letting_pass.MENDED, Severity.WARNING) for told in letting_pass.told([path]))


def _not_run(place: str, format_id: str, agent: Agent) -> Iterator[tuple[str, str, str]]:
    """Yield the scripts that guards of an agent run in vain, what is wrong with each, and what to do."""
    from agentconv.lint import project
    from agentconv.parts.hooks import scripts
    from agentconv.sources import hooks_off

    guards = effects.guards_in(agent)
    if guards:
        off = project.hooks_off(place, format_id, user=False)
        yield from [("", f"never runs: {off}", hooks_off.HINT)] if off else ()
    named = scripts.of_guards(agent)
    gone = frozenset(project.without(place, named))
    for path in scripts.absent(guards, lambda path: path not in gone)[0]:
        yield path, f"runs `{path}`, which is not there", "put it there, or take the hook out, so that nobody relies on it"
    for lack in (one for one in project.lacking(place, named) if not one.installed):
        yield lack.path, f"needs {lack.shown}, which is not there", "put it there, or take the hook out, so that nobody relies on it"
    for path in project.not_programs(place, named):
        yield path, f"starts `{path}`, which is no program", f"chmod +x {shlex.quote(path)}"


_RULES = "---\ndescription: Reviews changes before a merge\nmode: subagent\npermission:\n"


@rule(
    "AC507",
    "hidden-rule",
    bad=f'{_RULES}  edit: deny\n  "*": allow\n{_BODY}',
    good=f'{_RULES}  "*": allow\n  edit: deny\n{_BODY}',
    source="the client's own evaluation of its rules, and the languages of its patterns",
    verified="2026-11-29",
    severity=Severity.ERROR,
    example="opencode",
    protects=WIDENING,
)
def hidden_rule(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A permission rule that never decides, since a later one matches the same and says otherwise.

    In OpenCode 1.18.33 and Kilo 7.7.9 the last rule that matches wins, whichever is the narrower one. A denial that a later rule
    opens again denies nothing, which is an error; what a later rule closes is a warning, since the agent has less than is written.
    """
    for number, agent, state in subject.agents():
        for hidden in () if state.dropped else hidden_rules.find(agent.permissions):
            said, by = (f"`{shown(one.shown, 50)}`" for one in (hidden.rule, hidden.by))
            yield self.find(
                f"{title(subject)} never comes to {said}: {by}, further down, matches all of it, and the last match wins",
                subject.place_of_rule(number, hidden.rule),
                f"put the line below {by}",
                severity=Severity.ERROR if hidden.opens else Severity.WARNING,
                agent=agent.name,
                clients=(subject.format,),
            )


@rule(
    "AC506",
    "limit-not-enforced",
    bad="""
        name = "reviewer"
        description = "Reviews changes before a merge"
        developer_instructions = "You review changes."
        sandbox_mode = "read-only"
        """,
    good="""
        name = "reviewer"
        description = "Reviews changes before a merge"
        developer_instructions = "You review changes."

        [features]
        shell_tool = false
        """,
    source="roles with each key, spawned under four callers, each calling every tool",
    verified="2026-11-28",
    severity=Severity.WARNING,
    example="codex",
)
def limit_not_enforced(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A limit that the client documents, and does not hold a spawned agent to.

    Codex 0.169.0 and 0.171.0 check `sandbox_mode`, `web_search`, `approval_policy` and the limits in `mcp_servers` of a role, and then
    spawn it with those of its caller: a reviewer that is `read-only` writes files in a session that may. `features.shell_tool = false`
    does bind, though models that Codex knows keep `apply_patch`. The limit may stay, for what other assistants make of it; a
    project that knows of it says so once, for all of its agents: `accept = ["not-enforced:codex"]` at the top of agentconv.toml.
    """
    for number, agent, state in subject.agents():
        limits = () if state.dropped else registry.unheld(subject.format, agent)
        if limits:
            words = ", ".join(f"`{limit}`" for limit in limits)
            place = subject.place(number, enforcement.key_of(limits[0]))
            instead = vocabulary.unenforced(subject.format).instead or "do not rely on it"
            help_text = f'{instead}; where that is known: accept = ["not-enforced:{subject.format}"] in agentconv.toml'
            message = f"{title(subject)} does not hold a spawned agent to {words}"
            clients = (subject.format,)
            yield self.find(
                shown(message, 160),
                place,
                help_text,
                agent=agent.name,
                clients=clients,
                option=f"{instead}; where that is known, leave {self.code} out",
            )
