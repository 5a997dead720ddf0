"""YAML as each client's library reads it: faithful ports of five grammars over PyYAML's events, and one emitter."""
