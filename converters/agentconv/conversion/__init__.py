"""Conversion: `converting` walks over what was read, `law` is what each agent goes through."""
