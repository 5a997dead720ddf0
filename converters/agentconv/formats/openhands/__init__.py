"""OpenHands: markdown agents of projects and users."""
