"""Kimi Code: markdown agents of projects and users."""
