"""What agents need beside themselves, skills, commands and MCP servers: what all clients share of them."""
