"""What stops a build, and what lets it through."""

import json

import pytest
import tomli_w

TOKEN = "ghp_" + "q7Xw2LmZ9rTk4VbN8sHd6YcJ3pGf5A0e1UiO"
KEY = "q7Zk2mB9xTr4LwPd8sVnHc3eYf6uJg1a"
SERVER = "---\nname: reviewer\ndescription: d\nmcpServers:\n  - x:\n      command: x\n      args: {}\n      env: {}\n---\n\nHi.\n"
STOPPING = {
    "a lint error": ('---\nname: reviewer\ndescription: "Reviews" it\ntools: [Read, Grep\n---\n\nHi.\n', "AC103"),
    "a credential": (f"---\nname: reviewer\ndescription: d\n---\n\nUse {TOKEN}.\n", "AC810"),
    "a credential by its name": (SERVER.format("[x]", f"{{X_API_KEY: {KEY}}}"), "AC810"),
    "a credential after a flag": (SERVER.format(f"[--token, {KEY}]", "{}"), "AC810"),
    "hidden characters": ("---\nname: reviewer\ndescription: d\n---\n\nHi \U000e0041\U000e0042\U000e0043.\n", "AC801"),
}


@pytest.mark.parametrize(("text", "code"), STOPPING.values(), ids=STOPPING)
def test_stopped(text, code, project, pack):
    """An error of the linter, a credential and hidden characters stop the build; --no-lint lets them through."""
    (project / ".claude/agents/reviewer.md").write_text(text)
    stopped = pack(".", code=1)

    assert f"[{code}]" in stopped.err
    assert "not packed: 1 finding in 1 file" in stopped.err
    assert not (project / "dist").exists()
    assert not [secret for secret in (TOKEN, KEY) if secret[:5] in stopped.err]
    pack(".", "--no-lint", code=None)
    assert (project / "dist").exists()


SAID = {
    "description": f"use {TOKEN}",
    "author": [f"token={KEY}"],
    "url": [f"Home=https://ada:{KEY}@example.com/"],
    "keyword": [TOKEN],
    "classifier": [f"Topic :: {TOKEN}"],
    "requires": [f"base @ https://ada:{KEY}@example.com/base.whl"],
}
"""Credentials in everything that a pack says of itself, as a project's configuration has it."""


def test_credentials_in_what_a_pack_says_of_itself(project, pack):
    """They stop the build as those of agents do, by flag, from the project's table, and in the licence; --no-lint lets them through."""
    for key, value in SAID.items():
        by_flag = pack(".", f"--{key}", value if isinstance(value, str) else value[0], code=1)
        (project / "pyproject.toml").write_text(f"[tool.agentconv.pack]\n{tomli_w.dumps({key: value})}")
        from_table = pack(".", code=1)
        (project / "pyproject.toml").unlink()

        assert "in what the pack says of itself" in by_flag.err
        assert by_flag.err == from_table.err
        assert not [secret for secret in (TOKEN, KEY) if secret[4:9] in by_flag.err]
    (project / "LICENSE").write_text(f"MIT\n{TOKEN}\n")

    assert "LICENSE:2:1: error: the licence: `ghp_…` looks like a GitHub token" in pack(".", code=1).err
    assert not (project / "dist").exists()
    pack(".", "--no-lint", code=0)


def test_as_lint_lists_them(project, pack, capfd):
    """What stops a build is listed as `agentconv lint` lists it, fixes included."""
    from agentconv.cli import main

    (project / ".claude/agents/reviewer.md").write_text("---\nname: a:b\ndescription: d\n---\n\nHi.\n")
    stopped = pack(".", code=1)
    main(["lint", ".claude/agents", "--for", "claude-code", "-q"])

    assert capfd.readouterr().out.strip() in stopped.err


def test_edited_bundle(project, pack):
    """What a bundle's fields hide is found, too, where no text holds it."""
    from agentconv.cli import main

    main(["to-json", ".", "-o", "all.json", "--no-sources"])
    text = (project / "all.json").read_text().replace("Read the diff first.", f"Use {TOKEN}.")
    (project / "all.json").write_text(text)
    stopped = pack("all.json", code=1)

    assert "AC810" in stopped.err
    assert TOKEN not in stopped.err


def test_what_may_be_a_secret(project, pack):
    """What only its name makes a secret is told, shown in part, and stops no build; --no-lint and the project's settings keep it quiet."""
    (project / ".claude/agents/reviewer.md").write_text(SERVER.format("[x]", "{X_PASSWORD: correct-horse}"))
    told = pack(".").err

    assert "warning[AC814] secret-by-name `X_PASSWORD` is given `corr…`" in " ".join(told.split())
    assert "correct" not in told
    assert "AC814" not in pack(".", "--no-lint").err

    (project / "pyproject.toml").write_text('[tool.agentconv.lint]\nignore = ["AC814"]\n')

    assert "warning[AC814]" in pack(".").err
    assert "AC814" not in pack(".", "--config", "pyproject.toml").err


def test_what_may_be_a_secret_in_a_bundle(project, pack):
    """The same of an agent that no text holds."""
    from agentconv.cli import main

    (project / ".claude/agents/reviewer.md").write_text(SERVER.format("[x]", "{X_PASSWORD: correct-horse}"))
    main(["to-json", ".", "-o", "all.json", "--no-sources"])

    assert "warning[AC814] secret-by-name `X_PASSWORD` is given `corr…`" in " ".join(pack("all.json").err.split())


def test_ignored_rule(project, pack):
    """A rule that the project ignores does not stop a build; one that protects does, unless a person names the project's file."""
    (project / ".claude/agents/reviewer.md").write_text(STOPPING["a credential"][0])
    (project / ".claude/agents/broken.md").write_text("---\nname: [\n---\n\nDo.\n")
    (project / "pyproject.toml").write_text('[tool.agentconv.lint]\nignore = ["AC810", "AC1"]\n')
    said = pack(".", code=1).err

    assert "leaves out no rule that protects: AC107, AC810\n" in said
    assert "AC103" not in said
    assert pack(".", "--config", "pyproject.toml").manifest.agents


def test_duplicates_warn(project, pack):
    """Two agents of one name do not stop a build."""
    (project / ".claude/agents/again.md").write_text((project / ".claude/agents/reviewer.md").read_text() + "Again.\n")

    assert "is now reviewer-2" in pack(".").err


def test_json(project, pack):
    """The report as JSON is typed: what is packed, what was written, what stopped it."""
    packed = json.loads(pack(".", "--output-format", "json").out)
    assert [agent["id"] for agent in packed["pack"]["agents"]] == ["reviewer", "tester"]
    assert [result["fate"] for result in packed["results"]] == ["created", "created"]

    (project / ".claude/agents/reviewer.md").write_text(STOPPING["a credential"][0])
    stopped = json.loads(pack(".", "--output-format", "json", code=1).out)
    assert [finding["code"] for finding in stopped["findings"]] == ["AC810"]
    assert stopped["exit_code"] == 1
    assert stopped["results"] == []


def test_unreadable_file(project, pack):
    """A file that cannot be read stops the build; --no-lint leaves it out, and that is no success."""
    (project / ".claude/agents/gone.md").symlink_to("/nowhere/at/all.md")
    pack(".", code=1)
    assert not (project / "dist").exists()

    packed = pack(".", "--no-lint", code=1)
    assert [agent.id for agent in packed.manifest.agents] == ["reviewer", "tester"]
