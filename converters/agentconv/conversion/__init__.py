"""Conversion and its law: project, write, read back with the target's own reader, compare."""
