"""Texts that mean something in a language: patterns, and what refers to variables of the environment."""

from __future__ import annotations

from typing import Any, Self

from agentconv.core.dataclass import dataclass


class _Meant(str):
    """A text as its author spelled it, which knows what it means: as text it is the spelling, whatever is done with it.

    Two of them are equal where they are the same text and mean the same; with a plain text, only the text is compared.
    """

    __slots__ = ()

    @property
    def _meaning(self) -> Any:
        """What is told apart besides the text."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        """Compare text and meaning with another one, the text alone with plain text."""
        return str.__eq__(self, other) is True and (not isinstance(other, _Meant) or self._meaning == other._meaning)

    __hash__ = str.__hash__

    def __ne__(self, other: object) -> bool:
        """Say the opposite, which `str` would answer by itself."""
        return not self == other

    def __str__(self) -> str:
        """Return the author's spelling, as plain text."""
        return str.__str__(self)

    def __repr__(self) -> str:
        """Show both."""
        return f"{type(self).__name__}({str.__repr__(self)}, {self._meaning!r})"

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: values are never changed."""
        raise AttributeError(f"a {type(self).__name__.lower()} has no `{name}` that could be set")

    def __reduce__(self) -> tuple[type[Self], tuple[str, Any]]:
        """Say how a copy is made, in this process or another."""
        return type(self), (str(self), self._meaning)


class Pattern(_Meant):
    """What a tool or a rule is limited to, as its author spelled it, and the language in which that means something."""

    __slots__ = ("language",)
    language: str | None
    """`glob`, `regex`, `prefix`, `gitignore` or `fnmatch` (core/patterns says what each is); None where nobody knows it."""

    def __new__(cls, text: str, language: str | None = None) -> Self:
        """Make a pattern of a text."""
        made = super().__new__(cls, text)
        object.__setattr__(made, "language", language)
        return made

    @property
    def _meaning(self) -> str | None:
        return self.language


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable of the environment, whose value the client puts in its place."""

    env: str
    default: str | None = None
    """What stands there where the variable is not set; None where the client decides."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A piece of a text that only one language has words for: a file's text, a folder of the client, a secret of a service."""

    text: str
    language: str


class Text(_Meant):
    """A value that may hold references, as its author spelled it, and what it is made of."""

    __slots__ = ("parts",)
    parts: tuple[str | Reference | Foreign, ...]
    """Texts that are meant as they stand, and what is put in between."""

    def __new__(cls, text: str, parts: tuple[str | Reference | Foreign, ...] | None = None) -> Self:
        """Make one of a spelling; without parts it is meant as it stands."""
        made = super().__new__(cls, text)
        object.__setattr__(made, "parts", (str(text),) if parts is None else parts)
        return made

    @property
    def _meaning(self) -> tuple[str | Reference | Foreign, ...]:
        return self.parts
