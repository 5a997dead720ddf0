"""What can be wrong with a YAML text."""

from __future__ import annotations

from enum import StrEnum


class Slip(StrEnum):
    """What people get wrong often enough to be told of it by itself."""

    COLON = "colon"
    """A colon and a blank in a value without quotes."""
    TAB = "tab"
    """A tab where blanks belong."""


class YamlError(Exception):
    """The text is not YAML that we or the client read; `offset` is where, in characters."""

    def __init__(self, problem: str, offset: int, slip: Slip | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset
        self.slip = slip


class YamlLimitError(YamlError):
    """The text is beyond our bounds on depth, size or aliases."""
