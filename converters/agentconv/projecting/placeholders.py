r"""Prompts that a client renders as templates with `${name}` placeholders and no way to escape one.

The client replaces each placeholder that it knows; with any other, the agent loads, but each of its calls fails. A text
from elsewhere is spelled so that none is left: `${HOME}` as `$HOME` where that means the same to a shell, and otherwise
`${name}` as `${ name }`, which is what it was to JavaScript.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Cause
from agentconv.core.expressions import expression
from agentconv.core.losses import listed
from agentconv.families import reading
from agentconv.projecting import texts

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.format import FormatSpec, Projection
    from agentconv.core.source import SourceText

_SHELL_VARIABLE = expression(r"\$\{([A-Z_]*[A-Z][A-Z0-9_]*)\}(?![A-Za-z0-9_])")


@dataclass(frozen=True, slots=True)
class Template:
    """A client's placeholders."""

    syntax: str
    """What `prompt.syntax` says of a text that has some."""
    pattern: re.Pattern[str]
    """Finds a placeholder as the client does; its first group is the name."""
    known: frozenset[str]
    """Names that the client fills in."""
    fails: bool = True
    """Whether a call of the agent fails for a name that it cannot fill in."""

    def names(self, text: str) -> list[str]:
        """Return the names of a text's placeholders, each once."""
        return list(dict.fromkeys(self.pattern.findall(text))) if "${" in text else []

    def syntax_of(self, text: str) -> str:
        """Return what the client takes a text for."""
        return self.syntax if self.names(text) else "literal"

    def complaint(self, text: str) -> str | None:  # noqa: ARG002 - whatever the names, the agent loads
        """Say why the client drops an agent with such a prompt: never."""
        return None

    def escaped(self, text: str) -> str:
        """Return the text without a placeholder, for a reader or a shell the same."""

        def spelled(found: re.Match[str]) -> str:
            return f"${found[1]}" if _SHELL_VARIABLE.match(text, found.start()) else f"${{ {found[1]} }}"

        return self.pattern.sub(spelled, text)

    def remarks(self, spec: FormatSpec, text: str, source: SourceText, start: int) -> Iterator[Diagnostic]:
        """Say which placeholders make every call of the agent fail; the text stands in the source from `start` on."""
        unknown = [name for name in self.names(text) if self.fails and name not in self.known]
        if unknown:
            shown = ", ".join(f"`${{{name}}}`" for name in unknown[:5])
            hint = "write $NAME for a variable of the shell, and ${ name } for other text"
            place = max(start, source.text.find(f"${{{unknown[0]}}}", start))
            yield reading.call_fails(spec, f"it has no value for {shown}", source.span(place), hint, cause=Cause.PLACEHOLDER)


def project(projection: Projection, template: Template) -> None:
    """Keep a prompt that was written for this template; in any other, leave no placeholder."""
    text: str = projection.get("prompt.text") or ""
    found = template.names(text)
    if found and projection.get("prompt.syntax") != template.syntax:
        text = template.escaped(text)
        projection.change("prompt.text", text, "prompt-escaped", listed(f"`${{{name}}}`" for name in found[:5]))
    texts.prompt(projection, "replace", template.syntax_of(text))
