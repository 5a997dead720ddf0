"""What a format is made of, to be copied: tested like every other, listed nowhere, in no wheel.

Besides the module and its words, a format has a schema and fixtures. Here they lie beside the module; copied, `template.schema.json`
goes to `schemas/formats/<id>.schema.json` and `fixtures` to `fixtures/<id>`. CONTRIBUTING.md has the steps.
"""
