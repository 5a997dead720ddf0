"""Roo Code: custom modes, several a file."""
