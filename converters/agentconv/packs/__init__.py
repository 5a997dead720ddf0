"""Packs that are here: found without importing, read without extracting, verified against what they say of themselves."""
