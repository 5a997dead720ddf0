"""Commands: texts that a user sends by their names, read as each client reads them and spelled in another one's words."""
