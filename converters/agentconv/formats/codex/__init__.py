"""Codex: roles, one TOML file each."""
