r"""OpenCode and its relatives: markdown agents behind gray-matter and js-yaml 3, and the same keys in a JSON configuration.

A header that does not parse is repaired once, each client in its own way (`Repair`). When the repair changes nothing,
gray-matter's cache answers instead: the file is then an agent without keys, whose prompt is all of its text. When it changes
something and the header still does not parse, the client drops the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.dataclass import dataclass
from agentconv.core.diagnostics import Code, Complaint, Severity
from agentconv.core.expressions import expression
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import client_text
from agentconv.families import gray_matter, markdown, reading
from agentconv.families.frontmatter import Header, Rewritten
from agentconv.families.javascript import SPACE
from agentconv.families.value_checks import is_count
from agentconv.formats.opencode import agent_keys
from agentconv.formats.opencode.agent_keys import CALLERS
from agentconv.yaml.grammar import JS_YAML_3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agentconv.core.diagnostics import Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.ir import Json
    from agentconv.core.source import SourceText
    from agentconv.families.keys import Key
    from agentconv.families.markdown import Template
    from agentconv.formats.opencode.permission_maps import Permissions

_CONFIGURATIONS = (".json", ".jsonc")


def is_configuration(path: str) -> bool:
    """Whether a path is that of a configuration, rather than of a markdown file."""
    return path.endswith(_CONFIGURATIONS)


@dataclass(frozen=True, slots=True)
class Repair:
    """How a client rewrites a header that does not parse: lines whose bare value has a colon, each as these lines."""

    spell: Callable[[str, str], tuple[str, ...]]
    """Key and value to lines; the value stands in the last of them."""

    def __call__(self, text: str) -> Rewritten | None:
        """Rewrite a header; None where nothing changes."""
        lines, places, rows = [], [], []
        changed = "\r\n" in text.removesuffix("\n").removesuffix("\r")  # lines are joined anew
        for row, line in enumerate(re.split(r"\r?\n", text)):
            match = _KEY_VALUE.match(line)
            value = match[2].strip(SPACE) if match else ""
            if match is None or value in ("", ">", "|") or value[0] in "\"'" or ":" not in value:
                lines.append(line)
                places.append((0, 0))
                rows.append(row)
                continue
            changed = True
            start = match.start(2) + len(match[2]) - len(match[2].lstrip(SPACE))
            spelled = self.spell(match[1], value)
            for number, new in enumerate(spelled):
                lines.append(new)
                places.append((2 if number else len(match[1]) + 2, start))
                rows.append(row)
        return Rewritten("\n".join(lines), tuple(places), tuple(rows)) if changed else None


_KEY_VALUE = expression(rf"([a-zA-Z_][a-zA-Z0-9_]*)[{SPACE}]*:[{SPACE}]*([^\n\r\u2028\u2029]*)\Z")


@dataclass(frozen=True, slots=True)
class Client:
    """What these clients differ in."""

    spec: FormatSpec
    repair: Repair
    permissions: Permissions
    roots: tuple[str, ...]
    """Folders in which the client's folders of agents and modes are."""
    keys: Mapping[str, Key]
    template: Template | None = None

    def name_of(self, path: str) -> str:
        """Return the name that a file's place gives: its path below `agents` or `modes`, without the suffix."""
        for root in self.roots:
            path = f"/{path}".rpartition(f"/{root}/")[2] if f"/{root}/" in f"/{path}" else path
        head, _, rest = path.partition("/")
        return (rest if rest and head in ("agent", "agents", "mode", "modes") else path).removesuffix(".md")

    def is_mode(self, path: str) -> bool:
        """Whether a file is in a folder of modes, which are called by the user whatever they say."""
        parts = path.split("/")
        return len(parts) > 2 and parts[-2] in ("mode", "modes") and parts[-3] in self.roots

    def lift(self, header: dict[str, Json]) -> Mapping[str, object]:
        """Take the deprecated keys out of a header, and say what an agent is without a word on it."""
        found = dict(self.permissions.with_tools(header))
        if "mode" not in header:
            found["invocation.by"] = "both"
        limit = header.get("maxSteps")
        if is_count(limit) and ("steps" not in header or is_count(header["steps"])):
            header.pop("maxSteps")
            if "steps" not in header:
                found["limits.max_turns"] = int(limit)  # type: ignore[arg-type]
        return found

    def unparsed(self, source: SourceText, problem: Complaint, span: Span) -> ReadResult | None:
        """Return the agent that is nothing but a prompt: the whole text of a file without keys."""
        header = gray_matter.find(source)
        if header is gray_matter.RUN:
            return ReadResult(diagnostics=(reading.no_agent(self.spec, gray_matter.RUN, span),))
        if isinstance(header, Header) and header.repairable and self.repair(header.text) is not None:
            return None
        if not source.size:
            return ReadResult(absence=reading.absent(self.spec, reading.EMPTY, span))
        text = client_text(source.text).strip(SPACE)
        if self.template and self.template.complaint(text):
            return None
        by = "user" if self.is_mode(source.path) else "both"
        values: dict[str, object] = {"name": self.name_of(source.path), "invocation.by": by, "prompt.text": text}
        if self.template:
            values["prompt.syntax"] = self.template.syntax_of(text)
        agent = fields.build(values, {}, Origin(self.spec.id, source.path))
        bare = problem is gray_matter.NO_HEADER

        def words(client: str) -> str:
            lead = f"{client} takes the whole file for the prompt of an agent that says nothing else, and has all tools"
            return lead if bare else f"{lead}: {problem.reason}"

        found = reading.remark(
            self.spec,
            Code.SYNTAX,
            words,
            span,
            "write a header with a description" if bare else problem.remedy or "mend the header",
            name=agent.name,
            severity=Severity.NOTE if bare else Severity.WARNING,
            reason=None if bare else problem.reason,
            remedy=problem.remedy,
        )
        return ReadResult(AgentSet((agent,)), (State.LOADS if bare else State.DEGRADED,), (found,))

    def dialect(self, *, mode: bool = False) -> markdown.Dialect:
        """Return the dialect of its markdown files; those of modes are the user's, and a bad one is passed over."""
        return markdown.Dialect(
            self.spec,
            self.keys,
            gray_matter.find,
            self.repair,
            required=(),
            lift=self.lift_mode if mode else self.lift,
            name_of=self.name_of,
            grammar=JS_YAML_3,
            template=self.template,
            complete=agent_keys.complete_body,
            unparsed=self.unparsed,
            stops=not mode,
        )

    def lift_mode(self, header: dict[str, Json]) -> Mapping[str, object]:
        """Do the same for a mode, which the user calls."""
        said = header.get("mode", "all")
        if isinstance(said, str) and said in CALLERS:
            header.pop("mode", None)
        return {**self.lift(header), "invocation.by": "user"}
