"""Diagnostics and reports as text and as JSON. Results know nothing of how they look."""
