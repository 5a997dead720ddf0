"""A model that answers on the loopback and keeps what it was asked: what a client sends is what its agents really are.

Speaks, streaming, the four protocols that the clients speak. An answer is a list of tool calls; without any it is `ok`.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Call = tuple[str, dict[str, Any] | str]
"""A tool and its arguments; or the text that a tool takes that is no function."""
Event = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Request:
    """What a client asked, whatever the protocol."""

    system: tuple[str, ...]
    """Texts that the client gives as instructions."""
    user: str
    """All that is said in the user's name, tool results apart."""
    tools: Mapping[str, str]
    """The tools on offer, with their descriptions."""
    model: str | None
    results: Mapping[str, str]
    """What the tools gave that were called, by call."""


@dataclass
class Model:
    """The model: where it is, how it answers, and what went wrong in answering."""

    answer: Callable[[Request], Sequence[Call]]
    url: str = ""
    fetched: set[str] = field(default_factory=set)
    """The last parts of the addresses that were asked for as pages."""
    lock: threading.Lock = field(default_factory=threading.Lock)


def _texts(content: object) -> list[str]:
    """Return the texts of a message's content: a string, or a list of parts."""
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content or () if "text" in part] if isinstance(content, list) else []


def _text(content: object) -> str:
    return "\n".join(_texts(content))


def _said(messages: list[dict[str, Any]], *roles: str) -> list[str]:
    return [text for message in messages if message.get("role") in roles for text in _texts(message.get("content"))]


def _messages(calls: Sequence[Call], first: int) -> list[Event]:
    """Anthropic's Messages."""
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    events: list[Event] = [("message_start", {"message": message})]
    for index, (name, arguments) in enumerate(calls or [("", {})]):
        block = {"type": "tool_use", "id": f"call_{first + index}", "name": name, "input": {}} if name else {"type": "text", "text": ""}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(arguments)} if name else {"type": "text_delta", "text": "ok"}
        events += [
            ("content_block_start", {"index": index, "content_block": block}),
            ("content_block_delta", {"index": index, "delta": delta}),
        ]
        events.append(("content_block_stop", {"index": index}))
    end = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    events += [("message_delta", {"delta": end, "usage": {"output_tokens": 1}}), ("message_stop", {})]
    return [(kind, {"type": kind, **value}) for kind, value in events]


def _responses(calls: Sequence[Call], first: int) -> list[Event]:
    """OpenAI's Responses; a tool of a namespace is called `namespace.tool`, and one that takes text is a custom one."""
    items: list[dict[str, Any]] = []
    for index, (name, arguments) in enumerate(calls):
        space, _, tool = name.rpartition(".")
        text = isinstance(arguments, str)
        what = {"type": "custom_tool_call", "input": arguments} if text else {"type": "function_call", "arguments": json.dumps(arguments)}
        items.append({**what, "call_id": f"call_{first + index}", "name": tool, **({"namespace": space} if space else {})})
    said = {"type": "message", "role": "assistant", "id": "m", "content": [{"type": "output_text", "text": "ok", "annotations": []}]}
    events: list[Event] = [("response.created", {"response": {"id": "r"}})]
    events += [("response.output_item.done", {"output_index": index, "item": item}) for index, item in enumerate(items or [said])]
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    events.append(("response.completed", {"response": {"id": "r", "output": items or [said], "usage": usage}}))
    return [(kind, {"type": kind, **value}) for kind, value in events]


def _completions(calls: Sequence[Call], first: int) -> list[Event]:
    """OpenAI's Chat Completions."""
    tools = [
        {"index": index, "id": f"call_{first + index}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for index, (name, arguments) in enumerate(calls)
    ]
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    delta = {"role": "assistant", **({"tool_calls": tools} if tools else {"content": "ok"})}
    end = {"index": 0, "delta": {}, "finish_reason": "tool_calls" if tools else "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return [
        ("", {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}),
        ("", {**head, "choices": [end], "usage": usage}),
    ]


def _contents(calls: Sequence[Call], first: int) -> list[Event]:
    """Google's generateContent."""
    called = [
        {"functionCall": {"id": f"call_{first + index}", "name": name, "args": arguments}} for index, (name, arguments) in enumerate(calls)
    ]
    parts = called or [{"text": "ok"}]
    content = {"role": "model", "parts": parts}
    return [("", {"candidates": [{"index": 0, "content": content, "finishReason": "STOP"}], "usageMetadata": {"totalTokenCount": 2}})]


def _ask_messages(body: dict[str, Any]) -> Request:
    tools = {tool["name"]: tool.get("description", "") for tool in body.get("tools", ())}
    parts = [part for message in body["messages"] for part in message["content"] if isinstance(part, dict)]
    results = {part["tool_use_id"]: _text(part.get("content")) for part in parts if part.get("type") == "tool_result"}
    return Request(tuple(_texts(body.get("system"))), "\n".join(_said(body["messages"], "user")), tools, body.get("model"), results)


_NESTED = re.compile(r"^### `(\w+)`\n", re.MULTILINE)
"""Tools that a model reaches by writing code, as the tool that runs the code describes them."""


def _ask_responses(body: dict[str, Any]) -> Request:
    items = body["input"]
    tools: dict[str, str] = {}
    for tool in [*body.get("tools", ()), *(tool for item in items if item.get("type") == "additional_tools" for tool in item["tools"])]:
        space = f"{tool['name']}." if tool.get("name") != "functions" and "tools" in tool else ""
        for one in tool.get("tools", [tool]):
            about = one.get("parameters", {}).get("properties", {}).get("agent_type", {})
            tools[space + (one.get("name") or one["type"])] = about.get("description") or one.get("description", "")
            tools |= dict.fromkeys(_NESTED.findall(one.get("description", "")), "")
    results = {item["call_id"]: _text(item["output"]) for item in items if str(item.get("type")).endswith("_call_output")}
    return Request(tuple(_said(items, "developer", "system")), "\n".join(_said(items, "user")), tools, body.get("model"), results)


def _ask_completions(body: dict[str, Any]) -> Request:
    tools = {tool["function"]["name"]: tool["function"].get("description", "") for tool in body.get("tools", ())}
    messages = body["messages"]
    results = {message["tool_call_id"]: _text(message["content"]) for message in messages if message["role"] == "tool"}
    return Request(tuple(_said(messages, "system", "developer")), "\n".join(_said(messages, "user")), tools, body.get("model"), results)


def _ask_contents(body: dict[str, Any]) -> Request:
    declared = [one for tool in body.get("tools", ()) for one in tool.get("functionDeclarations", ())]
    said = [text for turn in body["contents"] if turn.get("role") == "user" for text in _texts(turn["parts"])]
    system = tuple(_texts(body.get("systemInstruction", {}).get("parts")))
    answers = [part["functionResponse"] for turn in body["contents"] for part in turn["parts"] if "functionResponse" in part]
    results = {f"{index} {answer.get('id')}": json.dumps(answer.get("response")) for index, answer in enumerate(answers)}
    return Request(system, "\n".join(said), {one["name"]: one.get("description", "") for one in declared}, body.get("model"), results)


PROTOCOLS = {
    "/messages": (_ask_messages, _messages),
    "/responses": (_ask_responses, _responses),
    "/chat/completions": (_ask_completions, _completions),
    ":streamGenerateContent": (_ask_contents, _contents),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, kind: str, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.model.fetched.add(self.path.rpartition("/")[2])
        self._send("application/json", json.dumps({"object": "list", "data": [{"id": "fake-model", "object": "model"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self._body() or b"{}")
        path = self.path.partition("?")[0]
        protocol = next((both for end, both in PROTOCOLS.items() if path.endswith(end)), None)
        if protocol is None:  # counting tokens, and the like
            self._send("application/json", json.dumps({"input_tokens": 1, "totalTokens": 1}).encode())
            return
        ask, speak = protocol
        with self.model.lock:
            request = ask(body)
            calls = self.model.answer(request)
        stream = "".join(
            (f"event: {kind}\n" if kind else "") + f"data: {json.dumps(value)}\n\n" for kind, value in speak(calls, len(request.results))
        )
        self._send("text/event-stream", stream.encode() + (b"data: [DONE]\n\n" if speak is _completions else b""))

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", ""):
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
        return gzip.decompress(data) if self.headers.get("content-encoding") == "gzip" else data


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that ends leaves connections behind."""


@contextmanager
def serve(answer: Callable[[Request], Sequence[Call]]) -> Iterator[Model]:
    """Serve a model on a free port of the loopback."""
    model = Model(answer)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": model}))
    model.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
