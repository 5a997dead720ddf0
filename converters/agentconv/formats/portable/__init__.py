"""Agent Plugins: the containers that several clients read, with skills and MCP servers and nothing else."""
