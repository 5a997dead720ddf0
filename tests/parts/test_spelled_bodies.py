"""What clients fill in in texts: taken apart, and spelled in another client's words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconv.core.parts import AllArguments, Argument, Body, FileText, ForeignPlaceholder, NamedArgument, OwnFolder, ShellOutput
from agentconv.parts.placeholders import LANGUAGES, Language, parse, spell

CLAUDE, OPENCODE, GEMINI, PLAIN = (LANGUAGES[name] for name in ("claude", "opencode", "gemini", "plain"))
NAMES = ("issue", "branch")


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("claude", "Fix $0 of $ARGUMENTS[1]", ("Fix ", Argument(0), " of ", Argument(1))),
        ("claude", r"Costs \$1 or $1st, $issue", ("Costs $1 or $1st, ", NamedArgument("issue"))),
        ("claude", "x!`a` !`git log $0`", ("x!`a` ", ShellOutput(("git log ", Argument(0))))),
        ("claude", "```!\nls\n```", (ShellOutput(("ls",), block=True),)),
        ("claude", "```sh\nawk '{print $1}' $ARGUMENTS\n```", ("```sh\nawk '{print $1}' ", AllArguments(), "\n```")),
        ("claude", "@docs/a.md me@example.com @types/node", (FileText(("docs/a.md",)), " me@example.com @types/node")),
        ("claude", "${CLAUDE_SKILL_DIR} ${CLAUDE_SESSION_ID}", (OwnFolder(), " ", ForeignPlaceholder("${CLAUDE_SESSION_ID}", "claude"))),
        ("opencode", "Fix $1 of $ARGUMENTS", ("Fix ", Argument(0, rest=True), " of ", AllArguments())),
        ("opencode", "$2 $1 $0", (Argument(1, rest=True), " ", Argument(0), " ", ForeignPlaceholder("$0", "opencode"))),
        ("gemini", "!{echo {a} {{args}}} @{a b.md} $1", (ShellOutput(("echo {a} ", AllArguments())), " ", FileText(("a b.md",)), " $1")),
        ("gemini", "!{never {closed}", (ForeignPlaceholder("!{", "gemini"), "never {closed}")),
        ("copilot", "${input:name:a hint} #file:a/b.ts", (NamedArgument("name", "a hint"), " ", FileText(("a/b.ts",)))),
        ("letta", "$10 of $0, x!`ls $9`", (Argument(0), "0 of $0, x", ShellOutput(("ls ", Argument(8))))),
        ("plain", "$ARGUMENTS $1 {{args}} @a.md", ("$ARGUMENTS $1 {{args}} @a.md",)),
    ],
)
def test_each_client_has_its_own_words(language: str, text: str, parts: tuple[object, ...]) -> None:
    """A placeholder is what the client takes for one, but for a variable in a code fence."""
    body = parse(text, LANGUAGES[language], NAMES)

    assert body.parts == parts


@pytest.mark.parametrize(
    ("source", "text", "target", "spelled", "lost"),
    [
        ("claude", "Fix $0 then $1", "opencode", "Fix $1 then $2", [("placeholder-rest", 1)]),
        ("opencode", "Fix $1", "claude", "Fix $ARGUMENTS", [("placeholder-typed", 1)]),
        ("opencode", "$2 of $1\n$2", "claude", "$1 of $0\n$1", [("placeholder-rest", 1), ("placeholder-rest", 2)]),
        ("claude", "$0 and $9", "letta", "$1 and <argument 10>", [("placeholder-argument", 1)]),
        ("letta", "$10", "opencode", "<issue>0", [("placeholder-argument", 1)]),
        ("claude", "a\n$2", "gemini", "a\n<argument 3>", [("placeholder-argument", 2)]),
        ("claude", "$0", "gemini", "{{args}}", [("placeholder-rest", 1)]),
        ("claude", "```!\nls\n```\n!`id`", "gemini", "!{ls}\n!{id}", []),
        ("claude", "a\n\n!`git log`", "plain", "a\n\n<output of `git log`>", [("placeholder-shell", 3)]),
        ("gemini", "!{echo `id`}", "opencode", "<output of `echo `id``>", [("placeholder-shell", 1)]),
        ("gemini", "print $1, not !`id`", "claude", r"print \$1, not !`id`", [("placeholder-run", 1)]),
        ("gemini", "```\n$1\n```", "claude", "```\n\\$1\n```", []),
        ("gemini", "```\n$1\n```", "opencode", "```\n$1\n```", [("placeholder-literal", 2)]),
        ("claude", "a !{ b", "gemini", "a !{ b", [("placeholder-unclosed", 1)]),
        ("claude", r"\$1", "claude", r"\$1", []),
        ("claude", "$0", "claude", "$0", []),
        ("copilot", "${input:issue}: ${input:other}", "claude", "$issue: $2", [("placeholder-named", 1)]),
        ("claude", "$issue, $0", "copilot", "${input:issue}, ${input:issue}", [("placeholder-asked", 1), ("placeholder-asked", 1)]),
        ("claude", "@a/b.md", "gemini", "@{a/b.md}", []),
        ("gemini", "!{echo {{args}}}", "opencode", "!`echo $ARGUMENTS`", [("placeholder-quotes", 1)]),
    ],
)
def test_placeholders_are_translated_by_meaning(source: str, text: str, target: str, spelled: str, lost: list[tuple[str, int]]) -> None:
    """What a client's words can say is said in them; the rest is lost at its line, and text that would be filled in is escaped."""
    body = parse(text, LANGUAGES[source], NAMES)
    result = spell(body, LANGUAGES[target], NAMES, LANGUAGES[source])

    assert (result.text, [(one.code, one.line) for one in result.lost]) == (spelled, lost)


_TEXTS = st.lists(
    st.sampled_from(
        [
            "a",
            " ",
            "\n",
            "$",
            "1",
            "\\",
            "$1",
            "$ARGUMENTS",
            "[0]",
            "{",
            "}",
            "{{args}}",
            "!",
            "`",
            "!`x`",
            "!{x}",
            "@a.md",
            "@{",
            "```\n",
            "${",
            "issue",
        ]
    ),
    max_size=12,
).map("".join)
_INNER = st.one_of(st.sampled_from(["git log ", "a.md", "x`y", "{", "$1"]), st.just(AllArguments()), st.builds(Argument, st.integers(0, 3)))
_LINES = st.lists(_INNER, min_size=1, max_size=3).map(tuple)
_PARTS = st.one_of(
    _TEXTS,
    st.just(AllArguments()),
    st.builds(Argument, st.integers(0, 3), st.booleans()),
    st.builds(NamedArgument, st.sampled_from(["issue", "other"])),
    st.builds(ShellOutput, _LINES, st.booleans()),
    st.builds(FileText, _LINES),
    st.just(OwnFolder()),
    st.just(ForeignPlaceholder("${CLAUDE_SESSION_ID}", "claude")),
)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.id)
@settings(max_examples=40)
@given(texts=st.lists(_TEXTS, max_size=4))
def test_what_was_parsed_is_spelled_back(language: Language, texts: list[str]) -> None:
    """A text that was taken apart comes back as the same parts, without a loss, in the words that it was taken from."""
    body = parse("".join(texts), language, NAMES)
    spelled = spell(body, language, NAMES, language)

    assert [one for one in spelled.lost if one.code != "placeholder-literal"] == []


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.id)
@settings(max_examples=40)
@given(parts=st.lists(_PARTS, max_size=6).map(tuple))
def test_what_is_not_lost_is_said(language: Language, parts: tuple[object, ...]) -> None:
    """Where nothing is lost, the client takes the spelled text for the parts that were meant."""
    meant = Body(parts, appended=language.appends)  # type: ignore[arg-type]
    spelled = spell(meant, language, NAMES)

    assert spelled.lost or _bare(spelled.body) == _bare(meant)


def _bare(body: Body) -> list[object]:
    """Return the parts with texts joined, and without what makes no difference to what is sent."""
    found: list[object] = []
    for part in body.parts:
        bare = part
        if isinstance(part, ShellOutput):
            bare = ("run", tuple(_bare(Body(part.command))))
        elif isinstance(part, FileText):
            bare = ("read", tuple(_bare(Body(part.path))))
        if isinstance(bare, str) and found and isinstance(found[-1], str):
            found[-1] += bare
        elif bare:
            found.append(bare)
    return found
