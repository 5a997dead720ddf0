r"""What clients make of references in the values of MCP servers, written after their own code, with the environment given.

Claude Code 2.1.329: `e.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?)\}/g, ...)`, where a variable that
is set, if to nothing, goes before the default, and one that is not stays as it is spelled. GitHub Copilot 1.0.102 was asked: the same
with `$NAME`, once. Gemini CLI 0.61.0 has dotenv-expand 12.0.3, whose loop is below. OpenCode 1.18.33:
`o.text.replace(/\{env:([^}]+)\}/g, (D, n) => (o.env?.[n] ?? process.env[n]) || "")`. `editor` is after Cursor's documents.
Factory Droid 0.215.0: `/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g`. Qwen Code 0.24.4: `/\$(?:(\w+)|{([^}]+)})/g`, and what is not
set stays as it is spelled.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _once(pattern: str) -> Callable[[str, Mapping[str, str]], str]:
    def expanded(text: str, env: Mapping[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            name, separator, default = next(filter(None, found.groups())).partition(":-")
            return env[name] if name in env else default if separator else found[0]

        return re.sub(pattern, value, text)

    return expanded


def _opencode(text: str, env: Mapping[str, str]) -> str:
    return re.sub(r"\{env:([^}]+)\}", lambda found: env.get(found[1], ""), text)


def _qwen(text: str, env: Mapping[str, str]) -> str:
    return re.sub(r"\$(?:([A-Za-z0-9_]+)|{([^}]+)})", lambda found: env.get(found[1] or found[2], found[0]), text)


_DOTENV = re.compile(r"(?<!\\)\$\{([^{}]+)\}|(?<!\\)\$([A-Za-z_][A-Za-z0-9_]*)")
_OPERATOR = re.compile(r"(:\+|\+|:-|-)")


def _gemini(text: str, env: Mapping[str, str]) -> str:
    result, seen = text, set[str]()
    while (match := _DOTENV.search(result)) is not None:
        seen.add(result)
        template, expression = match[0], match[1] or match[2]
        operator = _OPERATOR.search(expression)
        splitter = operator[0] if operator else None
        key, *rest = expression.split(splitter) if splitter else [expression]
        default = (splitter or "").join(rest)
        if splitter in {":+", "+"}:
            default, value = default if env.get(key) else "", None
        else:
            value = env.get(key)
        result = result.replace(template, value if value and value not in seen else default, 1)
    return result.replace("\\$", "$")


_BRACED = _once(r"\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?)\}")
_SHELL = _once(r"\$\{([A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?)\}|\$([A-Za-z_][A-Za-z0-9_]*)")


EXPANDERS: dict[str, Callable[[str, Mapping[str, str]], str]] = {
    "braces": _BRACED,
    "shell": _SHELL,
    "plugin": lambda text, env: _BRACED(text.replace("${CLAUDE_PLUGIN_ROOT}", "/plugin"), env),
    "plugins": lambda text, env: _SHELL(re.sub(r"\$\{(?:CLAUDE_)?PLUGIN_ROOT\}", "/plugin", text), env),
    "rooted": lambda text, env: _BRACED(re.sub(r"\$\{(?:CLAUDE|AUGMENT|AUGGIE)_PLUGIN_ROOT\}", "/plugin", text), env),
    "portable": lambda text, _: text.replace("${PLUGIN_ROOT}", "/plugin"),
    "extension": lambda text, env: _SHELL(re.sub(r"\$\{(?:/|pathSeparator)\}", "/", text.replace("${extensionPath}", "/plugin")), env),
    "bare": _qwen,
    "dotenv": _gemini,
    "env": _opencode,
    "editor": lambda text, env: re.sub(r"\$\{env:([^}]+)\}", lambda found: env.get(found[1], ""), text),
    "keys": lambda text, _: text,
    "secrets": lambda text, _: text,
}
"""By language: what a client hands on of a text."""
