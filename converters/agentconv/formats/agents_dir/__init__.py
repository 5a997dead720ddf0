"""The folder of agents that several clients read."""
