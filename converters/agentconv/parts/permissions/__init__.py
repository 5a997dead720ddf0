"""Rules of a whole project or user, which restrain all that works in it: what may be used unasked, what asks, and what may not be used."""
