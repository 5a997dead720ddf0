"""GitHub Copilot: custom agents of VS Code and of the command line."""
