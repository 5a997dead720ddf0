"""What can be wrong with a YAML text."""

from __future__ import annotations


class YamlError(Exception):
    """The text is not YAML that we or the client read; `offset` is where, in characters."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


class YamlLimitError(YamlError):
    """The text is beyond our bounds on depth, size or aliases."""
