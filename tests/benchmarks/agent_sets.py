"""Sets of agents to measure on, and the bare loop that every figure is held against."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BARE_LOOP = """
import os, sys, yaml
source, target = sys.argv[1:]
os.makedirs(target, exist_ok=True)
for name in sorted(os.listdir(source)):
    with open(os.path.join(source, name), "rb") as file:
        data = file.read()
    text = data.decode("utf-8", "replace")
    end = text.find("---", 3)
    yaml.compose(text[3:end], Loader=yaml.CSafeLoader)
    with open(os.path.join(target, name), "wb") as file:
        file.write(data)
"""
"""Reads each file, composes its YAML with the C loader, and writes the file back."""
_WORDS = (
    "review the change and report what matters first with file and line before any advice on style or naming of parts".split()  # noqa: SIM905
)
_TOOLS = ("", "tools: Read, Grep, Glob\n", "tools: Read, Edit, Write, Bash\n", "tools: [Read, WebFetch]\n")
_MODELS = ("", "model: sonnet\n", "model: inherit\n", "model: claude-opus-5-5\n")
BROKEN_SHARE = 0.06
"""Of real agents, as many have an unquoted colon in their description, and are no valid YAML."""


def make_agents(project: Path, number: int, *, real: bool = False) -> Path:
    """Write a Claude Code project; return it.

    Args:
        project: Its folder.
        number: How many agents; their descriptions have about 200 characters, their prompts about 6 kB.
        real: Whether some are broken as real ones are.
    """
    chance = random.Random(7)
    folder = project / ".claude" / "agents"
    folder.mkdir(parents=True)
    for index in range(number):
        (folder / f"agent-{index:05}.md").write_text(agent(chance, index, broken=real and chance.random() < BROKEN_SHARE), "utf-8")
    return project


def agent(chance: random.Random, index: int, *, broken: bool) -> str:
    description = " ".join(chance.choices(_WORDS, k=35))
    if broken:
        description = f"Use it so: user: {description}"
    lines = [" ".join(chance.choices(_WORDS, k=chance.randint(4, 18))) for _ in range(int(chance.lognormvariate(4.2, 0.6)))]
    prompt = "\n".join(f"- {line}" if chance.random() < 0.4 else line for line in lines)
    keys = f"{chance.choice(_TOOLS)}{chance.choice(_MODELS)}color: blue\n"
    return f"---\nname: agent-{index}\ndescription: {description}\n{keys}---\n\n# Agent {index}\n\n{prompt}\n"
