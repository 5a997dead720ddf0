"""The reader of plain roles, held against the full parser: it says the same, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconv.families import plain_toml, toml_text
from strategies import texts

if TYPE_CHECKING:
    from agentconv.core.ir import Json

ROLES = Path(__file__).parents[2] / "fixtures"
PIECES = (
    "a", "b-1", "[a]", "[b]", "[[a]]", "[a.b]", "=", " = ", ".", ",", " ", "\t", "\n", "\n\n", "\r\n", "\r", "#", "'", "'''",
    '"', '"""', '""', "''",
    "\\", '\\"', "\\\\", "\\n", "\\u00e9", "\\ud800", "\\U0001f600", "\\e", "\\x41", "\\\n",
    "true", "false", "0", "01", "12", "-1", "1_000", "1.5", "inf",
    "2026-01-01", "é", "\0", "\x7f", "\x85", "\u2028", "\ufeff", "[", "]", "{", "}", "a = ", "b = ", "x\n",
)  # fmt: skip


def full(text: str) -> dict[str, Json] | None:
    """Return what the full parser reads; None where it takes the text for no TOML."""
    try:
        return tomli.loads(text)
    except (ValueError, RecursionError):
        return None


RUNS = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
QUOTED = st.tuples(st.sampled_from(["'", '"', "'''", '"""']), RUNS).map(lambda pair: pair[0] + pair[1] + pair[0])
ENTRIES = st.tuples(
    st.sampled_from(["a", "b-1", "c"]), st.sampled_from(["=", " = "]), st.one_of(QUOTED, RUNS), st.sampled_from(["\n", "\n\n"])
)


@settings(max_examples=200)
@given(st.lists(st.one_of(ENTRIES.map("".join), st.just("[t]\n"), RUNS), max_size=4).map("".join))
def test_any_pieces(text: str) -> None:
    """Whatever a text is put together from, what is read of it is what the full parser reads."""
    found = plain_toml.read(text)

    assert found is None or repr(found) == repr(full(text))


@given(st.dictionaries(st.sampled_from(["a", "b-1", "c_2"]), st.one_of(texts(), st.booleans(), st.integers(0, 10**12)), max_size=3))
def test_any_texts(values: dict[str, Json]) -> None:
    """Texts are read as they were written, and as the full parser reads them, each at the top and in a table, but for odd controls."""
    text = toml_text.document({**values, "table": values})
    found = plain_toml.read(text)

    assert found in (None, {**values, "table": values})
    assert found is None or found == full(text)


def test_roles_are_plain() -> None:
    """Most roles that conversions give are read without the full parser, and as it reads them."""
    roles = [path.read_text("utf-8", "surrogateescape") for path in sorted(ROLES.rglob("*.toml")) if "codex" in path.as_posix()]
    plain = [text for text in roles if plain_toml.read(text) is not None]

    assert [plain_toml.read(text) for text in plain] == [full(text) for text in plain]
    assert len(plain) > len(roles) / 2
