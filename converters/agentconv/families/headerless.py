"""A markdown file of whose header its client reads nothing, and which it loads all the same: a name, a prompt, and every tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import fields
from agentconv.core.diagnostics import Code, Effect
from agentconv.core.format import ReadResult, State
from agentconv.core.ir import AgentSet, Origin
from agentconv.core.source import client_text
from agentconv.families import reading
from agentconv.families.frontmatter import Header
from agentconv.families.javascript import SPACE

if TYPE_CHECKING:
    from agentconv.core.diagnostics import Complaint, Span
    from agentconv.core.format import FormatSpec
    from agentconv.core.source import SourceText


def read(
    spec: FormatSpec, source: SourceText, header: Header | Complaint, problem: Complaint, span: Span, *, name: str, mode: str
) -> ReadResult:
    """Return what is left of a file.

    Args:
        spec: The client's format.
        source: The file.
        header: Where its header is, or why there is none.
        problem: Why the client reads nothing of it.
        span: Where that stands.
        name: The name that the client gives the agent.
        mode: How the client combines the prompt with its own.
    """
    text = client_text(source.text[header.body if isinstance(header, Header) else 0 :]).strip(SPACE)
    if not text:
        return ReadResult(absence=reading.absent(spec, reading.EMPTY, span))
    agent = fields.build({"name": name, "prompt.text": text, "prompt.mode": mode}, {}, Origin(spec.id, source.path))
    what = "nothing of the header" if isinstance(header, Header) else "the whole file for the prompt"
    found = reading.remark(
        spec,
        Code.SYNTAX,
        lambda client: f"{client} takes {what}, and the agent has all tools: {problem.reason}",
        span,
        problem.remedy or "write a header with a name and a description",
        name=agent.name,
        effect=Effect.GRANTS_ALL,
        reason=problem.reason,
    )
    return ReadResult(AgentSet((agent,)), (State.DEGRADED,), (found,))
