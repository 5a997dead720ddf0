"""The words with which a run of sync says what became of an agent's file, and what each means."""

from __future__ import annotations

WORDS = {
    "write": "a file that was not there is written",
    "replace": "a file that sync did not write gives way to the source's, because --prefer source said so",
    "update": "the source changed, or the configuration, and the file follows",
    "restore": "the file was gone, and is written again; `skip = true` says that it is not wanted",
    "delete": "the agent is gone from the source, or is left out, and its file, which nobody edited, goes, too",
    "rename": "the agent has another name in the source, and its file, and what the configuration says of it, follow",
    "carried": "an edit of a target is in the source now, or in the configuration",
    "adopted": "an agent that stood in a target alone is in the source now",
    "taken": "a file that somebody wrote says what the source says: it is kept in step from now on, where it stands, and is never deleted",
    "kept": "what the source cannot say of an agent holds in one target, because the configuration says so",
    "switch": "another assistant's files are the source from now on, and those that were the source follow it",
    "noted": "the file says something that its assistant alone knows, and that stays",
    "edited": "somebody changed the file, which stays: --carry-back takes the edit into the source, --prefer source NAME takes it back",
    "merged": "the source and the file changed in different lines; the file has both, and --carry-back takes its own into the source",
    "conflict": "the source and the file changed the same thing; both stay as they are until --prefer says whose word counts",
    "foreign": "a file that sync did not write is in the place of one that it would, or some fields of it are not settled yet; it stays: "
    "--prefer FORMAT NAME takes its word into the source, --prefer source NAME replaces it",
    "new": "an agent stands in a target alone; --adopt takes it into the source, `exclude` leaves it alone",
    "renamed": "somebody gave the agent another name in a target; --carry-back NAME:name takes that into the source",
    "moved": "somebody moved the file within its target",
    "copied": "what stood in a file that gives way, and that git does not have, is kept beside it, as `*.agentconv-backup`",
    "released": "the agent is gone from the source, and its file, which somebody wrote or edited, stays and is nobody's from now on",
    "left": "nothing was done with the file, for the reason that is told",
    "stale": "the target cannot hold what the source says now; the file stays as it was",
    "refused": "the target cannot hold the agent, and has no file of it",
    "wider": "the agent may do more there than its source allows; that is told in each run until --prefer source NAME takes it back",
}
"""By the word in small letters."""
