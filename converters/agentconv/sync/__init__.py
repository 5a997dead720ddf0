"""A project's own agents, kept in step for every assistant that is used there."""
