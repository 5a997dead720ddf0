"""Skills: what all clients share of a folder with a SKILL.md, by https://agentskills.io/specification.

A client gives its `Client`: where it looks, how it finds and parses the header, its keys, and its names. Reading, projecting and
writing are the same for all of them. A skill's file is copied byte for byte, but for keys that mean something.
"""
