"""Docker Agent: files of agents by name."""
