"""Ctrl-C at a moment that is the same on every machine: as the program opens its nth file."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "converters"
_PROGRAM = """
import os, signal, sys
from agentconv.cli import main

left, written = int(sys.argv[1]), sys.argv[2] == "written"

def hook(event, arguments):
    global left
    if event == "open" and (not written or arguments[2] & os.O_CREAT):
        left -= 1
        if left == 0:
            signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in the background ignores it
sys.addaudithook(hook)
sys.exit(main(sys.argv[3:]))
"""


def interrupted(*words, folder, opened, written=False):
    """Run the program and interrupt it as it opens the nth file, of those that it makes or of all."""
    command = [sys.executable, "-c", _PROGRAM, str(opened), "written" if written else "any", *words]
    settings = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, check=False)
