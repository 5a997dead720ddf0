"""Changes of the configuration, made in its own text: nothing else of it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.formats import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentconv.core.ir import Json
    from agentconv.sync.carrying import Edit
    from agentconv.sync.keeping import Kept
    from agentconv.sync.settings import Settings


def with_overrides(settings: Settings, text: str, edits: Sequence[Edit]) -> str:
    """Return the text of a configuration with what was edited in targets and has no place in the source."""
    import tomlkit

    document = tomlkit.parse(text)
    table = _ours(settings, document)
    for edit in edits:
        one = _of_agent(table, edit.candidate.name, edit.candidate.target)
        if edit.override is None:
            one.pop(edit.word, None)
        else:
            one[edit.word] = edit.override
    if any(edit.override is None for edit in edits):
        _prune(table, "sync")
    return tomlkit.dumps(document)


def with_source(
    settings: Settings, text: str, source: str, renamed: Mapping[str, Sequence[str]], said: Mapping[str, Mapping[str, Json]]
) -> str:
    """Return the text of a configuration in which a target is the source, and what was the source follows it.

    Args:
        settings: What it says now.
        text: Its text.
        source: The target.
        renamed: By an agent's name in the old source, its names in the new one; what is said of one that has none there is taken out.
        said: By an agent's name in the new source, what holds of it in the old one.
    """
    import tomlkit

    document = tomlkit.parse(text)
    table = _ours(settings, document)
    old = settings.source_format
    table["source"] = source
    table.pop("source-format", None)
    table["targets"] = [old if one == source else one for one in settings.targets]
    if any(one.endswith(f":{source}") for one in settings.accept):
        table["accept"] = [one for one in settings.accept if not one.endswith(f":{source}")]
    if "sync" in table:
        _without(table["sync"], source)
        if "agents" in table["sync"]:
            _rename(table["sync"]["agents"], source, renamed)
    for name, values in said.items():
        _of_agent(table, name, old).update(values)
    _prune(table, "sync")
    return tomlkit.dumps(document)


def with_kept(settings: Settings, text: str, kept: Sequence[Kept]) -> str:
    """Return the text of a configuration with what holds in one target alone; where that is nothing, it keeps nothing there any more."""
    import tomlkit

    document = tomlkit.parse(text)
    table = _ours(settings, document)
    for one in kept:
        said = _of_agent(table, one.agent, one.target)
        for word in () if one.says else _KEPT:
            said.pop(word, None)
        said.update(one.says)
    _prune(table, "sync")
    return tomlkit.dumps(document)


_KEPT = ("keep", "keep-wider", "skip")


def with_own(settings: Settings, text: str, target: str) -> str:
    """Return the text of a configuration in which a target has files of its own, although its client reads the source's."""
    import tomlkit

    document = tomlkit.parse(text)
    _table(_table(_ours(settings, document), "sync"), target)["own"] = True
    return tomlkit.dumps(document)


def with_names(settings: Settings, text: str, names: Mapping[str, str]) -> str:
    """Return the text of a configuration with other names for agents."""
    import tomlkit

    document = tomlkit.parse(text)
    agents = _ours(settings, document).get("sync", {}).get("agents", {})
    for old, new in names.items():
        if old in agents:
            agents[new] = agents.pop(old)
    return tomlkit.dumps(document)


def _ours(settings: Settings, document: Any) -> Any:
    return document["tool"]["agentconv"] if settings.file.name == "pyproject.toml" else document


def _without(table: Any, target: str) -> None:
    """Take out what is said of a target, whichever way it is spelled."""
    for word in [word for word in table if registry.is_known(word) and registry.resolve(word) == target]:
        del table[word]


def _rename(agents: Any, source: str, renamed: Mapping[str, Sequence[str]]) -> None:
    """Give agents the names that they have in the new source, of which nothing is overridden."""
    for name in list(agents):
        _without(agents[name], source)
        names = renamed.get(name, [name])
        if names != [name]:
            one = agents.pop(name)
            for new in names:
                agents[new] = one


def _prune(table: Any, name: str) -> None:
    """Take out tables with nothing in them."""
    if name in table and hasattr(table[name], "items"):
        for inner in list(table[name]):
            _prune(table[name], inner)
        if not table[name]:
            del table[name]


def _of_agent(table: Any, name: str, target: str) -> Any:
    """Return the table of an agent in a target, which is made where there is none."""
    return _table(_table(_table(_table(table, "sync"), "agents"), name), target)


def _table(table: Any, name: str) -> Any:
    import tomlkit

    if name not in table:
        table[name] = tomlkit.table(is_super_table=True) if name in ("sync", "agents") else tomlkit.table()
    return table[name]
