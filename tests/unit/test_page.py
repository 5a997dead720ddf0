"""The page of a report obeys nothing that comes from a file, tells no secret, and is the same every time."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agentconv.cli import main
from hostile_project import NAMES, SECRET, written

SOURCE = Path(__file__).parents[2] / "converters"
TARGETS = "codex,opencode,roo"
PAGE = SOURCE / "agentconv/render/page"
SINKS = (
    r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|srcdoc|fetch\(|XMLHttp|import\(|setTimeout|\.src\b|localStorage"
)


class Elements(HTMLParser):
    """What a browser finds in a page: its elements, with what stands in each."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.inside = False

    def handle_endtag(self, tag):
        self.inside = tag is None

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))
        self.inside = True

    def handle_data(self, data):
        if self.inside:
            self.found[-1][2].append(data)

    def handle_comment(self, data):
        self.found.append(("!--", {}, [data]))


def parsed(text):
    """Return the elements of a page, by their names, each with its attributes and its text."""
    elements = Elements()
    elements.feed(text)
    elements.close()
    return [(tag, attributes, "".join(pieces)) for tag, attributes, pieces in elements.found]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of the hostile project, as text."""
    folder = written(tmp_path_factory.mktemp("hostile"))
    place = folder / "report.html"
    here = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["report", "-t", TARGETS, "-o", str(place), "-q"]) == 1
    finally:
        os.chdir(here)
    return place.read_text("utf-8")


def test_nothing_of_a_file_becomes_markup(page):
    """Whatever names and prompts say, the page has the elements that it always has, and their texts are in the data alone."""
    ours = parsed((PAGE / "page.html").read_text("utf-8"))
    found = parsed(page)

    assert [(tag, sorted(attributes)) for tag, attributes, _ in found] == [(tag, sorted(attributes)) for tag, attributes, _ in ours]
    assert page.count("</script>") == 2
    assert "pwned" not in "".join(text for _, attributes, text in found if attributes.get("id") != "data")


def test_only_our_script_and_style_are_obeyed(page):
    """The policy lets nothing be fetched, and allows the one script and the one style by what they are."""
    found = parsed(page)
    policy = next(attributes["content"] for _, attributes, _ in found if "http-equiv" in attributes)
    texts = {tag: text for tag, attributes, text in found if tag in ("script", "style") and not attributes}
    digest = {tag: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for tag, text in texts.items()}

    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{digest['script']}'",
        f"style-src 'sha256-{digest['style']}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ]


def test_the_script_makes_no_markup_of_text():
    """The script has no means to make markup, an address or a request of a text: addresses are of this page, or of our own site."""
    script = (PAGE / "page.js").read_text("utf-8")
    addresses = set(re.findall(r"href: (`[^`]+`|[^,]+)", script))

    assert not re.findall(SINKS, script)
    assert addresses == {"data.codes[one.code]", "`#${at}/${client.id}`"}


def test_what_is_shown_hides_nothing(page):
    """No character of the page hides itself or turns the direction of text around; in the data, it is shown as its number."""
    data = json.loads(next(text for _, attributes, text in parsed(page) if attributes.get("id") == "data"))
    names = [entry["name"] for section in data["sections"] for entry in section["entries"]]
    hidden = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2066-\u2069]")

    assert not hidden.search(page)
    assert not hidden.search(json.dumps(data, ensure_ascii=False))
    assert {"safe\\u202etxt.exe\\u2066", "nul\\x00byte\\x1b[2J", "__proto__"} <= set(names)
    assert len([name for name in names if name in NAMES]) >= 4


def test_no_secret_is_told(page):
    """No more than four characters of what looks like a secret are in the page, and the lines below it stay where they are."""
    assert SECRET[:12] not in page
    assert SECRET[:4] in page


def test_the_same_every_time(page, tmp_path):
    """The same files give the same bytes, wherever they lie and whatever order sets have, with no time or place of the machine in them."""
    folder = written(tmp_path / "another" / "project")
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-m", "agentconv", "report", "-t", TARGETS, "-o", "-", "-q"]
    again = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).stdout.decode()

    assert again == page
    assert os.fspath(tmp_path) not in page
    assert os.fspath(SOURCE) not in page
