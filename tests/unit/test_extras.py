"""Commands that need one more package say so; those that need none never load it (`test_startup.py`)."""

import subprocess
import sys

import pytest

WITHOUT = "import sys; sys.modules[{!r}] = None; from agentconv.cli import main; raise SystemExit(main([{!r}]))"


@pytest.mark.parametrize(("command", "package"), [("lsp", "pygls"), ("mcp", "mcp")])
def test_a_package_that_is_missing(command, package):
    """A command whose package is not there says in plain words what to install."""
    done = subprocess.run([sys.executable, "-c", WITHOUT.format(package, command)], capture_output=True, text=True, check=False)
    said = f'error: `agentconv {command}` needs one more package\n  hint: pip install "agentconv-toolkit[{command}]"\n'

    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
