"""From what a user names to agents: which files, of which format, read one after the other."""
