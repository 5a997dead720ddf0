"""`agentconv completion` prints scripts that shells run, and that know every command, flag, format and rule."""

import shutil
import subprocess

import pytest

import pack_files
from agentconv.cli import COMMANDS, completion, main
from agentconv.core import vocabulary
from agentconv.formats import registry
from agentconv.install import lock
from agentconv.install.lock import Lock, LockedPack
from console_runs import environment_for


def _script(shell, capsys):
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_every_command_is_in_the_script(shell, capsys):
    script = _script(shell, capsys)

    assert [name for name in COMMANDS if name not in script] == []


def _formats(start, of=registry.FORMATS):
    return [name for name in of if name.startswith(start)]


_DEPLOYED = [name for name in registry.CLIENTS if vocabulary.installation(name)]
_CASES = {
    "conv": ["convert"],
    "convert --map": ["--map-models"],
    "convert -t co": _formats("co"),
    "convert -t codex,co": [f"codex,{name}" for name in _formats("co")],
    "convert --on-duplicate f": ["first"],
    "inspect --for al": ["all"],
    "lint --for codex,al": ["codex,all"],
    "lint --select AC101,unquo": ["AC101,unquoted-colon"],
    "rule AC101": ["AC101"],
    "rule unquo": ["unquoted-colon"],
    "schema bun": ["bundle"],
    "install --to codex,cl": [f"codex,{name}" for name in _formats("cl", _DEPLOYED)],
    "install --to auto": ["auto"],
    "install --to kilo --agent x back": ["backend-agents"],
    "install dist": ["dist"],
    "uninstall front": ["frontend-agents"],
    "completion f": ["fish"],
}


@pytest.fixture
def place(tmp_path):
    """A project with one pack in its environment, another one deployed, and a folder."""
    pack_files.install(pack_files.venv(tmp_path / ".venv"))
    pack = LockedPack("frontend-agents", "1", "pip", None, "0" * 64, None, {})
    (tmp_path / lock.FILE).write_bytes(lock.dump(Lock((pack,))))
    (tmp_path / "dist").mkdir()
    return tmp_path


def _environment(place):
    return {**environment_for(place), "VIRTUAL_ENV": ""}


@pytest.mark.parametrize("line", _CASES)
def test_bash_completes(line, place, capsys):
    """A word is completed by what may stand there, and the last one of a list together with what stands before it."""
    script = place / "agentconv.bash"
    script.write_text(_script("bash", capsys), "utf-8")
    words = " ".join(f"'{word}'" for word in ["agentconv", *line.split(" ")])
    asked = f'source "$0"; COMP_WORDS=({words}); COMP_CWORD={len(line.split(" "))}; _shtab_agentconv; printf "%s\\n" "${{COMPREPLY[@]}}"'
    command = ["bash", "-c", asked, script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=_environment(place))

    assert done.stdout.split() == _CASES[line]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not here")
@pytest.mark.parametrize("line", _CASES)
def test_fish_completes(line, place, capsys):
    """fish offers the same, and more that is like it."""
    script = place / "agentconv.fish"
    script.write_text(_script("fish", capsys), "utf-8")
    asked = f"source {script}; complete -C 'agentconv {line}'"
    done = subprocess.run(["fish", "-N", "-c", asked], capture_output=True, text=True, check=False, cwd=place, env=_environment(place))
    offered = [one.partition("\t")[0].rstrip("/") for one in done.stdout.splitlines()]

    assert [word for word in _CASES[line] if word not in offered] == []
