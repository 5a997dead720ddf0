"""A set and what becomes of it in each assistant, as one page that requests nothing."""
