"""docs/library.md: every example gives what it says."""

import doctest
import re
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
GUIDE = CHECKOUT / "docs" / "library.md"


def test_examples(tmp_path, monkeypatch):
    project = tmp_path / "project"
    shutil.copytree(CHECKOUT / "fixtures" / "examples", project)
    monkeypatch.chdir(project)
    blocks = re.findall(r"(?s)^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, GUIDE.name, str(GUIDE), 0)
    found = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=found.append)

    assert "".join(found) == ""
    assert result.attempted > 20
