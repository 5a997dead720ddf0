"""What can be wrong with a YAML text."""

from __future__ import annotations

from enum import StrEnum


class Slip(StrEnum):
    """What people get wrong often enough to be told of it by itself."""

    COLON = "colon"
    """A colon and a blank in a value without quotes."""
    TAB = "tab"
    """A tab where blanks belong."""
    ALIAS = "alias"
    """A star without quotes, which begins an alias."""
    TWICE = "twice"
    """A key that is given twice, where the library takes it once."""


REMEDIES = {
    Slip.COLON: "put the value in double quotes",
    Slip.TAB: "write blanks for the tab",
    Slip.ALIAS: "put the `*` in quotes",
    Slip.TWICE: "delete one of the two",
}
"""What to do about each."""


class YamlError(Exception):
    """The text is not YAML that we or the client read; `offset` is where, in characters."""

    def __init__(self, problem: str, offset: int, slip: Slip | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset
        self.slip = slip


class YamlLimitError(YamlError):
    """The text is beyond our bounds on depth, size or aliases."""
