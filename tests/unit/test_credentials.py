"""What counts as a credential, by its shape and by its name, what does not, and how little of one is ever shown."""

import itertools
import json
import random
import string

import pytest
from detect_secrets.plugins.keyword import DENYLIST, KeywordDetector
from hypothesis import given
from hypothesis import strategies as st

from agentconv.core import credentials, names
from agentconv.core.credentials import randomness, shapes

LETTERS = string.ascii_letters + string.digits


def drawn(seed, alphabet, length):
    """Return random text, the same each time, with a digit in it: what a maker's keys are."""
    found = random.Random(seed).choices(alphabet, k=length)
    found[length // 2] = random.Random(seed).choice("23456789")
    return "".join(found)


def secret_names():
    """Return names of secrets: each that the reference knows, with and without what stands before and after."""
    stems = [variant for word in DENYLIST for variant in dict.fromkeys((word.replace("_?", "_"), word.replace("_?", "")))]
    return [f"{before}{stem}{after}" for stem, before, after in itertools.product(stems, ("", "tavily_", "my_db_"), ("", "_prod", "_2"))]


def values():
    """Return values: hexadecimal, base 62, base 64, with signs, and one that a person made."""
    for seed in range(25):
        yield drawn(seed, "0123456789abcdef", 32)
        yield drawn(seed, LETTERS, random.Random(seed).choice((20, 24, 32, 40, 48)))
        yield drawn(seed, LETTERS + "+/", 43) + "="
        yield drawn(seed, LETTERS + "!%*-_.+", 24)
        yield f"{drawn(seed, string.ascii_lowercase, 9)}-horse-battery"


SHAPES = random.Random(12).sample(list(itertools.product(secret_names(), values())), 150)
LAYOUTS = {
    "YAML": lambda name, value: f"mcpServers:\n  - x:\n      env:\n        {name.upper()}: {value}\n      type: stdio\n",
    "TOML": lambda name, value: f'[mcp_servers.x]\nenv = {{ {name.upper()} = "{value}", MODE = "fast" }}\n',
    "JSON": lambda name, value: f'{{"env": {{"{name.upper()}": "{value}", "MODE": "fast"}}}}',
    "header": lambda name, value: f'{{"headers": {{"X-{name.title().replace("_", "-")}": "{value}"}}}}',
    "flag and value": lambda name, value: f'args: ["-y", "x", "--{name.replace("_", "-")}", "{value}"]\n',
    "flag with value": lambda name, value: f"args:\n  - -y\n  - --{name.replace('_', '-')}={value}\n",
    "query": lambda name, value: f"url: https://api.internal/mcp?mode=fast&{name}={value}&x=1\n",
}
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def found(text, *, strong=None):
    """Return the values that are found."""
    return {one.text for one in credentials.secrets(text) if strong in (None, one.strong)}


def reference(text, value):
    """Whether the rule of detect-secrets about names finds a value, in a file of configuration or in any other."""
    lines = [(kind, line) for kind in ("x.yaml", "x.md") for line in text.splitlines()]
    return any(value in one.secret_value for kind, line in lines for one in KeywordDetector().analyze_line(kind, line))


@layouts
def test_recall_of_names(layout):
    """Each value with the name of a secret is found wherever it stands, also those that detect-secrets' rule about names finds."""
    texts = [(layout(name, value), value) for name, value in SHAPES]
    missed = [text for text, value in texts if value not in found(text)]

    assert [value for text, value in texts if reference(text, value) and text in missed] == []
    assert missed == []


def test_the_reference_finds_most_in_its_layouts():
    """The set is one that detect-secrets' rule is made for: what is compared above is something."""
    texts = [(LAYOUTS[kind](name, value), value) for kind in ("YAML", "JSON") for name, value in SHAPES]

    assert sum(reference(text, value) for text, value in texts) > 250


@layouts
def test_strength(layout):
    """What looks random is one beyond doubt; what a person made of words is only one by its name."""
    random_ones = [(layout(name, value), value) for name, value in SHAPES if not value.endswith("battery")]
    worded = [(layout(name, value), value) for name, value in SHAPES if value.endswith("battery")]

    assert [value for text, value in random_ones if value not in found(text, strong=True)] == []
    assert [value for text, value in worded if value not in found(text, strong=False)] == []


@layouts
def test_at_most_four_characters_are_shown(layout):
    """A mask leaves no five characters in a row of a secret, in any layout, and the rest of the text as it was."""
    for name, value in SHAPES:
        text = layout(name, value)
        masked, filled = credentials.masked(text), credentials.masked(text, "*")

        assert not [value[at : at + 5] for at in range(len(value) - 4) if value[at : at + 5] in masked + filled]
        assert masked == text.replace(value, f"{value[:4]}…")
        assert len(filled) == len(text)


LINES_BEFORE = (
    *(
        "API_KEY: |\n    {}\n",
        "API_KEY: |-\n    {}\n",
        "API_KEY: >\n    {}\n",
        "API_KEY: >2-\n    {}\n",
        "API_KEY: >- # of the shop\n\n    {}\n",
    ),
    *("API_KEY:\n    {}\n", "API_KEY: # of the shop\n    {}\n", "API_KEY: &key\n    {}\n", "API_KEY: !!str |\n    {}\n"),
    *('API_KEY: "\\\n    {}"\n', 'API_KEY: "\n    {}"\n', "API_KEY: '\n    {}'\n", 'API_KEY = """\n{}"""\n', 'API_KEY = """\\\n  {}"""\n'),
)
"""Ways to write a value below its name, in YAML and TOML."""


@pytest.mark.parametrize("held", [str, json.dumps], ids=["as it is", "in JSON"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("layout", LINES_BEFORE)
def test_names_on_the_line_before(layout, end, held):
    """A value whose name stands on the line before it is found, also in a text that a bundle holds as JSON, and masked there."""
    for _, value in SHAPES[:40]:
        text = held(f"env:\n  {layout.format(value)}  MODE: fast\n".replace("\n", end))

        masked = credentials.masked(text)

        assert value in found(text), text
        assert value[4:9] not in masked
        assert "MODE: fast" in masked


@pytest.mark.parametrize("held", [str, json.dumps], ids=["as it is", "in JSON"])
def test_values_that_go_on(held):
    """What goes on in the next line is masked there, too: a text in double quotes, and one of several lines."""
    value = drawn(9, LETTERS, 48)
    for layout in ('API_KEY: "{}\\\n    {}"\n', "API_KEY: |\n    {}\n    {}\n"):
        text = held(f"env:\n  {layout.format(value[:24], value[24:])}  MODE: fast\n")
        masked, filled = credentials.masked(text), credentials.masked(text, "*")

        assert [text for text in (masked, filled) if value[4:9] in text or value[24:29] in text or "MODE: fast" not in text] == []


LOGINS = {
    "YAML list": lambda flag, login: f"args:\n  - {flag}\n  - {login}\n  - https://host.internal\n",
    "YAML flow": lambda flag, login: f"args: [{flag}, {login}, -v]\n",
    "JSON list": lambda flag, login: f'{{"command": "curl", "args": ["{flag}",\n  "{login}"]}}',
    "JSON in JSON": lambda flag, login: json.dumps(json.dumps({"args": [flag, login]}, indent=2)),
    "one word": lambda flag, login: f"args: ['{flag}={login}']\n",
    "command": lambda flag, login: f"command: curl {flag} {login} https://host.internal\n",
    "quoted in a command": lambda flag, login: json.dumps(f'curl {flag} "{login}" https://host.internal'),
}


@pytest.mark.parametrize("layout", LOGINS.values(), ids=LOGINS)
def test_passwords_by_their_place(layout):
    """What stands after `user:` behind a flag that takes both is found and masked, and is beyond doubt where it looks random."""
    flags = ("-u", "--user", "-U", "--proxy-user", "--auth")
    for (_, value), flag in zip(SHAPES, itertools.cycle(flags), strict=False):
        text = layout(flag, f"admin:{value}")

        assert value in found(text, strong=not value.endswith("battery")), text
        assert credentials.masked(text) == text.replace(value, f"{value[:4]}…")


@pytest.mark.parametrize(
    "text",
    [
        *("docker run -u 1000:1000 --rm x", "docker run --user www-data:www-data x", '["run", "-u", "app:staff"]', "-u $(id -u):$(id -g)"),
        *("curl -u admin:$PASSWORD x", 'curl -u "$USER:${TOKEN}" x', "curl --user username:password x", '["--user", "<user>:<api-key>"]'),
        *("rsync -a host:backup/of-all-2024 .", "git push -u origin main:refs/heads/main", "fetch -u https://host.internal:8080/a?b=c"),
        *("the user: admin", "--user: the user's name, such as admin", "sub-u admin:q7Zk2mB9xTr4LwPd8sVn"),
    ],
)
def test_other_places(text):
    """Groups, ids, references, places to fill in and addresses are no passwords, nor is anything after `user:` without a flag."""
    assert found(text) == set()
    assert credentials.masked(text) == text


PLUGINS = {
    "artifactory.ArtifactoryDetector": f"AKCp{drawn(1, LETTERS, 69)}",
    "aws.AWSKeyDetector": "AKIA" + drawn(1, string.ascii_uppercase + "234567", 16),
    "azure_storage_key.AzureStorageKeyDetector": f"AccountKey={drawn(1, LETTERS, 86)}==",
    "basic_auth.BasicAuthDetector": f"https://shop:{drawn(1, LETTERS, 12)}@host.internal",
    "github_token.GitHubTokenDetector": f"ghp_{drawn(1, LETTERS, 36)}",
    "gitlab_token.GitLabTokenDetector": f"glpat-{drawn(1, LETTERS, 20)}",
    "jwt.JwtTokenDetector": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI4MjMxIiwibmFtZSI6Ik1hcnRhIn0.q7Zk2mB9xTr4LwPd8sVnHc3eYf",
    "mailchimp.MailchimpDetector": f"{drawn(1, '0123456789abcdef', 32)}-us12",
    "npm.NpmDetector": f"//registry.npmjs.org/:_authToken=npm_{drawn(1, LETTERS, 36)}",
    "openai.OpenAIDetector": f"sk-{drawn(1, LETTERS, 20)}T3BlbkFJ{drawn(2, LETTERS, 20)}",
    "private_key.PrivateKeyDetector": f"-----BEGIN RSA PRIVATE KEY-----\n{drawn(1, LETTERS, 64)}\n{drawn(2, LETTERS, 64)}\n-----END",
    "pypi_token.PypiTokenDetector": f"pypi-AgEIcHlwaS5vcmc{drawn(1, LETTERS, 90)}",
    "sendgrid.SendGridDetector": f"SG.{drawn(1, LETTERS, 22)}.{drawn(2, LETTERS, 43)}",
    "slack.SlackDetector": f"xoxb-{drawn(1, '123456789', 12)}-{drawn(2, '123456789', 12)}-{drawn(3, LETTERS, 24)}",
    "square_oauth.SquareOAuthDetector": f"sq0csp-{drawn(1, LETTERS, 43)}",
    "stripe.StripeDetector": f"sk_live_{drawn(1, LETTERS, 24)}",
    "telegram_token.TelegramBotTokenDetector": f"8127364509:AA{drawn(1, LETTERS, 33)}",
    "twilio.TwilioKeyDetector": f"SK{drawn(1, '0123456789abcdef', 32)}",
}
"""A secret for each plugin of detect-secrets about a shape that says what it is without a name beside it."""


@pytest.mark.parametrize(("plugin", "secret"), PLUGINS.items(), ids=PLUGINS)
def test_shapes_of_the_reference(plugin, secret):
    """What detect-secrets knows by its shape is one beyond doubt, and is masked."""
    module, _, name = plugin.partition(".")
    detector = getattr(pytest.importorskip(f"detect_secrets.plugins.{module}"), name)()
    known = [match for line in secret.splitlines() for match in detector.analyze_string(line)]

    strong = found(f"It is {secret} here.", strong=True)

    assert known
    assert strong
    assert not [one for one in strong if one[4:12] in credentials.masked(f"It is {secret} here.")]


@pytest.mark.parametrize("secret", [*(text for text in PLUGINS.values() if " " not in text and "//" not in text), drawn(5, LETTERS, 40)])
def test_names_that_were_made_legal(secret):
    """What is left of a secret once a legal name was made of it is masked like the secret, in a file's path, too."""
    for legal in (names.slug(secret), names.slug(f"deploy {secret}"), names.stem(secret)):
        masked = credentials.masked(f"wrote .codex/agents/{legal}.toml")

        assert not any(legal[at : at + 12] in masked for at in range(12, len(legal) - 12))
        assert masked.startswith("wrote .codex/agents/")


@pytest.mark.parametrize("kind", shapes.KINDS, ids=lambda kind: kind.start)
def test_shapes_are_found_by_their_long_words(kind):
    """A shape that holds no blanks is never shorter than the words that are looked at."""
    assert kind.spaced or not any(kind.match(f"{kind.start}{'a1B2' * 4}"[:length], len(kind.start)) for length in range(randomness.LONG))


@pytest.mark.parametrize("held", [str, json.dumps], ids=["as it is", "in JSON"])
@pytest.mark.parametrize("indent", ["", "          "])
def test_a_private_key_of_which_an_end_is_missing(held, indent):
    """A key is masked whose first dashes, or whole beginning, or end went to something else, and is found once."""
    lines = [drawn(seed, LETTERS + "+/", 64) for seed in range(3)]
    whole = ["-----BEGIN RSA PRIVATE KEY-----", *lines, f"{drawn(4, LETTERS, 10)}==", "-----END RSA PRIVATE KEY-----"]
    for cut in (whole, [whole[0][3:], *whole[1:]], [whole[0][5:], *whole[1:]], whole[1:], whole[2:], whole[:-1], ["--", *whole[1:]]):
        text = held("\n".join(["Use it.", "", *(f"{indent}{line}" for line in cut), "", "Then stop."]))
        masked, filled = credentials.masked(text), credentials.masked(text, "*")

        assert [one.what for one in credentials.secrets(text)] == [shapes.PRIVATE_KEY]
        assert not [line for line in cut[1:-1] if line[4:9] in masked + filled]
        assert "Use it." in masked


OPENAI = "sk-" + drawn(5, LETTERS, 48)


@pytest.mark.parametrize("before", ["", "x", "_", "-", "mcp__", "é", "9", "risk-", "KEY_"])
@pytest.mark.parametrize(
    "secret", [OPENAI, "ghp_" + drawn(6, LETTERS, 36), "AKIA" + drawn(7, string.ascii_uppercase, 16), "tvly-" + drawn(8, LETTERS, 32)]
)
def test_no_left_boundary(before, secret):
    """A letter, a digit or a sign before a secret hides it from no mask."""
    masked = credentials.masked(f"tools: Read, {before}{secret}__x")

    assert secret[4:9] not in masked
    assert masked.startswith("tools: Read, ")


@pytest.mark.parametrize(
    "text",
    [
        *("risk-assessment-and-management-2024", "task-force-recommendations-for-2025", "desk-research-and-interviews-2024"),
        *(
            "monkeyJsonSerializerFactory.deserializeObjects",
            "KeyJson.parseSomethingVeryLong",
            "MSG.invalid_configuration_value.another_value",
        ),
        *("the_npm_configuration_registry_of_the_company", "gsk_and_other_pharmaceutical_companies_in_2024"),
        *("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "key-550e8400-e29b-41d4-a716-446655440000"),
        *("build-9f86d081884c7d659a2feaa0c55ad015", "npm-debug-2024-11-28t10-22-33", "the-asia-northeast1-documentation-team-of-2024"),
    ],
)
def test_words_are_not_masked(text):
    """Words that only begin or end like the start of a key, and checksums, are shown as they are."""
    assert credentials.masked(text) == text


KINDS_OF_NONE = {
    "empty": ["", " ", "''"],
    "reference": [
        *("${API_KEY}", "${API_KEY:-none}", "$API_KEY", "{env:API_KEY}", "${env:API_KEY}", "${input:api-key}", "{file:./key.txt}"),
        *("%API_KEY%", "{{ api_key }}", "$(pass show key)", "!ENV API_KEY", "op://vault/item/field", "process.env.API_KEY"),
        *("os.environ['KEY']", "OPENAI_API_KEY", "Bearer ${API_KEY}", "Bearer {env:API_KEY}", "get_secret()"),
    ],
    "placeholder": [
        *("your-api-key", "YOUR_API_KEY_HERE", "<your key>", "<TOKEN>", "[YOUR_TOKEN]", "changeme", "change-me-please", "xxxxxxxxxxxx"),
        *("...", "sk-...", "sk-ant-...", "********", "ntn_****", "insert-your-token-here", "my-secret-key", "replace_with_token"),
        *("redacted", "TODO", "sk-your-key", "example-token-1234567890", "the api key of your account", "Get it from the console"),
        *("abc123def456", "Bearer YOUR_TOKEN"),
    ],
    "number": ["0", "8080", "1.5", "300000", "2026-11-28", "10.2.3.4", "95%", "10s", "^4.24.7", "$0.00012"],
    "boolean": ["true", "False", "yes", "off", "null", "None", "undefined", "required", "optional", "allow", "deny"],
    "address": ["https://host.internal/mcp", "http://localhost:3000", "localhost", "user@example.com", "api.example.com", "host.invalid"],
    "path": ["/run/secrets/key", "./key.pem", "../key.pem", "~/.config/key", "C:\\keys\\key.pem"],
    "own name": ["api_key", "api-key", "apiKey"],
    "type": ["string", "str", "Optional[str]", "str | None"],
    "short": ["a", "abc", "1234"],
}
"""Values that are no secrets, whatever they are called."""


@pytest.mark.parametrize("kind", KINDS_OF_NONE)
@pytest.mark.parametrize("name", ["api_key", "db_password", "tavily_token"])
def test_precision_of_names(kind, name):
    """References, places to fill in, numbers, switches, addresses and paths are none, in the layouts of values."""
    for value in KINDS_OF_NONE[kind]:
        for layout in ("JSON", "TOML", "header"):
            assert found(LAYOUTS[layout](name, value)) == set(), value


@pytest.mark.parametrize(
    "name",
    [
        *("max_tokens", "token_count", "tokenizer", "cost_per_token", "API_KEY_FILE", "SECRET_PATH", "TOKEN_URL", "password_policy"),
        *("secretName", "primary_key", "PUBLIC_KEY", "PARTITION_KEY", "sort-key", "keyboard", "monkey", "author", "authMode", "compass"),
        *("pass", "pattern", "bearer_token_env_var", "aws_secret_access_key_id", "key", "KEY"),
    ],
)
def test_other_names(name):
    """Names that are about secrets, or only sound like them, say nothing about their values."""
    value = drawn(3, LETTERS, 24)

    assert found(f'{{"{name}": "{value}"}}') == set()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "password: must be at least 8 characters",
            "Token: see the documentation of the server",
            "const token = req.headers.authorization",
        ),
        *(
            "Use --token to pass one, or --api-key KEY",
            "secrets: inherit",
            "  id-token: write",
            "TOKEN=\nREGION=eu-west-1\n",
            "AWS_SECRET_ACCESS_KEY=",
        ),
        *("password = getPassword()", 'args: ["--token", "--verbose"]', "| token | the key of the account |", "if (!password) { return }"),
        "class Auth:\n    token: Token\n    password: String\n",
    ],
)
def test_prose_and_code_are_none(text):
    """What is said about secrets in a text, and code that handles them, holds none."""
    assert found(text) == set()
    assert credentials.masked(text) == text


def test_addresses_as_paths():
    """A password in an address is masked in what is left of that where it was taken for a path, too."""
    text = "https:/ada:q7Zk2mB9xTr4@host.internal/out, c:/users/ada:x@host, https://host.internal:8080/@ada"

    assert credentials.masked(text) == text.replace("q7Zk2mB9xTr4", "q7Zk…")


def test_what_has_a_shape_is_found_once():
    """A secret of a known shape with the name of one is one."""
    (one,) = credentials.secrets(f'OPENAI_API_KEY: "{OPENAI}"')

    assert (one.what, one.name) == ("an API key", "")


PIECES = [*"aB3-_=:\"'` \n\\&.,/{}[]<>$é", "key", "token", "sk-", "://", "@", "Bearer ", "--api-key", "password", "q7Zk2mB9xTr4LwPd8sVn"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_masking_is_settled(text):
    """Whatever the text, masking what is masked changes nothing more, and a filled mask keeps each place and line."""
    once = credentials.masked(text)
    filled = credentials.masked(text, "*")

    assert credentials.masked(once) == once
    assert (len(filled), filled.count("\n")) == (len(text), text.count("\n"))
