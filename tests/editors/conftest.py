"""A project that is open in an editor: a module's own `FILES`."""

import pytest
from editor import Editor, put


@pytest.fixture(scope="module")
def folder(request, tmp_path_factory):
    """The project of a module."""
    found = tmp_path_factory.mktemp("project")
    put(found, request.module.FILES)
    return found


@pytest.fixture(scope="module")
def editor(folder):
    """The editor, whose server ends well, and has told of no error."""
    found = Editor(folder)
    yield found

    assert (found.quit(), found.messages) == ((0, ""), [])
