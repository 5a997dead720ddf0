"""Patterns are values with a language: translated exactly or not at all, so that nothing more is allowed, and nothing less denied."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import agentconv
from agentconv.core import access, effects, patterns, vocabulary, widening
from agentconv.core.access import Level
from agentconv.core.ir import Agent, Permissions, Rule, ToolGrant, Tools
from agentconv.core.meant import Pattern
from client_patterns import MATCHERS, Command, decided, regex

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOWS_ONLY = ("prefix", "gitignore")
SUBJECTS = {"path", "command", "folder", "name", "query", "address", "other"}


# --- the value


def test_pattern_is_its_text() -> None:
    """For code that knows no languages, a pattern is the text that its author wrote."""
    pattern = Pattern("*.md", "glob")

    assert (str(pattern), f"{pattern}", pattern, {pattern: 1}["*.md"], type(str(pattern))) == ("*.md", "*.md", "*.md", 1, str)


def test_language_tells_patterns_apart() -> None:
    """Equal texts in two languages are two patterns, everywhere where values are compared."""
    one, other = (ToolGrant("edit", "roo", "fs.write", Pattern("a", language)) for language in ("glob", "regex"))

    assert one != other
    assert len({one, other}) == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301
def test_copy_keeps_its_language(copied: object) -> None:
    """A copy of a pattern, also in another process, is the same pattern; and none can be changed."""
    found = copied(Pattern("a", "regex"))  # type: ignore[operator]
    with pytest.raises(AttributeError):
        found.language = "glob"

    assert repr(found) == "Pattern('a', 'regex')"


@pytest.mark.parametrize(
    ("native", "client", "language"), [("bash", "kilo", "glob"), ("edit", "roo", "regex"), ("Bash", "claude-plugin", "prefix")]
)
def test_plain_text_takes_the_language_of_its_client(native: str, client: str, language: str) -> None:
    """Code that was written for 0.1.0 gives plain text, which is read as the client of the tool reads it."""
    plain: Pattern = "a"  # type: ignore[assignment]

    assert [ToolGrant(native, client, None, plain).pattern, Rule("deny", native, client, None, plain).pattern] == [
        Pattern("a", language)
    ] * 2


@pytest.mark.parametrize("client", vocabulary.clients())
def test_languages_of_a_client_are_known(client: str) -> None:
    """Each language that a vocabulary names has a reader, and each subject is one of those that are told apart."""
    table = vocabulary.tables(client).get("patterns", {})

    assert set(table) <= set(patterns.LANGUAGES)
    assert {subject for row in table.values() for subject in row.values()} <= SUBJECTS


# --- translating


@pytest.mark.parametrize(
    ("language", "text", "globs"),
    [
        ("regex", r"\.md$", ["*.md"]),
        ("regex", "^docs/.*", ["docs/*"]),
        ("regex", r"(\.md|\.txt)$", ["*.md", "*.txt"]),
        ("regex", r"^(docs|notes)/.*\.md$", ["docs/*.md", "notes/*.md"]),
        ("regex", r"(^CHANGES\.md$|^docs/)", ["CHANGES.md", "docs/*"]),
        ("regex", r"\.[jt]sx?$", ["*.js", "*.jsx", "*.ts", "*.tsx"]),
        ("regex", r"\.md", ["*.md*"]),
        ("regex", r"^a .*$", ["a **"]),
        ("prefix", "rm:*", ["rm *"]),
        ("prefix", "git * main", ["git * main"]),
        ("prefix", "npm test", ["npm test"]),
        ("gitignore", "docs/**", ["docs/*"]),
        ("gitignore", "*.md", ["*.md", "*.md/*"]),
        ("gitignore", "/src/**/*.ts", ["src/*.ts", "src/*.ts/*"]),
        ("gitignore", "./.env", [".env", ".env/*", "*/.env", "*/.env/*"]),
        ("fnmatch", "git *", ["git **"]),
    ],
)
def test_pattern_becomes_globs(language: str, text: str, globs: list[str]) -> None:
    """A pattern becomes the globs that match the very same."""
    assert patterns.translate(Pattern(text, language), "glob", denies=False) == tuple(Pattern(one, "glob") for one in globs)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("regex", r"^src/[^/]*\.ts$"),
        ("regex", r"(?=x)\.md$"),
        ("regex", r"(a|b)+\.md$"),
        ("regex", r"\d\.md$"),
        ("regex", r"x^y"),
        ("regex", r"\*\.md$"),
        ("regex", "^~/notes/"),
        ("regex", "(a|b|c|d)(a|b|c|d)(a|b|c|d)"),
        ("regex", "(" * 30 + "a" + ")" * 30),
        ("regex", "a" * (patterns.LONGEST + 1)),
        ("prefix", "a:*, b:*"),
        ("prefix", " :*"),
        ("prefix", r"echo \*"),
        ("gitignore", "//etc/**"),
        ("gitignore", "~/.ssh/**"),
        ("gitignore", "docs/*.md"),
        ("gitignore", "[ab].md"),
        ("gitignore", "**/"),
        (None, "a"),
    ],
)
def test_pattern_that_says_more_stays(language: str | None, text: str) -> None:
    """What globs cannot say, or nobody can read, is not translated; two commands in one token are one pattern, as its client has them."""
    assert patterns.translate(Pattern(text, language), "glob", denies=False) is None


@pytest.mark.parametrize("language", ALLOWS_ONLY)
def test_denial_is_not_what_is_allowed(language: str) -> None:
    """A language in which the client reads more into a denial is never translated for one."""
    assert patterns.translate(Pattern("docs", language), "glob", denies=True) is None


_NAMES = st.sampled_from(["a", "docs", ".md", "x.md", "b c", "a+b", "(z)"])
_TEXTS = st.lists(st.sampled_from(["a", "docs", "/", ".md", " ", "x", "+", "(", "{2}", "b"]), min_size=1, max_size=4).map("".join)
_PIECES = {
    "glob": st.sampled_from(["*", "**", "?", "a", "docs", "/", ".md", " ", " *", "x", "+", "("]),
    "fnmatch": st.sampled_from(["*", "?", "a", "docs", "/", ".md", " ", " *", "x", "(", "[ab]"]),
    "regex": st.sampled_from(
        [".*", ".", "^", "$", "a", "docs", "/", r"\.md", " ", "|", "(a|x)", "(?:docs/)?", "[ab]", "[^/]*", ".+", "x?", r"\+"]
    ),
    "prefix": st.sampled_from(["*", "a", "docs", " ", "/", ".md", ":*", "x"]),
    "gitignore": st.sampled_from(["*", "**", "/", "a", "docs", ".md", "x", "./"]),
}
_COMMANDS = st.lists(st.sampled_from(["a", "x", "docs", "/", ".md", " ", "xargs a", "  "]), min_size=1, max_size=5).map("".join)
_PATHS = st.lists(
    st.lists(st.sampled_from(["a", "docs", ".md", "x", "b", " ", "("]), min_size=1, max_size=3).map("".join), min_size=1, max_size=4
).map("/".join)


@pytest.mark.parametrize("target", ["glob", "regex", "fnmatch"])
@pytest.mark.parametrize("source", patterns.LANGUAGES)
def test_translation_is_exact(source: str, target: str) -> None:
    """For any path or command line, translated patterns together match what the pattern matches: never more is allowed, or less denied.

    Of a language that is read for what it allows, they match no more.
    """

    @given(
        text=st.lists(_PIECES[source], min_size=1, max_size=5).map("".join),
        subjects=st.lists(_COMMANDS if source == "prefix" else _PATHS, max_size=12),
    )
    def holds(text: str, subjects: list[str]) -> None:
        found = patterns.translate(Pattern(text, source), target, denies=False)
        for subject in subjects if found is not None else ():
            old, new = MATCHERS[source](text, subject), any(MATCHERS[target](one, subject) for one in found or ())

            assert old or not new, (text, found, subject)
            assert new or not old or source in ALLOWS_ONLY, (text, found, subject)

    holds()


# --- between clients: the whole way, each held to what its client decides


_EFFECTS = st.sampled_from(["allow", "ask", "deny"])


def _agent(key: str, rules: Mapping[str, str], path: str) -> agentconv.AgentSet:
    lines = "".join(f"    {_quoted(pattern)}: {effect}\n" for pattern, effect in rules.items())
    text = f"---\ndescription: Does one thing.\nmode: subagent\npermission:\n  {key}:\n{lines}---\n\nDo one thing.\n"
    return agentconv.reads(text, "kilo" if ".kilo" in path else "opencode", path=path)


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("'", "''") + "'"


_WORDS = st.sampled_from(["rm", "git", "sudo", "env X=1", "cd", "-rf", "a", "'a;b'", "a_b", "main", "'x | y'"])
_LINES = st.lists(
    st.builds(
        Command,
        st.lists(_WORDS, min_size=1, max_size=3).map(
            lambda words: tuple(" ".join(words).split(" ")) if "'" not in "".join(words) else tuple(words)
        ),
        st.sampled_from(["", "> f", "> /dev/null", "2>&1"]),
    ),
    min_size=1,
    max_size=3,
)
_BASH = st.dictionaries(
    st.lists(st.sampled_from(["*", "rm", "git", "sudo", "a", " ", " ", " *", ";", ">", "|", "_", "?"]), min_size=1, max_size=4).map(
        "".join
    ),
    _EFFECTS,
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(("source", "target"), [("opencode", "kilo"), ("kilo", "opencode")])
def test_command_line_is_never_decided_more_freely(source: str, target: str) -> None:
    """Whatever a command line is made of (`&&`, `;`, pipes and `$(...)` part commands, `sudo` and `env X=` do not), it runs no more freely.

    A denied command may become one that is asked for, where the target cuts or reads it otherwise, and the conversion says so. It says
    of a command that no rule is about, too, that it is asked for, as the source's client does it by itself.
    """

    @example(rules={"*": "deny", ">": "allow"}, line=[Command(("rm",))])
    @example(rules={"*": "deny", ">": "ask"}, line=[Command(("rm",))])
    @given(rules=_BASH, line=_LINES)
    def holds(rules: Mapping[str, str], line: list[Command]) -> None:
        agents = _agent("bash", rules, f".{source}/agents/x.md")
        result = agentconv.write(agents, target)
        told = {loss.code for loss in result.losses}
        assert not result.refused
        before, after = (
            one.agents[0].permissions for one in (agents, agentconv.reads(result.files[0].data, target, path=f".{target}/agents/x.md"))
        )
        old, new = (
            decided(rules_of, "bash", client, [piece for command in line if (piece := command.piece(client)) is not None])
            for rules_of, client in ((before, source), (after, target))
        )

        assert new <= old or ("sandbox-dropped" in told and (old, new) == (0, 1)), (rules, [one.text for one in line], after.rules)
        assert told & {"sandbox-dropped", "tools-narrowed", "asks"} or new == old, (rules, [one.text for one in line], after.rules)

    holds()


_EDITS = st.lists(st.sampled_from(["*.md", "docs/*", "docs/**/*.md", "a?", "x *", "**/b"]), min_size=1, max_size=3, unique=True)


@given(globs=_EDITS, effect=st.sampled_from(["allow", "ask"]), paths=st.lists(_PATHS, min_size=1, max_size=12))
def test_roo_holds_edits_to_the_same_paths(globs: list[str], effect: str, paths: list[str]) -> None:
    """An agent of OpenCode that may edit some paths only may edit exactly these as a mode of Roo Code, and again on the way back."""
    agents = _agent("edit", {"*": "deny", **dict.fromkeys(globs, effect)}, ".opencode/agents/x.md")
    mode = agentconv.reads(agentconv.write(agents, "roo").files[0].data, "roo", path=".roomodes")
    (held,) = [grant.pattern for grant in mode.agents[0].tools.allow if grant.native == "edit"]
    again = agentconv.reads(agentconv.write(mode, "opencode").files[0].data, "opencode", path=".opencode/agents/x.md")
    before, after = (one.agents[0].permissions for one in (agents, again))

    for path in paths:
        old = decided(before, "edit", "opencode", [path]) > 0
        assert (regex(held or "", path), decided(after, "edit", "opencode", [path]) > 0) == (old, old), (globs, path, held, after.rules)


# --- what the law makes of them


def _roo(pattern: str) -> Agent:
    return Agent(tools=Tools("list", (ToolGrant("edit", "roo", "fs.write", Pattern(pattern, "regex")),)))


def _opencode(*rules: tuple[str, str], key: str = "edit") -> Agent:
    capability = "shell" if key == "bash" else "fs.write"
    held = tuple(Rule(effect, key, "opencode", capability, Pattern(text, "glob")) for text, effect in rules)  # type: ignore[arg-type]
    everything = Rule("deny", "*", "opencode", access.EVERY_CAPABILITY)
    return Agent(permissions=Permissions(rules=(everything, *held), resolution="last"))


@pytest.mark.parametrize(
    ("rules", "wider"),
    [
        ([("*.md", "ask"), ("*.txt", "ask")], False),
        ([("*.md", "ask")], False),
        ([("*.md", "ask"), ("*.rst", "ask")], True),
        ([("*.md", "allow")], True),
        ([(r"\.(md|txt)$", "ask")], True),
    ],
)
def test_parts_are_compared_by_what_they_match(rules: list[tuple[str, str]], wider: bool) -> None:
    """A restriction in one language is kept by one in another that matches no more, and not by the same text."""
    ceiling, result = effects.effects(_roo(r"\.(md|txt)$"), format_id="roo"), effects.effects(_opencode(*rules), format_id="opencode")

    assert bool(widening.widenings(ceiling, result)) is wider


@pytest.mark.parametrize(("effect", "wider"), [("ask", False), ("allow", True)])
def test_denied_command_may_be_asked_for(effect: str, wider: bool) -> None:
    """A denied command that the target does not hold the agent to is no widening where each command is asked for, and one where it runs."""
    ceiling = effects.effects(_opencode(("*", "allow"), ("rm *", "deny"), key="bash"), format_id="opencode")
    result = effects.effects(_opencode(("*", effect), key="bash"), format_id="opencode")

    assert bool(widening.widenings(ceiling, result)) is wider
    assert result.levels["run"] is (Level.ALLOW if wider else Level.ASK)


def test_allowed_command_is_carried_only_where_it_is_the_same() -> None:
    """A command that is allowed where all others are denied is left out for a client that may take others for it, and that is told."""
    agents = _agent("bash", {"*": "deny", "git *": "allow", "git * > *": "allow"}, ".opencode/agents/x.md")
    result = agentconv.write(agents, "kilo")

    assert [loss.detail for loss in result.losses if loss.code == "tools-narrowed"] == ["bash git * > *"]
    assert [str(rule.pattern) for rule in _again(result, "kilo").rules if rule.native == "bash"] == ["*", "git *"]


def _again(result: agentconv.Result, client: str) -> Permissions:
    return agentconv.reads(result.files[0].data, client, path=f".{client}/agents/x.md").agents[0].permissions


@pytest.mark.parametrize(
    ("language", "text", "everything"), [("glob", "**", True), ("glob", "*/*", False), ("regex", "^.*$", True), ("regex", "x", False)]
)
def test_pattern_may_be_everything(language: str, text: str, everything: bool) -> None:
    """A denial of a pattern that matches everything closes the tool, and leaves no part of it."""
    rule = Rule("deny", "edit", "opencode", "fs.write", Pattern(text, language))
    found = effects.effects(Agent(permissions=Permissions(rules=(rule,), resolution="last")), format_id="opencode")

    assert (found.levels["write"] is Level.NO) is everything
    assert bool(found.parts) is not everything


def test_unknown_cutting_is_never_the_same() -> None:
    """Where nobody knows how a client cuts command lines, a denied command is not carried, and counts for nothing there."""
    rule = Rule("deny", "Bash", "claude-code", "shell", Pattern("rm:*", "prefix"))

    assert patterns.carried(rule, "opencode", "bash", denies=True) is None
    assert patterns.meaning("claude-code", "Bash", Pattern("rm:*", "prefix"), denies=False) != ("rm *",)
