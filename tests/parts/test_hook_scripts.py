"""What a hook's command line runs: scripts of the project, each started as a program, or read by one."""

from __future__ import annotations

import posixpath

import pytest

from agentconv.core import effects, hook_contracts, script_imports
from agentconv.core.hook_handlers import Handler
from agentconv.core.ir import Agent, Hook
from agentconv.parts.hooks import scripts

STARTED, READ = True, False


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (".claude/hooks/guard", {".claude/hooks/guard": STARTED}),
        ('"$CLAUDE_PROJECT_DIR"/.claude/hooks/guard --quiet', {".claude/hooks/guard": STARTED}),
        ('"$CLAUDE_PROJECT_DIR/my hooks/guard" a', {"my hooks/guard": STARTED}),
        ('"$CLAUDE_PROJECT_DIR/my hooks/the guard.sh" a.sh', {"my hooks/the guard.sh": STARTED, "a.sh": READ}),
        ("sh 'hooks/the guard.sh'; sh hooks/an\\ other.py", {"hooks/the guard.sh": READ, "hooks/an other.py": READ}),
        ("sh -c 'sh \"hooks/the guard.sh\" -q'", {"hooks/the guard.sh": READ}),
        ("$(git rev-parse --show-toplevel)/bin/guard", {"bin/guard": STARTED}),
        ("./bin/guard.sh", {"bin/guard.sh": STARTED}),
        ('sh "$PWD/bin/guard.sh"; "${PWD}"/bin/x; $(pwd)/bin/y.py', {"bin/guard.sh": READ, "bin/y.py": STARTED, "bin/x": STARTED}),
        ("./bin/guard;exit", {"bin/guard": STARTED}),
        ("[ -x bin/guard ] && bin/guard < a/b > c/d || exit 2", {"bin/guard": STARTED}),
        ("cat a/b | ./bin/guard", {"bin/guard": STARTED}),
        ("if ! ./bin/guard; then exit 2; fi", {"bin/guard": STARTED}),
        ("MODE=strict timeout 5s ./bin/guard", {"bin/guard": STARTED}),
        ("found=$(./bin/guard 2>&1)", {"bin/guard": STARTED}),
        ("sh -c '$CLAUDE_PROJECT_DIR/bin/guard --quiet'", {"bin/guard": STARTED}),
        ("bash -euo pipefail -c ./bin/guard", {"bin/guard": STARTED}),
        ("bash .claude/hooks/guard", {".claude/hooks/guard": READ}),
        ("/usr/bin/env python3 -u tools/guard", {"tools/guard": READ}),
        ("uv run python tools/guard", {"tools/guard": READ}),
        (". ./setup; ./bin/guard", {"setup": READ, "bin/guard": STARTED}),
        ("node bin/guard.js", {"bin/guard.js": READ}),
        ("xargs bin/guard.py", {"bin/guard.py": READ}),
        ("sh a.sh; ./a.sh", {"a.sh": STARTED}),
        ("./bin/guard.lua", {"bin/guard.lua": STARTED}),
        ("sh .claude/settings.json", {}),
        ("sh .cursorrules; . ./.env", {}),
        ("./CLAUDE.md", {}),
        ("node bin/guard", {}),  # which finds guard.js, too
        ("python3 -m tools.guard", {"tools/guard.py": READ}),
        ("python3 -m json.tool", {}),
        ("node -e 'require(\"./guard\")'", {}),
        ("jq -r .tool_input/x | grep -q src/main && exit 2", {}),
        ("git rev-parse a/b", {}),
        ("$HOME/bin/guard", {}),
        ("~/bin/guard", {}),
        ("/usr/local/bin/guard", {}),
        ("../bin/guard", {}),
        ("guard --quiet", {}),
        ("https://example.com/guard", {}),
        ("./bin/guard 'and no end", {}),
        ("", {}),
    ],
)
def test_what_a_command_line_runs(line: str, found: dict[str, bool]) -> None:
    """A path of the project that a shell starts, or that another program is given to read, whatever it is called; no other word."""
    assert scripts.run(Handler(command=line)) == found
    assert scripts.run(Handler(kind="prompt", prompt=line)) == {}


@pytest.mark.parametrize(
    ("line", "outside", "told"),
    [
        ("/opt/corp/bin/guard --strict", ["/opt/corp/bin/guard"], "no file of the project"),
        ("sh ~/guard.sh", ["~/guard.sh"], "no file of the project"),
        ('python3 "$HOME/.claude/hooks/guard.py"', ["$HOME/.claude/hooks/guard.py"], "no file of the project"),
        ("../shared/hooks/guard.sh", ["../shared/hooks/guard.sh"], "no file of the project"),
        ('bash "$CLAUDE_PROJECT_DIR"/../shared/guard.py', ["../shared/guard.py"], "no file of the project"),
        ("sh .claude/../../guard.sh", [".claude/../../guard.sh"], "no file of the project"),
        ("sh .claude/../bin/guard.sh", [], ""),
        ("/usr/bin/corp-guard", ["/usr/bin/corp-guard"], "no file of the project"),
        ('"$DIR/$(name).sh"', ["$DIR/$(name).sh"], "made up while it runs"),
        ('sh "$CLAUDE_PROJECT_DIR/.claude/$KIND.sh"', [".claude/$KIND.sh"], "made up while it runs"),
        ("/usr/bin/env python3 guard.py", [], ""),
        ("/bin/sh .claude/guard.sh", [], ""),
        ('f=bin/guard.sh; sh "$f"', [], ""),
        ('for f in hooks/*.sh; do sh "$f"; done', [], ""),
        ('"$CLAUDE_PROJECT_DIR"/.claude/hooks/guard.sh "$1"', [], ""),
        ("cat | jq . > /dev/null", [], ""),
    ],
)
def test_what_a_guard_runs_that_nobody_sees_here(line: str, outside: list[str], told: str) -> None:
    """A program of the machine, a file that is no project's, a name that is made up while it runs: no file of the project is one."""
    hook = Hook("PreToolUse", "claude-code", "before-tool", None, ({"type": "command", "command": line},))

    assert list(scripts.of_machine([hook])) == outside
    assert not scripts.of_hook(hook).keys() & set(outside)
    assert told in " ".join(said for said, _ in scripts.runs_outside(outside))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('"$CLAUDE_PROJECT_DIR"/g.sh', "$CLAUDE_PROJECT_DIR/g.sh", True),
        ('"$CLAUDE_PROJECT_DIR/g.sh"  --all', "$CLAUDE_PROJECT_DIR/g.sh '--all'", False),
        ('"$CLAUDE_PROJECT_DIR/g.sh"  --all', '${CLAUDE_PROJECT_DIR}/g.sh "--all"', True),
        ("'./g.sh'", "./g.sh", True),
        ("'$CLAUDE_PROJECT_DIR/g.sh'", "$CLAUDE_PROJECT_DIR/g.sh", False),
        ("\\$CLAUDE_PROJECT_DIR/g.sh", "$CLAUDE_PROJECT_DIR/g.sh", False),
        ('./g.sh "a b"', "./g.sh a b", False),
        ('./g.sh ""', "./g.sh", False),
        ('"./g.sh;x"', "./g.sh;x", False),
        ('./g.sh "$A"', "./g.sh $A", False),
        ('./g.sh "*"', "./g.sh *", False),
        ('./g.sh "~"', "./g.sh ~", False),
        ('"A=1" ./g.sh', "A=1 ./g.sh", False),
        ('./g.sh "#"', "./g.sh #", False),
        ('./g.sh "', "./g.sh", False),
    ],
)
def test_a_guard_is_one_however_it_is_quoted(one: str, other: str, same: bool) -> None:
    """Two that a shell takes for the same words are one; where it does anything else with a line, only the same line is."""
    first, second = (
        effects.guard_of(Hook("PreToolUse", "claude-code", "before-tool", "Bash", ({"type": "command", "command": line},)))
        for line in (one, other)
    )

    assert (first == second) is same


PY, SH, JS = "hooks/guard.py", "hooks/guard.sh", "hooks/guard.js"


@pytest.mark.parametrize(
    ("script", "text", "there", "taken", "lacks"),
    [
        (PY, "from rules import BAD\n", {"hooks/rules.py": "import json, words\n", "hooks/words.py": ""}, ["rules.py", "words.py"], []),
        (PY, "import json, sys\nfrom rules import BAD\n", {}, [], ["`rules` (hooks/guard.py:2)"]),
        (PY, "import a.b\n", {"hooks/a/__init__.py": "", "hooks/a/b.py": ""}, ["a/__init__.py", "a/b.py"], []),
        (PY, "import a.b\n", {"hooks/a/__init__.py": ""}, ["a/__init__.py"], ["`a.b` (hooks/guard.py:1)"]),
        (PY, "from a import b\n", {"hooks/a/b.py": "from . import c\n", "hooks/a/c.py": ""}, ["a/b.py", "a/c.py"], []),
        (PY, "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n", {}, [], []),
        (PY, "if TYPE_CHECKING:\n    from typeshed import A\n", {}, [], []),
        (PY, "import rules\n", {"rules.py": ""}, [], ["`rules` (hooks/guard.py:1)"]),
        (PY, "import sys\nsys.path.append('.')\nimport rules\n", {"rules.py": ""}, ["../rules.py"], []),
        (PY, "import json\n", {"hooks/json.py": ""}, ["json.py"], []),
        (PY, "no Python, (\n", {}, [], []),
        (SH, '. "$(dirname "$0")/lib.sh"\n', {"hooks/lib.sh": ""}, ["lib.sh"], []),
        (SH, 'set -e\nsource "${BASH_SOURCE%/*}/lib.sh"\n', {}, [], ["`${BASH_SOURCE%/*}/lib.sh` (hooks/guard.sh:2)"]),
        (SH, "cd x && . $CLAUDE_PROJECT_DIR/lib.sh\n", {"lib.sh": ". ./more.sh", "more.sh": ""}, ["../lib.sh", "../more.sh"], []),
        (SH, 'HERE=$PWD; [ -f "$HERE/lib.sh" ] && . "$HERE/lib.sh"\n. ./x.sh || true\n', {}, [], []),
        (SH, '# . ./lib.sh\n. "$HOME/.profile"\n. /etc/rc\n. "$1"\n. ../../out.sh\ngrep -q . a.sh\n', {}, [], []),
        (
            SH,
            '. "$LIB/$KIND.sh"\n. "$(dirname "$0")/$(uname).sh"\n',
            {},
            [],
            ["`$LIB/$KIND.sh` (hooks/guard.sh:1)", '`$(dirname "$0")/$(uname).sh` (hooks/guard.sh:2)'],
        ),
        (SH, 'for f in "$D"/*.sh; do . "$f"; done\n. "$LIB/x.sh" || true\n', {}, [], []),
        (JS, "const r = require('./rules')\nimport x from 'lodash'\n", {"hooks/rules.json": ""}, ["rules.json"], []),
        (JS, "import r from '../rules.js'\n", {"rules.ts": ""}, ["../rules.ts"], []),
        (JS, "\nawait import('./rules.mjs')\n", {}, [], ["`./rules.mjs` (hooks/guard.js:2)"]),
        (PY, "open(Path(__file__).parent / 'bad.json')\n", {"hooks/bad.json": ""}, ["bad.json"], []),
        (PY, "HERE = dirname(__file__)\nopen(join(HERE, 'a', 'b.txt'))\n", {}, [], ["`a/b.txt` (hooks/guard.py:2)"]),
        (PY, "BAD = Path(__file__).parent / 'bad'\nBAD.read_text()\n", {}, [], ["`bad` (hooks/guard.py:2)"]),
        (PY, "open('hooks/bad.json')\n", {}, [], ["`hooks/bad.json` (hooks/guard.py:1)"]),
        (PY, "try:\n    open(Path(__file__).parent / 'a.txt')\nexcept OSError:\n    pass\n", {}, [], []),
        (PY, "open(Path(__file__).parent / 'log', 'a')\nopen(Path(__file__).parent.parent / 'b.txt')\n", {}, [], []),
        (PY, "f = Path(__file__).parent / 'a.txt'\nif f.exists(): open(f)\n", {}, [], []),
        (PY, "run(['python3', 'hooks/other.py'])\n", {"hooks/other.py": "import c", "hooks/c.py": ""}, ["other.py", "c.py"], []),
        (PY, "import importlib\nimportlib.import_module('rules')\n", {}, [], ["`rules` (hooks/guard.py:2)"]),
        (PY, "if 'pyproject.toml' in line or '.env' in line: no()\n", {"pyproject.toml": "", "hooks/.env": "", ".env": ""}, [], []),
        (
            SH,
            "grep -qf hooks/words.txt && exit 2\n# see hooks/more.txt\n",
            {"hooks/words.txt": "a.sh", "hooks/a.sh": "", "hooks/more.txt": ""},
            ["words.txt"],
            [],
        ),
        (SH, 'python3 "$D/called.py" package.json\n', {"hooks/called.py": "", "package.json": ""}, ["called.py"], []),
        (JS, "fs.readFileSync(path.join(__dirname, 'bad.json'))\n", {}, [], ["`bad.json` (hooks/guard.js:1)"]),
        (JS, "read(`bad.json`, 'README')\n", {"hooks/bad.json": "", "README": ""}, ["bad.json"], []),
    ],
)
def test_what_a_script_takes_in(script: str, text: str, there: dict[str, str], taken: list[str], lacks: list[str]) -> None:
    """What lies beside it goes with it, however deep; what is nowhere, and is no part of the language, is what it cannot do without."""
    files = {script: text, **there}
    found = script_imports.follow([script], lambda path: files[path].encode() if path in files else None)

    assert sorted(found.files) == sorted(posixpath.normpath(f"hooks/{path}") for path in taken)
    assert [one.shown for one in found.lacks] == lacks


HOSTILE = {
    "a.py": ("x = " + " + ".join(["'a'"] * 900), "if " + " + ".join(["a"] * 900) + ":\n    pass", "open('a.txt')\n" * 20_000),
    "a.js": ("x('a.txt') " * 20_000, "require('./a')\n" * 20_000),
    "a.sh": ("a" * 100_000, "cat a.txt; " * 20_000, "${" * 50_000, ". a.sh\n" * 20_000, "cat <<E\n" * 20_000),
}


@pytest.mark.parametrize(("script", "text"), [(script, text) for script, texts in HOSTILE.items() for text in texts])
def test_scripts_of_any_length_are_read_in_linear_time(script: str, text: str) -> None:
    """Nobody waits for what somebody makes a guard of: each of its words is looked at once, and nothing is too deep."""
    assert {one.path for one in script_imports.follow([script], lambda path: text.encode() if path == script else None).lacks} <= {script}
    assert hook_contracts.needs(f"sh {script}", {script: text.encode()}) is not None


def test_what_no_path_is_as_long_as_is_not_looked_for() -> None:
    """Of words that are put one behind the other, each beginning would be another path."""
    asked: list[str] = []
    text = "x = " + " + ".join(["'a'"] * 900)
    script_imports.follow(["h/a.py"], lambda path: text.encode() if path == "h/a.py" else asked.append(path))

    assert max(map(len, asked)) <= len("h/") + 255


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("cat <<EOF\nrm a\nEOF\necho", None),
        ("cat <<-'EOF'\n\trm a\n\tEOF\necho", None),
        ("x=$(cat <<A <<B\nrm\nA\nrm\nB\n)", None),
        ("cat <<EOF | tracker\na\nEOF\n", "tracker"),
        ("cat <<EOF\na\nEOF\ntracker", "tracker"),
        ("cat <<EOF\ntracker", "tracker"),
    ],
)
def test_what_is_handed_to_a_command_is_no_command(text: str, unread: str | None) -> None:
    """A document in a script is data; what stands on its first line, and behind it, is run."""
    needs = hook_contracts.needs("sh hooks/a.sh", {"hooks/a.sh": text.encode()})

    assert needs.known is (unread is None)
    assert unread is None or f"`{unread}`" in needs.unread


@pytest.mark.parametrize(
    ("line", "along"),
    [
        (".claude/hooks/guard.sh --rules .claude/hooks/deny.txt", [".claude/hooks/guard.sh", ".claude/hooks/deny.txt"]),
        ('sh hooks/guard.sh "$CLAUDE_PROJECT_DIR/hooks/lists/deny.json"', ["hooks/guard.sh", "hooks/lists/deny.json"]),
        ("sh hooks/guard.sh --log hooks/guard.log --keep src/main.json", ["hooks/guard.sh"]),
        ("sh .claude/guard.sh .claude/settings.json", [".claude/guard.sh"]),
        ("sh guard.sh package.json", ["guard.sh"]),
        ("sh hooks/guard.sh hooks/.env.json", ["hooks/guard.sh"]),
        ("grep -f hooks/deny.txt && exit 2", []),
    ],
)
def test_what_goes_where_an_agent_goes(line: str, along: list[str]) -> None:
    """The script, and a list beside it that the line hands to it; no file of the project that a guard keeps hands off."""
    hook = Hook("PreToolUse", "claude-code", "before-tool", None, ({"type": "command", "command": line},))

    assert scripts.going_along(Agent("one", hooks=(hook,))) == along


def test_the_pattern_of_a_case_is_no_command():
    """What a shell holds a word against is read as that, whatever is quoted in it; what its branches run is still looked at."""
    known = 'case "$cmd" in\n  *"rm -rf"*|curl*) echo no >&2; exit 2;;\n  (sudo|doas) exit 2 ;;\nesac\n'
    strange = known.replace("echo no", "strange-tool")

    assert hook_contracts.needs(known, {}).known
    assert "strange-tool" in hook_contracts.needs(strange, {}).unread
    assert not hook_contracts.needs("case $x in a) exit 0;; esac\nstrange-tool\n", {}).known
