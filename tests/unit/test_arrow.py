"""Arrow tables: the rows of `agentconv.batch`, typed."""

import pytest

from agent_rows import digest, rows
from agentconv import InputError, batch

pa = pytest.importorskip("pyarrow")


def table(given):
    return pa.Table.from_pylist(given, schema=pa.schema([("path", pa.string()), ("bytes", pa.binary()), ("format", pa.string())]))


def test_a_table_holds_what_the_rows_do():
    """A table gives what its rows give, poison included, cut into however many parts it comes in."""
    from agentconv.arrow import SCHEMA, convert_table

    given = [row for row in rows(300) if not isinstance(row["bytes"], str)]
    found = convert_table(table(given), ["codex", "opencode"])
    parts = [convert_table(part, "codex,opencode") for part in table(given).to_batches(max_chunksize=77)]

    assert found.schema == SCHEMA
    assert digest(found.to_pylist()) == digest(pa.concat_tables(parts).to_pylist()) == digest(batch.convert_rows(given, "codex,opencode"))


def test_an_empty_table_has_the_schema():
    """Engines ask for the columns with a table of nothing; what else is in a table stays behind."""
    from agentconv.arrow import SCHEMA, convert_table

    empty = pa.table({"path": pa.array([], pa.string()), "bytes": pa.array([], pa.binary()), "stars": pa.array([], pa.int32())})

    assert convert_table(empty, "codex").schema == SCHEMA
    assert tuple(SCHEMA.names) == batch.COLUMNS


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["path", "content"], "the table has no column `bytes`; it has `path`, `content`"),
        (["content"], "the table has no column `path`; it has `content`"),
    ],
)
def test_a_table_without_a_column_that_is_needed_is_told(names, why):
    """It is an error of the call, and gives no rows."""
    from agentconv.arrow import convert_table

    with pytest.raises(InputError, match=why):
        convert_table(pa.table({name: ["x"] for name in names}), "codex")


def test_half_a_character_fits_into_a_table():
    """A name with half a character, which no table holds, has the sign for an unknown one there."""
    from agentconv.arrow import convert_table

    given = [{"path": "a.md", "bytes": b'---\nname: "\\uD83D"\ndescription: b\n---\nc\n'}]
    (row,) = convert_table(table(given)).to_pylist()

    assert row["error"] is None
    assert row["description"] == "b"
