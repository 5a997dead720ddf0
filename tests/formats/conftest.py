"""Every format is held to the same here, the template among them."""

import pytest


@pytest.fixture(autouse=True, scope="module")
def _template(with_the_template):
    """Let the template be one of the clients."""
