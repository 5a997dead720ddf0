"""`agentconv completion` prints scripts that shells run, and that know every command, flag, format and rule."""

import subprocess

import pytest

from agentconv.cli import COMMANDS, completion, main


def _script(shell, capsys):
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_every_command_is_in_the_script(shell, capsys):
    script = _script(shell, capsys)

    assert [name for name in COMMANDS if name not in script] == []


_CASES = {
    "conv": ["convert"],
    "convert --map": ["--map-models"],
    "convert -t co": ["codex", "copilot"],
    "convert --on-duplicate f": ["first"],
    "inspect --for al": ["all"],
    "rule AC101": ["AC101"],
    "schema bun": ["bundle"],
    "completion f": ["fish"],
}


@pytest.mark.parametrize("line", _CASES)
def test_bash_completes(line, tmp_path, capsys):
    script = tmp_path / "agentconv.bash"
    script.write_text(_script("bash", capsys), "utf-8")
    words = " ".join(f"'{word}'" for word in ["agentconv", *line.split(" ")])
    asked = f'source "$0"; COMP_WORDS=({words}); COMP_CWORD={len(line.split(" "))}; _shtab_agentconv; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", asked, script], capture_output=True, text=True, check=False)

    assert done.stdout.split() == _CASES[line]
