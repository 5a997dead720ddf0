"""A file with parts of ours among the user's own entries: `.mcp.json`, `config.toml`, `settings.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.conversion.shared_parts import SharedParts
from agentconv.core.dataclass import dataclass, field, replace
from agentconv.core.diagnostics import InternalError
from agentconv.core.part_format import PartSource, difference
from agentconv.core.source import SourceText
from agentconv.formats.canonical import part_documents
from agentconv.install import part_places
from agentconv.install.checksums import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from agentconv.core.part_format import PartFormat, Place
    from agentconv.core.parts import Part
    from agentconv.install.lock import Entry


def checksum(part: Part) -> str:
    """Return the checksum of a part as it is read back: how its entry is spelled does not count."""
    document = part_documents.plain(replace(part, id="", origin=None))
    return sha256(json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def pointer(part: Part) -> str:
    """Return the place of the parts of a file and the part's name there."""
    where = part.origin.pointer.rpartition("/")[0] if part.origin else ""
    return f"{where}/{(part.name or '').replace('~', '~0').replace('/', '~1')}"


def there(entry: Entry, data: bytes) -> list[Part]:
    """Return the parts of a deployed file: the one of an entry, or all, where the whole file is ours."""
    if part_places.place_of(entry.target, entry.part, entry.path) is None:
        return []
    items = PartFile.read(entry.path, entry.target, entry.part, data).items
    name = entry.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return [part for key, part in items.items() if not entry.pointer or key == name]


@dataclass(slots=True)
class PartFile:
    """Such a file as it stands."""

    module: PartFormat[Any]
    place: Place
    path: str
    data: bytes
    found: tuple[Part, ...] = ()
    items: dict[str, Part] = field(default_factory=dict)
    """By name; of several of one name the first."""
    problem: str | None = None
    """Why nothing can be told of what is in it."""

    @classmethod
    def read(cls, path: str, target: str, kind: str, data: bytes | None) -> PartFile:
        """Read a file."""
        module, place = part_places.module_of(target, kind), part_places.place_of(target, kind, path)
        if module is None or place is None:
            raise InternalError(f"`{path}` is no file of {target}")
        file = cls(module, place, path, data or b"")
        result = module.read(file._source(file.data))
        file.found = file.known(result.parts)
        for part in file.found:
            file.items.setdefault(part.name or "", part)
        if not result.parts and result.diagnostics and file.data.strip():
            file.problem = result.diagnostics[0].message
        return file

    def known(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """Return parts under the names that the lock knows them by: where names only say where they stand, what they are comes to them."""
        keyed: Callable[[Sequence[Part]], tuple[Part, ...]] | None = getattr(self.module, "keyed", None)
        return keyed(parts) if keyed else tuple(parts)

    def without(self, data: bytes, gone: Collection[str]) -> bytes:
        """Return a version of the file without some of its parts."""
        source = self._source(data)
        there = self.module.read(source).parts
        names = [part.name for part, known in zip(there, self.known(there), strict=True) if known.name in gone]
        return self.module.write((), self.path, source, without=names)[0].data

    def _source(self, data: bytes) -> PartSource:
        return PartSource(SourceText(self.path, data), self.place)

    def checksum(self, item: Part) -> str:
        """Return the checksum of a part."""
        return checksum(item)

    def pointer(self, item: Part) -> str:
        """Return where a part is."""
        return pointer(item)

    def beside(self, there: Part, item: Part, *, opens: bool = True) -> Part | None:
        """Return a part in one with what is there of its name, of a kind of which both can hold; None of any other.

        Args:
            there: What is there.
            item: What comes to it.
            opens: Whether what it allows comes, too, which somebody accepted: what is made to hold something back opens nothing.
        """
        united: Callable[[Part, Part], Part | None] | None = getattr(self.module, "beside", None)
        found = united(there, item) if united else None
        opened: Callable[[Part, Part], Part] | None = getattr(self.module, "opened", None)
        return opened(found, item) if found is not None and opened is not None and opens else found

    def is_same(self, one: Part, other: Part) -> bool:
        """Whether two parts mean the same."""
        return not difference(one, other)

    def fresh(self, items: Iterable[Part]) -> bytes:
        """Return a new file of these parts alone."""
        return self.module.write(tuple(replace(one, origin=None) for one in items), self.path, None)[0].data

    def in_bytes(self, data: bytes) -> tuple[Part, ...]:
        """Return the parts of another version of the file."""
        return self.known(self.module.read(self._source(data)).parts)

    def rewritten(self, changing: Mapping[str, Part], gone: Collection[str]) -> tuple[bytes, Sequence[Part], str | None]:
        """Return the file with parts of it changed, new or gone, what is then in it, and why that cannot be."""
        data = self.data
        if changing:
            merged = SharedParts(self.module, self.path, self.place, tuple(changing.values())).merge(data, force=True)
            if merged.problem:
                return self.data, self.found, merged.problem
            data = merged.data
        if gone:
            data = self.without(data, gone)
        after = self.in_bytes(data)
        expected = {**{name: part for name, part in self.items.items() if name not in gone}, **changing}
        found = {part.name or "": part for part in after}
        if found.keys() != expected.keys() or any(difference(expected[name], found[name]) for name in expected):
            return self.data, self.found, "it cannot be changed without changing what else is in it"
        return data, after, None

    def is_bare(self, data: bytes) -> bool:
        """Whether nothing is in the file but what is left of one that we made when the last part went."""
        probe = next(iter(self.found), None)
        if probe is None:
            return False
        fresh = self.fresh([probe])
        return b"".join(data.split()) == b"".join(self.without(fresh, (probe.name or "",)).split())
