"""Programs that were written for the library of an earlier version run, and print what they printed then."""

import runpy
import shutil

import pytest

from kept_files import kept, version_of


@pytest.mark.parametrize("program", kept("library/*.py"))
def test_program_runs(program, tmp_path, monkeypatch, capfd):
    """A program prints, byte for byte, what it printed with the version that it was written for."""
    for name in ("sources", "bundles"):
        shutil.copytree(version_of(program) / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(program), run_name="__main__")

    assert capfd.readouterr().out.encode() == program.with_suffix(".txt").read_bytes()
