"""Files that others include, as rules see them: a text, which a model reads as it stands."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentconv.core.dataclass import replace
from agentconv.core.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentconv.lint.subject import Subject


def subjects(found: Iterable[Subject]) -> Iterator[tuple[Subject, Subject]]:
    """Yield each file that others include, once and after one of these, but for those that are among them."""
    includers = list(found)
    own = {subject.path for subject in includers}
    by_path: dict[str, dict[int, Subject]] = {}
    for subject in includers:
        for one in (subject.source.included or {}).values():
            if one.data is not None and one.path not in own:
                by_path.setdefault(one.path, {})[id(subject)] = subject
    for path, several in by_path.items():
        first, *_ = all_of = tuple(several.values())
        data = next(one.data for one in (first.source.included or {}).values() if one.path == path and one.data is not None)
        yield first, replace(first, source=SourceText(path, data), included=True, includers=all_of, location=_location(path, first))


def with_other(includer: Subject, path: str, data: bytes) -> Subject:
    """Return a file that includes other bytes from a path."""
    source = includer.source
    changed = {name: replace(one, data=data) if one.path == path else one for name, one in (source.included or {}).items()}
    return replace(includer, source=SourceText(source.path, source.data, changed))


def _location(path: str, includer: Subject) -> str:
    """Return where a file is that another one includes: as far from it as their paths say; empty for what is none of the disk."""
    if not includer.location:
        return ""
    way = os.path.relpath(path, os.path.dirname(includer.path) or os.curdir)
    return os.path.normpath(os.path.join(os.path.dirname(includer.location), way))
