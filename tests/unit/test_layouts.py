"""What makes a folder a client's plugin is said in one way, wherever it is asked."""

import pytest

from agentconv.formats import registry
from agentconv.parts.registry import container


@pytest.mark.parametrize("client", registry.READERS)
def test_registry_and_containers_name_the_same_files(client):
    """The files that the registry has for a client's plugins are those that its containers are read from."""
    row, found = registry.FORMATS[client], container(client)

    assert (row.plugins or ((row.index,) if row.index else ())) == (found.files if found else ())
