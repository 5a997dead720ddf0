"""Rows of agent files a second and a core, and the memory that many of them take. A script that a person runs, not a test:

    python tests/benchmarks/rows.py [--rows 200000] [--targets codex,opencode]

Agents are made as they are asked for, as `agent_sets` makes them, and what comes of them is dropped, so that what is measured is
`agentconv.batch` alone: files a second of CPU without what making them took, and the peak of the process after each tenth of them.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from typing import TYPE_CHECKING

import agent_sets

from agentconv.batch import convert_rows

if TYPE_CHECKING:
    from collections.abc import Iterator


class Made:
    """Rows, and the CPU seconds that making them took."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seconds = 0.0

    def __iter__(self) -> Iterator[dict[str, object]]:
        """Make one row after the other."""
        chance = random.Random(7)
        for index in range(self.number):
            begun = time.process_time()
            text = agent_sets.agent(chance, index, broken=chance.random() < agent_sets.BROKEN_SHARE)
            row = {"path": f"r{index % 997}/.claude/agents/agent-{index}.md", "bytes": text.encode()}
            self.seconds += time.process_time() - begun
            yield row


def main() -> None:
    """Convert the rows, and say how it goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--targets", default="codex,opencode")
    options = parser.parse_args()
    made, files, last = Made(options.rows), 0, ""
    begun = time.process_time()
    for rows, row in enumerate(convert_rows(made, options.targets), 1):
        files += row["path"] != last
        last = row["path"]
        if files and files % max(options.rows // 10, 1) == 0 and row["target"] == options.targets.split(",")[0]:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = files / (time.process_time() - begun - made.seconds)
            print(f"{files:9,} files {rows:9,} rows {rate:7,.0f} files/s a core   peak {peak:5.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
