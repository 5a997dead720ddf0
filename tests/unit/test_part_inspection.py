"""What each client makes of skills, commands and servers where they lie."""

import json

import pytest

from agentconv.lint import part_inspection
from agentconv.sources.parts import Parts

SKILL = "---\nname: deploy\ndescription: Deploys\n{more}---\nDeploy it.\n"


@pytest.fixture
def project(tmp_path):
    """A project with a skill of Claude Code's that only the user may start."""
    return write(tmp_path, ".claude/skills/deploy/SKILL.md", SKILL.format(more="disable-model-invocation: true\n"))


def write(folder, path, text):
    """Write a file below a folder, and return the folder."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    return folder


def readings(folder, *clients):
    """Say of each part what its clients make of it."""
    found = part_inspection.inspect(Parts([folder], clients), clients)
    return {(part.kind, part.name): [(one.client, one.state.value, one.remarks) for one in part.readings] for part in found}


def test_only_those_who_look_there_are_told(project):
    """A client that does not look where a file lies makes nothing of it."""
    assert readings(project, "claude-code", "codex") == {("skills", "deploy"): [("claude-code", "loads", ())]}


def test_a_restraint_that_is_passed_over_is_told(project):
    """Where a client reads another one's file, and not what it closes, that is said."""
    (own, other) = readings(project, "claude-code", "opencode")["skills", "deploy"]

    assert own == ("claude-code", "loads", ())
    assert other == ("opencode", "loads", ("who starts it is not held to what the file says",))


def test_what_is_hidden_names_what_is_taken(project):
    """Of two skills of one name, the one that a client does not take names the other."""
    write(project, ".opencode/skills/deploy/SKILL.md", SKILL.format(more=""))
    found = part_inspection.inspect(Parts([project], ["opencode"]), ["opencode"])

    assert {one.path.removeprefix(f"{project}/"): bool(one.readings[0].hidden_by) for one in found} == {
        ".claude/skills/deploy/SKILL.md": True,
        ".opencode/skills/deploy/SKILL.md": False,
    }


def test_a_reference_of_another_client_stays_literal(tmp_path):
    """A variable in a spelling that a client does not know is told as what it is to it: text."""
    server = {"type": "local", "command": ["db"], "environment": {"TOKEN": "${DB_TOKEN}", "OWN": "{env:OWN}"}}
    write(tmp_path, "opencode.json", json.dumps({"mcp": {"db": server}}))

    assert readings(tmp_path, "opencode")["servers", "db"] == [("opencode", "loads", ("env.TOKEN: `${DB_TOKEN}` stays as it stands",))]


def test_trust_is_told(tmp_path):
    """Of a place that a client looks at only where the user trusts the folder, that is said."""
    write(tmp_path, ".codex/config.toml", '[mcp_servers.db]\ncommand = "db"\n')
    (found,) = part_inspection.inspect(Parts([tmp_path], ["codex"]), ["codex"])

    assert [one.trusted for one in found.readings] == [True]
