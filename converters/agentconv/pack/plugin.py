"""A pack as a Claude Code plugin: which of its agents the plugin may offer, and the file that lists them.

The plugin loader ignores keys that restrict an agent. So an agent is offered only if what the loader makes of its file is
what a conversion to a plugin, which refuses whatever would widen, gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.conversion import compare
from agentconv.conversion.converting import Options, convert
from agentconv.core import access, losses
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import Effect
from agentconv.core.format import Listed
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.conversion.converting import Converted
    from agentconv.core.ir import Agent, AgentSet
    from agentconv.disk.output import OutputFile
    from agentconv.sources.loaded import Loaded

TARGET = "claude-plugin"
NOT_FOR_CLAUDE = "Claude Code cannot hold it"
_RESTRAINING_MODES = access.READ_ONLY_MODES | {"dont-ask"}
"""The permission modes that close something, whatever the tools of an agent are."""


@dataclass(slots=True)
class Offer:
    """What the plugin offers, and why not the rest."""

    paths: list[str] = field(default_factory=list)
    """Files of the agents that it lists."""
    agents: set[str] = field(default_factory=set)
    literal: list[str] = field(default_factory=list)
    r"""Those that it lists although the `\\n` of their descriptions, which are line breaks elsewhere, are shown as they are."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Why an agent is not listed, by id."""
    failures: list[Converted] = field(default_factory=list)
    """Bugs of ours."""


def offer(pieces: Sequence[Loaded], claude: Mapping[str, OutputFile]) -> Offer:
    """Decide which agents the plugin lists.

    Args:
        pieces: All agents of the pack.
        claude: The file that holds each, as Claude Code reads it, by id.
    """
    found = Offer()
    agents = {agent.id: agent for piece in pieces for agent in piece.agents}
    for done in convert(pieces, TARGET, Options(deploy=True)):
        for agent in done.agents:
            reason = _reason(agents[agent], done, claude.get(agent))
            if reason:
                found.left_out[agent] = reason
            else:
                found.agents.add(agent)
                found.paths.append(claude[agent].path)
                if _is_literal(claude[agent]):
                    found.literal.append(agent)
        if done.failed:
            found.failures.append(done)
    return found


def index(paths: Sequence[str], about: AgentSet) -> tuple[str, bytes]:
    """Return the path and the bytes of the file that lists the plugin's agents.

    Args:
        paths: Their files, below the plugin's folder.
        about: What to say of all of them.
    """
    path, form = registry.FORMATS[TARGET].index, registry.index_of(TARGET)
    if form is None:
        raise AssertionError(TARGET)
    return path, form.write(Listed(tuple(sorted(paths)), form.held(about)), SourceText(path, b""))


def marketplace(about: AgentSet) -> tuple[str, bytes]:
    """Return the path and the bytes of the file that offers the plugin."""
    form, write = registry.index_of(TARGET), registry.catalog_writer(TARGET)
    if form is None or write is None:
        raise AssertionError(TARGET)
    return registry.FORMATS[TARGET].catalog, write(form.held(about))


def _reason(agent: Agent, done: Converted, ours: OutputFile | None) -> str | None:
    """Say why a plugin must not offer an agent; None where it may."""
    if ours is None:
        return NOT_FOR_CLAUDE
    if done.file is None:
        refusal = next((loss for loss in done.losses if loss.kind == "refused"), None)
        return f"{_words(refusal.code)}: {refusal.detail}" if refusal else "a bug of agentconv"
    meant = _reading(done.file) if done.losses else agent  # without a loss, the conversion means what the agent does
    held = _reading(ours)
    if meant is None or held is None:
        return "the plugin loader finds no agent in its file"
    other = sorted(path for path in compare.differences(meant, _plain(held)) if not path.startswith("extras."))
    if not other and agent.permissions.mode in _RESTRAINING_MODES and held.permissions.mode != agent.permissions.mode:
        return f"the plugin loader passes over its permission mode `{agent.permissions.mode}`, which holds it back"
    if not other:
        return None
    passed_over = _passed_over(ours)
    if passed_over:
        return f"the plugin loader passes over {', '.join(passed_over)} of its file, and nothing else there says the same"
    return f"the plugin loader reads {', '.join(f'`{path}`' for path in other)} of its file in another way"


def _passed_over(file: OutputFile) -> list[str]:
    """Return the keys of a file that the plugin loader does not look at, with their values where these are words."""
    result = registry.load(TARGET).read(SourceText(file.path, file.data))
    keys = dict.fromkeys(one.key for one in result.diagnostics if one.key and one.effect is Effect.IGNORES)
    extras = result.set.agents[0].extras.get(TARGET, {})
    return [f"`{key}: {value}`" if isinstance(value := extras.get(key), str) else f"`{key}`" for key in keys]


def _plain(agent: Agent) -> Agent:
    r"""Return an agent with line breaks for the `\n` that its description shows in a plugin: the words are the same."""
    return replace(agent, description=agent.description.replace("\\n", "\n")) if agent.description else agent


def _is_literal(file: OutputFile) -> bool:
    agent = _reading(file) if b"\\n" in file.data else None
    return agent is not None and agent != _plain(agent)


def _words(code: str) -> str:
    return losses.rule(code).summary.replace("the target", "a plugin")


def _reading(file: OutputFile) -> Agent | None:
    result = registry.load(TARGET).read(SourceText(file.path, file.data))
    return result.set.agents[0] if len(result.set.agents) == 1 else None
