"""Plugins and extensions of every client: found as it finds them, kept byte for byte, and left for any other client without a bug.

A fixture is a folder below one for its client: what lies in it is a container, or a repository that offers some.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent_files import dealt
from agentconv.cli import main
from agentconv.core.diagnostics import Code
from agentconv.core.kinds import KINDS
from agentconv.formats import registry
from agentconv.sources import discovery
from agentconv.sources.parts import beside

if TYPE_CHECKING:
    from agentconv.sources.parts import Parts

ACCEPT = os.environ.get("AGENTCONV_ACCEPT") == "1"
FIXTURES = Path(__file__).parent / "fixtures" / "containers"
FOLDERS = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())
IDS = ["/".join(path.parts[-2:]) for path in FOLDERS]
WRITTEN = [path for path in FOLDERS if registry.FORMATS[path.parent.name].index]
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
each_written = pytest.mark.parametrize("folder", WRITTEN, ids=["/".join(path.parts[-2:]) for path in WRITTEN])


def _parts(folder: Path, client: str) -> Parts:
    return beside(discovery.discover([os.fspath(folder)], client), [os.fspath(folder)], [client])


def _shown(folder: Path, client: str) -> dict[str, Any]:
    """Return what a client finds in a folder, and what is said of it."""
    parts = _parts(folder, client)
    found = [
        {
            "kind": kind,
            "name": one.part.name,
            "file": (Path(one.root) / one.path).relative_to(folder).as_posix(),
            "state": str(one.state),
            **({"also called": list(one.also_called)} if one.also_called else {}),
            **({"hidden by": one.hidden_by} if one.hidden_by else {}),
            **({"description": found} if (found := getattr(one.part, "description", None)) else {}),
        }
        for kind in KINDS
        for one in parts.of(kind)
    ]
    told = [f"{os.path.relpath(one.span.path, folder)}:{one.span.line}: {one.message}" for one in parts.diagnostics if one.span]
    return {"parts": found, "told": told}


def _tree(folder: Path) -> dict[str, tuple[bytes, bool]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), os.access(path, os.X_OK)) for path in folder.rglob("*") if path.is_file()
    }


@each_folder
def test_parts_are_found_as_the_client_finds_them(folder: Path) -> None:
    """Each part has the name, the file and the state that its client gives it, and what the client passes over has a line."""
    found, golden = _shown(folder, folder.parent.name), folder.with_suffix(".expected.json")
    if ACCEPT:
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")

    assert found == json.loads(golden.read_text("utf-8"))


@each_written
def test_what_stays_in_its_format_keeps_its_bytes(folder: Path, tmp_path: Path) -> None:
    """In its own format, at once or out of a bundle, each file has its bytes of which the client takes all parts, or that has none."""
    client, bundle = folder.parent.name, tmp_path / "all.json"
    main(["convert", os.fspath(folder), "-f", client, "-t", client, "--with", "all", "-o", os.fspath(tmp_path / "at-once"), "-q"])
    main(["to-json", os.fspath(folder), "-f", client, "--with", "all", "-o", os.fspath(bundle), "-q"])
    main(["from-json", os.fspath(bundle), "-t", client, "-o", os.fspath(tmp_path / "through"), "-q"])
    before = _tree(folder)
    parts = _shown(folder, client)["parts"]
    changed = {one["file"] for one in parts if one["state"] == "not loaded" or "hidden by" in one} | {".claude-plugin/marketplace.json"}
    for written in (_tree(tmp_path / "at-once"), _tree(tmp_path / "through")):
        own = {path: data for path, data in written.items() if path in before and path not in changed}

        assert own == {path: before[path] for path in own}


@each_folder
def test_every_client_takes_what_is_converted(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is in a container, converting all of it to any client meets no bug, and writes nothing that leaves the output."""
    client = folder.parent.name
    place = tmp_path / "source"
    shutil.copytree(folder, place)
    for target in dealt(FOLDERS.index(folder), [*registry.FORMATS]):
        if target != client:
            main(["convert", os.fspath(place), "-f", client, "-t", target, "--with", "all", "-o", os.fspath(tmp_path / target), "-q"])

    assert Code.INTERNAL not in capsys.readouterr().err
    assert _tree(place) == _tree(folder)
