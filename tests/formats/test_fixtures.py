"""Fixtures, found in their folders: adding a case is adding a file.

A missing expectation is written only with AGENTCONV_ACCEPT=1, to be reviewed in the diff.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import FIXTURES, FOLDERS, convert_agent, convert_file, dealt, read, suffix, with_shared_file
from agentconv.core.diagnostics import LossSeverity
from agentconv.core.format import State
from agentconv.core.names import stem_of
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.formats.canonical import documents
from template_format import CLIENTS, registered
from together import together

if TYPE_CHECKING:
    from pathlib import Path

ACCEPT = os.environ.get("AGENTCONV_ACCEPT") == "1"


@registered()
def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(format_id, path, id=f"{format_id}-{stem_of(path.as_posix(), (suffix(format_id),))}")
        for format_id in CLIENTS
        for path in sorted((FOLDERS[format_id] / kind).glob(f"*{suffix(format_id)}"))
        if ".expected." not in path.name
    ]


def _folders() -> list[tuple[str, str, Path]]:
    """Return the folders of conversions with their source and target: `<client>/from/<other>` and `<client>/to/<other>`."""
    to_it = [(folder.name, client, folder) for client, own in FOLDERS.items() for folder in sorted(own.glob("from/*"))]
    from_it = [(client, folder.name, folder) for client, own in FOLDERS.items() for folder in sorted(own.glob("to/*"))]
    return to_it + from_it


@registered()
def _pairs() -> list[Any]:
    return [
        pytest.param(source, target, path, id=f"{source}_to_{target}-{stem_of(path.as_posix(), (suffix(source),))}")
        for source, target, folder in _folders()
        for path in sorted(folder.glob(f"*{suffix(source)}"))
        if not {".out", ".losses"} & set(path.suffixes)
    ]


def _source(format_id: str, path: Path) -> SourceText:
    """Return a fixture under its name, with its folder where that is the agent's."""
    parts = suffix(format_id).count("/") + 1
    return SourceText("/".join(path.parts[-parts:]), path.read_bytes())


def _golden(path: Path, found: str) -> str:
    if ACCEPT:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(found.encode("utf-8"))
    assert path.exists(), f"{path} is missing; AGENTCONV_ACCEPT=1 writes it"
    return path.read_bytes().decode("utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _found(format_id: str, path: Path) -> dict[str, Any]:
    """Return what reading a fixture gives: states, agents and diagnostics, as plain values."""
    result = read(format_id, _source(format_id, path))
    agents = [{key: value for key, value in documents.plain(agent).items() if key != "origin"} for agent in result.set.agents]
    states = {"states": [state.value for state in result.states]} if len(result.states) > 1 else {}
    return {
        "state": (result.states[0] if result.states else State.NO_AGENT).value,
        **states,
        "agents": agents,
        "diagnostics": [
            {
                "code": one.code.value,
                "line": one.span.line if one.span else 0,
                "column": one.span.column if one.span else 0,
                "message": one.message,
            }
            for one in result.diagnostics
        ],
    }


@together(_cases("valid"))
def test_valid_file(format_id: str, path: Path) -> None:
    """A valid file is an agent that the client loads, and reads as the values beside it."""
    found = _found(format_id, path)

    assert found["state"] in (State.LOADS, State.DEGRADED)
    assert _golden(path.with_suffix(".expected.json"), _json(found)) == _json(found)


@together(_cases("invalid"))
def test_invalid_file(format_id: str, path: Path) -> None:
    """An invalid file is no agent, or one that the client does not load, with the diagnostics beside it."""
    found = _found(format_id, path)

    assert found["state"] in (State.NO_AGENT, State.NOT_LOADED, State.STOPS)
    assert _golden(path.with_suffix(".expected.json"), _json(found)) == _json(found)


@together(_cases("valid") + _cases("invalid"))
def test_fixture_keeps_its_bytes(format_id: str, path: Path) -> None:
    """Each fixture, read and written back, has the same bytes; reading changes no input."""
    source = _source(format_id, path)
    before = bytes(source.data)

    assert before == registry.load(format_id).write(read(format_id, source).set, source).data
    assert before == source.data


@together(_cases("valid") + _cases("invalid"))
def test_fixture_survives_the_hub(format_id: str, path: Path) -> None:
    """Each fixture, taken through canonical JSON and TOML, comes back with the same bytes."""
    source = _source(format_id, path)
    for hub in ("json", "toml"):
        (bundle,) = [done.file for done in convert_file(source, format_id, hub) if done.file]
        back = [
            done.file for done in convert_file(SourceText(bundle.path, bundle.data), hub, format_id) if done.file and not done.file.beside
        ]

        assert [source.data] == [file.data for file in back]


@together(_cases("valid") + _cases("invalid"))
def test_fixture_converts_everywhere(format_id: str, path: Path) -> None:
    """Each fixture converts to any client without a bug of ours."""
    for agent in read(format_id, _source(format_id, path)).set.agents:
        for target in dealt(path.name):
            done = convert_agent(agent, target)

            assert not done.failed, done.diagnostics[0].message


@together(_pairs())
def test_pair(source_format: str, target: str, path: Path) -> None:
    """A conversion gives exactly the golden output and exactly the golden losses."""
    (done,) = [one for one in with_shared_file(convert_file(_source(source_format, path), source_format, target)) if one.agents]
    assert not done.failed, done.diagnostics
    losses = [{"code": one.code, "field": one.field, "severity": one.severity.value, "detail": one.detail} for one in done.losses]
    output = path.parent / f"{path.stem}.out{suffix(target)}"

    assert _golden(path.with_suffix(".losses.json"), _json(losses)) == _json(losses)
    if done.file is None:
        assert done.refused
        assert not output.exists()
    else:
        assert _golden(output, done.file.data.decode("utf-8")) == done.file.data.decode("utf-8")


def test_each_pair_of_clients_has_fixtures() -> None:
    """Every client is converted from and to in at least one golden pair."""
    sources, targets, _ = zip(*_folders(), strict=True)

    assert {*CLIENTS} == {*sources} == {*targets}


@pytest.mark.parametrize("path", sorted((FIXTURES / "examples" / ".claude" / "agents").glob("*.md")), ids=lambda path: path.stem)
def test_example_converts(path: Path) -> None:
    """The examples that README converts load cleanly, and are refused only where a client could not hold them to their tools."""
    source = _source("claude-code", path)
    assert State.LOADS is read("claude-code", source).states[0]
    for target in registry.CLIENTS:
        (done,) = [one for one in convert_file(source, "claude-code", target) if one.agents]

        assert done.file or done.path or [loss.code for loss in done.losses if loss.severity is LossSeverity.REFUSAL] == ["widening"], (
            done.losses
        )
