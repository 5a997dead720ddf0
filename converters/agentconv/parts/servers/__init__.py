"""MCP servers of a whole project or user: entries of a file that is mainly the user's."""
