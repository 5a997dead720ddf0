"""An MCP server for the tests, over stdin and stdout, each of whose tools makes a file: `mcp_server.py TOOL...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}}
TOOLS = [{"name": name, "description": name, "inputSchema": SCHEMA} for name in sys.argv[1:]]

for line in sys.stdin:
    asked = json.loads(line)
    results = {
        "initialize": {
            "protocolVersion": asked.get("params", {}).get("protocolVersion", "2025-06-18"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "conformance", "version": "1"},
        },
        "tools/list": {"tools": TOOLS},
        "tools/call": {"content": [{"type": "text", "text": "done"}]},
        "ping": {},
    }
    if asked["method"] == "tools/call":
        Path(asked["params"]["arguments"]["path"]).touch()
    if "id" in asked:
        known = asked["method"] in results
        answer = {"result": results[asked["method"]]} if known else {"error": {"code": -32601, "message": "no such method"}}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
