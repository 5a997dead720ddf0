"""Junie."""
