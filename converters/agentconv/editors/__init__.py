"""What editors are told of agents' files while they are edited, over the Language Server Protocol.

Nothing here finds anything itself: findings are those of `agentconv lint`, losses those of a conversion, words and keys those of the
vocabularies and schemas.
"""
