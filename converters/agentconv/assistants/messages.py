"""What an assistant sends, line by line: what is no message is answered as JSON-RPC has it, where the SDK says nothing to it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import anyio
from mcp import types
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

_ANSWERS = frozenset({"result", "error"})


class Lines:
    """Standard input, which nothing else reads from then on."""

    def __init__(self) -> None:
        self._input = anyio.wrap_file(os.fdopen(os.dup(0), encoding="utf-8", errors="replace", closefd=False))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.send: Callable[[SessionMessage], Awaitable[None]] | None = None
        """How an answer is sent, once that is known."""

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield the lines that hold a message, and answer the others."""
        async for line in self._input:
            told = answer(line)
            if told is None or self.send is None:
                yield line
            else:
                await self.send(SessionMessage(told))


def answer(line: str) -> types.JSONRPCError | None:
    """Return the answer to a line that is no message, where somebody waits for one: of a notification and of an answer, nobody does."""
    try:
        types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False, include_input=False)):
            return _error(None, types.PARSE_ERROR, "no JSON") if line.strip() else None
    else:
        return None
    said = json.loads(line)
    if not isinstance(said, dict):
        return _error(None, types.INVALID_REQUEST, "no message of JSON-RPC 2.0: a line holds one, as a map")
    if said.keys() & _ANSWERS or ("id" not in said and "method" in said):
        return None
    if said.get("jsonrpc") != "2.0" or not isinstance(said.get("method"), str):
        return _error(said.get("id"), types.INVALID_REQUEST, "no message of JSON-RPC 2.0")
    if isinstance(said.get("params"), dict | None):
        return _error(None, types.INVALID_REQUEST, "the id of a message is a text or a whole number")
    return _error(said["id"], types.INVALID_PARAMS, "`params` is a map")


def _error(number: object, code: int, message: str) -> types.JSONRPCError:
    told = types.ErrorData(code=code, message=message)
    known = number if isinstance(number, str) or (isinstance(number, int) and not isinstance(number, bool)) else None
    return types.JSONRPCError(jsonrpc="2.0", id=known, error=told)
