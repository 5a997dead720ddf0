"""JSON with comments as clients read it, and edits of it that keep every other byte."""
