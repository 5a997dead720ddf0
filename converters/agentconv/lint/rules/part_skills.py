"""Skills of a project that a client does not have, or has otherwise than is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core.diagnostics import Code, Severity
from agentconv.formats import registry
from agentconv.lint import part_findings
from agentconv.lint.passages import shown, title
from agentconv.lint.rule import WIDENING, Fix, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentconv.lint.rule import Finding, Rule
    from agentconv.lint.subject import Subject

_FILE = "---\nname: {}\ndescription: Deploys the site\n{}---\n\nDeploy it{}.\n"
_PLACE = ".claude/skills/deploy/SKILL.md"
_GOOD = _FILE.format("deploy", "", "")


@rule(
    "AC560",
    "skill-not-loaded",
    bad="---\nname: deploy\n---\n\nDeploy it.\n",
    good=_GOOD,
    source="the client's own list of its skills (asked: `codex debug prompt-input`, `copilot skill list`, `opencode debug skill`)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    example="codex",
    path=".codex/skills/deploy/SKILL.md",
    kind="skills",
)
def skill_not_loaded(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A skill that the client never lists: without a header, a description, or with a name that it does not take.

    Codex 0.169.0 has no skill without a description, and OpenCode 1.18.33 none without a name; Claude Code 2.1.329 takes what the
    text begins with for the description. Each client that looks where the file lies is asked.
    """
    yield from part_findings.told(self, subject, (Code.NOT_LOADED,))


@rule(
    "AC561",
    "wrong-skill-value",
    bad=_FILE.format("deploy", "description: Deploys it\n", ""),
    good=_GOOD,
    source="what the client lists (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    path=_PLACE,
    kind="skills",
)
def wrong_skill_value(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A header of a skill, or a value in it, that the client does not take as it is written.

    Claude Code 2.1.329 takes nothing of a header that its repair of YAML does not mend: the skill is there, and nothing that restrains
    it. A value of `disallowed-tools` or `hooks` that it does not take closes nothing, and that is an error.
    """
    yield from part_findings.told(self, subject, (Code.INVALID_VALUE, Code.DUPLICATE_KEY, Code.SYNTAX, Code.FALLBACK, Code.UNDECODABLE))


@rule(
    "AC562",
    "skill-name-not-folder",
    bad=_FILE.format("site-deploy", "", ""),
    good=_GOOD,
    source="the client's own list of its skills (asked)",
    verified="2026-11-29",
    severity=Severity.NOTE,
    fix="sometimes",
    path=_PLACE,
    kind="skills",
)
def skill_name_not_folder(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A name in the header that the client does not go by.

    Claude Code 2.1.329 tells the model of a skill by its folder, and offers it to the user by the name in the header. The specification of
    skills wants both to be the same, and Roo Code, which holds them to that, has no such skill.
    """
    for _, fault in part_findings.faults(subject, "name"):
        start, _ = part_findings.place_of(subject, "name")
        end = subject.text.find("\n", start)
        at = subject.text.find(fault.word, start, end if end >= 0 else None)
        place = (at, at + len(fault.word)) if at >= 0 else (start, start + 1)
        edit = (*place, fault.instead or "")
        fix = Fix(f"call it `{fault.instead}`", (edit,), frozenset({"extras"})) if at >= 0 else None
        yield self.find(shown(f"{title(subject)} {fault.message}", 160), place, fault.help, clients=(subject.format,), fix=fix)


@rule(
    "AC563",
    "flat-skill",
    bad=_GOOD,
    good="# Notes\n\nOn how we deploy.\n",
    source="the client's own list of its skills (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    path=".claude/skills/deploy.md",
    kind="skills",
)
def flat_skill(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file with a skill's header where a folder is meant.

    Claude Code 2.1.329, like most clients, lists what is in a SKILL.md in a folder of its own, and nothing else that lies among the
    skills.
    """
    from agentconv.parts.skills import faults

    if subject.part is not None and subject.part.astray and subject.text.startswith("---"):
        yield self.find(f"{title(subject)} {faults.FLAT}", (0, 3), faults.as_folder(subject.path), clients=(subject.format,))


@rule(
    "AC564",
    "unread-skill-key",
    bad=_FILE.format("deploy", "disable-model-invokation: true\n", ""),
    good=_FILE.format("deploy", "disable-model-invocation: true\n", ""),
    source="the client's own reader of skills",
    verified="2026-11-29",
    severity=Severity.ERROR,
    path=_PLACE,
    kind="skills",
)
def unread_skill_key(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A key of a skill that the client does not read.

    Claude Code 2.1.329 passes over it and says nothing. A slip of `disable-model-invocation` or `disallowed-tools` lets the model do what
    its author kept from it, and is an error; a key that another client has, or none, is a note.
    """
    yield from part_findings.unread_keys(self, subject)


@rule(
    "AC565",
    "restraint-lost",
    bad=_FILE.format("deploy", "disable-model-invocation: true\n", ""),
    good=_GOOD,
    source="what the model is told of the skill (asked: `opencode debug skill`, the request that Copilot sends)",
    verified="2026-11-29",
    severity=Severity.ERROR,
    protects=WIDENING,
    clients=("opencode",),
    path=_PLACE,
    kind="skills",
)
def restraint_lost(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A skill that another client reads where it lies, and does not hold to what its author wrote.

    OpenCode 1.18.33 reads the skills of `.claude/skills`, and knows no `disable-model-invocation`: the model may start there what Claude
    Code keeps for the user.
    """
    from agentconv.lint import part_inspection

    meant = next(iter(subject.parts.parts), None)
    for client in subject.asked if meant else ():
        for one in subject.loaded(client) if client != subject.format else ():
            for words in part_inspection.lost(meant, one.part) if meant and one.taken else ():
                message = f"{registry.FORMATS[client].title} reads it where it lies: {words}"
                help_text = "move it out of what that client reads, or do without it there"
                yield self.find(message, (0, min(3, len(subject.text))), help_text, clients=(client,))


@rule(
    "AC566",
    "missing-skill-file",
    bad=_FILE.format("deploy", "", ", as ${CLAUDE_SKILL_DIR}/references/steps.md says"),
    good=_GOOD,
    source="the folder of the skill",
    verified="2026-11-29",
    severity=Severity.WARNING,
    path=_PLACE,
    kind="skills",
)
def missing_skill_file(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A file of a skill that its text names, and that is not there.

    Only what is surely the skill's own is looked for: what stands behind `${CLAUDE_SKILL_DIR}`, which Claude Code 2.1.329 fills in, and
    what is linked to from the skill's folder. A model that is sent there finds nothing, or makes something up.
    """
    for _, fault in part_findings.faults(subject, "missing"):
        if subject.part is None or subject.part.project.place(subject.format, fault.word).exists():
            continue
        place = part_findings.place_of(subject, fault.word, key=False)
        yield self.find(shown(f"{title(subject)} {fault.message}", 160), place, fault.help, clients=(subject.format,))


@rule(
    "AC567",
    "shadowed-skill",
    bad=_GOOD,
    good=_FILE.format("publish", "", ""),
    source="the client's own list of its skills (asked)",
    verified="2026-11-29",
    severity=Severity.WARNING,
    example="gemini-cli",
    path=".gemini/skills/deploy/SKILL.md",
    beside=((".agents/skills/deploy/SKILL.md", "---\nname: deploy\ndescription: Deploys the shop\n---\n\nDeploy the shop.\n"),),
    kind="skills",
)
def shadowed_skill(self: Rule, subject: Subject) -> Iterator[Finding]:
    """A skill of a name that another folder has, too, which is the one that the client lists.

    Gemini CLI 0.61.0 takes what is in `.agents/skills` over what is in `.gemini/skills`, OpenCode the last that it finds. Where the file is
    another client's own, it is a note.
    """
    yield from part_findings.shadowed(self, subject)
