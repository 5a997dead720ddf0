"""Skills, commands and MCP servers: what all clients share of them."""
