"""The parser: help with examples first, the same on every Python, and errors that say what was meant."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING, NoReturn

from agentconv.cli import mistakes, options
from agentconv.cli.configuration import STRICT
from agentconv.conversion.choices import EVERYTHING
from agentconv.core.restraints import RESTRAINING
from agentconv.core.suggestions import nearest
from agentconv.formats import registry
from agentconv.render import table

if TYPE_CHECKING:
    from collections.abc import Sequence


vars(argparse)["_"] = str
"""What `argparse` says stays English like all that we say: to look for a catalogue in the user's language loads `locale` and takes longer
than to parse."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Each option with its value once: `-f, --from FORMAT`."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=table.width() - 2)

    def _split_lines(self, text: str, width: int) -> list[str]:
        from textwrap import wrap

        return wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return str(action.metavar or action.dest)
        names = [name for name in action.option_strings if name.replace("--no-", "--") not in action.option_strings or "--no-" not in name]
        value = "" if action.nargs == 0 else str(action.metavar)
        return ", ".join(names) + (value if value.startswith("[") else f" {value}" if value else "")


class Parser(argparse.ArgumentParser):
    """A parser whose help begins with examples, and whose errors are diagnostics with a hint."""

    examples = ""
    words: Sequence[str] = ()
    """The command line, for what is said of it."""

    def __init__(self, prog: str, usage: str, description: str) -> None:
        super().__init__(prog=prog, usage=usage, description=description, formatter_class=Formatter, allow_abbrev=False)
        self.color = False  # what newer Pythons do by themselves
        self.suggest_on_error = False

    def format_help(self) -> str:
        """Return the help: what it is for, examples, usage, options."""
        from agentconv.cli import help_text

        formatter = self._get_formatter()
        formatter.add_text(self.description)
        formatter.add_text(help_text.laid_out(self.examples))
        formatter.add_text(help_text.usage(str(self.usage)))
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_arguments(group._group_actions)  # noqa: SLF001 - as argparse's own format_help does
            formatter.end_section()
        formatter.add_text(self.epilog)
        return formatter.format_help()

    def check(self, given: argparse.Namespace) -> None:
        """Complain about words that name nothing, where it can be told what was meant.

        Raises:
            InputError: There is one.
        """
        mistakes.check(given, self._actions)

    def error(self, message: str) -> NoReturn:
        """Raise what a user can mend."""
        choice = re.match(r"argument (\S+): invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if choice:
            words = [word.strip("' ") for word in choice[3].split(",")]
            hint = registry.did_you_mean(choice[2], words, f"values: {', '.join(words)}")
            raise registry.usage(f"{choice[1]} does not take `{choice[2]}`", hint)
        if "-t/--to" in message:
            meant = mistakes.missing_target(self.words)
            raise options.no_target(f"{self.prog} {meant}" if meant else None)
        missing = re.match(r"the following arguments are required: (.*)", message)
        if missing:
            way = mistakes.missing(missing[1], self.prog.rpartition(" ")[2])
            raise registry.usage(f"{missing[1]} is missing", way or f"see the examples of `{self.prog} --help`")
        message = re.sub(r"^argument (\S+): not allowed with argument (\S+)", r"\1 and \2 exclude each other", message)
        message = re.sub(r"^argument (\S+): expected one argument", r"\1 wants a value", message)
        raise registry.usage(message.removeprefix("argument "), f"see `{self.prog} --help`")

    def check_flags(self, words: Sequence[str]) -> None:
        """Complain about the first word that looks like a flag and is none.

        Raises:
            InputError: There is one.
        """
        self.words = words
        known = [flag for action in self._actions for flag in action.option_strings]
        for at, word in enumerate(words):
            if word == "--":
                return
            flag, _, value = word.partition("=")
            wrong = flag not in known if flag.startswith("--") else len(flag) > 1 and flag[0] == "-" and flag[:2] not in known
            if wrong or (len(flag) > 2 and f"-{flag}" in known):  # `-to codex` would be `-t o`, and a SRC
                long = [name for name in known if name.startswith("--")]
                meant = mistakes.flag_meant(flag, value or "".join(words[at + 1 : at + 2]), self._actions)
                other = mistakes.flag_elsewhere(self.prog.rpartition(" ")[2], flag, value or "".join(words[at + 1 : at + 2]))
                hint = f"did you mean `{meant}`?" if meant else _nearest_flag(flag, long) or f"see `{self.prog} --help`"
                hint = other or hint
                raise registry.usage(f"`{self.prog}` has no flag `{flag}`", hint)


def _nearest_flag(flag: str, known: Sequence[str]) -> str | None:
    """Return a hint that names the nearest flag: the dashes are what all have in common, and make none nearer."""
    words = {name.lstrip("-"): name for name in known}
    close = nearest(flag.lstrip("-"), words)
    return f"did you mean `{words[close]}`?" if close else None


_BARE = {"--strict": "warnings", "--accept": EVERYTHING, "--allow-widening": EVERYTHING}
"""Flags that may stand without a value, and the value that they have then."""


def spelled(words: Sequence[str]) -> list[str]:
    """Give a flag that may stand alone its value, so that it does not take the SRC or PACK that follows for one, but a word of its own."""
    found: list[str] = []
    bare = ""
    for word in words:
        if bare and _is_value(bare, word) and not os.path.exists(word):
            found[-1], bare = f"{bare}={word}", ""
        else:
            bare = word if word in _BARE and "--" not in found else ""
            found.append(f"{word}={_BARE[word]}" if bare else word)
    return found


def _is_value(flag: str, text: str) -> bool:
    """Whether a text is nothing but words that a flag takes."""
    return {word.partition(":")[0] for word in text.split(",")} <= _values(flag)


def _values(flag: str) -> frozenset[str]:
    if flag == "--strict":
        return frozenset(STRICT)
    if flag == "--allow-widening":
        return frozenset({EVERYTHING, *RESTRAINING})  # a name after a blank may be a file or a folder
    from agentconv.install import consent
    from agentconv.sync.settings import ACCEPTABLE, BY_KEY

    return frozenset({EVERYTHING, *ACCEPTABLE, *BY_KEY, *consent.KNOWN, consent.LEAVING})
