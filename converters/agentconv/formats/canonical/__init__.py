"""The canonical forms: one document, exact, as JSON and as TOML."""
