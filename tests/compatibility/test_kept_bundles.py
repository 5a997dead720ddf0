"""Bundles of earlier versions are read, convert to every format, and give back the files that they were made from, byte for byte.

So do bundles that are made of the same files now.
"""

import io
import json
import shutil
import tomllib
from contextlib import redirect_stdout
from functools import cache

import pytest

import agentconv
from agent_files import dealt
from agentconv.cli import main
from agentconv.formats import registry
from kept_files import kept, tree, version_of

BUNDLES = kept("bundles/*/*.json") + kept("bundles/*/*.toml")
SOURCES = kept("sources/*")
HUBS = ("json", "toml")


@cache
def formats():
    """Return the ids of all formats of agents that there are now."""
    with redirect_stdout(io.StringIO()) as out:
        assert main(["formats", "--output-format", "json"]) == 0
    return [one["id"] for one in json.loads(out.getvalue())["formats"] if registry.FORMATS[one["id"]].has_agents]


def document(bundle):
    """Return what a bundle holds, read by nothing of ours."""
    return (json if bundle.suffix == ".json" else tomllib).loads(bundle.read_text("utf-8"))


def alone(sources):
    """Return what a bundle of a project's agents gives in an empty folder: its files, and of the user's configuration the agents."""
    return {**tree(sources), **tree(version_of(sources) / "agents-alone" / sources.name)}


@pytest.fixture
def project(tmp_path):
    """A function that makes a copy of what is kept, to be worked in."""

    def project(folder):
        return shutil.copytree(folder, tmp_path / "project")

    return project


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_is_read(bundle):
    """A bundle is read without a complaint, with all its agents, and all the files that it holds."""
    held = document(bundle)
    found = agentconv.read(bundle)

    assert found.diagnostics == ()
    assert [agent.id for agent in found.agents] == [agent["id"] for agent in held["agents"]]
    assert [(one.path, one.sha256) for one in found.sources] == [(one["path"], one["sha256"]) for one in held.get("sources", ())]


@pytest.mark.parametrize("folder", kept("bundles/*"))
def test_both_hubs_say_the_same(folder):
    """A bundle in TOML is read as the same bundle in JSON."""
    assert agentconv.read(folder / "agents.toml") == agentconv.read(folder / "agents.json")


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_converts_to_any_format(bundle, run, tmp_path):
    """A bundle converts to any format without a bug of ours: each of its agents is written, or refused."""
    targets = {"json", "toml", *dealt(bundle.as_posix().rpartition("fixtures")[2], formats())}
    insisting = ["--allow-widening"] if bundle.suffix == ".toml" or bundle.stem == "without-sources" else []
    words = ("from-json", bundle, "-t", ",".join(sorted(targets)), "-o", tmp_path / "out", "--output-format", "json", *insisting)
    done = {target: {} for target in targets}
    for result in run(*words, codes=(0, 1)).report["results"]:
        done[result["target"]].update(dict.fromkeys(result["agents"], result["state"]))
    ids = {agent["id"] for agent in document(bundle)["agents"]}

    assert {target: {*states} for target, states in done.items()} == dict.fromkeys(targets, ids)
    assert {state for states in done.values() for state in states.values()} <= {"converted", "refused"}
    assert {*done["json"].values(), *done["toml"].values()} == {"converted"}


@pytest.mark.parametrize("hub", HUBS)
@pytest.mark.parametrize("sources", SOURCES)
def test_kept_bundle_gives_its_sources(sources, hub, run, tmp_path):
    """A bundle gives the files that it was made from, byte for byte."""
    run("from-json", version_of(sources) / "bundles" / sources.name / f"agents.{hub}", "-t", sources.name, "-o", tmp_path / "copy")

    assert tree(tmp_path / "copy") == alone(sources)


@pytest.mark.parametrize("hub", HUBS)
@pytest.mark.parametrize("sources", SOURCES)
def test_kept_bundle_changes_no_source(sources, hub, run, project):
    """Written over the files that it was made from, a bundle changes nothing, and says so."""
    there = project(sources)
    words = ("from-json", version_of(sources) / "bundles" / sources.name / f"agents.{hub}", "-t", sources.name, "-o", there)
    run(*words, "--check")
    run(*words)

    assert tree(there) == tree(sources)


@pytest.mark.parametrize("hub", HUBS)
@pytest.mark.parametrize("sources", SOURCES)
def test_kept_bundle_survives_being_written_anew(sources, hub, run, tmp_path):
    """A bundle that is written anew, in either form, still gives the files that it was made from, byte for byte."""
    bundle = version_of(sources) / "bundles" / sources.name / "agents.json"
    run("from-json", bundle, "-t", hub, "-o", tmp_path / f"anew.{hub}")
    run("from-json", tmp_path / f"anew.{hub}", "-t", sources.name, "-o", tmp_path / "copy")

    assert tree(tmp_path / "copy") == alone(sources)


@pytest.mark.parametrize("hub", HUBS)
@pytest.mark.parametrize("sources", SOURCES)
def test_sources_survive_the_way_there_and_back(sources, hub, run, project, tmp_path):
    """The same files, taken into a bundle now without what stands beside agents, and out of it again, are the same byte for byte."""
    there = project(sources)
    taking = ("to-json", there) if hub == "json" else ("convert", there, "-t", hub)
    run(*taking, "-f", sources.name, "--with", "none", "-o", tmp_path / f"now.{hub}", codes=(0, 1))
    run("from-json", tmp_path / f"now.{hub}", "-t", sources.name, "-o", tmp_path / "copy")

    assert tree(tmp_path / "copy") == alone(sources)
