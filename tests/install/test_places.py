"""Where agents are deployed to is data: complete for each client, with evidence, and nothing that refers to nothing."""

from pathlib import Path

import pytest

from agentconv.core import vocabulary
from agentconv.formats import registry
from agentconv.install import places

KEYS = {"program", "user", "user_adds", "user_also", "user_beside", "no_user", "also_reads", "marks", "then", "then_user", "source"}
TARGETS = places.targets()


def test_every_client_is_a_target():
    """Every client can be deployed to, once, however many formats it has; our own forms cannot."""
    assert [*TARGETS] == [client for client in registry.CLIENTS if vocabulary.words_of(client) == client]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_data(target):
    """Each row has known keys, its evidence, a place of the user's own or a reason why not, marks, and a word on what comes next."""
    row = vocabulary.installation(target.id)

    assert set() == row.keys() - KEYS
    assert row["source"]
    assert bool(target.user) != bool(target.no_user)
    assert all(place.startswith(("$", "~/")) for place in target.user)
    assert target.no_user or target.user[-1].startswith("~/")
    assert "user_adds" not in row or row["user_adds"] == target.user[0]
    assert target.marks or target.no_user
    assert target.then
    assert all(registry.FORMATS[other].folders for other in target.also_reads)
    assert [*TARGETS].index(target.id) > max(([*TARGETS].index(other) for other in target.also_reads), default=-1)


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, ".config/opencode/agents"),
        ({"XDG_CONFIG_HOME": "/home/u/conf"}, "conf/opencode/agents"),
        ({"XDG_CONFIG_HOME": ""}, ".config/opencode/agents"),
        ({"OPENCODE_CONFIG_DIR": "/data/oc", "XDG_CONFIG_HOME": "/home/u/conf"}, "/data/oc/agents"),
        ({"OPENCODE_CONFIG_DIR": "~/oc"}, "oc/agents"),
    ],
    ids=str,
)
def test_folder_of_the_user(variables, folder):
    """The first variable that is set decides; a folder elsewhere is absolute."""
    home = Path("/home/u")
    scope = places.Scope(places.USER, home, home / "lock", variables)

    assert scope.folder(TARGETS["opencode"]) == folder
    assert scope.path(TARGETS["opencode"], ".opencode/agents/a.md") == f"{folder}/a.md"


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_marks_are_found(target, tmp_path):
    """Each mark alone tells that the assistant is used in a project, and no other one is taken for it."""
    for number, mark in enumerate(target.marks):
        project = tmp_path / str(number)
        (project / mark).mkdir(parents=True)

        assert target.id in places.project(project).present()
