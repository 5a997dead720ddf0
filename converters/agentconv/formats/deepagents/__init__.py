"""deepagents-code: a folder for each markdown agent of projects and users."""
