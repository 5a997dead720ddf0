"""Files that their own client drops or takes otherwise than written are told, others are not; headers are mended as they were read."""

from __future__ import annotations

import pytest

from agent_files import FIXTURES, dealt
from agentconv.core.diagnostics import Severity
from agentconv.core.format import State
from agentconv.core.source import SourceText, encode
from agentconv.families import frontmatter
from agentconv.formats import registry
from agentconv.lint import catalogue, checking, fixing, headers, remarks
from agentconv.lint.rule import Fix
from agentconv.lint.subject import Subject
from thorough import in_turns
from together import together

RULES = list(catalogue.rules().values())
FILES = sorted(
    path
    for client in registry.CLIENTS
    for path in (FIXTURES / client).glob("*valid/*")
    if path.is_file() and not path.name.endswith(".expected.json")
)


def subject(text, path=".claude/agents/reviewer.md", format_id="claude-code", asked=()):
    """Return a text as a file that the rules look at."""
    data = text if isinstance(text, bytes) else encode(text)
    return Subject(SourceText(path, data), format_id, tuple(dict.fromkeys((format_id, *asked))))


def found(looked_at, *codes):
    """Return what rules find, and fail where one breaks."""
    (checked,) = checking.check([looked_at], [rule for rule in RULES if not codes or rule.code in codes])

    assert checked.failures == ()
    return checked.findings


def fixed(looked_at, *codes, unsafe=False):
    """Return a file's text after its fixes."""
    return fixing.fix(looked_at, lambda again: found(again, *codes), unsafe=unsafe).data.decode()


@together([(path.relative_to(FIXTURES).parts[0], path) for path in FILES])
def test_what_the_client_does_is_told(client, path):
    """An agent that the file's own client drops has an error, one that it takes otherwise a warning, and a clean one no error."""
    row = registry.FORMATS[client]
    place = f"{row.folders[0]}/{path.name}" if path.name.endswith(row.suffixes or (".",)) and row.folders else path.name
    looked_at = subject(path.read_bytes(), place, client)
    about = [finding for finding in found(looked_at) if not finding.clients or client in finding.clients]
    severities = {finding.severity for finding in about}

    if any(state.dropped for state in looked_at.result.states):
        assert Severity.ERROR in severities
    elif State.DEGRADED in looked_at.result.states:
        assert severities & {Severity.ERROR, Severity.WARNING}
    elif looked_at.result.states:
        assert [finding for finding in about if finding.severity is Severity.ERROR and finding.rule.code[:3] in {"AC1", "AC2", "AC9"}] == []


def test_a_drop_is_told_once():
    """A client's reason for dropping an agent is one finding, of the rule that is closest to it."""
    texts = {
        "AC103": '---\nname: a\ndescription: "b" c\ntools: [Read\n---\n\nd\n',
        "AC105": "\n---\nname: a\ndescription: b\n---\n\nd\n",
        "AC201": "---\ndescription: b\ntools: Read\n---\n\nd\n",
        "AC202": "---\nname: -a\ndescription: b\n---\n\nd\n",
        "AC901": "---\nname: a\ntools: Read\n---\n\nd\n",
        "AC902": "---\nname: a\ndescription:\n---\n\nd\n",
    }
    for code, text in texts.items():
        assert [finding.rule.code for finding in found(subject(text)) if finding.severity is Severity.ERROR] == [code]


def test_a_header_in_the_clients_folder_without_a_name_is_told():
    """A file that says too little to be an agent is one that lacks something when it lies where the client looks for agents."""
    text = "---\ndescription: b\nsystem-prompt: c\n---\n\nd\n"

    assert [finding.rule.code for finding in found(subject(text), "AC201")] == ["AC201"]
    assert found(subject(text, "docs/notes.md"), "AC201") == ()


NOT_THERE = "the file does not start with a line `---`"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("--\nname: a\ndescription: b\n--\n\nd\n", NOT_THERE),
        ("name: a\ndescription: b\n\nd\n", NOT_THERE),
        ("../../shared/agents/a.md\n", NOT_THERE),
        ("", NOT_THERE),
        ("---\nmodel: opus\n---\n\nd\n", "`name` is missing"),
        ("---\ntitle: b\ndate: c\n---\n\nd\n", "`name` is missing"),
    ],
    ids=["other dashes", "no dashes", "a path", "empty", "model only", "other keys"],
)
def test_a_file_without_an_agent_is_told(text, cause):
    """A file of which no agent comes is a warning directly in its folder, with the cause; below it, without a header, a note."""
    (finding,) = found(subject(text))
    below = found(subject(text, ".claude/agents/notes/a.md"), "AC110")

    assert (finding.rule.code, finding.severity) == ("AC110", Severity.WARNING)
    assert finding.message == f"Claude Code sees no agent here: {cause}"
    assert [one.severity for one in below] == [Severity.WARNING if text.startswith("---") else Severity.NOTE]
    assert found(subject(text, "docs/notes.md"), "AC110") == ()
    assert found(subject(text, ".claude/agents/README.md"), "AC110") == ()
    assert found(subject(text, ".claude/agents/_part.md"), "AC110") == ()


def test_every_client_that_passes_over_a_file_is_told_about():
    """A file without a header is told in the folder of each client that finds no agent in it; who takes it for a prompt has one."""
    silent = []
    for client in registry.CLIENTS:
        row = registry.FORMATS[client]
        if row.folders and row.suffixes[0].endswith("md"):
            looked_at = subject("Only words.\n", f"{row.folders[0]}/a{row.suffixes[0]}", client)
            told = "AC110" in {finding.rule.code for finding in found(looked_at)}

            assert told == (not looked_at.agents())
            silent += [client] if told else []

    assert {"claude-code", "copilot", "qwen-code", "gemini-cli"} <= set(silent)


def test_many_files_of_one_folder_are_one_finding():
    """More than three files of a folder that give no agent are told once, with their number; three are told one by one."""
    files = [subject("# Notes\n", f".claude/agents/docs/{number}.md") for number in range(4)]
    rules = [catalogue.find("no-agent")]
    told = [finding for one in checking.check(files, rules) for finding in one.findings]

    assert [finding.message for finding in told] == [
        f"Claude Code sees no agent in 4 files of this folder; of this one, because {NOT_THERE}"
    ]
    assert sum(len(one.findings) for one in checking.check(files[:3], rules)) == 3


def test_a_repaired_header_becomes_strict_with_the_same_reading():
    """Values that would mean something else once the header parses are put in quotes as well."""
    text = "---\nname: a\ndescription: first: second\nnote: &x y\n---\n\nd\n"
    looked_at = subject(text)
    after = subject(fixed(looked_at, "AC101", "AC102"))

    assert after.header is not None
    assert not after.header.fallback
    assert after.header.values == looked_at.header.values
    assert fixing.fix(after, found).made == ()


def test_a_repair_that_changes_another_reading_says_so():
    """A fix that cannot be proven is not safe, and its title says which client would read what otherwise."""
    text = "---\nname: a\ndescription: b\ntools:\n  - Read\n  - x: y\n---\n\nd\n"
    change = fixing.disproof(subject(text), found(subject("---\nname: a\ndescription: b: c\n---\n\nd\n"), "AC101")[0].fix)

    assert change
    assert "otherwise" in change or "no agent" in change


@pytest.mark.parametrize("value", ["what to do: this", 'finds bugs: the "odd" ones, and # marks', "a: b's"])
def test_quotes_are_no_safe_fix_where_a_client_that_is_asked_takes_them_for_text(value):
    """Cursor reads a value as it is written, and no spelling of a colon reads alike for it and for YAML: nobody writes quotes unasked."""
    text = f"---\nname: a\ndescription: {value}\n---\n\nd\n"
    looked_at = subject(text, asked=("codex", "cursor"))
    (finding,) = found(looked_at, "AC101")

    assert fixed(looked_at, "AC101") == text
    assert finding.fix is not None
    assert not finding.fix.safe
    assert "reword it without `: `" in finding.help
    assert "Cursor would read description otherwise" in finding.help
    assert '"' in fixed(subject(text, asked=("codex", "copilot")), "AC101")
    after = subject(fixed(looked_at, "AC101", unsafe=True), asked=("cursor",))
    assert any("the quotes are part of `description`" in told.message for told in after.reading("cursor").diagnostics)


def test_what_is_never_closed_is_told_of_a_file_that_is_dropped_for_something_else():
    """A header that its client repairs is told as one, be it that the client drops the file for want of a description."""
    text = "---\nname: Test Fixer\ndescripton: Fixes tests.\ntools: [Read, Edit, bash\n---\n\nd\n"
    told = found(subject(text))

    assert {finding.rule.code for finding in told} == {"AC102", "AC303", "AC401", "AC901"}
    assert "a list that is never closed" in next(finding.message for finding in told if finding.rule.code == "AC102")
    assert "tools: [Read, Edit, Bash]" in fixed(subject(text), unsafe=True)


def test_a_broken_header_is_mended_as_a_person_reads_it():
    """A value over several lines is only put in quotes when that is asked for: how far it goes is a guess."""
    text = "---\nname: a\ndescription: use it: always\n\n  Context: b: c\nmodel: sonnet\n---\n\nd\n"
    looked_at = subject(text)
    person = looked_at.result.set.agents[0]

    assert looked_at.result.states == (State.NOT_LOADED,)
    assert fixed(looked_at, "AC103") == text
    after = subject(fixed(looked_at, "AC103", unsafe=True))
    assert after.result.states == (State.LOADS,)
    assert after.result.set.agents[0].description == person.description
    assert after.result.set.agents[0].model == person.model


def test_a_key_given_twice_is_an_error_where_the_later_one_widens():
    """The earlier one is deleted only where the client does not use it, and where the agent may not do more by the later one.

    Not unasked: OpenCode takes such a file for a prompt, and would stop at tools that are a text.
    """
    head = "---\nname: a\ndescription: b\n"
    narrower = subject(f"{head}tools: Read, Bash\ntools: Read\n---\n\nd\n")
    wider = subject(f"{head}tools: Read\ntools: Read, Bash\n---\n\nd\n")

    assert [finding.severity for finding in found(narrower, "AC107")] == [Severity.WARNING]
    assert fixed(narrower, "AC107", unsafe=True) == f"{head}tools: Read\n---\n\nd\n"
    assert [finding.severity for finding in found(wider, "AC107")] == [Severity.ERROR]
    assert fixed(wider, "AC107") == wider.text


def test_a_colour_is_written_as_the_client_wants_it():
    """The case of a colour is mended, in the second round where the header has to be mended first; another colour is not chosen."""
    text = "---\nname: a\ndescription: b: c\ncolor: {}\n---\n\nd\n"

    assert fixed(subject(text.format("Red"))) == text.format("red").replace("b: c", '"b: c"')
    assert "color: magenta" in fixed(subject(text.format("magenta")))


def test_a_text_that_looks_like_keys_is_not_deleted():
    """Lines of a dialogue that the client takes for keys are the author's text."""
    text = '---\nname: a\ndescription: b\nuser: "c"\nassistant: "d"\nuser: "e"\n---\n\nf\n'

    assert len(found(subject(text), "AC107")) == 1
    assert fixed(subject(text), "AC107") == text


def test_other_clients_reasons_are_theirs():
    """What another client that is asked about would drop the agent for is an error for that client, and told once."""
    text = "---\nname: a\ndescription: b\ncolor: red\n---\n\nd\n"
    findings = found(subject(text, asked=("gemini-cli", "codex")))

    assert [(finding.rule.code, finding.clients) for finding in findings if finding.severity is Severity.ERROR] == [
        ("AC404", ("gemini-cli",))
    ]
    assert found(subject(text), "AC404", "AC198") == ()


def test_what_is_not_asked_for_is_not_left_over():
    """A rule that is ignored leaves nothing to the rule about the rest."""
    text = "---\nname: a\ndescription: b\ncolor: Red\n---\n\nd\n"
    rest = [rule for rule in RULES if rule.code == "AC199"]
    (checked,) = checking.check([subject(text)], rest)

    assert checked.findings == ()


def test_places_of_remarks_are_where_the_reader_says():
    """Lines and columns lead back to the text, with a byte order mark and line ends of both kinds."""
    source = SourceText("a", "\ufeffab\r\ncd\ref\n".encode())

    assert [source.offset(*source.position(at)) for at in (2, 5, 6, 8, 11)] == [2, 5, 6, 8, 11]
    assert [remark.key for remark in remarks.of(subject("---\nname: a\ndescription: b\ncolor: Red\n---\n\nd\n"))] == ["color"]


def test_every_file_keeps_its_agents_through_all_fixes():
    """The safe fixes of all rules leave the own client's reading of every fixture as it was, and there is nothing left to mend."""
    for path in FILES:
        client = path.relative_to(FIXTURES).parts[0]
        if path.suffix != ".md" or path.stat().st_size > 20_000:
            continue
        looked_at = subject(path.read_bytes(), f"{registry.FORMATS[client].folders[0]}/{path.name}", client)
        done = fixing.fix(looked_at, found)
        after = subject(done.data, looked_at.path, client)
        meant = frozenset(field for finding in done.made for field in finding.fix.fields)

        assert fixing.fix(after, found).data == done.data
        if not any(state.dropped for state in looked_at.result.states):
            assert fixing._differing(looked_at.result, after.result, meant) is None


def test_blanks_before_a_header_go():
    """A header comes to the top of its file, where the client finds it."""
    header = "---\nname: a\ndescription: b\n---\n\nd\n"

    assert fixed(subject(f"\n \t\r\n{header}"), "AC105") == header
    assert fixed(subject(f"<!-- c -->\n{header}"), "AC105") == f"<!-- c -->\n{header}"


def test_a_fix_makes_no_other_client_drop_the_file():
    """Where another client takes the whole file for a prompt, and would stop at the header once it sees one, nobody mends it unasked."""
    text = "\n---\nname: a\ndescription: b\ntools: Read\n---\n\nd\n"
    looked_at = subject(text, asked=("opencode",))
    (finding,) = found(looked_at, "AC105")

    assert fixed(looked_at, "AC105") == text
    assert finding.fix is not None
    assert "OpenCode would no longer load it" in finding.fix.title
    assert fixed(looked_at, "AC105", unsafe=True) == text[1:]
    assert fixed(subject(text), "AC105") == text[1:]  # nobody asked about it


@pytest.mark.parametrize("all_clients", [False, True], ids=["own client", "several clients"])
def test_what_is_offered_is_done(all_clients):
    """A safe fix is offered exactly where making all of them leaves nothing of the finding; else the finding says why not."""
    for number, path in in_turns(list(enumerate(FILES)), 2, int(all_clients)):
        client = path.relative_to(FIXTURES).parts[0]
        asked = dealt(number) if all_clients else ()
        if path.suffix != ".md" or path.stat().st_size > 20_000:
            continue
        looked_at = subject(path.read_bytes(), f"{registry.FORMATS[client].folders[0]}/{path.name}", client, asked)
        before = found(looked_at)
        told = fixing.promised(looked_at, before, found)
        left = {(one.rule.code, one.message) for one in found(subject(fixing.fix(looked_at, found).data, looked_at.path, client, asked))}

        for was, finding in zip(before, told, strict=True):
            if was.fix and was.fix.safe:
                gone = (was.rule.code, was.message) not in left

                assert (finding.fix is not None) == gone
                assert gone or "not mended by --fix, because" in finding.help


@pytest.mark.parametrize(
    ("code", "escaped"),
    [("AC801", r"\uDB40\uDC41"), ("AC801", r"\uE0041"), ("AC803", r"\u200b"), ("AC803", r"\u200B"), ("AC802", r"\u202e")],
)
def test_hidden_characters_that_are_spelled_as_numbers_are_told(code, escaped):
    """In a string of JSON, an escape hides a character as well as the character itself would."""
    if escaped == r"\uE0041":  # four digits only: a private character and `1`, which hide nothing
        assert found(subject(f'{{"a": {{"description": "b{escaped}", "prompt": "c"}}}}', "agents.json", "claude-agents-json"), code) == ()
        return
    looked_at = subject(f'{{"a": {{"description": "b{escaped}c \\\\u200b", "prompt": "c"}}}}', "agents.json", "claude-agents-json")

    assert [finding.rule.code for finding in found(looked_at, code)] == [code]
    assert fixed(looked_at, code) == looked_at.text.replace(f"b{escaped}c", "bc")


@pytest.mark.parametrize("quote", ['"', '"""'])
def test_hidden_characters_that_toml_spells_as_numbers_are_told(quote):
    text = f'name = "a"\ndescription = "b"\ndeveloper_instructions = {quote}c\\U000E0041d{quote}\n'
    looked_at = subject(text, ".codex/agents/a.toml", "codex")

    assert fixed(looked_at, "AC801") == text.replace("\\U000E0041", "")


def test_escapes_that_are_text_are_not_told():
    """In markdown, and in a string of TOML that takes all as it stands, a backslash is a backslash."""
    markdown = subject("---\nname: a\ndescription: b\n---\n\nWrite \\u200b here.\n")
    toml = subject('name = "a"\ndescription = "b"\ndeveloper_instructions = \'c\\u200bd\'\n', ".codex/agents/a.toml", "codex")

    assert [*found(markdown, "AC803"), *found(toml, "AC803")] == []


def test_a_client_that_comes_to_have_the_agent_is_no_objection():
    """A client that takes the whole file for a prompt may come to read the agent in it, and nothing else otherwise."""
    broken = subject("\n---\nname: reviewer\ndescription: b\n---\n\nd\n", asked=("opencode",))
    assert broken.reading("opencode").set.agents[0].description is None

    at = broken.text.index("b\n")
    other = Fix("say something else", ((at, at + 1, "c"),), frozenset({"description"}))

    assert fixing.disproof(broken, Fix("delete the empty line", ((0, 1, ""),))) is None
    assert fixing.disproof(broken, other) == "OpenCode would read prompt.text otherwise"


@pytest.mark.parametrize("client", [one for one in registry.CLIENTS if registry.FORMATS[one].folders])
def test_a_file_without_a_header_is_told_where_it_is_an_agent(client):
    """Where a client takes such a file for a prompt, that is a note, or an error where it is degraded; elsewhere no agent is spoken of."""
    row = registry.FORMATS[client]
    source = SourceText(f"{row.folders[0]}/runner{row.suffixes[0]}", b"# Runner\n\nYou run experiments, one at a time.\n")
    looked_at = Subject(source, client, (client,))
    (checked,) = checking.check([looked_at], [catalogue.rules()["AC901"]])
    notes = [(one.severity.value, one.start, "whole file for the prompt" in one.message) for one in checked.findings]

    severity = "error" if State.DEGRADED in looked_at.result.states else "note"
    assert notes == ([(severity, 0, True)] if looked_at.result.set.agents else [])


@pytest.mark.parametrize("rest", ["color: blue", "since: 2026-01-02", "mode: 0o17\ncount: 1_000", "color: {", "notes: |\n  a\n"])
@pytest.mark.parametrize("client", ["gemini-cli", "copilot"])
def test_read_otherwise_whatever_was_read_before(rest, client):
    """Which values another library reads otherwise is the same for a header after others that differ in their texts alone."""
    other = headers.dialect_of(client)
    for description in ("Reviews changes", "2026-01-02", "Reviews changes: all", "yes", '"2026-01-02"', "Reads it", "1_000"):
        header = subject(f"---\nname: a\ndescription: {description}\n{rest}\n---\nhi\n").header
        whole = frontmatter.parse(frontmatter.Header(header.source, header.start, header.end, header.body), None, other.grammar)

        expected = [key for key in header.values if key in whole.values and not headers._same(header.values[key], whole.values[key])]
        assert headers.differing(header, other) == ([] if whole.error else expected)
