"""Which Python environment is meant, and where its distributions are, without running anything of it."""

import os
import sys
from pathlib import Path

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.packs import environment
from pack_files import venv

posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts and links")


def test_order(tmp_path):
    """`--python` comes before VIRTUAL_ENV, that before the project's own, and the running Python is the last."""
    named, active, own = (venv(tmp_path / name) for name in ("named", "active", "project/.venv"))
    project, variables = tmp_path / "project", {"VIRTUAL_ENV": str(tmp_path / "active")}
    found = [
        environment.choose(str(tmp_path / "named"), project, variables),
        environment.choose(None, project, variables),
        environment.choose(None, project, {}),
    ]

    assert [(one.chosen, one.folders) for one in found] == [
        ("--python", (named,)),
        ("VIRTUAL_ENV", (active,)),
        ("the project's .venv", (own,)),
    ]
    assert environment.choose(None, tmp_path, {}).chosen == "the Python that runs agentconv"


def test_running():
    """The running Python's distributions are where its own are."""
    import jsonschema

    assert Path(jsonschema.__file__).parents[1] in environment.choose(None, Path("/nowhere"), {}).folders


@posix
@pytest.mark.parametrize("name", ["bin/python", "python"])
def test_interpreter_of_a_virtual_environment(name, tmp_path):
    """It is not run: its environment says where it is."""
    site = venv(tmp_path / "venv")
    python = tmp_path / "venv" / name
    python.parent.mkdir(exist_ok=True)
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/run\n")
    python.chmod(0o755)

    assert environment.choose(str(python)).folders == (site,)
    assert not (tmp_path / "run").exists()


@posix
def test_other_interpreter(tmp_path):
    """An interpreter that is in no virtual environment is asked, without running its `.pth` files; so is that of a prefix."""
    python = tmp_path / "prefix" / "bin" / "python3"
    python.parent.mkdir(parents=True)
    site = tmp_path / "site-packages"
    site.mkdir()
    python.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\necho \'["{site}", "{tmp_path}/missing", null]\'\n')
    python.chmod(0o755)

    assert environment.choose(str(python)).folders == (site,)
    assert environment.choose(str(tmp_path / "prefix")).missing == (tmp_path / "missing",)
    assert (tmp_path / "words").read_text().startswith("-I -S -c ")


@posix
def test_real_interpreter():
    """A real interpreter gives its own folder of distributions."""
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"

    assert any(path.name in ("site-packages", "dist-packages") for path in environment.choose(str(base)).folders)


def test_system_packages(tmp_path):
    """An environment that also has the packages of its base has them after its own."""
    site, base = venv(tmp_path / "venv"), tmp_path / "base/lib/python3.11/dist-packages"
    base.mkdir(parents=True)
    (tmp_path / "venv/pyvenv.cfg").write_text(
        f"home = {tmp_path / 'base' / 'bin'}\ninclude-system-site-packages = TRUE\nversion_info = 3.11.7.final.0\n"
    )

    assert environment.choose(str(tmp_path / "venv")).folders == (site, base)


def test_windows(tmp_path):
    """On Windows the folder has no version in its path."""
    site = tmp_path / "venv/Lib/site-packages"
    site.mkdir(parents=True)
    (tmp_path / "venv/pyvenv.cfg").write_text("home = C:\\Python\nversion = 3.12.1\n")

    assert [os.path.samefile(path, site) for path in environment.choose(str(tmp_path / "venv")).folders] == [True]


def test_empty(tmp_path):
    """An environment without a folder of distributions still says where that would be."""
    (tmp_path / "pyvenv.cfg").write_text("version = 3.12.1\n")
    found = environment.choose(str(tmp_path))

    assert (found.folders, found.places) == ((), (tmp_path / "lib/python3.12/site-packages",))


@pytest.mark.parametrize("python", ["no-such-python", "./nowhere/python", "", "."])
def test_no_environment(python, tmp_path, monkeypatch):
    """What is no environment is said to be none."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        environment.choose(python)

    assert "--python" in caught.value.diagnostic.hint


@posix
@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "#!/bin/sh\necho 1\n", "no script\n"])
def test_no_interpreter(script, tmp_path):
    """What does not answer as an interpreter does is none."""
    path = tmp_path / "python"
    path.write_text(script)
    path.chmod(0o755)
    with pytest.raises(InputError) as caught:
        environment.choose(str(path))

    assert "no Python interpreter" in str(caught.value)


def test_stale_virtual_env(tmp_path):
    """A VIRTUAL_ENV that is gone is named, and no other environment is taken for it."""
    with pytest.raises(InputError) as caught:
        environment.choose(None, tmp_path, {"VIRTUAL_ENV": str(tmp_path / "gone")})

    assert "VIRTUAL_ENV" in str(caught.value)
