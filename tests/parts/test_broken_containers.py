"""The file that makes a folder a plugin or an extension may hold anything: it is told, nothing raises, and nothing leaves the output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agentconv.__main__ import main
from agentconv.core.diagnostics import Code
from agentconv.formats import registry
from agentconv.parts.registry import container

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
