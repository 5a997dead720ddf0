"""Keys of a SKILL.md and the fields that they hold, as most clients read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.families import tool_tokens
from agentconv.families.keys import ABSENT, Ignored, Key, Refused
from agentconv.families.value_checks import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.ir import Json, ToolGrant
    from agentconv.core.parts import Skill
    from agentconv.families.keys import Absent


def key(name: str, read: Callable[[Any], object], write: Callable[[Any], Json] | None = None) -> Key:
    """Make a key that holds one field of a skill; what its reader gives None for says nothing, and stays."""

    def to_fields(value: Json) -> Mapping[str, object]:
        found = read(value)
        return {} if found is None else {name: found}

    def from_fields(skill: Any) -> Json | Absent:
        value = getattr(skill, name)
        if value is None:
            return ABSENT
        return write(value) if write else value

    return Key((name,), to_fields, from_fields, says_more=lambda value: read(value) is None)


def text_if(value: Json) -> str | None:
    """Read text; anything else says nothing."""
    return value if isinstance(value, str) else None


def _map_if(value: Json) -> Mapping[str, Json] | None:
    return value if isinstance(value, dict) else None


INFORMING: dict[str, Key] = {
    "license": key("license", text_if),
    "compatibility": key("compatibility", text_if),
    "metadata": key("metadata", _map_if, dict),
}
"""Keys of the specification that inform people: every client keeps them, and none does anything with them."""


def required_text(name: str) -> Callable[[Json], str]:
    """Make a reader of text without which the client has no such skill."""

    def read(value: Json) -> str:
        if not isinstance(value, str):
            raise Refused(f"`{name}` must be text", key=name)
        return value

    return read


def grants(format_id: str, value: Json) -> tuple[ToolGrant, ...] | None:
    """Read tools as Claude Code and its relatives write them: a list, or text with commas or blanks."""
    return tuple(tool_tokens.grant(format_id, token) for token in tool_tokens.split(value)) or None


def tokens(value: tuple[ToolGrant, ...]) -> list[Json]:
    """Write tools as a list."""
    return [one.native if one.pattern is None else f"{one.native}({one.pattern})" for one in value]


def tokens_in_text(value: tuple[ToolGrant, ...]) -> Json:
    """Write tools as one text, unless one of them would take the next into itself."""
    words = tokens(value)
    text = ", ".join(map(str, words))
    return text if tool_tokens.split(text) == words else words


def texts_if(value: Json) -> tuple[str, ...] | None:
    """Read a list of texts, or text with commas."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(part.strip() for part in parts if isinstance(part, str) and part.strip()) or None


def is_true(value: Json) -> bool:
    """Read `true` and nothing else."""
    return value is True


@dataclass(frozen=True, slots=True)
class Starters:
    """The keys that say who starts a skill, as a client reads them."""

    user_only: str = "disable-model-invocation"
    model_only: str | None = "user-invocable"
    closes: Callable[[Json], bool] = is_true
    """Whether a value of the first key closes the skill to the model."""
    hides: Callable[[Json], bool] = lambda value: value is False
    """Whether a value of the second key hides it from the user."""
    also: tuple[str, ...] = ()
    """Other spellings of the first key, of which the last that stands in a header counts."""

    @property
    def names(self) -> tuple[str, ...]:
        """The keys."""
        return tuple(filter(None, (self.user_only, *self.also, self.model_only)))

    def lift(self, header: dict[str, Json]) -> Mapping[str, object]:
        """Take out of a header what restrains somebody; what says no more than the client's default stays."""
        said = [key for key in header if key == self.user_only or key in self.also]
        if said and self.closes(header[said[-1]]):
            for key in said:
                del header[key]
            return {"invoked_by": "user"}
        if self.model_only is not None and self.model_only in header and self.hides(header[self.model_only]):
            del header[self.model_only]
            return {"invoked_by": "agents"}
        return {}

    def lower(self, skill: Skill) -> Mapping[str, Json]:
        """Write it back."""
        if skill.invoked_by == "user":
            return {self.user_only: True}
        return {self.model_only: False} if skill.invoked_by == "agents" and self.model_only is not None else {}


def checked(name: str, field: str, takes: Callable[[Json], bool], what: str) -> Key:
    """Make a key whose value the client passes over where it is of another type."""

    def read(value: Json) -> Any:
        if not takes(value):
            raise Ignored(f"`{name}` is {what}")
        return value

    return key(field, read)


def hint(name: str = "argument-hint") -> Key:
    """Make the key that shows a user what to type after the skill's name."""
    return checked(name, "argument_hint", is_text, "text")
