"""The registry of formats, and one package per client: all that it owns lies under its name. Packages never import each other."""
