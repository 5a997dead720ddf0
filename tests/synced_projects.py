"""A project whose assistants are kept in step, and people who edit on every side: what the tests of sync share."""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from agentconv.cli import main
from agentconv.install import lock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SOURCE = ".claude/agents"
PLACES = {
    "codex": ".codex/agents/{}.toml",
    "opencode": ".opencode/agents/{}.md",
    "copilot": ".github/agents/{}.agent.md",
    "cursor": ".cursor/agents/{}.md",
    "roo": ".roomodes",
}
"""Where each assistant has an agent."""
TARGETS = ("codex", "opencode", "roo")
OWN = ("copilot", "cursor")
"""Assistants that read Claude Code's folder, too."""
TOKEN = re.compile(r"\bzq\d{6}\b")


@dataclass(frozen=True, slots=True)
class Told:
    """What a run did, and what it said."""

    code: int
    files: tuple[str, ...] = ()
    entries: tuple[dict[str, Any], ...] = ()
    errors: str = ""
    losses: tuple[dict[str, Any], ...] = ()
    """What agents may do by the source's own files."""

    @property
    def looks(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """What needs a look: the word, the file, the entry in it, and the fields."""
        return [
            (one["action"], one["path"], one.get("pointer", ""), tuple(one.get("fields", ())))
            for one in self.entries
            if one["needs_a_look"]
        ]

    def words(self) -> set[tuple[str, str]]:
        """Return what became of each agent in each target, in a word."""
        return {(one["action"], f"{one['target']} {one['agent']}") for one in self.entries}

    def actions(self) -> set[str]:
        """Return every word that was said."""
        return {one["action"] for one in self.entries}


@dataclass(slots=True)
class Project:
    """A folder with agents of Claude Code, and the assistants that follow."""

    root: Path
    targets: tuple[str, ...] = TARGETS
    more: str = ""
    """What the configuration says beside them."""
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.environment = {"XDG_STATE_HOME": os.fspath(self.root.with_name(f"{self.root.name}-state"))}
        if not (self.root / "agentconv.toml").exists():
            self.configure()

    def configure(self, more: str | None = None, targets: Iterable[str] | None = None) -> None:
        """Write the configuration."""
        self.more = self.more if more is None else more
        self.targets = self.targets if targets is None else tuple(targets)
        own = "".join(f"[sync.{target}]\nown = true\n" for target in self.targets if target in OWN)
        listed = ", ".join(f'"{target}"' for target in self.targets)
        self.write("agentconv.toml", f'source = "claude-code"\ntargets = [{listed}]\n{own}{self.more}')

    def place(self, side: str, name: str) -> str:
        """Return where a side has an agent."""
        return f"{SOURCE}/{name}.md" if side == "source" else PLACES[side].format(name)

    def write(self, path: str, text: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> str:
        """Return a file's text; an empty one where there is none."""
        return (self.root / path).read_bytes().decode() if self.has(path) else ""

    def has(self, path: str) -> bool:
        return (self.root / path).exists()

    def remove(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)

    def move(self, path: str, to: str) -> None:
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        os.rename(self.root / path, self.root / to)

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file: what is to be another one stands there once at least."""
        text = self.read(path)
        assert old in text, (path, old, text)
        self.write(path, text.replace(old, new, 1))

    def tree(self) -> dict[str, bytes]:
        """Everything that is there, but for what git keeps."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            folders[:] = [one for one in folders if one != ".git"]
            for name in files:
                place = os.path.join(folder, name)
                with open(place, "rb") as file:
                    found[os.path.relpath(place, self.root)] = file.read()
        return found

    def changes(self, before: dict[str, bytes]) -> str:
        """Return what is another one than before, line by line."""
        after = self.tree()
        out: list[str] = []
        for path in sorted({*before, *after}):
            old, new = (each.get(path, b"").decode("utf-8", "replace").splitlines() for each in (before, after))
            if before.get(path) != after.get(path):
                out += [path, *difflib.unified_diff(old, new, lineterm="", n=1)]
        return "\n".join(out)

    def tokens(self) -> set[str]:
        """Every token that is in a file."""
        return {token for data in self.tree().values() for token in TOKEN.findall(data.decode("utf-8", "replace"))}

    def lock(self) -> lock.Lock:
        return lock.read(self.root / lock.FILE) or lock.Lock()

    def sync(self, *words: str) -> Told:
        """Sync, and return what was told."""
        out, errors = io.StringIO(), io.StringIO()
        line = ["sync", *words, "--project", os.fspath(self.root), "--output-format", "json"]
        with mock.patch.dict(os.environ, self.environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            code = int(main(line))
        said = json.loads(out.getvalue()) if out.getvalue() else {}
        problems = [f"{one['message']} {one.get('hint') or ''}" for one in said.get("diagnostics", ())]
        rows = [tuple(said.get(key, ())) for key in ("files", "entries", "losses")]
        return Told(code, rows[0], rows[1], "\n".join([*problems, errors.getvalue()]).strip(), rows[2])

    def copy(self, name: str) -> Project:
        """Return another project that is as this one is, with what is remembered of it."""
        other = Project(self.root.with_name(name), self.targets, self.more)
        shutil.rmtree(other.root)
        shutil.copytree(self.root, other.root, symlinks=True)
        return other


class Repository(Project):
    """A project with its history."""

    def git(self, *words: str, fails: bool = False) -> str:
        """Run git, without what anybody's own configuration says."""
        names = {f"GIT_{who}_{what}": "one@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        settings = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true"}
        done = subprocess.run(["git", *words], cwd=self.root, env=settings, capture_output=True, check=False)
        assert fails == (done.returncode != 0), done.stderr
        return done.stdout.decode()

    def commit(self, message: str = "more", *paths: str) -> None:
        self.git("add", "-A", *(paths or (".",)))
        self.git("commit", "-qm", message)

    def clone(self, name: str, *words: str) -> Repository:
        """Return what another person gets."""
        root = self.root.with_name(name)
        self.git("clone", "-q", *words, self.root.as_uri(), os.fspath(root))
        return Repository(root, self.targets)


def agent(name: str, lines: Iterable[str] = ("One.", "Two.", "Three."), *, description: str | None = None, **header: str) -> str:
    """An agent of Claude Code, with a blank line between any two lines of its prompt."""
    keys = {"name": name, "description": description or f"When there is work for {name}", **header}
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    body = "\n\n".join(lines)
    return f"---\n{head}---\n\n{body}\n"


RULES = '---\ndescription: Reads\nmode: subagent\npermission:\n  "*": deny\n  read: allow\n---\n\nYou read.\n'
AGENTS = {
    "claude-code": (f"{SOURCE}/r.md", agent("r", tools="Read")),
    "opencode": (".opencode/agents/r.md", RULES),
    "codex": (".codex/agents/r.toml", 'name = "r"\ndescription = "Reads"\nsandbox_mode = "read-only"\ndeveloper_instructions = "Read."\n'),
    "copilot": (".github/agents/r.agent.md", '---\nname: r\ndescription: Reads\ntools: ["read"]\n---\n\nYou read.\n'),
    "gemini-cli": (".gemini/agents/r.md", "---\nname: r\ndescription: Reads\ntools:\n  - read_file\n---\n\nYou read.\n"),
    "kilo": (".kilo/agents/r.md", RULES),
}
"""By assistant a file of an agent that reads, and its text."""
