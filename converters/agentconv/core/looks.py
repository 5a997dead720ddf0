"""How the first lines of files look that lie in no client's location: regular expressions, by what has them (`registry.Row.looks`)."""

from __future__ import annotations

HEADER = rb"(?m)^(?:\xef\xbb\xbf)?[ \t]*(?:---|name[ \t]*:|description[ \t]*:)"
HEADED = rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n"
ROLE = rb'\A(?:\xef\xbb\xbf)?(?:(?![ \t]*\[)[^\n]*\n)*?[ \t]*"?(?:name|description|developer_instructions)"?[ \t]*='
MODES = rb"(?m)^[ \t{]*[\"']?(?:customModes|roleDefinition)[\"']?[ \t]*:"
DOCKER = (
    rb"(?m)^agents:[ \t]*(?:#[^\n]*)?\r?\n(?=[\s\S]*^[ ]+(?:instruction|toolsets):)"
    rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ ]+[\w-]+:[ \t]*(?:#[^\n]*)?\r?\n[ ]+(?:model|description|instruction|toolsets):"
)
KIMI = (
    rb"(?m)^agent:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*"
    rb"[ ]+(?=[\s\S]*^[ ]+(?:extend|system_prompt_path|system_prompt_args|exclude_tools):)"
)
RECIPE = rb"(?m)\A(?=[\s\S]*^[ ]*\"?title\"?:)(?=[\s\S]*^[ ]*\"?description\"?:)(?=[\s\S]*^[ ]*\"?(?:instructions|prompt)\"?:[ \t])"
AGENTS = rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"(?:description|prompt|tools|model)"\s*:'
BUNDLE = rb"urn:agentconv:bundle:"
