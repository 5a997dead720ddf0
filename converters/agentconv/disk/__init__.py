"""The one way to the disk: below one folder, atomic, and never over bytes that are not ours."""
