"""A project in which every text that a page may show tries to become markup, an address, a script, or another text than it is."""

import json

MARKUP = '</script><script>parent.pwned = 1</script><img src=x onerror="pwned=1"><!--'
ADDRESS = "javascript:pwned=1//"
BIDI = "safe\u202etxt.exe\u2066"
NUL = "nul\x00byte\x1b[2J"
SECRET = "ghp_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA3"
NAMES = (MARKUP, ADDRESS, BIDI, NUL, "__proto__", "${pwned}", "&lt;b&gt;")


def written(folder):
    """Write the project, and return its folder."""
    for number, name in enumerate(NAMES):
        head = json.dumps(
            {"name": name, "description": f"{MARKUP} {BIDI}", "model": ADDRESS, "tools": f"Read, {MARKUP}"}, ensure_ascii=True
        )
        body = f"{MARKUP}\n{ADDRESS}\n{BIDI}\n{NUL}\ntoken: {SECRET}\n\u2028<!--<script>\n$policy $data {{}}\n"
        put(folder, f".claude/agents/{number}<b>.md", f"---\n{head}\n---\n{body}")
    skill = f"---\nname: {json.dumps(MARKUP)}\ndescription: {json.dumps(BIDI)}\nargument-hint: {json.dumps(ADDRESS)}\n---\n{MARKUP}\n"
    put(folder, ".claude/skills/a&b/SKILL.md", skill)
    put(folder, ".claude/commands/'\"><svg onload=pwned=1>.md", f"---\nmodel: x\n---\n{MARKUP} $ARGUMENTS\n")
    server = {"command": MARKUP, "args": [ADDRESS], "env": {"API_TOKEN": SECRET}}
    put(folder, ".mcp.json", json.dumps({"mcpServers": {MARKUP: server, BIDI: {"type": "sse", "url": f"{ADDRESS}https://a"}}}))
    rules = {"deny": [f"Bash({MARKUP}:*)"], "allow": [ADDRESS]}
    put(folder, ".claude/settings.json", json.dumps({"permissions": rules}))
    return folder


def put(folder, path, text):
    """Write a file below a folder."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode("utf-8"))
