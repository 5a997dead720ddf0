"""What a project's configuration says about sync."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import ModelChoices
    from agentconv.core.ir import Json


@dataclass(frozen=True, slots=True)
class Override:
    values: Mapping[str, Json] = field(default_factory=dict)
    tools: tuple[str, ...] | None = None
    deny_tools: tuple[str, ...] = ()
    sandbox: str | None = None
    keep: tuple[str, ...] = ()
    extras: Mapping[str, Json] = field(default_factory=dict)
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class TargetSettings:
    format: str
    committed: bool = True
    own: bool = False
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    root: Path
    file: Path
    source: str
    source_format: str
    targets: tuple[str, ...]
    formats: Mapping[str, TargetSettings]
    agents: Mapping[str, Mapping[str, Override]]
    skipped: Mapping[str, frozenset[str]]
    exclude: tuple[str, ...]
    carry_back: tuple[str, ...]
    accept: tuple[str, ...]
    models: ModelChoices
    required_version: str | None
    sha256: str


def find_root(start):
    from pathlib import Path

    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / "agentconv.toml").exists():
            return folder
    return None


def read(root):
    import hashlib, tomllib
    from agentconv.conversion import model_choices

    data = (root / "agentconv.toml").read_bytes()
    d = tomllib.loads(data.decode())
    s = d.get("sync", {})
    agents = {
        n: {f: Override(values={k: v for k, v in o.items() if k != "skip"}) for f, o in t.items() if isinstance(o, dict)}
        for n, t in s.get("agents", {}).items()
    }
    skipped = {
        n: frozenset(d["targets"]) if t.get("skip") else frozenset(f for f, o in t.items() if isinstance(o, dict) and o.get("skip"))
        for n, t in s.get("agents", {}).items()
    }
    formats = {f: TargetSettings(f, own=t.get("own", False)) for f, t in s.items() if f != "agents"}
    return Settings(
        root,
        root / "agentconv.toml",
        d.get("path", ""),
        d["source"],
        tuple(d["targets"]),
        formats,
        agents,
        skipped,
        tuple(d.get("exclude", ())),
        (),
        (),
        model_choices.choose(d.get("models", "off")),
        None,
        hashlib.sha256(data).hexdigest(),
    )
