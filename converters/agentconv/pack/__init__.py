"""Building packs: agent sets as wheels and sdists without code."""
