"""What earlier versions made is kept as it was: a fixture that is made anew shows nothing about what people have."""

from hashlib import sha256

import pytest

from kept_files import VERSIONS, tree

SUMS = "SHA256SUMS"


def test_there_is_something_to_keep():
    """The first version that people have is kept."""
    assert "0.1.0" in {version.name for version in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_bytes_are_as_they_were(version):
    """Every file has the bytes that it was kept with, and none is missing or new."""
    sums = (version / SUMS).read_text("utf-8")
    found = {path: sha256(data).hexdigest() for path, data in tree(version).items() if data is not None and path not in (SUMS, "README.md")}

    assert found == {path: digest for digest, path in (line.split("  ") for line in sums.splitlines())}
