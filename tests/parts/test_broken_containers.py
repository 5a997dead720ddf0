"""The file that makes a folder a plugin or an extension may hold anything: it is told, nothing raises, and nothing leaves the output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import agentconv
from agentconv.cli import main
from agentconv.core.diagnostics import Cause, Code
from agentconv.formats import registry
from agentconv.parts.registry import container
from agentconv.sources.parts_on_disk import PartsOnDisk

if TYPE_CHECKING:
    from pathlib import Path

CLIENTS = [client for client in registry.READERS if container(client)]
PATHS = b'"skills": ["./../out", "/etc", 3, "./skills", {}], "commands": {"a": 3, "b": {"content": 4}}, "mcpServers": [3, "./x"]'
BROKEN = {
    "truncated": b'{"name": "x", "skills": ["./a"',
    "no map": b"[1, 2]",
    "null": b"null",
    "nothing": b"",
    "a comment": b'{"name": "x", "version": "1.0.0" /* no */}',
    "keys twice": b'{"name": "x", "name": "y", "version": "1.0.0", "version": 2}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "x", "version": "1.0.0"}',
    "no text": b'{"name": "\xff\xfe"}',
    "wrong types": b'{"name": 3, "version": [], "skills": 3, "commands": 3, "mcpServers": 3, "agents": 3}',
    "paths of all kinds": b'{"name": "x", "version": "1.0.0", ' + PATHS + b"}",
    "deep": b'{"name": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    "large": b'{"name": "' + b"x" * (17 * 1024 * 1024) + b'"}',
}

GUARD = '{"matcher": "Bash", "hooks": [{"type": "command", "command": "true"}]}'
HOOKS = {
    "as it should be": (f'{{"hooks": {{"PreToolUse": [{GUARD}]}}}}', True),
    "an event that is none": (f'{{"hooks": {{"Nope": [{GUARD}]}}}}', True),
    "one that is no guard": ('{"hooks": {"Stop": [{"hooks": [{"type": "command"}]}]}}', True),
    "no JSON": ('{"hooks": {', True),
    "no hooks": ("{}", True),
    "hooks that are null": ('{"hooks": null}', True),
    "a guard without a command": ('{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command"}]}]}}', False),
    "a guard without a group": ('{"hooks": {"PreToolUse": {}}}', False),
    "a guard in a second `hooks`": (f'{{"hooks": {{"hooks": {{"PreToolUse": [{GUARD}]}}}}}}', False),
    "a guard outside of `hooks`": (f'{{"PreToolUse": [{GUARD}]}}', False),
    "hooks that are no map": ('{"hooks": []}', False),
    "a description that is no text": (f'{{"hooks": {{"PreToolUse": [{GUARD}]}}, "description": 3}}', False),
}
"""Hooks of a plugin, and whether Claude Code 2.1.329 loads anything of it with them (asked)."""


def _plugin(folder: Path, hooks: str, manifest: str = '{"name": "box"}') -> Path:
    skill = "---\nname: cut\ndescription: Cuts\n---\nCut.\n"
    agent = "---\nname: hand\ndescription: Helps\n---\nHelp.\n"
    files = {".claude-plugin/plugin.json": manifest, "hooks/hooks.json": hooks, "agents/hand.md": agent, "skills/cut/SKILL.md": skill}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("about", HOOKS)
def test_a_guard_that_does_not_load_keeps_its_plugin_out(about: str, tmp_path: Path) -> None:
    """Agents and skills are there where the client has them, and the file that costs them is named once."""
    hooks, loads = HOOKS[about]
    found = agentconv.read(_plugin(tmp_path, hooks), format="claude-plugin")

    assert (len(found.skills) == 1) is loads
    assert (Cause.GUARD not in {one.cause for one in found.diagnostics}) is loads


SETTINGS = {
    "as it should be": (f'"hooks": {{"PreToolUse": [{GUARD}]}}', True),
    "hooks that are no map": ('"hooks": []', True),
    "hooks that are null": ('"hooks": null', True),
    "a guard without a group": ('"hooks": {"PreToolUse": {}}', False),
    "a guard outside of `hooks`": (f'"PreToolUse": [{GUARD}]', False),
    "a guard in a second `hooks`": (f'"hooks": {{"hooks": {{"PreToolUse": [{GUARD}]}}}}', False),
}
"""What stands beside rules in settings, and whether Claude Code 2.1.329 applies these (asked)."""


@pytest.mark.parametrize("about", SETTINGS)
def test_a_guard_that_stands_wrong_costs_the_rules_beside_it(about: str, tmp_path: Path) -> None:
    """The client applies nothing of the file, and it is told; what restrains was meant all the same."""
    text, applies = SETTINGS[about]
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude/settings.json").write_text(f'{{"permissions": {{"deny": ["WebFetch"]}}, "enabled": ["x"], {text}}}', "utf-8")
    rules = PartsOnDisk(tmp_path).of("claude-code", "permissions")

    assert [(one.taken, one.meant) for one in rules] == [(applies, True)]


@pytest.mark.parametrize(
    ("hooks", "manifest"),
    [(HOOKS["a guard outside of `hooks`"][0], '{"name": "box"}'), (HOOKS["as it should be"][0], '{"name": "a box"}')],
)
def test_a_guard_of_a_plugin_that_does_not_load_holds_all_the_same(hooks: str, manifest: str, tmp_path: Path) -> None:
    """Its author wrote it, so that its agents go nowhere without it, and who leaves it is told."""
    found = agentconv.read(_plugin(tmp_path, hooks, manifest), format="claude-plugin")
    kept, left = agentconv.write(found, "opencode", with_="hooks"), agentconv.write(found, "opencode")

    assert not kept.files
    assert "set-restraint" in {one.code for one in kept.losses}
    assert "set-restrictions-stay" in {one.code for one in left.losses}


@pytest.mark.parametrize("client", CLIENTS)
def test_nothing_raises(client: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is converted with a code that says how it went, and without a bug; a link out of the folder is not followed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "SKILL.md").write_text("---\nname: secret\ndescription: Secret\n---\nSecret.\n", "utf-8")
    found = container(client)
    for number, data in enumerate(BROKEN.values()):
        place = tmp_path / str(number)
        file = place / (found.files[0] if found else "")
        file.parent.mkdir(parents=True)
        file.write_bytes(data)
        (place / "skills" / "one").mkdir(parents=True)
        (place / "skills" / "one" / "SKILL.md").write_text("---\nname: one\ndescription: One\n---\nOne.\n", "utf-8")
        (place / "skills" / "linked").symlink_to(tmp_path / "secret")
        target = "opencode" if client != "opencode" else "codex"
        code = main(["convert", os.fspath(place), "-f", client, "-t", target, "--with", "all", "-o", f"out{number}", "-q"])

        assert code in (0, 1, 2)
    told = capsys.readouterr().err

    assert Code.INTERNAL not in told
    assert not [path for path in tmp_path.glob("out*/**/SKILL.md") if "Secret" in path.read_text("utf-8")]
