"""One module per format, and nothing else; formats do not know each other."""
