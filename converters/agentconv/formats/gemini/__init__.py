"""Gemini CLI, and Qwen Code, which comes from it."""
