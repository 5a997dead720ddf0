"""Trae."""
