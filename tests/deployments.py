"""A small project to deploy into, and packs to deploy: what the tests of installing share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from agentconv.core.ir import Agent, McpServer, Prompt
from agentconv.core.parts import Server
from agentconv.disk.files import Disk
from agentconv.install import applying, lock, planning
from agentconv.install.lock import Lock, LockedAgent, LockedPack
from agentconv.install.planning import Plan, Wanted

if TYPE_CHECKING:
    from pathlib import Path

SHA = "a" * 64
TARGETS = ("claude-code", "codex", "roo")


@cache
def mode(name: str, text: str) -> Agent:
    """An agent as a mode of Roo Code."""
    from agent_files import convert_agent

    done = convert_agent(Agent(name, name, description=f"{name}: when to use it.", prompt=Prompt(text)), "roo")
    assert done.file
    assert done.file.shared
    return replace(done.file.shared.agents[0], id=name)


def wanted(texts: dict[str, str], targets: tuple[str, ...] = TARGETS) -> list[Wanted]:
    """Agents by name with their texts, as they are to be in each target."""
    found = []
    for name, text in texts.items():
        if "claude-code" in targets:
            found.append(Wanted(f".claude/agents/{name}.md", "claude-code", name, SHA, f"claude {text}\n".encode()))
        if "codex" in targets:
            found.append(Wanted(f".codex/agents/{name}.toml", "codex", name, SHA, f"# codex {text}\n".encode(), ("a loss",)))
        if "roo" in targets:
            found.append(Wanted(".roomodes", "roo", name, SHA, shared=mode(name, text)))
    return found


def wanted_parts(text: str, *, script: str = "run.sh") -> list[Wanted]:
    """A skill with a program beside it, and a server among the user's own, in two targets."""
    folder = ".codex/skills/s"
    skill = f"---\nname: s\ndescription: Does {text}\n---\n\nRun {script}.\n".encode()
    program = f"#!/bin/sh\necho {text}\n".encode()
    server = Server("x", McpServer("x", "stdio", command=text))
    return [
        Wanted(f"{folder}/SKILL.md", "codex", "skills/s", SHA, skill, part="skills"),
        Wanted(f"{folder}/{script}", "codex", "skills/s", SHA, program, part="skills", executable=True, beside=True),
        Wanted(".codex/config.toml", "codex", "servers/x", SHA, shared=server, part="servers"),
        Wanted(".mcp.json", "claude-code", "servers/x", SHA, shared=server, part="servers"),
    ]


def pack(name: str, version: str, texts: dict[str, str], targets: tuple[str, ...] = TARGETS) -> LockedPack:
    agents = tuple(LockedAgent(agent, agent, SHA) for agent in texts)
    return LockedPack(name, version, "folder", name, SHA, None, dict.fromkeys(targets), agents)


class Project:
    """A folder with a lock, installed into as the command does it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock_path = root / lock.FILE

    def lock(self) -> Lock:
        return lock.read(self.lock_path) or Lock()

    def recovered(self) -> Lock:
        return applying.recover(self.root, self.lock(), self.lock_path)

    def plan(
        self, name: str, texts: dict[str, str], *, version: str = "1", force: bool = False, targets: tuple[str, ...] = TARGETS
    ) -> Plan:
        locked, goal = pack(name, version, texts, targets), wanted(texts, targets)
        return planning.plan(Disk(self.root), self.recovered(), locked, goal, targets=targets, force=force, accept=True)

    def install(
        self, name: str, texts: dict[str, str], *, version: str = "1", force: bool = False, targets: tuple[str, ...] = TARGETS
    ) -> Plan:
        plan = self.plan(name, texts, version=version, force=force, targets=targets)
        applying.apply(self.root, self.lock_path, plan)
        return plan

    def install_parts(self, name: str, text: str, *, version: str = "1", script: str = "run.sh") -> Plan:
        locked = replace(pack(name, version, {}, ("claude-code", "codex")), agents=())
        goal = wanted_parts(text, script=script)
        plan = planning.plan(Disk(self.root), self.recovered(), locked, goal, targets=("claude-code", "codex"), accept=True)
        applying.apply(self.root, self.lock_path, plan)
        return plan

    def uninstall(self, name: str, targets: tuple[str, ...] | None = None) -> Plan:
        plan = planning.plan_removal(Disk(self.root), self.recovered(), name, targets)
        applying.apply(self.root, self.lock_path, plan)
        return plan

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def tree(self) -> dict[str, tuple[int, bytes | None]]:
        """Everything that is there: modes, bytes (None for a folder)."""
        found = sorted(self.root.rglob("*"))
        return {
            path.relative_to(self.root).as_posix(): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None) for path in found
        }

    def files(self) -> list[str]:
        return [path for path, (_, data) in self.tree().items() if data is not None]


def actions(plan: Plan) -> dict[str, str]:
    """What becomes of each entry: by the name of its file, or of its entry in one."""
    return {(step.pointer or step.path).rpartition("/")[2]: str(step.action) for step in plan.steps}
