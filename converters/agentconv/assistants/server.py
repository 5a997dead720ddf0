"""The server: what the protocol asks, over standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import anyio
from anyio import to_thread
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from agentconv import __version__
from agentconv.assistants.messages import Lines

if TYPE_CHECKING:
    from typing import Any

    from mcp.server import ServerRequestContext

    from agentconv.assistants.asked import Desk

INSTRUCTIONS = """\
agentconv knows how coding assistants read each other's agents (sub-agent definitions), and converts them without letting an agent do \
more than its author allowed. `inspect` first, `convert` then; `rule` explains every code that these tell. A hint names the arguments \
of the tool that gave it, as in `with: ["needed", "hooks"]`: ask again with these. What "for the person:" stands before is a flag or a \
command (`--allow-widening`), which no tool takes: it is for the person to decide on, and to type; pass it on.\
"""


def serve(desk: Desk) -> None:
    """Answer an assistant until it goes away."""
    anyio.run(_serve, made(desk))


async def _serve(server: Server[Any]) -> None:
    lines = Lines()
    async with stdio_server(stdin=cast("anyio.AsyncFile[str]", lines)) as (incoming, outgoing):  # which iterates over it, and no more
        lines.send = outgoing.send
        await server.run(incoming, outgoing, server.create_initialization_options())


def made(desk: Desk) -> Server[Any]:
    """Return a server that has the tools."""
    one_by_one = anyio.CapacityLimiter(1)

    async def listed(_context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(desk, name) for name in desk.tools])

    async def called(_context: ServerRequestContext[Any], params: types.CallToolRequestParams) -> types.CallToolResult:
        answer = await to_thread.run_sync(desk.answer, params.name, params.arguments or {}, limiter=one_by_one)
        content = [types.TextContent(type="text", text=answer.text)]
        return types.CallToolResult(
            content=list(content), structured_content=None if answer.failed else answer.report, is_error=answer.failed
        )

    return Server("agentconv", version=__version__, instructions=INSTRUCTIONS, on_list_tools=listed, on_call_tool=called)


def _tool(desk: Desk, name: str) -> types.Tool:
    tool = desk.tools[name]
    writes = bool(tool.writes) and desk.within.write
    hints = types.ToolAnnotations(
        title=tool.title, read_only_hint=not writes, destructive_hint=False if writes else None, idempotent_hint=True, open_world_hint=False
    )
    return types.Tool(name=name, title=tool.title, description=tool.description, input_schema=desk.schema(tool), annotations=hints)
