"""Comments of a TOML file stay when a table goes that they stood in, or above."""

import pytest

from agentconv.families import toml_comments

TABLE = '[servers.docs]\ncommand = "docs # no comment"\n'


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (f"x = 1\n\n{TABLE}", "x = 1\n", "x = 1\n"),
        (f"x = 1\n\n{TABLE}# note\n", "x = 1\n\n", "x = 1\n\n# note\n"),
        (f"x = 1\n\n{TABLE}# note", "x = 1", "x = 1\n# note\n"),
        (f"# same\nx = 1\n{TABLE}# same\n", "# same\nx = 1\n", "# same\nx = 1\n# same\n"),
        (f"{TABLE}# between\n\n[servers.mine]  # mine\n", "[servers.mine]  # mine\n", "# between\n[servers.mine]  # mine\n"),
        (f"x = 1\r\n{TABLE}# note\r\n", "x = 1\r\n", "x = 1\r\n# note\r\n"),
        ("[servers.docs] # here\na = 1 # and here\n", "", "# here\n# and here\n"),
    ],
)
def test_what_is_kept(before, after, kept):
    """Where they stood, each on a line of its own; of two that are the same, the one that is gone; none is found in a string."""
    assert toml_comments.kept(before, after) == kept
