"""Hooks of a whole project or user: what a client runs on its events, which may block what is about to happen."""
