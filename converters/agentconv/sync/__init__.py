"""Sync: one source of a project's agents, and every assistant in step with it."""
