"""The set-up lines of docs/editors.md: each parses as its editor reads it, and starts what it names."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from editor import Editor

GUIDE = (Path(__file__).parents[2] / "docs/editors.md").read_text("utf-8")
BLOCKS = {language: re.findall(rf"(?ms)^```{language}\n(.*?)^```$", GUIDE) for language in ("json", "toml", "lua")}
COMMAND = ["agentconv", "lsp"]


def test_each_names_the_command():
    """VS Code, Zed, Helix and Neovim are given the same command, in the words of each; assistants are given the other one."""
    code, zed, assistants = map(json.loads, BLOCKS["json"])
    (helix,) = map(tomllib.loads, BLOCKS["toml"])
    (neovim,) = BLOCKS["lua"]
    own, binary = helix["language-server"]["agentconv"], zed["lsp"]["marksman"]["binary"]
    server = assistants["mcpServers"]["agentconv"]

    assert [code["glspc.server.command"], *code["glspc.server.commandArguments"]] == COMMAND
    assert [binary["path"], *binary["arguments"]] == COMMAND
    assert [own["command"], *own["args"]] == COMMAND
    assert all("agentconv" in language["language-servers"] for language in helix["language"])
    assert re.search(r'cmd = \{ "agentconv", "lsp" \}', neovim)
    assert [server["command"], *server["args"]] == ["agentconv", "mcp"]


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_neovim_takes_its_lines(tmp_path):
    """Neovim runs the lines as they stand; one that is too old for `vim.lsp.config` gets a stand-in for it."""
    lines = tmp_path / "init.lua"
    lines.write_text(f"vim.lsp.config = function(name, found) print(name, found.cmd[2]) end\nvim.lsp.enable = print\n{BLOCKS['lua'][0]}")
    words = ("nvim", "--headless", "-u", "NONE", "-c", f"luafile {lines}", "-c", "qa!")
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)

    assert done.stderr.split() == ["agentconv", "lsp", "agentconv"]


def test_the_languages_that_are_named_have_what_is_marked(tmp_path):
    """A file of each language that an editor is told to ask about is one in which something can be marked."""
    files = {
        ".claude/agents/a.md": "---\nname: a\ndescription: Reads: a change\n---\nx\n",
        ".codex/agents/b.toml": 'name = "b"\n',
        ".mcp.json": '{"mcpServers": {"a": {}}}\n',
        "opencode.jsonc": '{"mcp": {"a": {"type": "local"}}} // a\n',
        ".cline/agents/c.yaml": "name: c\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    editor = Editor(tmp_path)
    marked = {path: bool(editor.open(path)) for path in files}

    assert (marked, editor.quit()) == (dict.fromkeys(files, True), (0, ""))
