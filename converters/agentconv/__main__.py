"""`python -m agentconv`."""

from agentconv.cli import program

if __name__ == "__main__":
    program()
