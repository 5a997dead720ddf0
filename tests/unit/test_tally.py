"""What is told of many agents at once: which of them have something else, at little cost for those that have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import losses
from agentconv.core.diagnostics import Detail
from agentconv.render import tally as tally_module
from agentconv.render.tally import Tally
from agentconv.render.text import NAMED, PLAIN

if TYPE_CHECKING:
    import pytest

MODEL, TOOL = Detail("`{}`", ("opus",)), Detail("`{}`", ("haiku",))


def told(of_agents: list[list[Detail]]) -> str:
    """Return what a tally says of agents, each with what was lost of it."""
    tally = Tally()
    for number, details in enumerate(of_agents):
        for detail in details:
            tally.add(losses.loss("model-dropped", f"a{number}", "model", "codex", detail))
    return " ".join(" ".join(tally.lines(PLAIN)).split())


def test_who_lacks_something_is_told_apart() -> None:
    """An agent of which less, more, or the same in another order is told than of the first one is none of those that share it."""
    same = [MODEL, TOOL]
    others = {"less": [MODEL], "more": [MODEL, TOOL, Detail("x")], "turned": [TOOL, MODEL]}

    found = {name: told([same] * 4 + [other] + [same]) for name, other in others.items()}

    assert all("; a4: " in text for text in found.values()), found
    assert "; a4: " not in told([same] * 4 + [[MODEL, TOOL, TOOL]] + [same])


def test_of_agents_that_are_alike_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an agent like the first one nothing is made and nothing is kept: what was told is looked at, and no more."""
    made: list[object] = []
    real = tally_module._Told
    monkeypatch.setattr(tally_module, "_Told", lambda *words: made.append(words) or real(*words))
    tally = Tally()
    for number in range(1_000):
        tally.add(losses.loss("model-dropped", f"a{number}", "model", "codex", MODEL))

    assert len(made) == NAMED
