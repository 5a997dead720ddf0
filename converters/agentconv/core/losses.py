"""Every way in which a conversion can change an agent: stable codes, their severity, and their words.

The only place that words a loss. Code that drops or changes something calls `loss` with a code from `CATALOGUE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentconv.core import credentials
from agentconv.core.dataclass import dataclass, replace
from agentconv.core.diagnostics import Detail, Loss, LossKind, LossSeverity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentconv.core.diagnostics import Span

_NOTE, _WARNING, _REFUSAL = LossSeverity.NOTE, LossSeverity.WARNING, LossSeverity.REFUSAL
_DROPPED, _APPROXIMATED, _RENAMED, _MOVED, _REFUSED = (
    LossKind.DROPPED,
    LossKind.APPROXIMATED,
    LossKind.RENAMED,
    LossKind.MOVED,
    LossKind.REFUSED,
)


@dataclass(frozen=True, slots=True)
class LossRule:
    """What one code means."""

    severity: LossSeverity
    kind: LossKind
    summary: str
    """One line for many agents; what is particular to one of them is its `detail`."""
    hint: str | None = None
    option: str | None = None
    """The hint for who calls the library, where it is another one; empty for none."""
    by_flag: bool = False
    """Whether the hint is to a flag of a conversion, too."""
    of_pair: bool = False
    """Whether it is the two clients that differ, and so the same for all agents: it is told once in a run."""
    apart: bool = False
    """Whether each detail is told by itself, with its agents: a person does something else about each."""


def in_library(one: Loss) -> Loss:
    """Return a loss with the hint for who calls the library, which has options and no flags."""
    rule = CATALOGUE[one.code]
    return replace(one, hint=rule.option or None) if rule.option is not None and one.hint == rule.hint else one


WHOLE_SET = "the set"
"""What is told of as an agent is, where a loss is of what belongs to none of them."""
CATALOGUE: dict[str, LossRule] = {
    "field-dropped": LossRule(_WARNING, _DROPPED, "the target has no place for this field"),
    "looks-dropped": LossRule(_NOTE, _DROPPED, "the target has no place for this; it only changes how the agent is shown"),
    "looks-approximated": LossRule(_NOTE, _APPROXIMATED, "the target shows it in the way that comes nearest"),
    "default-dropped": LossRule(_NOTE, _DROPPED, "the target does this without being told"),
    "set-dropped": LossRule(_NOTE, _DROPPED, "what a bundle says about the whole set has no place in an agent's file"),
    "set-servers-dropped": LossRule(
        _WARNING, _DROPPED, "MCP servers that a bundle's agents share", "define them in the target's configuration"
    ),
    "key-dropped": LossRule(_WARNING, _DROPPED, "a key that only the source client uses"),
    "key-moved": LossRule(_NOTE, _MOVED, "a key of the same client, which the target's form has too"),
    "restriction-moved": LossRule(_NOTE, _MOVED, "a restriction in a key that only the source client has; the target's own means say it"),
    "key-reduced": LossRule(_NOTE, _DROPPED, "what a key says beyond what others know of it"),
    "key-merged": LossRule(_NOTE, _MOVED, "a key whose text is part of the prompt already"),
    "restriction-ignored": LossRule(
        _WARNING,
        _DROPPED,
        "a limit in words that the source client passes over: the agent was never held to it",
        "agentconv lint says where, and what its client takes instead",
    ),
    "key-passed-on": LossRule(
        _NOTE, _DROPPED, "dropped: a key that the source client hands to the model's provider, whatever it says", apart=True
    ),
    "ignored-key-dropped": LossRule(_NOTE, _DROPPED, "a key that the source client ignores too"),
    "overridden": LossRule(_NOTE, _APPROXIMATED, "the configuration wants it otherwise for this target"),
    "extra-overridden": LossRule(_NOTE, _DROPPED, "a key that says otherwise than the agent's fields; the fields win"),
    "path-dropped": LossRule(
        _WARNING, _DROPPED, "a key with a path that leads out of the project", "write it by hand where the file is yours"
    ),
    "name-missing": LossRule(_WARNING, _RENAMED, "the agent has no name; the file's is used"),
    "name-illegal": LossRule(_WARNING, _RENAMED, "the name is not legal in the target; its legal form is used"),
    "name-reserved": LossRule(_WARNING, _RENAMED, "the target has an agent of its own by this name; another one is used"),
    "name-shown": LossRule(_NOTE, _MOVED, "the name as its author wrote it is the one that is shown"),
    "name-duplicate": LossRule(
        _WARNING,
        _RENAMED,
        "the name is taken by another agent",
        "choose with --on-duplicate error|suffix|first",
        option="choose with `on_duplicate`",
    ),
    "duplicate-left-out": LossRule(_REFUSAL, _REFUSED, "the name is taken by another agent, and only the first was asked for"),
    "name-mentioned": LossRule(_NOTE, _RENAMED, "the prompt mentions an agent by a name that it no longer has"),
    "delegates-renamed": LossRule(_NOTE, _RENAMED, "agents that it may call were renamed"),
    "text-approximated": LossRule(_WARNING, _APPROXIMATED, "the target reads this text in another way"),
    "description-derived": LossRule(_NOTE, _APPROXIMATED, "there is no description; the target shows the start of the prompt"),
    "text-trimmed": LossRule(_NOTE, _APPROXIMATED, "the target trims blanks at the ends"),
    "line-ends": LossRule(_NOTE, _APPROXIMATED, "the target reads each line end as a line feed"),
    "prompt-long": LossRule(
        _WARNING, _APPROXIMATED, "one of the target's services takes no prompt as long as this", "shorten the prompt, or use the others"
    ),
    "prompt-mode": LossRule(_NOTE, _APPROXIMATED, "the target combines the prompt with its own in another way", of_pair=True),
    "prompt-speaks": LossRule(
        _NOTE, _APPROXIMATED, "the prompt speaks of what only the source client has", "say what is to be done, or name what the target has"
    ),
    "prompt-escaped": LossRule(_NOTE, _APPROXIMATED, "the target would take this text for a placeholder; it is spelled otherwise"),
    "limit-approximated": LossRule(_NOTE, _APPROXIMATED, "the target measures this in another unit, and takes the nearest"),
    "prompt-syntax": LossRule(_WARNING, _APPROXIMATED, "the prompt is a template in the source, and plain text in the target"),
    "tools-approximated": LossRule(_WARNING, _APPROXIMATED, "the target has no tool list; its settings stand for it"),
    "tools-unlisted": LossRule(
        _WARNING,
        _DROPPED,
        "the target has no tool list; the agent gets the client's tools",
        "name an assistant that holds agents to a list where that matters: "
        "`agentconv convert SRC -t all -o . --dry-run` says what each makes of it",
    ),
    "tools-as-rules": LossRule(_NOTE, _MOVED, "tools are permission rules in the target"),
    "rules-as-tools": LossRule(_NOTE, _MOVED, "permission rules are a list of tools in the target"),
    "tools-joined": LossRule(_NOTE, _APPROXIMATED, "the target has one tool where the source has several"),
    "tools-besides": LossRule(_NOTE, _APPROXIMATED, "tools that every agent of the target has, whatever its file says"),
    "tools-listed": LossRule(_NOTE, _MOVED, "the target lists all tools that the agent may use"),
    "denial-moot": LossRule(
        _NOTE, _DROPPED, "a tool is denied beside an open one that does the same, and the target has but one: nothing is closed for it"
    ),
    "tools-narrowed": LossRule(_WARNING, _APPROXIMATED, "the target cannot say this more narrowly; the agent may do less"),
    "asks": LossRule(_NOTE, _APPROXIMATED, "the target cannot inherit the user's settings here: it asks"),
    "not-enforced": LossRule(
        _WARNING,
        _DROPPED,
        "the target does not hold the agent to this, whatever its file says",
        apart=True,
    ),
    "asks-dropped": LossRule(
        _WARNING,
        _DROPPED,
        "the source's assistant asks you before it does this; in the target the agent does it unasked, unless your settings there ask",
    ),
    "invocation-widened": LossRule(_NOTE, _APPROXIMATED, "in the target, the user calls such agents as well as other agents"),
    "invocation-dropped": LossRule(_WARNING, _DROPPED, "in the target, other agents call it, not the user"),
    "tools-from-sandbox": LossRule(_WARNING, _APPROXIMATED, "the target has no sandbox; a tool list stands for it"),
    "tool-unknown": LossRule(_WARNING, _DROPPED, "no tool of the target stands for this one"),
    "tool-idle": LossRule(_NOTE, _DROPPED, "a word for which the source client gives no tool either"),
    "pattern-dropped": LossRule(
        _NOTE, _DROPPED, "a limit of a tool that holds nothing in the source: its client does not enforce it, or another tool goes past it"
    ),
    "refused-tools": LossRule(
        _REFUSAL, _REFUSED, "the agent has tools, and the target can hold it to none of them", "open one of them without a pattern"
    ),
    "sandbox-dropped": LossRule(
        _WARNING,
        _APPROXIMATED,
        "the target cannot hold commands to what the source holds them to; it asks for each that would run unattended",
    ),
    "permission-mode": LossRule(_WARNING, _APPROXIMATED, "the target has no such permission mode"),
    "mode-grants-nothing": LossRule(
        _NOTE, _DROPPED, "a permission mode that grants nothing by itself in the source; the agent is as free as the user's settings say"
    ),
    "mode-covers-commands": LossRule(
        _NOTE,
        _APPROXIMATED,
        "in the mode that lets it write unasked, the target also runs some commands unasked, for which the source asks",
    ),
    "rules-dropped": LossRule(_WARNING, _DROPPED, "the target has no permission rules"),
    "model-dropped": LossRule(
        _WARNING,
        _DROPPED,
        "the target does not serve this model; the agent inherits",
        "--map-models tier writes the target's own of the same tier",
        option='`map_models="tier"` writes the target\'s own of the same tier',
        by_flag=True,
    ),
    "model-renamed": LossRule(_NOTE, _RENAMED, "the target has another name for the same model"),
    "model-mapped": LossRule(_WARNING, _APPROXIMATED, "another model stands for this one in the target"),
    "model-provider": LossRule(_NOTE, _APPROXIMATED, "the target names a model with its provider", "name the one that you have a key for"),
    "effort-approximated": LossRule(_WARNING, _APPROXIMATED, "the target has no such effort"),
    "effort-dropped": LossRule(_WARNING, _DROPPED, "the target has no such effort"),
    "mcp-undefined": LossRule(
        _WARNING, _DROPPED, "an MCP server that is named here and defined elsewhere", "define it in the target's configuration"
    ),
    "mcp-tools": LossRule(_NOTE, _MOVED, "the MCP tools that it may use are listed with their server"),
    "mcp-tools-listed": LossRule(_NOTE, _MOVED, "the tools that an MCP server opens or closes are listed with the agent's own"),
    "mcp-approximated": LossRule(_WARNING, _APPROXIMATED, "the target spells this MCP server in another way"),
    "mcp-dropped": LossRule(_WARNING, _DROPPED, "an agent of the target cannot hold this MCP server"),
    "reference-dropped": LossRule(
        _WARNING, _DROPPED, "a value that comes from the environment, which an agent of the target cannot say", "write it by hand"
    ),
    "reference-inherited": LossRule(_NOTE, _MOVED, "a variable that the target hands to its servers by itself"),
    "server-renamed": LossRule(_WARNING, _RENAMED, "the name of the MCP server is not legal in the target; its legal form is used"),
    "server-undefined": LossRule(
        _REFUSAL, _REFUSED, "an MCP server without a command and without an address, which no client can start", "give it one of them"
    ),
    "server-elsewhere": LossRule(
        _REFUSAL, _REFUSED, "the target has MCP servers of the user alone, none of a project", "--scope user writes it there", option=""
    ),
    "server-transport": LossRule(
        _REFUSAL, _REFUSED, "the target does not speak the protocol of this MCP server", "use another address of the same server"
    ),
    "server-transport-tried": LossRule(_NOTE, _APPROXIMATED, "the target finds out by itself which protocol the address speaks"),
    "server-restraint": LossRule(
        _REFUSAL,
        _REFUSED,
        "a key that holds this MCP server back, and the target has none that does",
        "write the server by hand; --allow-widening writes it without that",
        option="write the server by hand; `allow_widening=True` writes it without that",
        by_flag=True,
    ),
    "server-limit": LossRule(
        _REFUSAL,
        _REFUSED,
        "only some tools of this MCP server are open, and the target's entry cannot say so",
        "write it by hand; --allow-widening writes it without that",
        option="write it by hand; `allow_widening=True` writes it without that",
        by_flag=True,
    ),
    "server-asks": LossRule(
        _NOTE, _MOVED, "a key that has tools of this MCP server ask, which the target does for each where nobody says otherwise"
    ),
    "server-limit-moved": LossRule(_NOTE, _MOVED, "tools of this MCP server that are closed are so in the target's own list"),
    "server-limit-as-rules": LossRule(
        _NOTE, _MOVED, "tools of this MCP server that are closed are so by rules of the whole set, which the target holds them to"
    ),
    "server-disabled": LossRule(
        _REFUSAL,
        _REFUSED,
        "an MCP server that is switched off, and the target's entry cannot say so",
        "write it by hand; --allow-widening writes it without that",
        option="write it by hand; `allow_widening=True` writes it without that",
        by_flag=True,
    ),
    "server-unheld": LossRule(_REFUSAL, _REFUSED, "the target would not take this MCP server as it was meant", "write it by hand"),
    "server-reference": LossRule(
        _REFUSAL, _REFUSED, "a value without which this MCP server is another one, and which the target cannot be told", "write it by hand"
    ),
    "server-reference-dropped": LossRule(_WARNING, _DROPPED, "a value of an MCP server that the target cannot be told", "write it by hand"),
    "server-default-dropped": LossRule(
        _WARNING, _APPROXIMATED, "what stands there where the variable is not set, which the target cannot be told", "set the variable"
    ),
    "server-reference-inherited": LossRule(_NOTE, _MOVED, "a variable that the target hands to its MCP servers by itself"),
    "server-credential": LossRule(
        _WARNING, _APPROXIMATED, "a credential, which is not copied into another client's file", "set the variable in the environment"
    ),
    "server-grant-dropped": LossRule(
        _WARNING, _DROPPED, "what lets tools of this MCP server run unasked is for each client to be told by its user"
    ),
    "server-folder-dropped": LossRule(
        _WARNING, _DROPPED, "the target starts its MCP servers in a folder of its own choice", "name files by paths that hold everywhere"
    ),
    "server-timeout-dropped": LossRule(_NOTE, _DROPPED, "the target cannot be told how long to wait for this MCP server"),
    "server-timeout-approximated": LossRule(_NOTE, _APPROXIMATED, "the target counts the time in another unit, and takes the nearest"),
    "server-key-dropped": LossRule(_WARNING, _DROPPED, "a key of an MCP server that only the source client uses"),
    "server-key-ignored": LossRule(_NOTE, _DROPPED, "a key of an MCP server that changes nothing in its own client"),
    "hooks-moved": LossRule(
        _NOTE, _MOVED, "the target runs these hooks too, for its own tools of the kind, whose names are in what they are handed"
    ),
    "guard-silent": LossRule(
        _WARNING,
        _APPROXIMATED,
        "a guard that blocks with exit code 2 and says nothing blocks nothing in the target",
        "let what it runs say why on stderr",
    ),
    "hook-dropped": LossRule(_NOTE, _DROPPED, "the target runs no such hook; it forbids nothing"),
    "hook-tools-absent": LossRule(_NOTE, _DROPPED, "a hook about tools that the target has not got"),
    "hook-matcher-dead": LossRule(
        _WARNING,
        _DROPPED,
        "a matcher that fits no tool, in the source client either: what it is about never ran",
        "name tools in it; a permission rule such as Bash(rm:*) goes to the permissions",
    ),
    "hook-matcher-wider": LossRule(
        _NOTE, _APPROXIMATED, "the target has one tool where the source has several; the hook is about all of it"
    ),
    "hook-key-dropped": LossRule(_NOTE, _DROPPED, "something of a hook without which the target runs it alike"),
    "hook-trust": LossRule(_NOTE, _APPROXIMATED, "the target runs such hooks only once its user trusts them", of_pair=True),
    "hooks-dropped": LossRule(_WARNING, _DROPPED, "the target has no such hooks"),
    "command-renamed": LossRule(_NOTE, _RENAMED, "the target calls it by another name"),
    "command-model-closed": LossRule(
        _NOTE, _APPROXIMATED, "in the target, only the user starts commands; the model does not", of_pair=True
    ),
    "command-user-callable": LossRule(
        _WARNING, _APPROXIMATED, "a command that is hidden from the user in the source is the user's in the target"
    ),
    "command-grants-dropped": LossRule(_NOTE, _DROPPED, "the target asks before these tools, which run unasked in the source"),
    "command-grants-carried": LossRule(_NOTE, _MOVED, "tools that run unasked while the command is active do so in the target, too"),
    "command-key-dropped": LossRule(_WARNING, _DROPPED, "the target has no place for this in a command"),
    "command-looks-dropped": LossRule(_NOTE, _DROPPED, "the target shows the user nothing of the kind"),
    "command-agent-dropped": LossRule(_WARNING, _DROPPED, "the target sends the command to the agent that the user talks to"),
    "command-arguments": LossRule(
        _NOTE, _MOVED, "the names of arguments stand where the target has them, or its arguments go by their places"
    ),
    "command-as-skill": LossRule(_NOTE, _MOVED, "the target has no commands; it is a skill, which the user calls by its name"),
    "command-refused-name": LossRule(_REFUSAL, _REFUSED, "the command has no name that is legal in the target", "rename it"),
    "command-refused-body": LossRule(_REFUSAL, _REFUSED, "there is no text to send"),
    "command-refused-script": LossRule(
        _REFUSAL, _REFUSED, "the source client runs this file, and sends what it prints; the target runs none", "write a text that runs it"
    ),
    "command-refused-program": LossRule(
        _REFUSAL, _REFUSED, "the text starts with `#!`, for which the target would run the file", "give the command a description"
    ),
    "command-refused-restraint": LossRule(
        _REFUSAL,
        _REFUSED,
        "the target would not hold the command to what its author closed",
        "write it by hand for this client; --allow-widening writes it without that",
        option="write it by hand for this client; `allow_widening=True` writes it without that",
        by_flag=True,
    ),
    "placeholder-named": LossRule(_NOTE, _APPROXIMATED, "the target has no names for arguments; they go by their places"),
    "placeholder-appended": LossRule(
        _NOTE, _MOVED, "the target adds nothing of what the user types by itself; the text has a place for it at its end"
    ),
    "placeholder-added": LossRule(_NOTE, _APPROXIMATED, "the target adds what the user types, which the source client leaves out"),
    "placeholder-argument": LossRule(
        _WARNING,
        _APPROXIMATED,
        "the target cannot set this argument into the text; words stand in its place",
    ),
    "placeholder-rest": LossRule(
        _NOTE, _APPROXIMATED, "one of the two clients sets in a single word where the other sets in all words from there on"
    ),
    "placeholder-typed": LossRule(_NOTE, _APPROXIMATED, "the target treats the quotes around what the user types in another way"),
    "placeholder-quotes": LossRule(
        _WARNING,
        _APPROXIMATED,
        "one of the two clients quotes for the shell what the user types into a command line; the other runs it as it is typed",
        "see that nothing in it can end the command",
    ),
    "placeholder-asked": LossRule(_NOTE, _APPROXIMATED, "the target asks the user for what is typed after the command in the source"),
    "placeholder-hint": LossRule(_NOTE, _DROPPED, "the target shows no hint for a single argument"),
    "placeholder-shell": LossRule(
        _WARNING, _DROPPED, "the target runs no command line for a text; the model is told of it instead", "add it to the text by hand"
    ),
    "placeholder-file": LossRule(_WARNING, _DROPPED, "the target sets no file into a text; its path is named instead"),
    "placeholder-container": LossRule(_WARNING, _APPROXIMATED, "the target does not say where a plugin lies, and the text leaves it"),
    "placeholder-folder": LossRule(_WARNING, _APPROXIMATED, "the target does not say where the skill lies"),
    "placeholder-foreign": LossRule(_WARNING, _APPROXIMATED, "only the source client fills this in; the target sends it as it stands"),
    "placeholder-literal": LossRule(_WARNING, _APPROXIMATED, "text that the target fills in, and that cannot be escaped there"),
    "placeholder-unclosed": LossRule(
        _REFUSAL, _REFUSED, "every call in the target would fail at a brace that is never closed there", "spell it in another way"
    ),
    "placeholder-run": LossRule(
        _REFUSAL, _REFUSED, "text that the target would run as a command line, and that cannot be escaped there", "spell it in another way"
    ),
    "agent-unheld": LossRule(_REFUSAL, _REFUSED, "the target holds skills and MCP servers, and no agents"),
    "agent-stays": LossRule(_NOTE, _DROPPED, "the target holds skills and MCP servers, and no agents; what was asked for goes along"),
    "part-unknown": LossRule(
        _WARNING, _DROPPED, "the target has no such parts, or none that are known here; what needs them has to find them there"
    ),
    "part-no-place": LossRule(_REFUSAL, _REFUSED, "the target does not look for such parts where this goes"),
    "part-mode-dropped": LossRule(
        _WARNING, _APPROXIMATED, "the source has this in one of its modes alone, by the folder that it is in; the target has it everywhere"
    ),
    "part-name-taken": LossRule(
        _REFUSAL,
        _REFUSED,
        "the name is taken by another part, whose file it would be",
        "rename one of them, or leave it out of what goes along",
    ),
    "part-name-duplicate": LossRule(
        _WARNING, _RENAMED, "the name is taken by another part, and gets a number", "rename one of them, or convert each plugin by itself"
    ),
    "part-ambiguous": LossRule(
        _WARNING, _APPROXIMATED, "several skills have the name that is named here, and nothing says which is meant; it is the first"
    ),
    "part-server-unclear": LossRule(
        _REFUSAL,
        _REFUSED,
        "servers have other names in the target, and nobody can say which of them a matcher is about",
        "name each tool in it as `mcp__SERVER__TOOL`",
    ),
    "part-same": LossRule(_NOTE, _MOVED, "another part of this name is the very same; the target has it once"),
    "part-in-place": LossRule(_NOTE, _MOVED, "the target reads the file of the source client itself; nothing is written"),
    "part-loose-in-place": LossRule(
        _WARNING, _DROPPED, "the target reads the file of the source client itself, and does not hold it to what it says"
    ),
    "part-loose-copy": LossRule(
        _WARNING,
        _DROPPED,
        "the target has an older copy of the skill, and does not hold it to what its author closed",
        "take the copy away, or close it there",
    ),
    "part-twice": LossRule(
        _NOTE, _APPROXIMATED, "the target finds another file of this name in a folder that it reads too, and takes one of them"
    ),
    "part-named-along": LossRule(
        _NOTE, _MOVED, "an MCP server that is named here stands in the target's configuration, or goes along into it"
    ),
    "part-rebased": LossRule(_NOTE, _MOVED, "it leaves its plugin, and names that one's folder from the project's root now"),
    "part-renamed": LossRule(_NOTE, _RENAMED, "what is named here was renamed"),
    "part-widened": LossRule(
        _WARNING, _DROPPED, "the target does not hold it to what its author closed, and it is written as --allow-widening asks"
    ),
    "part-not-there": LossRule(_NOTE, _DROPPED, "a skill that is named here is none in the target: it became a command, or was refused"),
    "command-agent-renamed": LossRule(_NOTE, _RENAMED, "the agent that a command is sent to was renamed"),
    "instruction-key-dropped": LossRule(_WARNING, _DROPPED, "a key of an instruction that only the source client uses"),
    "instruction-looks-dropped": LossRule(_NOTE, _DROPPED, "the target shows nobody what an instruction is about"),
    "instruction-description-folded": LossRule(_NOTE, _APPROXIMATED, "the target's header takes a description of one line, without `---`"),
    "instruction-renamed": LossRule(_NOTE, _RENAMED, "the target has another name for the file"),
    "instruction-joined": LossRule(
        _NOTE, _MOVED, "the target has one file for what is always read; the text stands in it, below the others"
    ),
    "instruction-folder-as-paths": LossRule(
        _NOTE, _APPROXIMATED, "the target does not look for instructions in that folder; it reads this with the folder's files"
    ),
    "instruction-as-skill": LossRule(_NOTE, _MOVED, "the target has no instructions that wait to be asked for; it is a skill there"),
    "instruction-scope-as-skill": LossRule(
        _WARNING, _APPROXIMATED, "the target has no instructions for some files alone; it is a skill there, which the model may read then"
    ),
    "instruction-paths-spelled": LossRule(_NOTE, _APPROXIMATED, "the same files in the words of the target's patterns"),
    "instruction-paths-wider": LossRule(
        _NOTE, _APPROXIMATED, "a pattern that stands for more files in the target, at which it reads the instruction, too"
    ),
    "instruction-paths-idle": LossRule(_NOTE, _DROPPED, "patterns that limit nothing, since the instruction is read all the same"),
    "instruction-imports": LossRule(_NOTE, _MOVED, "files that the target puts in as the source does: they have to be there"),
    "instruction-import-dropped": LossRule(
        _WARNING, _APPROXIMATED, "a file that the source puts in; the target shows the model its name alone", "write its text in its place"
    ),
    "instruction-import-taken": LossRule(
        _NOTE, _APPROXIMATED, "the target puts in the text of a file that the source shows the name of", "put the name between backticks"
    ),
    "instruction-twice": LossRule(
        _NOTE, _APPROXIMATED, "with this file beside the source's, other assistants read the text twice", apart=True
    ),
    "instruction-conflict": LossRule(
        _WARNING,
        _APPROXIMATED,
        "the target's file is there with another text; two texts are never merged",
        "make one text of them by hand, or replace it with --force, which keeps a copy",
    ),
    "instruction-refused-personal": LossRule(
        _REFUSAL, _REFUSED, "one user's own instructions, for which the target has no file in a project", "use --scope user", option=""
    ),
    "instruction-refused-empty": LossRule(
        _REFUSAL, _REFUSED, "the target loads no instruction without a text", "write what is to be known"
    ),
    "skill-key-dropped": LossRule(_WARNING, _DROPPED, "a key of a skill that only other clients use"),
    "skill-looks-dropped": LossRule(_NOTE, _DROPPED, "the target does not show the user what to type after a skill's name"),
    "skill-title-dropped": LossRule(
        _NOTE, _DROPPED, "the name under which the source shows a skill; the target shows what it is called by"
    ),
    "skill-restraint-taken": LossRule(
        _NOTE, _APPROXIMATED, "a restraint that the source client passes over; the target holds the skill to it"
    ),
    "skill-user-callable": LossRule(_NOTE, _APPROXIMATED, "in the target, the user starts such skills as well as the model"),
    "skill-grants-dropped": LossRule(
        _NOTE, _DROPPED, "tools that the source runs unasked while a skill is active; the target asks as ever"
    ),
    "skill-grants-carried": LossRule(_NOTE, _MOVED, "tools that run unasked while a skill is active do so in the target, too"),
    "skill-policy-file": LossRule(_NOTE, _MOVED, "a file beside the skill says to the target who starts it"),
    "skill-own-folder": LossRule(
        _NOTE, _APPROXIMATED, "the path of the skill's own folder is said as the specification has it: files are named from there"
    ),
    "skill-as-command": LossRule(
        _NOTE, _MOVED, "the target lets the model start any skill; what is the user's to start is a command there"
    ),
    "skill-refused-restraint": LossRule(
        _REFUSAL,
        _REFUSED,
        "in the target, the model could do with the skill what its author closed",
        "write it for a client that keeps this; --allow-widening writes it without that",
        option="write it for a client that keeps this; `allow_widening=True` writes it without that",
        by_flag=True,
    ),
    "skill-description-derived": LossRule(_NOTE, _APPROXIMATED, "there is no description; the target shows how the text starts"),
    "skill-description-cut": LossRule(
        _WARNING, _APPROXIMATED, "the target shows the model the start of the description only", "shorten it"
    ),
    "skill-refused-body": LossRule(_REFUSAL, _REFUSED, "the target loads no skill without a body", "write what is to be done"),
    "skill-refused-name": LossRule(_REFUSAL, _REFUSED, "the skill has no name that is legal in the target"),
    "skill-refused-description": LossRule(_REFUSAL, _REFUSED, "the target loads no skill with such a description", "write one that fits"),
    "refused-name": LossRule(_REFUSAL, _REFUSED, "the agent has no name that is legal in the target"),
    "refused-description": LossRule(
        _REFUSAL, _REFUSED, "the target loads no agent without a description", "add a description to the agent"
    ),
    "refused-prompt": LossRule(_REFUSAL, _REFUSED, "the target loads no agent without a prompt", "add a body to the agent"),
    "refused-silent": LossRule(
        _REFUSAL, _REFUSED, "in the target, an agent without a prompt has every tool, whatever its list says", "add a body to the agent"
    ),
    "refused-text": LossRule(_REFUSAL, _REFUSED, "the target cannot hold this text"),
    "refused-key": LossRule(
        _REFUSAL, _REFUSED, "the target's client drops an agent with this key", "mend the key, or delete it from `extras`"
    ),
    "refused-kind": LossRule(_REFUSAL, _REFUSED, "only its own client can run such an agent"),
    "refused-place": LossRule(
        _REFUSAL, _REFUSED, "this file of the target's is for what it has already", "write to the target's folder with -o DIR"
    ),
    "refused-size": LossRule(_REFUSAL, _REFUSED, "the file would be larger than the target reads"),
    "widening": LossRule(
        _REFUSAL,
        _REFUSED,
        "the agent could do more than its author allowed",
        "--allow-widening writes it all the same",
        option="`allow_widening=True` writes it all the same",
        by_flag=True,
    ),
    "widened": LossRule(_WARNING, _APPROXIMATED, "the agent can do more than its author allowed, as --allow-widening asks"),
    "permission-translated": LossRule(_NOTE, _MOVED, "the rules of the set are said in the target's words"),
    "permission-wider": LossRule(
        _NOTE, _APPROXIMATED, "the target holds more back than this, since it cannot say it as narrowly", "look at what it denies besides"
    ),
    "permission-asks": LossRule(
        _NOTE, _APPROXIMATED, "the target runs these unasked where nobody says otherwise; it asks for what no rule is about"
    ),
    "permission-allow-dropped": LossRule(
        _NOTE, _DROPPED, "a rule that lets something run unasked, and that the target cannot say; it asks"
    ),
    "permission-rule-dropped": LossRule(
        _WARNING,
        _DROPPED,
        "a rule that denies or asks about nothing that a target could be held to",
        "look whether it was meant: it may match no call of a tool, or be about other agents and skills alone",
    ),
    "permission-mode-dropped": LossRule(_NOTE, _DROPPED, "the mode that a session begins in is the target's own"),
    "permission-folders-dropped": LossRule(_NOTE, _DROPPED, "folders outside of the project that are open are for each client to be told"),
    "permission-key-dropped": LossRule(_WARNING, _DROPPED, "a key beside the rules of a set that only the source client uses"),
    "permission-nothing-to-say": LossRule(_NOTE, _DROPPED, "no rule of the set is written"),
    "set-rules-in-agent": LossRule(
        _NOTE, _MOVED, "rules of the whole set stand in the agent's own, too, which the target would take before them"
    ),
    "set-restraint": LossRule(
        _REFUSAL,
        _REFUSED,
        "it could do what is denied or asked about for the whole set, which the target does not hold",
        "--allow-widening=hooks,permissions writes it all the same",
        option="`allow_widening=True` writes it all the same",
        by_flag=True,
    ),
    "set-restraint-unheld": LossRule(
        _WARNING, _DROPPED, "a rule or a guard of the whole set that the target does not hold; what could break it is refused", apart=True
    ),
    "set-restraint-widened": LossRule(
        _WARNING, _DROPPED, "a rule or a guard of the whole set that the target does not hold, as --allow-widening asks", apart=True
    ),
    "set-restrictions-stay": LossRule(_WARNING, _DROPPED, "what restrains the whole set stays; the target gets none of it"),
    "degraded-elsewhere": LossRule(
        _WARNING, _DROPPED, "the target reads the file of another assistant, where it has no place for this, and takes nothing of it"
    ),
    "widened-elsewhere": LossRule(
        _WARNING, _APPROXIMATED, "the target reads the file of another assistant, and lets the agent do more than its author allowed"
    ),
}


def quoted(value: object) -> Detail:
    """Say which value a loss is about."""
    return Detail("`{}`", (value,))


def becomes(old: object, new: object) -> Detail:
    """Say what took a value's place."""
    return Detail("`{}` becomes `{}`", (old, _as_hidden(old, new)))


def renamed(old: str, new: str) -> Detail:
    """Say by which name an agent goes that is spoken of by another."""
    return Detail("`{}` is now `{}`", (old, _as_hidden(old, new)))


def _as_hidden(old: object, new: object) -> object:
    """Return what may be shown of a value that was made of another one: no more than of that."""
    if not isinstance(old, str) or not isinstance(new, str) or credentials.masked(old) == old:
        return new
    return credentials.shortened(new)


def listed(words: Iterable[str], around: str = "{}", *, nothing: str = "") -> Detail:
    """Say which of several things a loss is about.

    Args:
        words: Their names.
        around: What to say of them.
        nothing: What to say where there is none.
    """
    found = tuple(words)
    return Detail(around, (found,)) if found else Detail(nothing)


def loss(
    code: str,
    agent: str,
    field: str,
    target: str,
    detail: Detail | str,
    *,
    hint: str | None = None,
    span: Span | None = None,
    severity: LossSeverity | None = None,
    part: str | None = None,
) -> Loss:
    """Make a Loss.

    Args:
        code: A key of `CATALOGUE`.
        agent: The agent's id, or that of a part.
        field: The path of the field that changed.
        target: The target's format id.
        detail: What is particular to this agent, short enough for one line; text says it where no value of the agent's is in it.
        hint: What to do next, where the catalogue has nothing better.
        span: Where the field stands in the source.
        severity: How much it matters, where that is not what it mostly is.
        part: The kind of part, where it is no agent.

    Raises:
        KeyError: The code is not in the catalogue (a bug).
    """
    rule = CATALOGUE[code]
    data = Detail(detail) if isinstance(detail, str) else detail
    return Loss(code, severity or rule.severity, rule.kind, agent, field, target, str(data), hint or rule.hint, span, data, part)
