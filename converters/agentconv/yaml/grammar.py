"""Which YAML library a client reads its files with: what they differ in, as data.

`BUN` is Bun's own parser (Claude Code), `JS_YAML_3` js-yaml 3.14 behind gray-matter (OpenCode, Kilo), `JS_YAML_4` js-yaml
4.1 (Gemini CLI), `YAML_2` the package `yaml` 2 (Qwen Code, Cline, Roo), `SERDE_YAML` serde_yaml 0.9 (GitHub Copilot),
`PYYAML` PyYAML's safe loader (OpenHands). On what people write they agree; they part at duplicate keys, at numbers, dates
and other words that one of them gives a type, at tags and merge keys, and at texts that are not quite YAML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentconv.core.expressions import expression
from agentconv.yaml import scalars, serde, types
from agentconv.yaml.errors import YamlError
from agentconv.yaml.tree import Grammar

if TYPE_CHECKING:
    from agentconv.core.ir import Json
    from agentconv.yaml.tree import Node

__all__ = ["BUN", "JS_YAML_3", "JS_YAML_4", "PYYAML", "SERDE_YAML", "YAML_2", "Grammar"]


def _read_bun(text: str, grammar: Grammar) -> Node | None:
    from agentconv.yaml import bun

    return bun.read(text, grammar)


def _read_js_yaml(text: str, grammar: Grammar) -> Node | None:
    from agentconv.yaml import js_yaml

    return js_yaml.read(text, grammar)


def _read_npm(text: str, grammar: Grammar) -> Node | None:
    from agentconv.yaml import npm

    return npm.read(text, grammar)


_SEVERAL = expression(r"(?s)\A---[ \t\r]*\n.*?^(---)(?=\s|\Z)", re.MULTILINE)


def _refuse_several(text: str) -> None:
    """Refuse several documents: markdown with a header, as a rule, told without the library."""
    if several := _SEVERAL.match(text):
        raise YamlError("several documents", several.start(1))


def _read_libyaml(text: str, grammar: Grammar) -> Node | None:
    _refuse_several(text)
    from agentconv.yaml import libyaml

    return libyaml.read(text, grammar)


def _read_pyyaml(text: str, grammar: Grammar) -> Node | None:
    _refuse_several(text)
    from agentconv.yaml import pyyaml

    return pyyaml.read(text, grammar)


_NO_TYPE = expression(r"[^-+0-9.=<~\0 ]")
"""How plain scalars begin to which PyYAML gives no type but text, unless they are one of these words."""
_TYPED = frozenset({"yes", "no", "true", "false", "on", "off", "null"})
_NUMBER = expression(r"[1-9][0-9]{0,17}")
_TRUTHS = {"true": True, "false": False}


def _pyyaml_plain(text: str) -> Json:
    if _NO_TYPE.match(text) and text.lower() not in _TYPED:
        return text
    if text in _TRUTHS or _NUMBER.fullmatch(text):
        return _TRUTHS[text] if text in _TRUTHS else int(text)
    from agentconv.yaml import pyyaml

    return pyyaml.plain(text)


def _pyyaml_tagged(text: str, tag: str, style: str) -> Json:
    from agentconv.yaml import pyyaml

    return pyyaml.tagged(text, tag, style)


def _bun_tagged(text: str, tag: str, style: str) -> Json:
    return text if style else scalars.resolve_tagged(text, tag)


BUN = Grammar("Bun's YAML parser", _read_bun, scalars.resolve, _bun_tagged)
JS_YAML_3 = Grammar(
    "js-yaml 3",
    _read_js_yaml,
    types.plain(types.JS_YAML_3),
    types.tagged(types.JS_YAML_3),
    types.retag(types.JS_YAML_3),
)
JS_YAML_4 = Grammar(
    "js-yaml 4",
    _read_js_yaml,
    types.plain(types.JS_YAML_4),
    types.tagged(types.JS_YAML_4),
    types.retag(types.JS_YAML_4),
    strict=True,
)
YAML_2 = Grammar("yaml 2", _read_npm, types.core, types.core_tagged, types.core_retag, written_keys=True, strict=True)
SERDE_YAML = Grammar("serde_yaml", _read_libyaml, serde.plain, serde.tagged, cut=True)
PYYAML = Grammar("PyYAML", _read_pyyaml, _pyyaml_plain, _pyyaml_tagged)
