"""The code of docs/library.md and docs/scale.md, and the distribution to begin with, are typed, as `mypy --strict` has it."""

import doctest
import re
from pathlib import Path

import pytest

from agentconv.testing import example

api = pytest.importorskip("mypy.api")
CHECKOUT = Path(__file__).parents[2]
RULES = (
    "--strict",
    "--ignore-missing-imports",
    "--no-error-summary",
    "--config-file=",
    f"--cache-dir={CHECKOUT / '.mypy_cache' / 'examples'}",
)


def test_what_is_shown_and_what_is_begun_with_is_typed(tmp_path):
    """Each page's session and each of its programs is a module by itself."""
    for page in ("library", "scale"):
        blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", (CHECKOUT / "docs" / f"{page}.md").read_text("utf-8"))
        session = [one.source for block in blocks for one in doctest.DocTestParser().get_examples(block)]
        programs = [block for block in blocks if ">>>" not in block]
        for number, text in enumerate(["\n".join(session), *programs]):
            (tmp_path / f"{page}_{number}.py").write_text(text, "utf-8")
    for name in ("one-tool", "other-tool"):
        root = example.write(name, tmp_path / name, yaml=name.startswith("other"))
        for path in (root / "src").iterdir():
            path.rename(tmp_path / path.name)
    told, wrong, _ = api.run([*RULES, str(tmp_path)])

    assert (told, wrong) == ("", "")
    assert len([*tmp_path.rglob("*.py")]) > 15
