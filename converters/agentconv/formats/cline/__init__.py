"""Cline: configured agents, one YAML header and a prompt each."""
