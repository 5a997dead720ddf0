"""Agents that a client's own configuration names are read as the client does, with what the configuration gives them."""

import json
from pathlib import Path

import pytest

from agentconv.__main__ import main
from agentconv.core.format import State
from agentconv.sources import discovery, loading

ROLE = 'developer_instructions = "Look for things with care."\nmodel_reasoning_effort = "low"\n'


@pytest.fixture
def codex(tmp_path, monkeypatch):
    """Return what makes a project of a configuration and role files, by their paths below `.codex`."""
    monkeypatch.chdir(tmp_path)

    def make(config, **files):
        for path, text in {"config.toml": config, **files}.items():
            place = tmp_path / ".codex" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)

    return make


def loaded():
    """Return the agents in the folder with their states, and what discovery said."""
    found = discovery.discover(["."])
    agents = [(agent, state) for piece in loading.Loader(found.files) for agent, state in zip(piece.agents, piece.states, strict=True)]
    return agents, found.diagnostics


@pytest.mark.parametrize("place", ["agents/finder.toml", "roles/deep/finder.toml"])
def test_a_declared_role_loads(place, codex, capsys):
    """A role file without a name has that of its table, wherever it lies; every command reads it."""
    codex(f'[agents]\nmax_threads = 4\n[agents.finder]\ndescription = "Finds things"\nconfig_file = "{place}"\n', **{place: ROLE})
    ((agent, state),), diagnostics = loaded()
    linted = main(["lint", "-q"])
    main(["inspect", "--for", "codex", "--output-format", "json"])
    inspected = json.loads(capsys.readouterr().out)["results"]
    converted = main(["convert", ".", "-t", "claude-code", "-o", "out", "-q"])

    assert (agent.name, agent.description, state, diagnostics) == ("finder", "Finds things", State.LOADS, [])
    assert (linted, converted) == (0, 0)
    assert [reading["state"] for result in inspected for reading in result["readings"]] == ["loads"]
    assert "description: Finds things" in Path("out/.claude/agents/finder.md").read_text()


def test_the_file_has_the_last_word(codex):
    """A name and a description in the role file itself count."""
    role = f'name = "other"\ndescription = "Says it itself"\n{ROLE}'
    codex('[agents.finder]\ndescription = "Finds things"\nconfig_file = "roles/f.toml"\n', **{"roles/f.toml": role})
    ((agent, _),), _ = loaded()

    assert (agent.name, agent.description) == ("other", "Says it itself")


def test_no_file_outside_of_the_configuration_s_folder_is_read(codex, tmp_path):
    """A path that leads up is not followed."""
    (tmp_path / "x.toml").write_text(ROLE)
    codex('[agents.finder]\ndescription = "d"\nconfig_file = "../x.toml"\n', **{"agents/a.toml": f'name = "a"\ndescription = "d"\n{ROLE}'})
    agents, _ = loaded()

    assert [agent.name for agent, _ in agents] == ["a"]


def test_a_role_that_is_left_out_is_told(codex):
    """A table without a description and a file is told where it stands."""
    codex('model = "x"\n\n[agents.roles.finder]\ndescription = "Finds"\n', **{"agents/a.toml": f'name = "a"\ndescription = "d"\n{ROLE}'})
    agents, (said,) = loaded()

    assert [state for _, state in agents] == [State.LOADS]
    assert said.span.line == 3
    assert "`roles`" in said.message


def test_a_list_of_agents_stops_the_client(codex, capsys):
    """With `[[agents]]` the client does not start, so no role loads."""
    codex('[[agents]]\nname = "x"\n', **{"agents/a.toml": f'name = "a"\ndescription = "d"\n{ROLE}'})
    agents, (said,) = loaded()
    inspected = main(["inspect", "--for", "codex"])

    assert [state for _, state in agents] == [State.STOPS]
    assert "does not start" in said.message
    assert inspected == 1
    assert "stops the client" in capsys.readouterr().out


@pytest.mark.parametrize("inner", ["home", "repository"])
def test_a_configuration_further_out_says_nothing(inner, codex, tmp_path, monkeypatch):
    """What stands beyond the top of version control, or in the user's home, is no part of a project: its faults stop nothing in it."""
    codex('[[agents]]\nname = "finder"\n')
    project = tmp_path / "work"
    role = project / "roles" / "finder.toml"
    role.parent.mkdir(parents=True)
    role.write_text(f'name = "finder"\ndescription = "Finds things"\n{ROLE}')
    if inner == "home":
        monkeypatch.setenv("HOME", str(tmp_path))
    else:
        (project / ".git").mkdir()
    (piece,) = loading.Loader(discovery.discover([str(role)]).files)

    assert piece.states == (State.LOADS,)
