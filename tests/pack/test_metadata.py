"""Names, versions and the rest of what a pack says of itself: what cannot be meant is refused with a way out."""

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.pack import metadata


@pytest.mark.parametrize(
    ("check", "text", "word"),
    [
        (metadata.name, "a b", "no name of a distribution"),
        (metadata.name, "-x", "no name of a distribution"),
        (metadata.name, "x\n", "no name of a distribution"),
        (metadata.name, "", "no name of a distribution"),
        (metadata.name, "2agents", "no name that Python can import"),
        (metadata.name, "class", "a word of the Python language"),
        (metadata.name, "Email", "a module of Python's own"),
        (metadata.name, "agentconv", "this program"),
        (metadata.name, "agentconv.toolkit", "this program"),
        (metadata.name, "x" * 141, "141 characters"),
        (metadata.name, "con", "a name that Windows reserves"),
        (metadata.version, "latest", "no version"),
        (metadata.version, "1" * 61, "61 characters"),
        (metadata.license_expression, "MIT or so", "no SPDX"),
        (metadata.requirement, "x >", "no requirement"),
        (metadata.url, "https://example.com", "no LABEL=URL"),
        (metadata.url, "Home=javascript:alert(1)", "no LABEL=URL"),
        (metadata.author, "Ada <ada", "no author"),
        (metadata.author, "Ada\nBob", "one line"),
        (metadata.keyword_word, "a,b", "several keywords"),
        (metadata.classifier, "License :: OSI Approved :: MIT License", "--license"),
        (metadata.classifier, "Topic", "no classifier"),
    ],
)
def test_refused(check, text, word):
    """What no package index or Python would take is refused, in words of its own."""
    with pytest.raises(InputError) as caught:
        check(text)

    assert word in str(caught.value) + str(caught.value.diagnostic.hint)


@pytest.mark.parametrize(
    ("check", "text", "value"),
    [
        (metadata.name, "Backend.Agents", "Backend.Agents"),
        (metadata.version, "1.2.0-rc1", "1.2.0rc1"),
        (metadata.license_expression, "mit or apache-2.0", "MIT OR Apache-2.0"),
        (metadata.requirement, "base-agents >= 1.2", "base-agents>=1.2"),
        (metadata.url, "Home Page=https://example.com/?a=b", ("Home Page", "https://example.com/?a=b")),
    ],
)
def test_taken(check, text, value):
    """What can be meant is taken, in its normal form."""
    assert check(text) == value


def test_import_package():
    """The import package is the name in its normal form."""
    assert metadata.module_of("Backend.-Agents") == "backend_agents"
