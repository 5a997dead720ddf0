"""Comments of a TOML file from which something goes: a parser takes them for a part of the table that they stand in, a person may not."""

from __future__ import annotations

from collections import Counter

from agentconv.families import toml_values


def kept(before: str, after: str) -> str:
    """Return a text from which a table went, with the comments that went with it, each on a line of its own, where they stood.

    Nothing that is written here has any: they are a person's, whatever they are about.
    """
    there = Counter(_comments(after))
    lost = []
    for comment in _comments(before):
        if there[comment]:
            there[comment] -= 1
        else:
            lost.append(comment)
    if not lost:
        return after
    line = "\r\n" if "\r\n" in before else "\n"
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), min(len(before), len(after)))
    is_open = same == len(after) and after != "" and not after.endswith("\n")
    start = same if is_open else after.rfind("\n", 0, same) + 1
    return f"{after[:start]}{line if is_open else ''}{''.join(f'{one}{line}' for one in lost)}{after[start:]}"


def _comments(text: str) -> list[str]:
    found = (match[0] for match in toml_values.STRINGS.finditer(text))
    return [one.rstrip() for one in found if one.startswith("#")]
