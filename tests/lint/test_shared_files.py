"""In a file of several agents each finding stands at the entry that it is about, all of them are told, and so is who is lost with it."""

from agentconv.core.diagnostics import Severity
from agentconv.core.source import SourceText
from agentconv.formats import registry
from agentconv.lint import catalogue, checking
from agentconv.lint.subject import Subject

OPENCODE = """{
  "model": "anthropic/claude-sonnet-4-5",
  "agent": {
    "one": {"description": "Does one thing", "prompt": "Do it."},
    "two": {"prompt": "Do the other thing."},
    "build": {"disable": true},
    "plan": {
      "prompt": "Plan."
    }
  }
}
"""
MODES = """customModes:
  - slug: good
    name: Good
    roleDefinition: You are good.
    groups: [read]
  - slug: bad mode!
    name: Bad
    roleDefinition: You are bad.
    groups: [read]
  - slug: nogroups
    name: None
    roleDefinition: You have none.
"""


def found(text, path, format_id):
    """Return the findings of a file: code, line and message of each."""
    subject = Subject(SourceText(path, text.encode()), format_id, (format_id,))
    (checked,) = checking.check([subject], catalogue.rules().values())
    return [(one.rule.code, subject.source.position(one.start)[0], one.message, one.severity) for one in checked.findings]


def test_a_finding_stands_at_its_entry():
    """What an entry lacks is told at the entry; an agent of the client's own that is switched off lacks nothing."""
    lines = [(code, line) for code, line, _, _ in found(OPENCODE, "opencode.json", "opencode")]

    assert ("AC901", 5) in lines
    assert ("AC901", 7) in lines
    assert ("AC204", 7) in lines
    assert all(line in (4, 5, 7, 8) for _, line in lines)


def test_the_reader_says_where_an_entry_is():
    """The place of an agent's key, and of its prompt, is that in its own entry, in whichever map of the file that stands."""
    text = '{"mode": {"a": {"prompt": "A"}}, "agent": {"b": {"description": "Is b", "prompt": "B"}}}'
    result = registry.load("opencode").read(SourceText("opencode.json", text.encode()))
    places = [result.place(number, "") for number in range(2)]

    assert sorted(text[slice(*place)] for place in places) == ['"A"', '"B"']


def test_all_faults_of_a_file_are_told():
    """Each entry at fault is an error at its own line, and says how many agents are lost with it."""
    errors = [(line, message) for _, line, message, severity in found(MODES, ".roomodes", "roo") if severity is Severity.ERROR]

    assert [line for line, _ in errors] == [6, 10]
    assert all("3 agents of th" in message for _, message in errors)
