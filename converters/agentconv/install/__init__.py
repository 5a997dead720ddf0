"""Deploying packs into the assistants of a project or user, under a lock that says what is ours."""
