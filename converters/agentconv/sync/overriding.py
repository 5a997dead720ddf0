"""What the configuration wants other than a conversion has it, for one target or one agent: never more than the conversion gives.

Each change is declared in the projection, before the agent is written, read back and judged as every other one is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields, known_models, vocabulary
from agentconv.core.dataclass import dataclass, field
from agentconv.core.diagnostics import Code, Detail, Diagnostic, InputError, Severity
from agentconv.core.format import State
from agentconv.core.ir import Agent, AgentSet, Model, Prompt, Rule, Sandbox, Tools
from agentconv.core.source import SourceText
from agentconv.core.suggestions import nearest
from agentconv.families import tool_tokens
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import Projection
    from agentconv.core.ir import ToolGrant
    from agentconv.sync.overrides import Override
    from agentconv.sync.settings import Settings

_ORDER = ("read-only", "workspace-write", "full")


def is_skipped(settings: Settings, target: str, name: str) -> bool:
    """Whether the configuration leaves an agent out of a target."""
    return target in settings.skipped.get(name, ())


def kept(settings: Settings, target: str, name: str) -> frozenset[str]:
    """Return the fields of which the target's file, as it stands, is what counts."""
    override = settings.override(name, target)
    return frozenset(override.keep) if override is not None else frozenset()


def kept_alone(settings: Settings, target: str, name: str) -> frozenset[str]:
    """Return those that are kept of this very agent, whose file version control has: somebody saw it, and meant it."""
    override = settings.agents.get(name, {}).get(target)
    return frozenset(override.keep) if override is not None and settings.formats[target].committed else frozenset()


def kept_wider(settings: Settings, target: str, name: str) -> frozenset[str]:
    """Return what an agent may do in a target beyond its source, since the configuration says so where people look at it."""
    override = settings.override(name, target) if target in settings.formats else settings.agents.get(name, {}).get(target)
    return frozenset(override.keep_wider) if override is not None else frozenset()


def unknown(settings: Settings, names: frozenset[str], renamed: Callable[[str], str | None]) -> Iterator[Diagnostic]:
    """Tell of overrides for agents that the source does not have.

    One went, which stops nothing; one has another name, or another one is near, and then what is said is meant for that.

    Args:
        settings: What the project says.
        names: The agents of the source.
        renamed: Gives the name that an agent has now, by one that it had.
    """
    for name, place in settings.places.items():
        if name not in names:
            if (new := renamed(name)) is not None:
                message = f"`{name}` is called `{new}` by now, and what stands in [sync.agents.{name}] holds for no agent"
                way = f"`{name}` becomes `{new}` in each line in brackets of {settings.own_file} that names it"
                if new in settings.places:
                    way = f"put what stands there into the tables of [sync.agents.{new}], and take [sync.agents.{name}] out"
                yield Diagnostic(Code.USAGE, Severity.ERROR, message, place, way)
                continue
            near = nearest(name, sorted(names), 0.7)
            way = f"take what stands in [sync.agents.{name}] out of {settings.own_file}"
            hint = f"did you mean `{near}`? else {way}" if near else way
            yield Diagnostic(Code.USAGE, Severity.ERROR if near else Severity.WARNING, f"the source has no agent `{name}`", place, hint)


def unheard(settings: Settings, served: Collection[str]) -> Iterator[Diagnostic]:
    """Tell of what is said of agents in a target for which nothing is written, since its client reads the source's own files.

    Args:
        settings: What the project says.
        served: Such targets.
    """
    for name, by_target in settings.agents.items():
        for target, override in by_target.items():
            if target in served:
                title = registry.FORMATS[target].title
                message = (
                    f"nothing is written for {title}, which reads the source's files, and nothing comes of [sync.agents.{name}.{target}]"
                )
                hint = f"`own = true` in [sync.{target}] has files written for it; else take it out"
                yield Diagnostic(Code.USAGE, Severity.WARNING, message, override.place, hint)


@dataclass(frozen=True, slots=True)
class Overriding:
    """Applies what the configuration says of a target to the agents on their way there."""

    settings: Settings
    target: str
    vain: list[Diagnostic] = field(default_factory=list)
    """What is said of agents that are narrower already: nothing comes of it, and they stay as narrow."""

    def __call__(self, agent: Agent, projection: Projection) -> None:
        """Change what is overridden.

        Raises:
            InputError: What it says cannot be.
        """
        override = self.settings.override(agent.name or "", self.target)
        if override is None:
            return
        for path, value in override.values.items():
            self._set(projection, path, self._value(path, value, override.place), override.place)
        for key, value in override.extras.items():
            self._set(projection, f"extras.{self.target}.{key}", value, override.place)
        if override.tools is not None or override.deny_tools:
            self.vain.extend(_narrow(projection, override))
        if override.sandbox is not None:
            self.vain.extend(_confine(projection, override))

    def _value(self, path: str, value: object, place: Span | None) -> object:
        """Return a value of the configuration as the field has it."""
        if path != "model":
            return value
        model = _model(self.target, str(value))
        if model is None:
            raise _wrong(f"{registry.load(self.target).SPEC.client} does not take `{value}` as a model", place)
        return model

    def _set(self, projection: Projection, path: str, value: object, place: Span | None) -> None:
        if path in fields.PATHS and path not in projection.target.holds:
            raise _wrong(f"{projection.target.client} has no place for `{path}`", place)
        if fields.portable(projection.get(path)) == fields.portable(value):
            return
        projection.change(path, value, "overridden", _said(value))


def _model(target: str, word: str) -> Model | None:
    """Return the model that a target's client takes a word for, which may name a provider, too; None where it takes it for none."""
    kind = known_models.model_kind(target, word)
    if kind == "inherit":
        return Model("inherit")
    model = Model("alias" if kind == "alias" else "id", word)
    module, path = registry.load(target), f"agent{registry.FORMATS[target].suffixes[0]}"
    agent = Agent("an-agent", "an-agent", description="Does one thing", prompt=Prompt("Do one thing, and do it well."), model=model)
    data = module.write(AgentSet((agent,)), SourceText(path, b"")).data
    result = module.read(SourceText(path, data))
    return next((one.model for one, state in zip(result.set.agents, result.states, strict=True) if state is State.LOADS), None)


def _said(value: object) -> Detail:
    return Detail("{}", (value.value or "inherit" if isinstance(value, Model) else str(value),))


def _narrow(projection: Projection, override: Override) -> Iterator[Diagnostic]:
    """Let an agent have those of its tools that are named, and none of those that are denied, in the words that the target has for that.

    One that is named, and that it does not have, it does not get, and this is told.

    Raises:
        InputError: The target has none.
    """
    holds, denied = projection.target.holds, override.deny_tools
    if "permissions.rules" in holds and override.tools is None:
        rules = [rule for rule in projection.get("permissions.rules") if rule.native not in denied]
        more = tuple(Rule("deny", word, projection.target.id, _capability(projection.target.id, word)) for word in denied)
        projection.change("permissions.rules", (*rules, *more), "overridden", Detail("{}", (denied,)))
        return
    tools = Tools(projection.get("tools.mode"), projection.get("tools.allow"), projection.get("tools.deny"))
    if "tools.allow" not in holds and (override.tools is not None or "tools.deny" not in holds):
        raise _wrong(f"{projection.target.client} has no list of tools that could be narrowed", override.place)
    if override.tools is not None:
        named = [tool_tokens.grant(projection.target.id, word) for word in override.tools]
        allow = tuple(named) if tools.mode == "inherit" else _of(tools.allow, named)
        yield from _not_had(allow, named, tools.allow, projection, override) if tools.mode != "inherit" else ()
        tools = Tools("list" if allow else "none", allow, tools.deny)
    if denied and "tools.deny" not in holds:
        if tools.mode == "inherit":
            raise _wrong(f"{projection.target.client} denies no single tool: list those that stay with `tools`", override.place)
        allow = tuple(one for one in tools.allow if one.native.casefold() not in {word.casefold() for word in denied})
        tools = Tools("list" if allow else "none", allow, tools.deny)
    elif denied:
        more_denied = [tool_tokens.grant(projection.target.id, word) for word in denied]
        tools = Tools(tools.mode, tools.allow, (*tools.deny, *(one for one in more_denied if one not in tools.deny)))
    changed = {"tools.mode": tools.mode, "tools.allow": tools.allow, "tools.deny": tools.deny}
    projection.change_together(changed, "overridden", Detail("{}", (tuple(one.native for one in tools.allow or tools.deny),)))


def _capability(target: str, word: str) -> str | None:
    found = vocabulary.tool_word(target, word)
    return found.capability if found else None


def _of(allow: tuple[ToolGrant, ...], named: list[ToolGrant]) -> tuple[ToolGrant, ...]:
    """Return the tools that an agent has and that are named."""
    has = {grant.native.casefold(): grant for grant in reversed(allow)}
    return tuple(has[one.native.casefold()] for one in named if one.native.casefold() in has)


def _not_had(
    left: tuple[ToolGrant, ...], named: list[ToolGrant], allow: tuple[ToolGrant, ...], projection: Projection, override: Override
) -> Iterator[Diagnostic]:
    """Tell of tools that are named and that an agent does not have."""
    words = {one.native.casefold() for one in left}
    for one in (one for one in named if one.native.casefold() not in words):
        listed = ", ".join(f"`{grant.native}`" for grant in allow) or "none"
        message = f"`{one.native}` is no tool that `{projection.source.name}` has there: an override only narrows ({listed})"
        yield _wrong(message, override.place).diagnostic


def _confine(projection: Projection, override: Override) -> Iterator[Diagnostic]:
    """Give an agent a narrower sandbox; where it has a narrower one already, it keeps that, and this is told.

    Raises:
        InputError: Its client has no such sandbox.
    """
    files = override.sandbox or ""
    has: Sandbox | None = projection.get("permissions.sandbox")
    if "permissions.sandbox" not in projection.target.holds or files not in _ORDER:
        raise _wrong(f"{projection.target.client} has no sandbox `{files}`", override.place)
    if has is not None and _ORDER.index(files) > _ORDER.index(has.files):
        message = f"`{projection.source.name}` has the sandbox `{has.files}` there, and keeps it: an override only narrows"
        yield _wrong(message, override.place).diagnostic
        return
    network = has.network if has else None
    wanted = Sandbox("workspace-write", network) if files == "workspace-write" else Sandbox("read-only") if files == "read-only" else has
    projection.change("permissions.sandbox", wanted, "overridden", Detail("{}", (files,)))


def _wrong(message: str, place: Span | None) -> InputError:
    return InputError(Diagnostic(Code.USAGE, Severity.ERROR, message, place, "change it, or take it out"))
