"""OpenCode, and Kilo, which comes from it."""
