"""Agents that a client's own configuration names are read as the client does, with what the configuration gives them."""

import json
import tomllib
from pathlib import Path

import pytest

from agentconv.cli import main
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


@pytest.mark.parametrize("named", [".codex/config.toml", "."])
def test_a_configuration_that_is_named_stands_for_its_roles(named, codex, capsys):
    """It is no agent itself: what it declares is read, and what Codex leaves out is told, also where nothing else is there."""
    codex('[agents.finder]\ndescription = "Finds"\nconfig_file = "roles/f.toml"\n[agents.roles.x]\ny = 1\n', **{"roles/f.toml": ROLE})
    main(["inspect", named, "--for", "codex", "--output-format", "json"])
    (result,) = json.loads(capsys.readouterr().out)["results"]
    Path(".codex/config.toml").write_text('[agents.roles.x]\ndescription = "Finds"\n', "utf-8")
    alone = main(["convert", named, "-t", "claude-code", "-o", "out"])

    assert (result["path"], [reading["name"] for reading in result["readings"]]) == (".codex/roles/f.toml", ["finder"])
    assert alone == 2
    assert "Codex leaves out the role `roles`" in capsys.readouterr().err


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


@pytest.mark.parametrize("place", ["agents/finder.toml", "roles/deep/finder.toml"])
def test_a_declared_role_keeps_its_file(place, codex, capsys):
    """In its own format it is the file that it was, where it was; out of a bundle, which has no configuration, it says all itself."""
    codex(f'[agents.finder]\ndescription = "Finds things"\nconfig_file = "{place}"\n', **{place: ROLE})

    code = main(["convert", ".", "-f", "codex", "-t", "codex", "-o", ".", "--check"])
    main(["to-json", ".", "-o", "all.json", "-q"])
    main(["from-json", "all.json", "-t", "codex", "-o", "out", "-q"])
    (written,) = Path("out").rglob("*.toml")

    assert (code, Path(".codex", place).read_text()) == (0, ROLE)
    assert "config.toml` says what this file does not" in capsys.readouterr().err
    assert written == Path("out/.codex/agents", place.removeprefix("agents/"))
    assert {**tomllib.loads(written.read_text())} == {"name": "finder", "description": "Finds things", **tomllib.loads(ROLE)}


def test_two_roles_of_one_file(codex):
    """A file that two tables name is two roles, to every other format and in a bundle, and stays one file in its own."""
    tables = "".join(f'[agents.{name}]\ndescription = "{name}"\nconfig_file = "roles/f.toml"\n' for name in ("one", "two"))
    codex(tables, **{"roles/f.toml": ROLE})

    same = main(["convert", ".", "-f", "codex", "-t", "codex", "-o", ".", "--check"])
    main(["convert", ".", "-t", "claude-code", "-o", "out", "-q"])
    main(["to-json", ".", "-o", "all.json", "-q"])
    back = main(["from-json", "all.json", "-t", "codex", "-o", "back", "-q"])

    assert (same, back) == (0, 0)
    assert sorted(path.name for path in Path("out").rglob("*.md")) == ["one.md", "two.md"]
    assert sorted(path.as_posix() for path in Path("back").rglob("*.toml")) == [
        "back/.codex/agents/one.toml",
        "back/.codex/agents/two.toml",
    ]


def test_a_role_whose_file_is_not_there_is_told(codex):
    """Codex leaves out a role of which it finds no file; that is said at its table."""
    codex(
        'model = "x"\n[agents.gone]\ndescription = "d"\nconfig_file = "roles/gone.toml"\n',
        **{"agents/a.toml": f'name = "a"\ndescription = "d"\n{ROLE}'},
    )
    agents, (said,) = loaded()

    assert [agent.name for agent, _ in agents] == ["a"]
    assert (said.span.line, "`roles/gone.toml`" in said.message) == (2, True)


def test_a_role_without_a_file_is_told(codex, capsys):
    """Codex reads its description alone: that is a note, and what else stands in its table, to no effect, a warning at it."""
    tables = '[agents.bare]\ndescription = "d"\n[agents.inline]\ndescription = "d"\ndeveloper_instructions = "Work."\n'
    codex(tables, **{"agents/a.toml": f'name = "a"\ndescription = "d"\n{ROLE}'})
    agents, (bare, inline) = loaded()
    main(["lint"])

    assert [agent.name for agent, _ in agents] == ["a"]
    assert (bare.severity, bare.span.line, "description alone" in bare.message) == ("note", 1, True)
    assert (inline.severity, inline.span.line, "`developer_instructions`" in inline.message) == ("warning", 3, True)
    assert "description alone" in capsys.readouterr().err
