"""What shtab completes by a function of its own: lists with commas, and the names of packs. Each as the four shells say it."""

from __future__ import annotations

import re
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIST = {
    "bash": Template("""\
$name() {
  local head=""
  [[ "$$1" == *,* ]] && head="$${1%,*},"
  compgen -P "$$head" -W "$words" -- "$${1##*,}"
}"""),
    "zsh": Template("""\
$name() { local -a found; found=($words); _sequence compadd - $$found }"""),
    "fish": Template("""\
function $name
  set -l head (string replace -r '[^,]*$$' '' -- (commandline -ct))
  for word in $words
    echo $$head$$word
  end
end"""),
    "powershell": Template("""\
function $name {
  param([string]$$WordToComplete)
  $$head = ''
  if ($$WordToComplete -match '^(.*,)') { $$head = $$Matches[1] }
  '$words' -split ' ' | ForEach-Object { $$head + $$_ } | Where-Object { $$_ -like "$$WordToComplete*" }
}"""),
}
"""The last word of a list, with what stands before it."""
_NAMES = {
    "bash": Template("""\
$name() {
  compgen -W "$$($command 2>/dev/null)" -- "$$1"
$files}"""),
    "zsh": Template("""\
$name() { compadd - $${(f)"$$($command 2>/dev/null)"}$files }"""),
    "fish": Template("""\
function $name
  $command 2>/dev/null$files
end"""),
    "powershell": Template("""\
function $name {
  param([string]$$WordToComplete)
  & $command 2>$$null | Where-Object { $$_ -like "$$WordToComplete*" }$files
}"""),
}
"""What a command prints, a name a line."""
_OR_FILES = {
    "bash": '  compgen -f -- "$1"\n',
    "zsh": "; _files",
    "fish": "\n  __fish_complete_path (commandline -ct)",
    "powershell": "\n  _shtab_powershell_compgen_files $WordToComplete",
}


def words(metavar: str, found: Iterable[str]) -> dict[str, object]:
    """Complete words with commas between them."""
    name = f"_agentconv_list_{re.sub('[^a-z]+', '_', metavar.lower()).strip('_')}"
    return _completer(name, {shell: text.substitute(name=name, words=" ".join(found)) for shell, text in _LIST.items()})


def names(command: str, *, files: bool = False) -> dict[str, object]:
    """Complete what a command of ours prints, and files besides where they are taken, too."""
    name = f"_agentconv_{'names_or_files' if files else 'names'}_{re.sub('[^a-z]+', '_', command)}"
    filled = {
        shell: text.substitute(name=name, command=f"agentconv {command}", files=_OR_FILES[shell] if files else "")
        for shell, text in _NAMES.items()
    }
    return _completer(name, filled)


def _completer(name: str, preamble: dict[str, str]) -> dict[str, object]:
    return {**dict.fromkeys(("bash", "zsh", "powershell"), name), "fish": f"({name})", "preamble": preamble}
