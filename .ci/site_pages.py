"""What mkdocs makes of docs/ besides its files: README and CONTRIBUTING as pages, and a page of its own for each rule, loss and format.

The documents stay what they are: `docs/` is readable as files, and everything here is cut out of them.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, InclusionLevel

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

CHECKOUT = Path(__file__).parents[1]
TAKEN_IN = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md"}
"""Documents at the top of the checkout, and the pages that they are."""
DIVIDED = ("rules", "losses", "formats")
"""Documents with a chapter for each code or format, which gets a page."""
_CHAPTER = re.compile(r"(?ms)^## (?P<name>[A-Z]{2}[0-9]{3}|[a-z0-9-]+)(?P<rest>[^\n]*)\n(?P<text>.*?)(?=^## |\Z)")
_LINK = re.compile(r"(?P<head>!?\[(?P<words>[^\]]*)\]\()(?P<place>(?!https?:|#)[^)#]+)(?P<anchor>#[^)]*)?\)")
_ANCHOR = re.compile(r"\]\(#(?P<code>ac[0-9]{3}|[a-z0-9-]+?)(?:-[a-z0-9-]*)?\)")


def chapters(document: str) -> dict[str, str]:
    """Return the chapters of a document by the code or the format that they are about."""
    return {match["name"]: f"# {match['name']}{match['rest']}\n{match['text']}" for match in _CHAPTER.finditer(document)}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for source, target in TAKEN_IN.items():
        files.append(File.generated(config, target, content=_moved((CHECKOUT / source).read_text("utf-8"), "")))
    for name in DIVIDED:
        document = (CHECKOUT / "docs" / f"{name}.md").read_text("utf-8")
        pages = chapters(document)
        for code, text in pages.items():
            page = File.generated(config, f"{name}/{code}.md", content=_deeper(text))
            page.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(page)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - as mkdocs calls it
    """Lead links to pages; what lies outside of the site is named, and no link."""
    name = page.file.src_uri.removesuffix(".md")
    if name in DIVIDED:
        markdown = _listed(markdown, name)
    return _moved(markdown, "docs") if page.file.src_uri not in TAKEN_IN.values() else markdown


def _listed(document: str, name: str) -> str:
    """Return a divided document without its chapters, whose places its table leads to."""
    pages = {code.casefold(): code for code in chapters(document)}
    first = re.search(r"(?m)^## (?=[A-Z]{2}[0-9]{3}|claude-code$|" + "|".join(sorted(pages)) + ")", document)
    head = document[: first.start()] if first else document

    def place(match: re.Match[str]) -> str:
        anchor = match[0].removeprefix("](#").removesuffix(")")
        code = next((pages[one] for one in (anchor, anchor.partition("-")[0]) if one in pages), None)
        return f"]({name}/{code}.md)" if code else match[0]

    head = re.sub(r"\]\(#[a-z0-9-]+\)", place, head)
    return re.sub(
        r"(?m)^\| `([a-z0-9-]+)` \|", lambda match: f"| [`{match[1]}`]({name}/{match[1]}.md) |" if match[1] in pages else match[0], head
    )


def _deeper(text: str) -> str:
    """Return a chapter with the links of a page that lies one folder deeper."""
    return _LINK.sub(lambda match: f"{match['head']}../{match['place']}{match['anchor'] or ''})", text)


def _moved(markdown: str, folder: str) -> str:
    def place(match: re.Match[str]) -> str:
        parts: list[str] = []
        for part in PurePosixPath(folder, match["place"]).parts:
            parts = parts[:-1] if part == ".." and parts else [*parts, part]
        found = "/".join(parts)
        anchor = match["anchor"] or ""
        if found in TAKEN_IN:
            return f"{match['head']}{TAKEN_IN[found]}{anchor})"
        if found.startswith("docs/"):
            return f"{match['head']}{found.removeprefix('docs/')}{anchor})"
        return match["words"]

    return _LINK.sub(place, markdown)
