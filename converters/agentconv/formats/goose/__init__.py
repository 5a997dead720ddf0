"""goose: markdown agents of projects and users."""
