"""docs/library.md: every example gives what it says."""

import doctest
import re
import shutil
import sys
from dataclasses import make_dataclass, replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest

import agentconv
from agentconv.core import portable
from agentconv.core.access import Level

CHECKOUT = Path(__file__).parents[2]
GUIDE = CHECKOUT / "docs" / "library.md"


def test_examples(tmp_path, monkeypatch):
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "fixtures" / "examples", project)
    monkeypatch.chdir(project)
    blocks = re.findall(r"(?s)^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, GUIDE.name, str(GUIDE), 0)
    found = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=found.append)

    assert "".join(found) == ""
    assert result.attempted > 20


REFUSED = "---\nname: {}\ndescription: {}\n---\n\nRead.\n"
RECIPES = {
    "claude-agent-sdk": ("claude_agent_sdk",),
    "openai-agents": ("agents",),
    "langgraph": ("langchain", "langchain.agents", "langchain.agents.middleware", "langchain_core", "langchain_core.tools"),
    "deep-agents": ("deepagents",),
}
ASKED = {
    "claude-agent-sdk": ("definitions",),
    "openai-agents": ("objects", {}),
    "langgraph": ("graphs", None, {}),
    "deep-agents": ("subagents",),
}


RESTRAINED = "---\ndescription: Reads.\nmode: subagent\npermission:\n  bash:\n    '*': allow\n    'rm *': deny\n---\nRead.\n"
NOT_LOADED = "---\nname: lost\ndescription: Reads.\n---\nRead.\n"


def recipe(name, monkeypatch):
    """Return what a recipe defines for its users, with its framework stood in for."""
    kept = make_dataclass("AgentDefinition", [(key, object, None) for key in ("description", "prompt", "tools", "disallowedTools")])
    for module in RECIPES[name]:
        monkeypatch.setitem(sys.modules, module, MagicMock(AgentDefinition=kept))
    (code,) = re.findall(rf"(?s)<!-- {name} -->\n```python\n(.*?)```", GUIDE.read_text("utf-8"))
    names = {}
    exec(code, names)  # noqa: S102 - the recipe is ours
    function, *more = ASKED[name]
    return lambda agents, **named: names[function](agents, *more, **named)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_loses_no_agent_without_a_word(name, monkeypatch):
    """Where one of the agents is refused, a recipe raises with its name instead of returning the others."""
    read = [agentconv.reads(REFUSED.format(*one), "droid").agents[0] for one in (("kept", "Reads."), ("lost", '""'))]

    with pytest.raises(ValueError, match="refused: lost"):
        recipe(name, monkeypatch)(agentconv.AgentSet(tuple(replace(agent, id=agent.name) for agent in read)))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_drops_no_restriction_without_a_word(name, monkeypatch):
    """An agent that would do what its own file forbids is an error, unless its code is accepted."""
    agents = agentconv.reads(RESTRAINED, "opencode", path=".opencode/agents/lost.md")
    made = recipe(name, monkeypatch)

    with pytest.raises(ValueError, match="refused: lost; lost: sandbox-dropped"):
        made(agents)
    assert len(made(agents, accept=["sandbox-dropped"])) == len(made(agents, accept="sandbox-dropped")) == 1
    with pytest.raises(ValueError, match="refused: lost; lost: sandbox-dropped"):
        made(agents, accept="sandbox-dropped-too")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_in_a_project_with_servers_of_others(name, monkeypatch, tmp_path):
    """What no agent of it may use is nobody's loss; where one may, the error says what to do."""
    agent = tmp_path / ".claude/agents/reader.md"
    agent.parent.mkdir(parents=True)
    agent.write_text("---\nname: reader\ndescription: Reads.\ntools: Read, Grep\n---\nRead.\n")
    (tmp_path / ".mcp.json").write_text('{"mcpServers": {"tracker": {"command": "npx"}}}')
    made = recipe(name, monkeypatch)

    assert len(made(agentconv.read(tmp_path))) == 1

    agent.write_text("---\nname: reader\ndescription: Reads.\n---\nRead.\n")
    with pytest.raises(ValueError, match=r"set-servers-dropped: MCP servers .*: tracker \(define them in "):
        made(agentconv.read(tmp_path))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_the_agent_that_nothing_holds_to_a_key(name, monkeypatch):
    """A mode of its own is an error with its name and the key, unless the key is accepted: then the program sees to it."""
    agents = agentconv.reads("---\nname: one\ndescription: Reads.\ntools: Read\npermissionMode: plan\n---\nRead.\n", "claude-code")
    made = recipe(name, monkeypatch)

    with pytest.raises(TypeError, match=r"^one: nothing here holds it to permissionMode$"):
        made(agents)
    assert len(made(agents, accept=["permissionMode"])) == 1


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_makes_no_agent_that_its_own_client_does_not_load(name, monkeypatch):
    """A file that its client drops is an error: what was recovered of it is no agent that anybody has."""
    agents = agentconv.reads(NOT_LOADED, "qwen-code", path=".qwen/agents/lost.md")

    with pytest.raises(ValueError, match="refused: lost; lost: not-loaded"):
        recipe(name, monkeypatch)(agents)


WORDS = {
    "capability": portable.capabilities(),
    "level": [level.name.lower() for level in Level],
    "mode of permissions": portable.MODES,
    "tier of a model": portable.TIERS,
    "event of a hook": portable.events(),
    "language of a pattern": portable.languages(),
}


@pytest.mark.parametrize("what", WORDS)
def test_the_page_of_words_has_them_all(what):
    """docs/ir.md lists the portable words that there are, and no other."""
    page = (CHECKOUT / "docs" / "ir.md").read_text("utf-8")
    label, *rows = re.search(rf"(?ms)^\| {what} \|.*?(?=^$)", page)[0].splitlines()
    found = re.findall("`(.+?)`", label) or [word for row in rows for word in re.findall("`(.+?)`", row.split("|")[1])]

    assert sorted(found) == sorted(WORDS[what])


def test_the_reference_has_every_public_name():
    """Each name of `agentconv` is on the page of names and types, in the module that it comes from."""
    page = (CHECKOUT / "docs" / "reference.md").read_text("utf-8")
    blocks = re.findall(r"(?m)^::: (\S+)\n    options:\n(?:      members: \[(.*)\]\n)?", page)
    shown = {module: set(members.split(", ")) if members else None for module, members in blocks}
    called = {"FormatRow": "Row"}
    missing = [
        name
        for name, home in {"lint": "agentconv.lint.library", "formats": "agentconv.formats.registry", **agentconv._HOMES}.items()
        if home not in shown or ((members := shown[home]) and called.get(name, name) not in members)
    ]

    assert missing == []
    assert {"lint", "formats", "__version__", *agentconv._HOMES} == set(agentconv.__all__)
