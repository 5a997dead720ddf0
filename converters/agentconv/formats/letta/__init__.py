"""Letta Code: markdown agents of projects and users."""
