"""Find what breaks an agent, in which client, and mend it without losing a byte.

A rule is one documented unit (`lint/rules/`); it looks at a `Subject`: one file as each client reads it. Rules know no
client's syntax: what a client makes of a file is asked of its reader.

The package is a function as well, `lint` of `lint/library.py`:

    agentconv.lint(what, *, for_=(), select=None, ignore=()) -> agentconv.Linted

    what    a set that was read, or a path: a file, a folder or a project's root
    for_    further clients to ask: "codex,opencode", "all"; none, or "own": the files' own alone
    select  only these rules: codes, beginnings of codes, or names
    ignore  not these rules

It returns a sequence of `agentconv.Finding`, and in `diagnostics` what could not be looked at; what a caller can mend is an
`agentconv.InputError`. `agentconv.fix` takes the same, and mends. A rule of your own is made by `rule` of `lint/rule.py`.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # importing typing would be much of what starting costs
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentconv.lint.library import Linted, What


class _Package(ModuleType):
    def __call__(
        self, what: What, *, for_: str | Sequence[str] = (), select: Iterable[str] | None = None, ignore: Iterable[str] = ()
    ) -> Linted:
        """Find what breaks agents, in the client that their files are for and in others."""
        from agentconv.lint.library import lint

        return lint(what, for_=for_, select=select, ignore=ignore)


sys.modules[__name__].__class__ = _Package
