"""The page of `agentconv report` as a person sees it, in a browser."""

import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest

from agentconv.cli import main
from hostile_project import NAMES, put, written

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
EXAMPLES = Path(__file__).parents[2] / "fixtures/examples"
AGENT = "---\nname: agent-{0}\ndescription: Does {0}\ntools: {1}\nmodel: opus\n---\n# Part {0}\n\n{2}\n"
SETTLED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
TOOLS = ("Read, Grep", "Read, Bash", "Read, Edit, WebFetch", "Bash", "Read, mcp__web__fetch")


def report(folder, *options):
    """Make the page of a project, and return where it is."""
    here, place = Path.cwd(), folder / "report.html"
    os.chdir(folder)
    try:
        assert main(["report", *options, "-o", str(place), "-q"]) in (0, 1)
    finally:
        os.chdir(here)
    return place


@pytest.fixture(scope="module")
def eighty(tmp_path_factory):
    """A page of eighty agents in every assistant."""
    folder = tmp_path_factory.mktemp("eighty")
    for number in range(80):
        text = f"Line {number} of what it is told to do, and of how.\n" * 60
        put(folder, f".claude/agents/agent-{number}.md", AGENT.format(number, TOOLS[number % len(TOOLS)], text))
    return report(folder, "-t", "all")


class Seen:
    """A page that is open, and what went on meanwhile."""

    def __init__(self, browser, place, **look):
        self.page = browser.new_page(**look)
        self.page.set_default_timeout(120_000)
        self.requests, self.said = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.goto(place if isinstance(place, str) else place.as_uri())

    def picture(self, name):
        """Keep a picture, where a folder is named for them."""
        if folder := os.environ.get("AGENTCONV_SCREENSHOTS"):
            self.page.screenshot(path=os.path.join(folder, f"{name}.png"))

    def close(self):
        """Close it; nothing was asked for but the page, and nothing was complained about."""
        self.page.close()

        assert len(self.requests) == 1
        assert self.said == []


@pytest.fixture
def see(chromium):
    """Open pages, and see to it in the end that nothing was fetched and nothing went wrong."""
    opened = []

    def show(place, **look):
        opened.append(Seen(chromium, place, **look))
        return opened[-1]

    yield show
    for one in opened:
        one.close()


def test_hostile_text_is_shown_and_does_nothing(see, tmp_path):
    """Every agent and part of the hostile project is shown in every assistant; none of their texts becomes an element or is run."""
    seen = see(report(written(tmp_path), "-t", "codex,opencode,roo"))
    page = seen.page
    names = page.locator(".rowhead .name").all_inner_texts()
    for number in range(len(names)):
        for client in ("codex", "opencode", "roo"):
            page.goto(f"{page.url.partition('#')[0]}#{number}/{client}")
            assert page.locator("h1").inner_text() == names[number]
    addresses = page.eval_on_selector_all("[href], [src]", "all => all.map((one) => one.getAttribute('href') || one.getAttribute('src'))")

    assert len(names) > len(NAMES)
    assert page.evaluate("[typeof pwned, typeof parent.pwned]") == ["undefined", "undefined"]
    assert page.locator("img, svg, iframe, object, embed, base, link, form, b").count() == 0
    assert all(address.startswith(("#", "https://agentconv-toolkit.")) for address in addresses)


def test_nothing_is_requested_from_a_server(see, tmp_path):
    """Served from a web server, the page asks for nothing, not even an icon, and complains of nothing."""
    place = report(written(tmp_path), "-t", "codex")
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_said):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        see(f"http://127.0.0.1:{server.server_address[1]}/{place.name}").page.wait_for_timeout(300)
        server.shutdown()

    assert asked == [f"/{place.name}"]


def test_eighty_agents_without_lag(see, eighty):
    """With eighty agents in all assistants, each key or click takes the page less than half a second of its processor."""
    page = see(eighty, viewport={"width": 1440, "height": 900}).page
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    spent = lambda: next(one["value"] for one in session.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration")  # noqa: E731
    rows = page.locator(".rowhead:visible")
    assert rows.count() == 80
    page.keyboard.press("/")
    took = {}
    for what, action, is_done in (
        ("filter", lambda: page.keyboard.insert_text("agent-7"), lambda: rows.count() == 11),
        ("clear", lambda: page.keyboard.press("Escape"), lambda: rows.count() == 80),
        ("open", lambda: page.locator(".cell").nth(40).dispatch_event("click"), lambda: page.locator(".code").count() == 2),
        ("turn", lambda: page.keyboard.press("ArrowDown"), lambda: page.locator("h1").inner_text() == "agent-10"),
        ("back", lambda: page.keyboard.press("Escape"), lambda: rows.count() == 80),
    ):
        before = spent()
        action()
        page.evaluate(SETTLED)
        took[what] = spent() - before
        assert is_done(), what

    assert max(took.values()) < 0.5, took


def test_everything_goes_by_keyboard(see, tmp_path):
    """Arrows move through the table, Enter opens what is under them, arrows turn over, Escape goes back to the same row."""
    for number in range(3):
        put(tmp_path, f".claude/agents/agent-{number}.md", AGENT.format(number, TOOLS[number], "Do it."))
    page = see(report(tmp_path, "-t", "codex,opencode,roo")).page
    title, chosen = page.locator("h1"), page.locator(".chosen button")
    page.locator(".rowhead").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator(".open").wait_for()
    seen = [title.inner_text(), chosen.inner_text()]
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        page.evaluate(SETTLED)
        seen += [title.inner_text(), chosen.inner_text()]
    page.keyboard.press("Escape")
    page.locator(".glance").wait_for()

    assert [word.removeprefix("▲").removeprefix("✕").strip() for word in seen] == [
        *("agent-1", "OpenCode"),
        *("agent-1", "Roo Code"),
        *("agent-2", "Roo Code"),
    ]
    assert page.evaluate("document.activeElement.innerText").strip() == "agent-2"


def test_a_loss_stands_below_its_line(see, tmp_path):
    """What a line costs is told right below it, in the source, with the file of the assistant beside it."""
    seen = see(
        report(shutil.copytree(EXAMPLES, tmp_path / "examples"), "-t", "codex,opencode,copilot,cursor,gemini-cli"),
        viewport={"width": 880, "height": 1000},
        device_scale_factor=1.5,
    )
    page = seen.page
    page.locator("tbody tr", has_text="reviewer").locator(".cell").first.click()
    page.locator(".open").wait_for()
    seen.picture("report")
    line = page.locator(".row.hit").first
    told = line.locator("xpath=following-sibling::*[1]")

    assert "at" in told.get_attribute("class").split()
    assert told.locator("code").first.inner_text()
    assert page.locator(".file").count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable(see, eighty, scheme):
    """In light and in dark, each text that is shown has a contrast of 4.5 to 1 to what is behind it."""
    for place in ("", "#3/codex", "#in/roo"):
        seen = see(f"{eighty.as_uri()}{place}", color_scheme=scheme, viewport={"width": 1440, "height": 900})
        seen.picture(f"{scheme}{place.replace('/', '-')}")
        poor = seen.page.evaluate(CONTRAST)

        assert poor == []


@pytest.mark.parametrize("width", [800, 1181, 1280, 1440])
def test_what_an_agent_may_do_is_seen_whole(see, eighty, width):
    """The chart of an open agent shows every effect: nothing of it has to be scrolled to the side."""
    seen = see(f"{eighty.as_uri()}#3/codex", viewport={"width": width, "height": 900})
    seen.picture(f"chart-{width}")

    assert seen.page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.chart'))")


def test_a_narrow_screen_scrolls_nothing_sideways_but_the_table(see, eighty):
    """On a telephone the page itself is as wide as the screen."""
    for place in ("", "#3/codex", "#in/roo"):
        seen = see(f"{eighty.as_uri()}{place}", viewport={"width": 390, "height": 844})
        seen.picture(f"narrow{place.replace('/', '-')}")

        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_prints(see, eighty):
    """On paper the table is whole, without what only a screen needs."""
    seen = see(eighty)
    seen.page.emulate_media(media="print")
    shown = seen.page.evaluate("[...document.querySelectorAll('.tools, .keys')].every((one) => getComputedStyle(one).display === 'none')")
    whole = seen.page.evaluate("getComputedStyle(document.querySelector('.glance')).maxHeight")

    assert (shown, whole) == (True, "none")
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, under) => top.slice(0, 3).map((value, at) => (value * top[3] + under[at] * (255 - top[3])) / 255).concat(255);
  const behind = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 255]);
  };
  const linear = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const weights = [0.2126, 0.7152, 0.0722];
  const light = (color) => weights.reduce((sum, weight, at) => sum + weight * linear(color[at] / 255), 0);
  const poor = new Set();
  const walker = document.createTreeWalker(document.getElementById("page"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("[disabled]")) continue;
    const under = behind(node);
    const style = getComputedStyle(node);
    const own = rgba(style.color);
    own[3] *= style.opacity;
    const [a, b] = [light(over(own, under)), light(under)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) poor.add(`${node.className || node.tagName} ${contrast.toFixed(2)}`);
  }
  return [...poor];
}"""
