"""Where things stand in a TOML document: each key and each item is found, at the place where it is written."""

from __future__ import annotations

import string
from typing import Any

import tomli
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core import toml_places

DOCUMENT = '''\
# a = 1
top = "a # [b]" # [c]
"quoted \\u0065" = 'x = "1"'
text = """
[not.a.table]
key = 1 \\"""
"""""
raw = \'\'\'
also = ]\'\'\'
numbers = [ # one
  1, 0x2,
  [ "a,]", {b = 1, "c.d" . e = []} ],
  1979-05-27 07:32:00,
]
dotted . part.x = inf
dotted.part.y = { }

[[list]]
a = 1
[list.sub]
b = 2
[[list]]
c = 3
[[list.inner]]
d = [ {e = 1}, ]
[ "a table" . 'of' ]
f = true # end
'''


def everything(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the path of all that a document holds."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {found for key, item in items for found in ((*path, key), *everything(item, (*path, key)))}


def test_places():
    """What looks like a key in a comment or a text is none, and each key is found where it first stands."""
    found = toml_places.places(DOCUMENT)
    line = {path: DOCUMENT[:offset].count("\n") + 1 for path, offset in found.items()}

    assert set(found) == everything(tomli.loads(DOCUMENT))
    assert DOCUMENT[found["quoted e",] :].startswith('"quoted')
    assert DOCUMENT[found["numbers", 2, 1, "c.d", "e"] :].startswith("e = []")
    assert DOCUMENT[found["numbers", 3] :].startswith("1979")
    assert DOCUMENT[found["list", 1, "inner", 0, "d", 0, "e"] :].startswith("e = 1")
    assert [line[path] for path in (("list", 0, "sub", "b"), ("list", 1, "c"), ("a table", "of", "f"), ("dotted", "part", "y"))] == [
        21, 23, 27, 16,
    ]  # fmt: skip


KEYS = st.text(st.sampled_from([*string.ascii_lowercase[:3], "-", ".", '"', "'", " ", "é", "\\", "#", "\n", "="]), min_size=1, max_size=4)
SCALARS = st.one_of(st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), st.text("ab\"'\\#[]{}=,\n é", max_size=8))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_any_document(document, multiline):
    """In whatever document, what is found is what the parser finds, and what stands there is the key."""
    text = tomli_w.dumps(document, multiline_strings=multiline)
    found = toml_places.places(text)

    assert set(found) == everything(tomli.loads(text))
    for path, offset in found.items():
        if isinstance(path[-1], str):
            spelled = text[offset:].lstrip()
            assert spelled.startswith((path[-1], '"', "'"))
