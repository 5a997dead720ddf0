"""The files that an agent of kimi-cli is made of: those that it extends, and that of its prompt (`core/includes`).

Each key of a file goes before that of the one that it extends; values for the prompt go together, and a model or a `when_to_use` of null
is none. A path is relative to the file that names it. `default` is the client's own agent, whose prompt has a place for more.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from agentconv.core import includes
from agentconv.core.dataclass import dataclass, field
from agentconv.core.includes import UNSEEN
from agentconv.core.source import client_text, decode
from agentconv.families import frontmatter
from agentconv.yaml import nodes
from agentconv.yaml.grammar import PYYAML
from agentconv.yaml.nodes import YamlError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentconv.core.includes import Included
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText

PROMPT = "system_prompt_path"
ARGS = "system_prompt_args"
DEFAULT = "default"
REQUIRED = ("name", PROMPT, "tools")
"""What an agent must have that extends none."""
_DEEPEST = 16
_NULL_IS_NONE = ("model", "when_to_use")


@dataclass(slots=True)
class Layers:
    """An agent with what it extends."""

    keys: dict[str, Json]
    """Those of the file, and of the files that it extends."""
    extended: list[str] = field(default_factory=list)
    """The paths of these, relative to the file."""
    lost: str | None = None
    """That of one that is not known."""
    of_default: bool = False
    """Whether the last of them extends the client's own agent."""
    endless: bool = False


def known(source: SourceText, path: str) -> Included:
    """Return what is known of a file that is named relative to another one."""
    found = source.included or {}
    place = includes.beside(source.path, path)
    return found.get(path) or next((one for one in found.values() if place and one.path == place), UNSEEN)


def of_keys(keys: Mapping[str, Json], source: SourceText) -> Layers:
    """Return an agent by its own keys, with what it extends."""
    layers = Layers(dict(keys))
    extends, folder = keys.get("extend"), ""
    while isinstance(extends, str) and extends:
        if extends == DEFAULT:
            layers.of_default = True
            return layers
        path = posixpath.join(folder, extends)
        layers.extended.append(path)
        if len(layers.extended) > _DEEPEST:
            layers.endless = True
            return layers
        data = known(source, path).data
        if data is None:
            layers.lost = path
            return layers
        folder = posixpath.dirname(path)
        base = _agent(client_text(decode(data)))
        extends = base.get("extend")
        layers.keys = _over(_moved(base, folder), layers.keys)
    return layers


def _agent(text: str) -> dict[str, Json]:
    """Return the keys of the agent in a file; none, where it is not to be read."""
    try:
        root = nodes.parse(text.removeprefix("\ufeff"), PYYAML)
        value = frontmatter.client_value(nodes.value(root, None, PYYAML)) if root is not None else None
    except YamlError:
        return {}
    agent = value.get("agent") if isinstance(value, dict) else None
    return agent if isinstance(agent, dict) else {}


def _moved(base: Mapping[str, Json], folder: str) -> dict[str, Json]:
    """Return the keys of a file that is extended, with its paths as the file that extends it would spell them."""
    found = dict(base)
    if isinstance(path := base.get(PROMPT), str):
        found[PROMPT] = posixpath.join(folder, path)
    if isinstance(agents := base.get("subagents"), dict):
        found["subagents"] = {name: _elsewhere(one, folder) for name, one in agents.items()}
    return found


def _elsewhere(one: Json, folder: str) -> Json:
    path = one.get("path") if isinstance(one, dict) else None
    return {**one, "path": posixpath.join(folder, path)} if isinstance(one, dict) and isinstance(path, str) else one


def _over(base: Mapping[str, Json], own: Mapping[str, Json]) -> dict[str, Json]:
    """Return the keys of a file over those of the one that it extends."""
    said = {key: value for key, value in own.items() if not (value is None and key in _NULL_IS_NONE and key in base)}
    args = [one for one in (base.get(ARGS), own.get(ARGS)) if isinstance(one, dict)]
    together: dict[str, Json] = {key: value for one in args for key, value in one.items()}
    return {**base, **said, **({ARGS: together} if len(args) > 1 else {})}


def named(layers: Layers) -> Iterator[tuple[str, str]]:
    """Yield the keys that name files, each with a path: those that are extended, as far as they are known, and that of the prompt."""
    if not layers.endless:
        yield from (("extend", path) for path in layers.extended)
        if isinstance(path := layers.keys.get(PROMPT), str):
            yield PROMPT, path
