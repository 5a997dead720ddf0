"""Commands of Auggie 0.36.0 (its code read): `.augment/commands/<folders>/<name>.md`, or `.txt`, sent as `/folders:name`.

https://docs.augmentcode.com/cli/custom-commands

What the user types takes the place of `$ARGUMENTS` in any case, and of whatever stands in braces, single or double; `$1` is the first word.
Without any of these it comes after the text. A header that does not parse is left out.
"""

from __future__ import annotations

from agentconv.core.part_format import Place
from agentconv.formats.auggie.auggie import FOLDERS, ID, find, text_of
from agentconv.parts.commands.client import Client
from agentconv.parts.commands.markdown import Markdown
from agentconv.parts.placeholders.languages import AUGGIE
from agentconv.parts.skills import keys
from agentconv.yaml.grammar import JS_YAML_4

_FILE = Markdown(find, grammar=JS_YAML_4, broken="empty")


_PLACES = tuple(Place(f"{folder}/commands", f"**/*{end}", native=own) for folder, own in FOLDERS.items() for end in (".md", ".txt"))
BY_FORMAT = {
    ID: Client(
        ID,
        "Auggie",
        _PLACES,
        _PLACES,
        {".md": _FILE, ".txt": _FILE},
        AUGGIE,
        {"description": keys.key("description", text_of), "argument-hint": keys.key("argument_hint", text_of)},
        keeps_unknown=True,
    )
}
