"""What is imported when: start-up is lean, and a conversion loads only what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "converters"
HEAVY = {"yaml", "jsonschema", "argparse", "tomli", "tomllib", "tomli_w", "tomlkit", "json", "dataclasses", "re", "inspect"}


def modules(code, folder):
    """Run a statement and return the names of all modules that are then loaded."""
    script = f"import sys\n{code}\nprint(*sorted(sys.modules), file=sys.stderr)"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def loaded(code, folder):
    """Return the modules that a statement loads."""
    return modules(code, folder) - modules("pass", folder)


def clients(found):
    """Return the clients of which a module was loaded."""
    return {name.split(".")[2] for name in found if name.startswith("agentconv.formats.")} - {"registry"}


@pytest.mark.parametrize(
    "code",
    ["import agentconv; agentconv.__version__", "from agentconv.cli import main; main(['--version'])"],
    ids=["import", "--version"],
)
def test_lean(code, tmp_path):
    """Neither the import nor `--version` loads a parser, a format or anything heavy."""
    found = loaded(code, tmp_path)

    assert not found & HEAVY
    assert not {name for name in found if name.startswith(("agentconv.formats", "agentconv.api", "agentconv.conversion.converting"))}


def test_conversion(tmp_path):
    """Claude Code to Codex needs no schema validator, no TOML patcher and no other format."""
    (tmp_path / "a.md").write_text("---\nname: a\ndescription: d\ntools: Read\nmodel: opus\n---\nhi\n")
    found = loaded("from agentconv.cli import main; main(['convert', 'a.md', '-t', 'codex', '-o', 'out', '-q'])", tmp_path)

    assert not found & {"jsonschema", "referencing", "tomlkit", "tomli_w"}
    assert clients(found) == {"claude", "codex"}


def test_inspection(tmp_path):
    """Inspecting for one client loads that client, the file's own format, and neither another one nor what conversions need."""
    (tmp_path / "a.md").write_text("---\nname: a\ndescription: d\ntools: Read\nmodel: opus\n---\nhi\n")
    found = loaded("from agentconv.cli import main; main(['inspect', 'a.md', '--for', 'codex'])", tmp_path)

    assert not found & {"jsonschema", "referencing", "tomlkit", "tomli_w", "agentconv.conversion.matrix"}
    assert clients(found) == {"claude", "codex"}
