"""Shapes of files that at least two clients share: markdown with a YAML header, records, keys and their values."""
