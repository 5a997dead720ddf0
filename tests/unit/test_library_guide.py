"""docs/library.md: every example gives what it says."""

import doctest
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import pytest

import agentconv

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
RECIPES = {"claude-agent-sdk": "claude_agent_sdk", "openai-agents": "agents", "deep-agents": "deepagents"}
ASKED = {"claude-agent-sdk": ("definitions",), "openai-agents": ("objects", {}), "deep-agents": ("subagents",)}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_loses_no_agent_without_a_word(name, monkeypatch):
    """Where one of the agents is refused, a recipe raises with its name instead of returning the others."""
    monkeypatch.setitem(sys.modules, RECIPES[name], MagicMock())
    (code,) = re.findall(rf"(?s)<!-- {name} -->\n```python\n(.*?)```", GUIDE.read_text("utf-8"))
    names = {}
    exec(code, names)  # noqa: S102 - the recipe is ours
    read = [agentconv.reads(REFUSED.format(*one), "droid").agents[0] for one in (("kept", "Reads."), ("lost", '""'))]
    function, *more = ASKED[name]

    with pytest.raises(ValueError, match="refused: lost"):
        names[function](agentconv.AgentSet(tuple(replace(agent, id=agent.name) for agent in read)), *more)
