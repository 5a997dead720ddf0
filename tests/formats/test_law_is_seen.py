"""The law of conversions against writers that break it: whatever a format writes, only what comes back as it was meant is written.

Each test replaces a format's `write` by one that spoils what it writes for one agent of three. The others are written all the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from agentconv.cli import main
from agentconv.conversion.converting import Options, convert
from agentconv.core import fields
from agentconv.core.diagnostics import Code
from agentconv.core.format import Listed, State, WriteResult
from agentconv.core.ir import Agent, AgentSet, Prompt
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.sources.loaded import Loaded
from thorough import crossed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agentconv.conversion.converting import Converted
    from agentconv.core.format import Format, ReadResult

VICTIM, OTHERS = "middle-one", ("first-one", "last-one")
SHARED = [format_id for format_id in registry.CLIENTS if registry.FORMATS[format_id].files]


def lists_files(format_id: str) -> bool:
    """Whether a client has a file that lists its agents' files, rather than one that only says what there is."""
    index, place = registry.index_of(format_id), registry.FORMATS[format_id].index
    if index is None:
        return False
    written = index.write(Listed(("./agents/one.md",), AgentSet(name="some")), SourceText(place, b""))
    return bool(index.read(SourceText(place, written)).paths)


INDEXED = [format_id for format_id in registry.CLIENTS if lists_files(format_id)]
BUNDLES = [format_id for format_id, row in registry.FORMATS.items() if row.bundle]


def agent(name: str) -> Agent:
    return Agent(name, name, description=f"Reads what {name} is given", prompt=Prompt(f"You are {name}.\n\nRead, then answer.\n"))


def the_set() -> list[Loaded]:
    names = (OTHERS[0], VICTIM, OTHERS[1])
    return [Loaded(name, "json", None, (agent(name),), (State.LOADS,)) for name in names]


def victim_of(result: ReadResult) -> Agent | None:
    """Return the agent that is to be spoiled, where its client would have it."""
    found = [one for one, state in zip(result.set.agents, result.states, strict=True) if one.name == VICTIM and not state.dropped]
    return found[0] if len(found) == 1 else None


def without_a_line(module: Format, path: str, data: bytes) -> Iterator[bytes]:
    """Yield a file without one of its lines: first such of which the client makes another agent, then such of which it makes none."""
    lines = data.splitlines(keepends=True)
    before = victim_of(module.read(SourceText(path, data)))
    shorter = [b"".join(lines[:number] + lines[number + 1 :]) for number in range(len(lines))]
    found = [(changed, victim_of(module.read(SourceText(path, changed)))) for changed in shorter]
    yield from (changed for changed, after in found if before and after and not fields.same(before, after))
    yield from (changed for changed, after in found if after is None)


def with_another_value(_module: Format, _path: str, data: bytes) -> Iterator[bytes]:
    """Yield a file that says another description."""
    words, others = f"Reads what {VICTIM} is given".encode(), f"Deletes what {VICTIM} is given".encode()
    if words in data:
        yield data.replace(words, others)


def unreadable(module: Format, path: str, data: bytes) -> Iterator[bytes]:
    """Yield a file in which the client finds no such agent."""
    for changed in (data[: len(data) // 2], data[:10], b"{", b""):
        if victim_of(module.read(SourceText(path, changed))) is None:
            yield changed


def raising(_module: Format, _path: str, _data: bytes) -> Iterator[bytes]:
    """Yield nothing: the writer comes to grief."""
    raise LookupError("no such key")
    yield b""


class Saboteur:
    """A format module whose `write` spoils files that hold the victim."""

    def __init__(self, module: Format, spoil: Callable[[Format, str, bytes], Iterator[bytes]] | None, *, among: bool | None = None) -> None:
        self.module = module
        self.spoil = spoil
        """None: what is written stays, but the client drops it; its values are still recovered as a person reads them."""
        self.among = among
        """Whether files of several agents are spoiled, or those of one; both by default."""
        self.spoiled: set[bytes] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def write(self, agents: AgentSet, original: SourceText) -> WriteResult:
        done = self.module.write(agents, original)
        named = any(one.name == VICTIM for one in agents.agents)
        if not named or self.among not in (None, len(agents.agents) > 1):
            return done
        if self.spoil in (None, raising):
            self.spoiled.add(done.data)
        data = next(self.spoil(self.module, original.path, done.data), done.data) if self.spoil else done.data
        if data != done.data:
            self.spoiled.add(data)
        return replace(done, data=data)

    def read(self, source: SourceText) -> ReadResult:
        result = self.module.read(source)
        if self.spoil is None and source.data in self.spoiled:
            return replace(result, states=(State.NOT_LOADED,) * len(result.states))
        return result


SPOILS = {
    "a line is missing": without_a_line,
    "a value is another": with_another_value,
    "nobody can read it": unreadable,
    "the client drops it": None,
    "it cannot be written": raising,
}


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Saboteur]:
    """A function that puts a saboteur in a format's place."""

    def spoilt(format_id: str, spoil: Any, *, among: bool | None = None) -> Saboteur:
        load = registry.load
        saboteur = Saboteur(load(format_id), spoil, among=among)
        monkeypatch.setattr(registry, "load", lambda name: saboteur if name == format_id else load(name))
        return saboteur

    return spoilt


def bugs(results: list[Converted]) -> dict[str, list[str]]:
    """Return the internal errors, by agent."""
    found: dict[str, list[str]] = {}
    for done in results:
        for diagnostic in done.diagnostics:
            if diagnostic.code is Code.INTERNAL:
                found.setdefault(diagnostic.agent or "", []).append(diagnostic.message)
    return found


def held(target: str, results: list[Converted]) -> set[str | None]:
    """Return the names of the agents that are in what was written."""
    read = registry.load(target).read
    files = [done.file for done in results if done.file]
    return {one.name for file in files for one in read(SourceText(file.path, file.data)).set.agents}


@pytest.mark.parametrize(("target", "spoil"), crossed(registry.CLIENTS, list(SPOILS), 2))
def test_spoilt_agent_is_not_written(target: str, spoil: str, spoilt: Callable[..., Saboteur]) -> None:
    """An agent that does not come back as it was meant is an internal error, is not written, and the others are."""
    saboteur = spoilt(target, SPOILS[spoil])
    results = list(convert(the_set(), target))

    assert saboteur.spoiled
    assert list(bugs(results)) == [VICTIM]
    assert held(target, results) == set(OTHERS)


@pytest.mark.parametrize(("target", "spoil"), crossed(SHARED, list(SPOILS), 2))
def test_spoilt_shared_file_is_not_written(target: str, spoil: str, spoilt: Callable[..., Saboteur]) -> None:
    """A file of several agents that does not give all of them back is not written, although each alone was well."""
    saboteur = spoilt(target, SPOILS[spoil], among=True)
    results = list(convert(the_set(), target, Options(into=registry.FORMATS[target].files[0])))

    assert saboteur.spoiled
    assert bugs(results)
    assert held(target, results) == set()


@pytest.mark.parametrize(("target", "spoil"), crossed(SHARED, list(SPOILS), 2))
def test_spoilt_agent_of_a_shared_file_stays_out_of_it(target: str, spoil: str, spoilt: Callable[..., Saboteur]) -> None:
    """One agent of a file of several that would not come back is left out of the file; the others are in it."""
    saboteur = spoilt(target, SPOILS[spoil], among=False)
    results = list(convert(the_set(), target, Options(into=registry.FORMATS[target].files[0])))

    assert saboteur.spoiled
    assert list(bugs(results)) == [VICTIM]
    assert held(target, results) == set(OTHERS)


@pytest.mark.parametrize(("target", "spoil"), crossed(registry.CLIENTS, list(SPOILS), 2))
def test_spoilt_change_is_not_written(target: str, spoil: str, spoilt: Callable[..., Saboteur]) -> None:
    """A file of the target's own format, in which a field was changed, is held to the same law."""
    module = registry.load(target)
    begun = Loaded("begun", "json", None, (replace(agent(VICTIM), description="Says nothing yet"),), (State.LOADS,))
    (file,) = [done.file for done in convert([begun], target) if done.file and not done.file.beside]
    source = SourceText(file.path, file.data)
    (now,) = module.read(source).set.agents
    changed = replace(now, id=VICTIM, description=f"Reads what {VICTIM} is given")
    piece = Loaded(source.path, target, source, (changed,), (State.LOADS,))
    assert [done.file.data for done in convert([piece], target) if done.file and b"Reads what" in done.file.data]
    saboteur = spoilt(target, SPOILS[spoil])
    results = list(convert([piece], target))

    assert saboteur.spoiled
    assert bugs(results)
    assert not [done.file for done in results if done.file and b"Reads what" in done.file.data]


@pytest.mark.parametrize("target", INDEXED)
def test_spoilt_index_is_not_written(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that lists the agents' files, and does not list all of them, is an internal error, and is not written."""
    index: Any = registry.index_of(target)
    spoiled = replace(index, write=lambda listed, original: index.write(replace(listed, paths=(listed.paths or ())[1:]), original))
    monkeypatch.setattr(registry.load(target), "INDEX", spoiled)
    results = list(convert(the_set(), target))

    assert bugs(results)
    assert registry.FORMATS[target].index not in {done.file.path for done in results if done.file}


@pytest.mark.parametrize("spoil", sorted(SPOILS.keys() - {"the client drops it"}))
@pytest.mark.parametrize("target", BUNDLES)
def test_spoilt_bundle_is_not_written(target: str, spoil: str, spoilt: Callable[..., Saboteur]) -> None:
    """A bundle that does not give the set back exactly is an internal error, and is not written."""
    saboteur = spoilt(target, SPOILS[spoil])
    results = list(convert(the_set(), target))

    assert saboteur.spoiled
    assert bugs(results)
    assert [done.file for done in results if done.file] == []


@pytest.mark.parametrize("target", BUNDLES)
def test_spoilt_bundle_without_agents_is_not_written(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle of what a set says of all its agents is held to the law as well, when it has none."""
    module = registry.load(target)
    monkeypatch.setattr(module, "write", lambda agents, original, write=module.write: write(replace(agents, name="another"), original))
    about = Loaded("", "json", None, about=AgentSet(name="some"))
    results = list(convert([about], target))

    assert bugs(results)
    assert [done.file for done in results if done.file] == []


@pytest.mark.parametrize("target", registry.CLIENTS)
def test_command_line_says_so(
    target: str, spoilt: Callable[..., Saboteur], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line the run ends with 3, names the agent, and writes the others."""
    (bundle,) = [done.file for done in convert(the_set(), "json") if done.file]
    (tmp_path / "all.json").write_bytes(bundle.data)
    monkeypatch.chdir(tmp_path)
    saboteur = spoilt(target, with_another_value, among=False)
    code = main(["convert", "all.json", "-t", target, "-o", "out"])
    said = capsys.readouterr().err
    written = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").rglob("*")) if path.is_file())

    assert saboteur.spoiled
    assert (code, "internal error" in said, VICTIM in said) == (3, True, True)
    assert VICTIM.encode() not in written
    assert all(name.encode() in written for name in OTHERS)


@pytest.mark.parametrize("target", registry.CLIENTS)
def test_file_that_the_client_does_not_read_is_refused(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent whose file would be larger than the client reads is refused, with the limit."""
    module = registry.load(target)
    monkeypatch.setattr(module, "SPEC", replace(module.SPEC, max_bytes=60))
    found = [(done.file, [loss.code for loss in done.losses]) for done in convert(the_set()[:1], target) if done.agents]

    assert [(file, "refused-size" in codes) for file, codes in found] == [(None, True)]
