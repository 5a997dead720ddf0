"""What several formats share: markdown with a YAML header, TOML, the canonical document, keys and their values."""
