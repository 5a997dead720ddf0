"""What an editor's session costs: `python tests/benchmarks/editing.py [CYCLES]`.

A project of 80 agents is opened, and one of its files is opened, changed, asked about and closed again and again. Told are the memory of
the server along the way, its CPU for an answer, and that of linting the same file in process, the files beside it included, as the
server does.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "editors"), str(Path(__file__).parents[2] / "converters")]

from editor import Editor  # noqa: E402 - found by the path above

import agentconv  # noqa: E402

PATH = ".claude/agents/agent-0.md"
AGENT = """\
---
name: agent-{0}
description: Reviews: the changes of part {0}, and says what is missing.
tools: Read, Grep, Bash(git:*)
model: opus
color: Purple
---
{1}
"""
PROMPT = "Look at each file of the change. Say what is wrong with it, and in which line.\n" * 40


def seconds(process: int) -> float:
    """Return the CPU seconds that a process has taken."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def megabytes(process: int) -> float:
    """Return the memory that a process holds now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def project(folder: Path, agents: int = 80) -> str:
    """Make a project, and return the text of one of its files."""
    (folder / ".claude/agents").mkdir(parents=True)
    (folder / ".codex/agents").mkdir(parents=True)
    for number in range(agents):
        (folder / f".claude/agents/agent-{number}.md").write_text(AGENT.format(number, PROMPT))
    return AGENT.format(0, PROMPT)


def in_process(folder: Path, rounds: int = 60) -> float:
    """Return the median CPU seconds of linting the file for the assistants of the project."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        agentconv.lint(folder / PATH, for_="codex")
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def main(cycles: int) -> None:
    """Run the session, and tell what it cost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = project(folder)
        editor = Editor(folder)
        server = editor.process.pid
        editor.open(PATH)
        editor.close(PATH)
        print(f"{'cycles':>7}  {'MB':>6}  {'ms of CPU an answer':>20}")
        spent: list[float] = []
        for cycle in range(1, cycles + 1):
            for answer in (
                partial(editor.open, PATH, text),
                partial(editor.type, PATH, text.replace("Purple", f"Purple{cycle % 7}")),
            ):
                before = seconds(server)
                answer()
                spent.append(seconds(server) - before)
            editor.close(PATH)
            if cycle in (1, 10, 50, 100, 200, 500) or cycle % 1000 == 0:
                print(f"{cycle:>7}  {megabytes(server):>6.1f}  {1000 * statistics.median(spent):>20.1f}")
        asked = seconds(server)
        for line in range(1, 7):
            for _ in range(20):
                editor.hover(PATH, line, 2)
        hover = (seconds(server) - asked) / 120
        editor.quit()
        own = in_process(folder)
        median = statistics.median(spent)
        told = f"an answer takes {1000 * median:.1f} ms (median), linting the file in process {1000 * own:.1f} ms: {median / own:.2f}x"
        print(f"{told}; hovering takes {1000 * hover:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
