"""What credentials look like that can be told without a name beside them.

A search starts at a fixed word (`sk-`, `://`) and runs over each character once, so that no text makes it slow.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agentconv.core.credentials import randomness
from agentconv.core.dataclass import dataclass
from agentconv.core.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential."""

    what: str
    start: str
    """What it starts with, or what stands before it."""
    rest: str
    """What follows, as an expression; its first group is what is secret, else all of it."""
    anywhere: bool = False
    """Whether nothing else looks like it: inside of a longer word, others count only where they look random."""
    before: int = 0
    """How many characters before the start belong to it."""

    spaced: bool = False
    """Whether there may be blanks in it."""

    def match(self, text: str, after: int) -> re.Match[str] | None:
        """Match what follows the start."""
        return _compiled(self.rest).match(text, after)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile an expression when its start is first seen: most runs need none of them."""
    return re.compile(pattern, re.ASCII)


_LONG = r"[A-Za-z0-9]{30,}"
_DASHED = r"[A-Za-z0-9_-]{20,}"
_HEX = r"[0-9a-f]{32,}(?![0-9A-Za-z])"
_HEADERS = r"(?:(?:\s|\\[nr]){1,40}[A-Z][A-Za-z-]{2,20}: [^\r\n\\]{1,80}){0,3}"
"""What an encrypted key in PEM says about itself first."""
_PRIVATE_KEY = rf"[A-Z ]{{0,40}}PRIVATE KEY(?: BLOCK)?-{{1,5}}{_HEADERS}[A-Za-z0-9+/=\s\\]*"
"""What follows where one begins: a `---` that ends something else may have taken the dashes before that, or some of them."""

_BREAK = r"(?:\s|\\{1,3}[nrt])+"
_KEY_LINES = rf"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{{16,}}={{0,2}}{_BREAK})++(?:[A-Za-z0-9+/]{{1,80}}={{0,2}}{_BREAK})?"
_KEY_END = rf"({_KEY_LINES})(?:-{{1,5}}END [A-Z ]{{0,40}}PRIVATE KEY)?"

PASSWORD = "a password in a URL"  # noqa: S105 - what it is called
PRIVATE_KEY = "a private key"
BEARER = "a bearer token"
API_KEY = "an API key"

KINDS = (
    Kind(API_KEY, "sk-", r"[A-Za-z0-9_-]{12,}"),
    *(Kind("a GitHub token", start, r"[A-Za-z0-9]{16,}", anywhere=True) for start in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Kind("a GitHub token", "github_pat_", r"\w{20,}", anywhere=True),
    *(
        Kind("a GitLab token", start, r"[A-Za-z0-9_-]{12,}", anywhere=True)
        for start in ("glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glft-", "glsoat-", "glimt-", "glagent-")
    ),
    Kind("a Slack token", "xox", r"[abeprs]-[A-Za-z0-9-]{10,}", anywhere=True),
    Kind("a Slack token", "xapp-", r"[A-Za-z0-9-]{10,}"),
    Kind("a Slack webhook", "hooks.slack.com/services/", r"(T[A-Za-z0-9_]+/B[A-Za-z0-9_]+/[A-Za-z0-9_]{16,})", anywhere=True),
    Kind("a Discord webhook", "/api/webhooks/", r"\d{10,}/([A-Za-z0-9_-]{40,})", anywhere=True),
    *(Kind("an AWS access key", start, r"[0-9A-Z]{12,}(?![a-z])", anywhere=True) for start in ("AKIA", "ASIA")),
    Kind("a Google API key", "AIza", r"[0-9A-Za-z_-]{20,}", anywhere=True),
    Kind("a Google client secret", "GOCSPX-", _DASHED, anywhere=True),
    Kind("a Google access token", "ya29.", _DASHED),
    Kind("a JSON Web Token", "eyJ", r"[A-Za-z0-9_-]{10,400}+\.[A-Za-z0-9_.-]{10,}"),
    *(Kind("a Stripe key", start, r"(?:live|test)_[A-Za-z0-9]{16,}", anywhere=True) for start in ("sk_", "rk_")),
    Kind("an npm token", "npm_", _LONG),
    Kind("a PyPI token", "pypi-", r"AgE[A-Za-z0-9_-]{16,}", anywhere=True),
    Kind("a RubyGems key", "rubygems_", r"[0-9a-f]{40,}"),
    Kind("a Docker Hub token", "dckr_pat_", _DASHED, anywhere=True),
    Kind("a Hugging Face token", "hf_", _LONG),
    Kind("a Groq key", "gsk_", _LONG),
    Kind("an xAI key", "xai-", _LONG),
    Kind("a Perplexity key", "pplx-", _LONG),
    Kind("a Replicate token", "r8_", _LONG),
    Kind("an NVIDIA key", "nvapi-", _DASHED, anywhere=True),
    Kind("a Cerebras key", "csk-", _LONG),
    Kind("a Jina key", "jina_", _LONG),
    Kind("a LangSmith key", "lsv2_", r"(?:pt|sk)_[0-9a-f]{32}\w*", anywhere=True),
    Kind("a Tavily key", "tvly-", r"[A-Za-z0-9_-]{16,}", anywhere=True),
    Kind("a Firecrawl key", "fc-", _HEX),
    Kind("a SendGrid key", "SG.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    Kind("a Mailchimp key", "-us", r"(?<=[0-9a-f]{32}-us)\d{1,2}(?![0-9a-z])", anywhere=True, before=32),
    Kind("a Mailgun key", "key-", _HEX),
    Kind("a Brevo key", "xkeysib-", r"[0-9a-f]{40,}[0-9A-Za-z-]*", anywhere=True),
    Kind("a Twilio key", "SK", _HEX),
    Kind("a Telegram bot token", ":AA", r"(?<=[0-9]:AA)[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])", anywhere=True),
    *(Kind("a Square token", start, r"[0-9A-Za-z_-]{22,}", anywhere=True) for start in ("sq0atp-", "sq0csp-")),
    *(Kind("a Shopify token", f"shp{kind}_", r"[0-9a-fA-F]{32}", anywhere=True) for kind in ("at", "ca", "pa", "ss")),
    *(Kind("a DigitalOcean token", start, r"[0-9a-f]{40,}", anywhere=True) for start in ("dop_v1_", "doo_v1_", "dor_v1_")),
    Kind("a Databricks token", "dapi", _HEX),
    Kind("a Grafana token", "glsa_", r"[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}", anywhere=True),
    Kind("a Sentry token", "sntrys_", r"[A-Za-z0-9+/=_-]{30,}", anywhere=True),
    Kind("a Vault token", "hvs.", r"[A-Za-z0-9_-]{24,}"),
    Kind("a Tailscale key", "tskey-", r"[a-z]{2,10}-[A-Za-z0-9-]{16,}", anywhere=True),
    Kind("a Supabase token", "sbp_", r"[0-9a-f]{40}", anywhere=True),
    Kind("a Linear key", "lin_api_", _LONG, anywhere=True),
    Kind("a Notion token", "ntn_", r"[A-Za-z0-9]{40,}"),
    Kind("a Notion token", "secret_", r"[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
    Kind("a Figma token", "figd_", _DASHED, anywhere=True),
    Kind("a Postman key", "PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}", anywhere=True),
    Kind("an Apify token", "apify_api_", _LONG, anywhere=True),
    Kind("an Atlassian token", "ATATT3", r"[A-Za-z0-9_=-]{60,}", anywhere=True),
    Kind("an Artifactory key", "AKCp", r"[A-Za-z0-9]{50,}"),
    Kind("an Azure account key", "AccountKey=", r"([A-Za-z0-9+/]{86}==)", anywhere=True),
    Kind("an age key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{58}", anywhere=True),
    *(Kind(BEARER, f"{word}earer ", r"([A-Za-z0-9._~+/-]{16,}=*)", anywhere=True, spaced=True) for word in "Bb"),
    *(Kind(PRIVATE_KEY, start, _PRIVATE_KEY, anywhere=True, spaced=True) for start in ("-----BEGIN ", "BEGIN ")),
    Kind(PASSWORD, ":/", r"/?[^\s:/@\"'<>`\\]{0,64}:([^\s:/@\"'<>`\\]{3,200})@", anywhere=True, spaced=True),
)


def key_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the lines of private keys are by their ends: what they begin with may be in another text."""
    if "-END " in text and "PRIVATE KEY" in text:
        for match in _compiled(_KEY_END).finditer(text):
            if match.end() > match.end(1):
                yield match.span(1)


def possible(text: str) -> list[Kind]:
    """Return the kinds that may be in a text, which is looked through once for each only where it has long words."""
    words = " ".join(randomness.long_words(text))
    return [kind for kind in (KINDS if words else _SPACED) if kind.start in (text if kind.spaced else words)]


_SPACED = tuple(kind for kind in KINDS if kind.spaced)
"""Those that may be in a text without any long word."""


_LEGAL = expression(r"(?<![A-Za-z0-9-])[A-Za-z0-9-]{15,}(?:[._][A-Za-z0-9-]{10,})*")
_LONG_PART = expression(r"[A-Za-z0-9]{16,}")


_DASHES_FOLLOW, _WORD_FOLLOWS = expression(r"[a-z0-9-]{12}"), expression(r"[a-z0-9]{12}")


@cache
def _legal_starts() -> tuple[str, ...]:
    """Return what credentials start with once a legal name was made of them: their signs are dashes, their case may be gone."""
    starts = {re.sub(r"[^a-z0-9]+", "-", kind.start.lower()) for kind in KINDS if not kind.spaced and kind.start[0].isalnum()}
    return tuple(start for start in starts if len(start) > 2)


def _legal_start(name: str) -> int | None:
    """Return where the first such start is, at the beginning of the name or of one of its parts; None where there is none."""
    name, found = name.lower(), []
    for start in _legal_starts():
        follows = _DASHES_FOLLOW if start.endswith("-") else _WORD_FOLLOWS
        at = name.find(start)
        while at >= 0:
            if (at == 0 or name[at - 1] == "-") and follows.match(name, at + len(start)):
                found.append(at)
                break
            at = name.find(start, at + 1)
    return min(found, default=None)


def made_legal(text: str) -> Iterator[tuple[int, int]]:
    """Yield where credentials are of which legal names were made, such as `ghp-xk3jf92k...`: what starts like one, and looks random."""
    for name in _LEGAL.finditer(text) if any(map(_LEGAL.search, randomness.long_words(text))) else ():
        if any(map(randomness.is_random, _LONG_PART.findall(name[0]))):
            start = _legal_start(name[0])
            if start is not None:
                yield name.start() + start, name.end()
