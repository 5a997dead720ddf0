"""Paths that a program gives to the library: each is one that somebody means, or the program is told which one is not."""

from __future__ import annotations

import os

from agentconv.core.ir import Agent
from agentconv.formats import registry
from agentconv.sources.inputs import HOME, STDIN


def named(path: object) -> str:
    """Return a path that a program gives as an argument: `-` is a file like any other there.

    Raises:
        InputError: It is no path.
    """
    try:
        place = os.fspath(path)  # type: ignore[call-overload]
    except TypeError:
        from agentconv.core.given import kind_of

        hint = "agents are taken as a set: agentconv.AgentSet((agent,))" if isinstance(path, Agent) else 'the current folder is "."'
        raise registry.usage(f"a path is text or a pathlib.Path, not {kind_of(path)}", hint) from None
    if not isinstance(place, str):
        place = os.fsdecode(place)
    return os.path.join(os.curdir, place) if place == STDIN else place


def named_folder(path: object) -> str:
    """Return a folder to write into that a program gives as an argument, as `named` does; it need not be there.

    Raises:
        InputError: It is no path, or one that nobody means.
    """
    place = named(path)
    if not place:
        raise registry.usage("a folder has a name, and this is an empty text", 'the current folder is "."')
    if place.partition("/")[0] == "~" and not os.path.lexists("~"):
        raise registry.usage(f"there is no folder `~` for `{place}`", HOME)
    try:
        is_name = b"\0" not in os.fsencode(place)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise registry.usage(f"no folder can be called {place!r}")
    return place
