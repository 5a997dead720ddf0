"""How much work a call does, in lines of Python that run: the same on every machine, however busy it is."""

import sys

from agentconv.yaml import nodes
from thorough import THOROUGH

LINEAR = 5
"""How many times the lines may be, at most, where there is four times as much to do."""


def lines(call):
    """Run a call and return how many lines of Python ran."""
    count = 0

    def step(frame, event, argument):
        nonlocal count
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def growth(work, size):
    """Return how many times the lines are that run for four times the size: of half of it, where the run is no thorough one."""
    size = size if THOROUGH else size // 2
    work(size)  # what is made only once is made now; of another size, nothing is known by heart
    other = size + size // 50
    nodes.forget()  # and what another test has read
    return lines(lambda: work(4 * other)) / lines(lambda: work(other))
