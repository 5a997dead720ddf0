"""docs/scale.md: its example gives what it says, and its programs what the rows give in one process."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent_rows import digest, rows
from agentconv.batch import convert_rows

pq = pytest.importorskip("pyarrow.parquet")
pa = pytest.importorskip("pyarrow")
GUIDE = Path(__file__).parents[2] / "docs" / "scale.md"
TEXT = GUIDE.read_text("utf-8")
SCHEMA = pa.schema([("path", pa.string()), ("bytes", pa.binary())])


def test_example():
    """The example prints what the page says."""
    block = re.search(r"(?s)^```python\n(>>> .*?)^```$", TEXT, re.MULTILINE)[1]
    found = []
    result = doctest.DocTestRunner(verbose=False).run(
        doctest.DocTestParser().get_doctest(block, {}, GUIDE.name, str(GUIDE), 0), out=found.append
    )

    assert ("".join(found), result.attempted) == ("", 4)


@pytest.mark.parametrize(
    ("engine", "number"), [("plain", 200), *(pytest.param(one, 2_000, marks=pytest.mark.scale) for one in ("ray", "spark"))]
)
def test_programs(engine, number, tmp_path):
    """A program of the page, run on files of Parquet, gives what the rows give in one process, poison included."""
    given = [
        {name: row[name] if isinstance(row[name], (bytes, str)[name == "path"]) else None for name in SCHEMA.names} for row in rows(number)
    ]
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for part in range(4):
        pq.write_table(pa.Table.from_pylist(given[part::4], schema=SCHEMA), source / f"{part}.parquet")
    program = tmp_path / f"with_{engine}.py"
    program.write_text(re.search(rf"(?s)<!-- {engine} -->\n```python\n(.*?)^```$", TEXT, re.MULTILINE)[1])
    own = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    subprocess.run([sys.executable, program, source, target], check=True, capture_output=True, cwd=tmp_path, env=own)
    found = [row for file in target.glob("**/*.parquet") for row in pq.read_table(file).to_pylist()]

    assert sum(row["error"] is not None for row in found) >= number // 200
    assert digest(found) == digest(convert_rows(given, "codex,opencode"))
