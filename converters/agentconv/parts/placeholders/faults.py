"""What in a text reads like another client's placeholder, or counts words as another client does: its own client sends it as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import mentions
from agentconv.core.expressions import expression
from agentconv.core.parts import AllArguments, Argument, FileText, ShellOutput
from agentconv.parts.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.core.parts import Body, BodyPart
    from agentconv.parts.placeholders.languages import Language

_FORMS = (
    ("everything", expression(r"\{\{args\}\}")),
    ("everything", expression(r"(?<![\\\w$])\$ARGUMENTS\b(?!\[)")),
    ("shell", expression(r"(?<!\S)!\{[^{}\n]+\}")),
    ("shell", expression(r"(?<!\S)!`[^`\n]+`")),
    ("file", expression(r"(?<!\S)@\{[^{}\n]+\}")),
    ("input", expression(r"\$\{input:[^{}\n]+\}")),
)
"""What stands for something in the commands of one client or another, and for nothing else anywhere."""


def of(body: Body | None, language: Language) -> Iterator[Fault]:
    """Yield the placeholders of other clients that stay text, each form once."""
    text = "".join(part if isinstance(part, str) else "\0" for part in body.parts) if body else ""
    for kind, form in _FORMS:
        match = next(mentions.outside_code(text, form), None)
        if match:
            instead = language.everything if kind == "everything" else ""
            help_text = f"write `{instead}`" if instead else "say in words what is meant: this client fills in nothing of the kind"
            yield Fault("placeholder", match[0], f"sends `{match[0]}` as it stands", help_text, instead or None)


def counted(body: Body | None) -> tuple[int, ...]:
    """Return the words that a text takes by their number, from zero, in order."""
    return tuple(sorted({part.index for part in _all(body.parts if body else ()) if isinstance(part, Argument)}))


def takes_all(body: Body | None) -> bool:
    """Whether a text takes all that the user typed."""
    return any(isinstance(part, AllArguments) for part in _all(body.parts if body else ()))


def _all(parts: Iterable[BodyPart]) -> Iterator[BodyPart]:
    for part in parts:
        yield part
        yield from _all(part.command if isinstance(part, ShellOutput) else part.path if isinstance(part, FileText) else ())
