"""Find what breaks an agent, in which client, and mend it without losing a byte.

A rule is one documented unit (`lint/rules/`); it looks at a `Subject`: one file as each client reads it. Rules know no
client's syntax: what a client makes of a file is asked of its reader.
"""
