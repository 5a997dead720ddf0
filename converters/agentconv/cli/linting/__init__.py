"""What `agentconv lint` is made of: which files it looks at and as whose, by which settings, and what it tells of them."""
