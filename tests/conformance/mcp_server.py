"""An MCP server for the tests, over stdin and stdout, whose tools do nothing: `mcp_server.py TOOL...`."""

from __future__ import annotations

import json
import sys

TOOLS = [{"name": name, "description": name, "inputSchema": {"type": "object"}} for name in sys.argv[1:]]

for line in sys.stdin:
    asked = json.loads(line)
    results = {
        "initialize": {
            "protocolVersion": asked.get("params", {}).get("protocolVersion", "2025-06-18"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "conformance", "version": "1"},
        },
        "tools/list": {"tools": TOOLS},
        "ping": {},
    }
    if "id" in asked:
        known = asked["method"] in results
        answer = {"result": results[asked["method"]]} if known else {"error": {"code": -32601, "message": "no such method"}}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}), flush=True)
