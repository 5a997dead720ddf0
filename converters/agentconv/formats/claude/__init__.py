"""Claude Code: agents of projects, of `--agents` and of plugins."""
