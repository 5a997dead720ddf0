"""A map in JSON becomes another one entry by entry, and what stays keeps its bytes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agentconv.families.frontmatter import apply
from agentconv.json import jsonc, map_edits

_KEYS = st.sampled_from(["a", "b", "c", "d", "*", "git *"])
_MAPS = st.dictionaries(_KEYS, st.sampled_from(["allow", "ask"]) | st.dictionaries(_KEYS, st.sampled_from(["allow", "deny"]), max_size=4))


def _become(text: str, wanted: object) -> str:
    document = jsonc.parse(text, jsonc.JSONC)
    return apply(text, map_edits.become(document, document.root, wanted))


@given(_MAPS, _MAPS, st.sampled_from([None, 2]))
def test_a_map_becomes_another_one_in_its_order(before: dict, after: dict, indent: int | None) -> None:
    """All entries are there, and none else, in the order that is wanted: a client may take the last that matches."""
    found = json.loads(_become(json.dumps(before, indent=indent), after))

    assert json.dumps(found) == json.dumps(after)


def test_what_stays_keeps_its_comments() -> None:
    """Entries that are added, changed and taken out leave the comments of the others alone."""
    text = '{\n  // first\n  "a": "ask", // why\n  "b": {\n    "x": "allow" /* so */\n  },\n  "c": "deny"\n}\n'
    wanted = {"new": "ask", "a": "ask", "b": {"x": "allow", "y": "deny"}}
    after = _become(text, wanted)

    assert all(comment in after for comment in ("// first", "// why", "/* so */"))
    assert jsonc.value(jsonc.parse(after, jsonc.JSONC).root) == wanted
