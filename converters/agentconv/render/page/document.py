"""The page: one file of HTML, in which everything that comes from a file is data, and nothing but our own script and style is obeyed."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

from agentconv.render import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'"
)
"""Nothing is fetched, nothing is run but the one script, and text cannot become markup even by a fault of that."""
_IN_MARKUP = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""Characters that could end the element which holds the data, as JSON spells them otherwise."""


def page(data: Mapping[str, Any]) -> bytes:
    """Return the page that shows data; the same data gives the same bytes."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    whole = Template(_asset("page.html")).substitute(policy=policy, style=style, script=script, data=_embedded(data))
    return whole.encode()


def _embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that is only ASCII where something else could drive what shows or logs it, and that holds no markup."""
    return printable.in_json(json.dumps(data, ensure_ascii=False, separators=(",", ":"))).translate(_IN_MARKUP)


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    """Return the source expression of a policy by which a browser takes this text of a script or style, and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
