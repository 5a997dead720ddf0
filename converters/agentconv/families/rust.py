"""What Rust's own functions make of text."""

from agentconv.families import javascript

SPACE = javascript.SPACE.replace("\ufeff", "") + "\x85"
"""What `trim` takes away: Unicode's White_Space."""
