"""Augment Auggie: markdown agents of projects and users."""
