"""The JSON file that makes a folder a plugin or an extension: what its client wants of it, and its words about the whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Cause, Code, Complaint, Effect
from agentconv.core.format import Index, Listed, ReadResult
from agentconv.core.ir import AgentSet
from agentconv.core.source import BOM, encode
from agentconv.families import reading
from agentconv.families.frontmatter import apply
from agentconv.json import edits as jsonc_edits
from agentconv.json import jsonc
from agentconv.json.edits import REMOVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.json.edits import Removed
    from agentconv.json.jsonc import Node

Problem = tuple[Complaint, int, int]
"""What is wrong, and where it stands."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One client's file. It lists no agents: those are in a folder, if there are any."""

    path: str
    what: str
    """What the folder is then: a plugin, an extension."""
    words: tuple[str, ...]
    """The keys that hold words of a set, in the order in which they are written; `license` among them, and `author`."""
    plain: Mapping[str, Json]
    """What is written where nobody says anything else."""
    faults: Callable[[Mapping[str, Node]], Iterator[tuple[Complaint, Node | None]]]
    """Yields what keeps the client from loading the container; None for what is not there."""
    legal_name: Callable[[str], str]
    """The nearest name that the client takes; empty where there is none."""
    bom: bool = False
    """Whether the client takes a file with a byte order mark."""

    def is_it(self, path: str) -> bool:
        """Whether a path is that of such a file."""
        return f"/{path}".endswith(f"/{self.path}")

    def document(self, source: SourceText) -> jsonc.Document:
        """Parse the file, a byte order mark apart."""
        return jsonc.parse(source.text, jsonc.JSON, 1 if source.text.startswith(BOM) else 0)

    def nodes(self, source: SourceText) -> dict[str, Node]:
        """Return the values of the file by key."""
        root = self.document(source).root
        return root.entries() if isinstance(root, jsonc.Object) else {}

    def problems(self, source: SourceText) -> list[Problem]:
        """Return all that keeps the client from loading the container."""
        document = self.document(source)
        if source.text.startswith(BOM) and not self.bom:
            return [(Complaint("it starts with a byte order mark", cause=Cause.SYNTAX), 0, 1)]
        if document.error:
            return [(document.error.complaint, document.error.offset, document.error.offset)]
        root = document.root
        if not isinstance(root, jsonc.Object):
            return [(Complaint("the document is no map"), 0, 0)]
        return [(one, *((node.start, node.end) if node else (root.start, root.start))) for one, node in self.faults(root.entries())]

    def report(self, spec: FormatSpec, source: SourceText) -> ReadResult:
        """Read the file as one of a format's, which holds no agent itself."""
        remarks = (
            reading.remark(
                spec,
                Code.NOT_LOADED,
                lambda client, reason=fault.reason: f"{client} loads nothing of this {self.what}: {reason}",  # type: ignore[misc]
                source.span(start, end),
                "mend it; until then nothing of it is there",
                effect=Effect.DROPS,
                cause=fault.cause,
                reason=fault.reason,
            )
            for fault, start, end in self.problems(source)
        )
        return ReadResult(self.about(source), diagnostics=tuple(remarks))

    def about(self, source: SourceText) -> AgentSet:
        """Return what the file says of the whole."""
        values: Any = {key: jsonc.value(node) for key, node in self.nodes(source).items()}
        texts = {key: values[key] for key in self.words if key != "author" and isinstance(values.get(key), str)}
        return AgentSet(**texts, authors=_authors(values.get("author")) if "author" in self.words else None)

    def read(self, source: SourceText) -> Listed:
        """Return what the file says of the whole, and why the client does not take it."""
        problem = next(iter(self.problems(source)), None)
        return Listed(None, self.about(source), problem[0].reason if problem else None)

    def held(self, about: AgentSet) -> AgentSet:
        """Return what the file can hold of a set's words: a legal name, one author."""
        texts = {key: getattr(about, key) for key in self.words if key not in ("author", "name")}
        author = about.authors[:1] if about.authors and "author" in self.words else None
        name = self.legal_name(about.name) if about.name else None
        return AgentSet(name=name or None, authors=_authors(_author(author[0])) if author else None, **texts)

    def write(self, listed: Listed, original: SourceText) -> bytes:
        """Write the file: from nothing, or with only those words changed that are others."""
        wanted, document = self._values(listed.about), self.document(original)
        if not original.size:
            return encode(json.dumps({**self.plain, **wanted}, ensure_ascii=False, indent=2) + "\n")
        if not isinstance(document.root, jsonc.Object) or document.error:
            return original.data
        present = self._values(self.about(original))
        changes: dict[str, Json | Removed] = {key: value for key, value in wanted.items() if present.get(key) != value}
        changes.update({key: REMOVED for key in present if key not in wanted and key not in self.plain})
        return encode(apply(original.text, [*jsonc_edits.patch(document, document.root, changes)]))

    def _values(self, about: AgentSet) -> dict[str, Json]:
        author = _author(about.authors[0]) if about.authors and "author" in self.words else None
        found = {key: author if key == "author" else getattr(about, key) for key in self.words}
        return {key: value for key, value in found.items() if value}

    def index(self) -> Index:
        """Return how a set of files is written with it."""
        return Index(self.read, self.write, self.held, lambda _source: [], str(self.plain["name"]))


def _authors(value: Any) -> tuple[str, ...] | None:
    name = value.get("name") if isinstance(value, dict) else None
    email = value.get("email") if isinstance(value, dict) else None
    if not isinstance(name, str) or not name:
        return None
    return (f"{name} <{email}>" if isinstance(email, str) and email else name,)


def _author(text: str) -> dict[str, Json]:
    name, _, email = text.partition("<")
    return {"name": name.strip() or text, **({"email": email.rstrip("> ")} if email and name.strip() else {})}
