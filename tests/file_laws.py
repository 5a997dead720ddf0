"""The laws for any file of a client, whatever is in it: what `roundtrip/test_hostile_files.py` and `fuzzing/` hold the formats to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_files import FOLDERS, convert_file, make, minimal, with_shared_file
from agentconv.conversion import compare
from agentconv.core.format import State
from agentconv.core.source import SourceText
from agentconv.formats import registry

if TYPE_CHECKING:
    from agentconv.conversion.converting import Converted
    from agentconv.core.format import ReadResult

HUBS = tuple(format_id for format_id, row in registry.FORMATS.items() if row.bundle)


def places(format_id: str) -> list[str]:
    """Return a path for each kind of file that a format has: readers tell by it what is in a file."""
    row = registry.FORMATS[format_id]
    names = [f"agent{suffix}" for suffix in row.suffixes]
    folders = row.folders or ("",)
    return [*dict.fromkeys(f"{folder}/{name}".lstrip("/") for folder in folders for name in names), *row.files]


def seeds(format_id: str) -> list[SourceText]:
    """Return files to start from: each fixture, under each path that such a file may have, and the smallest file."""
    folders = [FOLDERS[format_id] / kind for kind in ("valid", "invalid")] if format_id in FOLDERS else []
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix]
    known = places(format_id)
    found = [SourceText(path.name, path.read_bytes()) for path in paths if ".expected." not in path.name]
    smallest = [] if format_id in HUBS else [make(format_id, minimal(format_id))]
    return [SourceText(place, source.data) for source in [*smallest, *found] for place in known if _fits(source.path, place)]


def _fits(name: str, place: str) -> bool:
    """Whether a fixture's file could stand at a place."""
    return name.rpartition(".")[2] == place.rpartition(".")[2] or place.rpartition("/")[2].startswith(".")


def check_reading(format_id: str, source: SourceText) -> ReadResult:
    """Read a file: it raises nothing, says why when something is wrong, and writing it back gives its bytes (laws 1 and 2)."""
    module = registry.load(format_id)
    result = module.read(source)
    assert len(result.states) == len(result.set.agents), "an agent without a state, or a state without an agent"
    assert all(one.span and one.message for one in result.diagnostics), "a diagnostic without a place or a message"
    assert result.diagnostics or all(state is State.LOADS for state in result.states), "not as written, and no diagnostic says why"
    if format_id not in HUBS:
        assert module.write(result.set, source).data == source.data, "writing an unchanged file back changed it"
    return result


def check_converting(format_id: str, source: SourceText, target: str) -> list[Converted]:
    """Convert a file: no bug is met (law 4), nothing widens (law 5), and the same format keeps its bytes (law 2)."""
    results = with_shared_file(convert_file(source, format_id, target))
    failed = [one.diagnostics[0].message for one in results if one.failed]
    assert not failed, failed[0]
    if format_id == target and target not in HUBS:
        assert [one.file.data for one in results if one.file and not one.file.beside] == [source.data], "the same format gave other bytes"
    elif target not in HUBS and format_id not in HUBS:
        _check_effects(format_id, source, target, results)
    return results


def _check_effects(format_id: str, source: SourceText, target: str, results: list[Converted]) -> None:
    """Read what was written once more, as the client will, and compare what the agents may do."""
    before = list(registry.load(format_id).read(source).set.agents)
    done = [one for one in results if one.agents]
    assert len(before) == len(done), "an agent is neither written nor refused"
    for path in {one.file.path for one in done if one.file}:
        authors = [agent for agent, one in zip(before, done, strict=True) if one.file and one.file.path == path]
        data = next(one.file.data for one in done if one.file and one.file.path == path)
        written = registry.load(target).read(SourceText(path, data))
        assert len(written.set.agents) == len(authors), "another number of agents comes back"
        for author, agent, state in zip(authors, written.set.agents, written.states, strict=True):
            assert not state.dropped, "the client does not load what was written"
            wider = compare.widenings(author, agent, target)
            assert not wider, f"wider: {', '.join(map(str, wider))}"


def check_hub(format_id: str, source: SourceText, hub: str) -> None:
    """Take a file through a canonical form: it comes back byte for byte, a user's configuration with what is the agents' of it (law 3)."""
    essence = registry.load(format_id).SPEC.essence
    wanted = essence(source).data if essence else source.data
    bundles = [one.file for one in check_converting(format_id, source, hub) if one.file and not one.file.beside]
    assert len(bundles) == 1, "no bundle"
    again = convert_file(SourceText(bundles[0].path, bundles[0].data), hub, format_id)
    back = [one.file for one in again if one.file and not one.file.beside]
    assert [file.data for file in back] == [wanted], "the way through the hub changed the file"
