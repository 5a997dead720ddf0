"""Prompts that are one piece of text over and over, chosen to make patterns that are searched for try again at every place."""

PIECES = (
    *("a", "A1", "a ", "{", "${", "{{", "{a:", "<", "[TODO", "`", "```\n", "\n---\n", "\r\n", "\x00", "\x08"),
    *(
        "curl ",
        "| sh ",
        "$(curl -",
        "ignore ",
        "ignore all ",
        "/home/aa ",
        "C:\\Users\\",
        "`Aa` tool ",
        "CLAUDE.md ",
        ".claude/ ",
        "/.claude/",
    ),
    *(
        "eyJ",
        "eyJaaaaaaaaaaa.",
        "sk-",
        "://",
        "://a:",
        "Bearer ",
        "-----BEGIN ",
        "AKIA",
        "key=",
        "token:",
        "--api-key, ",
        "_sk-",
        "aeyJaaaaaaaaaaa.",
    ),
    *(
        "\u200b",
        "\u200d",
        "\u202e",
        "\U000e0041",
        "\ufe0f",
        "\ufeff",
        "\ufffd",
        "â€™",
        "â€™ ",
        "é",
        "éé ",
        "é\x80",
        "Ã\xad ",
        "é\xad",
        "\udc97",
    ),
)
"""What a prompt is filled with."""


def prompt(piece, size):
    """Return an agent whose prompt is as long as that, in bytes of UTF-8."""
    filled = piece * (size // len(piece.encode("utf-8", "surrogateescape")))
    return f"---\nname: reviewer\ndescription: Reviews changes\n---\n\n{filled}\n"
