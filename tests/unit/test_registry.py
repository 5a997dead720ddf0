"""What formats are called."""

import pytest

from agentconv.core.diagnostics import InputError
from agentconv.formats import registry


@pytest.mark.parametrize("format_id", registry.FORMATS)
def test_any_spelling(format_id):
    """A format is known by its id, its aliases and its title, in any case, with blanks or underscores for dashes."""
    row = registry.FORMATS[format_id]
    for name in (format_id, row.title, *row.aliases):
        spelled = [name, name.upper(), name.replace("-", "_"), name.replace("-", " "), f" {name} "]

        assert {registry.resolve(one) for one in spelled} == {format_id}


@pytest.mark.parametrize("name", registry.NOT_YET)
def test_assistants_without_a_format(name):
    """An assistant that people ask for is told to have no format, by any of its names, and none of them has one."""
    title = registry.NOT_YET[name]
    for word in (name, name.upper(), title, title.replace(" ", "_")):
        with pytest.raises(InputError) as found:
            registry.resolve(word)

        assert found.value.diagnostic.message == f"there is no format for {title} yet"
