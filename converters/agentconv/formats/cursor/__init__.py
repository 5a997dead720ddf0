"""Cursor: agents in markdown, behind a header of lines that is no YAML."""
