"""What headers say besides their texts, found once for all that differ in nothing else.

The headers of a set's files differ in names and descriptions; of the rest there are few. A reader takes the rest of a simple header
with a word in the place of each text, so that what it finds cannot depend on them, and each file's own texts key by key. What there
is to say of the rest is said of each file, in the line where it stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.source import SourceText, encode
from agentconv.families.frontmatter import Header
from agentconv.families.keys import Decoded, HeaderDialect, NotTaken
from agentconv.yaml import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Diagnostic
    from agentconv.core.fields import Built
    from agentconv.core.format import State
    from agentconv.core.ir import Json
    from agentconv.yaml.grammar import Grammar

TEXTS = frozenset({("name",), ("display_name",), ("description",)})
"""The fields of a key that holds a text, and nothing else."""
_LONGEST = 2_000
"""Characters of a rest that is remembered."""
_MOST = 500
"""Rests that are remembered; beyond, they are forgotten, and read again."""


ONE = "one"
"""What stands for a rest that one header had so far."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A header but for its texts, and what a client makes of it."""

    values: Mapping[str, Json]
    decoded: Decoded
    state: State
    told: tuple[Diagnostic, ...]
    """What the client would say about it; lines are counted from the header's first."""
    like: object = field(default_factory=object, repr=False, compare=False)
    """What the agents share whose headers have it."""
    built: Built = field(default_factory=dict, repr=False, compare=False)
    """The parts that those agents share."""

    def told_of(self, header: Header, name: str | None) -> tuple[Diagnostic, ...]:
        """Return what the client would say about the header of an agent."""
        if not self.told:
            return ()
        source = header.source
        before = source.position(header.start)[0] - 1
        return tuple(replace(one, agent=name, span=one.span and one.span.moved(source.path, before)) for one in self.told)


Known: TypeAlias = "dict[str, Rest | str | None]"
"""What is known of each rest; None where that depends on more, or where there is more to say of it."""


class Dialect(HeaderDialect, Protocol):
    """What is to be known of a client whose headers are YAML."""

    @property
    def grammar(self) -> Grammar: ...
    @property
    def known(self) -> Known: ...


def known(dialect: Dialect, header: Header, read: Callable[[Header], Rest | None]) -> Rest | None:
    """Return what a client makes of a header, of which all but the texts may be known; None where it is to be read as a whole.

    Args:
        dialect: The client.
        header: A header that is not parsed; it gets its values.
        read: Returns what is to be known of a rest; None where there is more to say of it.
    """
    apart = nodes.texts_apart(header.text, dialect.grammar) if header.source.decodable else None
    if apart is None or not apart[1] or len(apart[0]) > _LONGEST:
        return None
    values = _texts(dialect, apart[1])
    rest = None if values is None else _known(dialect, apart[0], read)
    if values is None or rest is None:
        return None
    header.grammar, header.values = dialect.grammar, {**rest.values, **apart[1]}
    return replace(rest, decoded=Decoded({**rest.decoded.values, **values}, {**rest.decoded.extras}, {}, {}))


def _texts(dialect: Dialect, texts: dict[str, str]) -> dict[str, object] | None:
    """Return the fields of a header's texts; None where there is more to say of one."""
    values: dict[str, object] = {}
    for name, text in texts.items():
        key = dialect.keys.get(name)
        if key is None or key.fields not in TEXTS or key.says_more is not None:
            return None
        try:
            values.update(key.read(text))
        except NotTaken:
            return None
    return values


def _known(dialect: Dialect, rest: str, read: Callable[[Header], Rest | None]) -> Rest | None:
    """Return what is known of a rest, from the second header on that has it: most sets are small, and have none twice."""
    if rest not in dialect.known:
        if len(dialect.known) >= _MOST:
            dialect.known.clear()
        dialect.known[rest] = ONE
        return None
    if dialect.known[rest] is ONE:
        header = Header(SourceText("", encode(rest)), 0, len(rest), len(rest), grammar=dialect.grammar)
        dialect.known[rest] = read(header) if nodes.is_simple(rest, dialect.grammar) else None
    found = dialect.known[rest]
    return None if isinstance(found, str) else found
