"""Values and laws: the IR, what a format is, effects, losses, words of clients. Nothing here knows a client or touches the disk."""
