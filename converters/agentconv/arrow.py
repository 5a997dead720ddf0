"""Agent files in Arrow tables: what Ray Data, Spark, DuckDB and Parquet hand over, converted as `agentconv.batch` does it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from agentconv import batch
from agentconv.core.given import kind_of
from agentconv.formats import registry

try:
    import pyarrow as pa
except ImportError as error:
    message = 'agentconv.arrow needs one more package: pip install "agentconv-toolkit[arrow]"'
    raise ImportError(message, name=error.name) from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["SCHEMA", "convert_table"]

_NEEDED = ("path", "bytes")
_TAKEN = (*_NEEDED, "format")
_ROWS = 1024
"""How many rows are turned into values of Python, or back, at once."""
_NUMBERS = frozenset({"line", "column", "end_line", "end_column"})


def _struct(names: Sequence[str]) -> Any:
    return pa.struct([(name, pa.int32() if name in _NUMBERS else pa.string()) for name in names])


_TYPES = {
    "number": pa.int32(),
    "diagnostics": pa.list_(_struct(batch.DIAGNOSTIC)),
    "output": pa.binary(),
    "refused": pa.bool_(),
    "losses": pa.list_(_struct(batch.LOSS)),
    "ir_version": pa.int32(),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in batch.COLUMNS])
"""The columns of `batch.COLUMNS` with their types: the same whatever is in a table, or left out of it."""


def convert_table(
    table: Any,
    targets: str | Sequence[str] = (),
    format: str | None = None,  # noqa: A002 - the word that users know
    options: batch.Options = batch.DEFAULTS,
) -> Any:
    """Read the agents of a table, and convert them.

    Args:
        table: A `pyarrow.Table` or `RecordBatch` with the columns `path` (text) and `bytes` (binary), and perhaps `format`.
        targets: As of `batch.convert_rows`.
        format: As of `batch.convert_rows`.
        options: As of `batch.convert_rows`.

    Returns:
        A `pyarrow.Table` of `SCHEMA`.

    Raises:
        InputError: There is no such format or choice, or the table has rows and no such column.
    """
    _check(table)
    rows = batch.convert_rows(_rows(table), targets, format, options)
    parts = []
    while chunk := list(islice(rows, _ROWS)):
        parts.append(pa.RecordBatch.from_pylist(chunk, schema=SCHEMA))
    return pa.Table.from_batches(parts, schema=SCHEMA)


def _check(table: Any) -> None:
    """Refuse a table of whose rows nothing could be made; one of nothing is how engines ask for the columns.

    Raises:
        InputError: It is none, or a column is not there.
    """
    if not isinstance(table, pa.Table | pa.RecordBatch):
        raise registry.usage(f"a table is a pyarrow.Table or RecordBatch, not {kind_of(table)}")
    names = table.schema.names
    absent = [name for name in _NEEDED if name not in names]
    if absent and table.num_rows:
        there = f"it has {', '.join(f'`{name}`' for name in names)}" if names else "it has none"
        raise registry.usage(f"the table has no column `{absent[0]}`; {there}", "rename the columns of paths and of bytes: `path`, `bytes`")


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table with the columns that count."""
    taken = table.select([name for name in _TAKEN if name in table.schema.names])
    for start in range(0, taken.num_rows, _ROWS):
        yield from taken.slice(start, _ROWS).to_pylist()
