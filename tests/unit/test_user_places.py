"""The user's own agents: where each client has them, and which client a path belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentconv.core import vocabulary
from agentconv.formats import registry
from agentconv.sources import discovery, sniffing, user_places

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = [client for client in registry.CLIENTS if "user" in (vocabulary.installation(client) or {})]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> user_places.Home:
    """A home folder of nothing, with no variable of any client's."""
    root = tmp_path / "home"
    root.mkdir()
    for name in user_places.variable_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(root))
    return user_places.home()


@pytest.mark.parametrize("client", CLIENTS)
def test_each_place_is_its_clients(client: str, home: user_places.Home) -> None:
    """A file in any of a client's places for the user's own agents is that client's, and is read as from the like place of a project."""
    for place, like in home.locations(client):
        if "." in place.name:
            continue
        file = place / f"agent{registry.FORMATS[client].suffixes[0]}"
        file.parent.mkdir(parents=True)
        file.write_text("")

        assert (sniffing.of_file(file), sniffing.home(place)) == (client, registry.sharing(client)[0])
        assert f"{like}/{file.relative_to(place).as_posix()}" in [one.path for one in discovery.discover_user(home, client).files]


def test_variable_moves_the_places(home: user_places.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a variable says so, the client's folder is there, and no longer below the home folder."""
    monkeypatch.setenv("COPILOT_HOME", str(tmp_path / "moved"))
    before, after = home.root / ".copilot/agents", tmp_path / "moved/agents"

    assert user_places.home().folder("copilot") == after
    assert [sniffing.home(place) for place in (before, after)] == [None, "copilot"]


def test_a_variable_may_add_a_place(home: user_places.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenCode reads its usual places besides the one that its variable names, which is where agents are written."""
    usual = [place for place, _ in home.locations("opencode")]
    monkeypatch.setenv("OPENCODE_CONFIG_DIR", str(tmp_path / "oc"))
    moved = user_places.home()
    every = [place for place, _ in moved.locations("opencode")]

    assert moved.folder("opencode") == every[0] == tmp_path / "oc/agents"
    assert {*usual} < {*every}


def test_user_files_beside_the_folder_are_read(home: user_places.Home) -> None:
    """The user's opencode.json holds agents as a project's does."""
    file = home.root / ".config/opencode/opencode.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"agent": {"a": {"description": "D."}}}')
    (found,) = discovery.discover_user(home).files

    assert (found.path, found.location, found.format) == ("opencode.json", str(file), "opencode")


def test_roles_of_the_users_configuration_are_read(home: user_places.Home) -> None:
    """A role that the user's Codex configuration declares is found where it is, below the home folder."""
    (home.root / ".codex/roles").mkdir(parents=True)
    (home.root / ".codex/config.toml").write_text('[agents.finder]\nconfig_file = "roles/finder.toml"\ndescription = "Finds."\n')
    (home.root / ".codex/roles/finder.toml").write_text('developer_instructions = "Find."\n')

    assert [file.path for file in discovery.discover_user(home, "codex").files] == [".codex/roles/finder.toml"]


def test_links_below_the_home_folder_are_followed(home: user_places.Home) -> None:
    """An agent may be a link to where the user keeps all settings, as long as that is below the home folder."""
    (home.root / "dotfiles").mkdir()
    (home.root / "dotfiles/a.md").write_text("---\ndescription: D.\n---\nDo.\n")
    agents = home.root / ".config/opencode/agents"
    agents.mkdir(parents=True)
    (agents / "a.md").symlink_to(home.root / "dotfiles/a.md")
    found = discovery.discover_user(home)

    assert ([file.path for file in found.files], found.diagnostics) == ([".opencode/agents/a.md"], [])
