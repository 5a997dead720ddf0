"""Kiro and Amazon Q Developer, which it comes from: JSON files of the command lines, markdown files of the IDE."""
