"""A limit to how long something may take leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "converters"
SCRIPT = """
import sys, threading
from agentconv.core.time_limit import OverTime, within

def slow():
    while True:
        pass

def run(work, seconds):
    try:
        within(seconds, work)
    except OverTime:
        print("given up")

for work, seconds in ((slow, 0.2), (int, 30)):
    thread = threading.Thread(target=run, args=(work, seconds))
    thread.start()
    thread.join()
sys.settrace(lambda *_: None)
(lambda: None)()
sys.settrace(None)
print("done")
"""


def test_nothing_is_left_behind():
    """After work in another thread was given up, and other work was done in time, a debugger still gets from call to call."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.split("\n") == ["given up", "done", ""]
