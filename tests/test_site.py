"""The built book as a reader's browser sees it: ``make test-site``."""

import os
import shutil
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def pages():
    if not (SITE / "index.html").exists():
        pytest.fail("the book is not built: run `make book` first")
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    assert {"book/index.html", "notebooks/regret_bound.html", "book/api.html"} <= set(found)
    return [page for page in found if not page.startswith("_static/")]


def test_only_the_book_is_published(pages):
    assert {page.rpartition("/")[0] for page in pages} == {"", "book", "notebooks"}


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(pages):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(SITE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("ADAMLAB_REQUIRE_CHROMIUM") == "1":
            pytest.fail("Chromium is required here, but there is none")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def tab(browser, address):
    """Return a function that opens a tab which notes what goes wrong in it."""
    contexts = []

    def open_tab(scheme, viewport):
        context = browser.new_context(color_scheme=scheme, viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        page.faults = []

        def note(text):
            page.faults.append(f"{page.url.removeprefix(address)}: {text}")

        def request(sent):
            if not sent.url.startswith((address, "data:", "blob:")):
                note(f"asks another host: {sent.url}")

        def response(got):
            if got.status >= 400:
                note(f"{got.status} for {got.url}")

        def console(message):
            if message.type in ("error", "warning"):
                note(f"console {message.type}: {message.text}")

        page.on("request", request)
        page.on("response", response)
        page.on("console", console)
        page.on("pageerror", lambda error: note(f"script error: {error}"))
        return page

    yield open_tab
    for context in contexts:
        context.close()


def visit(page, url):
    page.goto(url, wait_until="networkidle")
    page.evaluate("window.MathJax?.startup?.promise")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_load_alone_and_without_errors(tab, address, pages, scheme):
    page = tab(scheme, WIDE)
    for name in pages:
        visit(page, address + name)
        if name != "index.html":  # which only sends the reader on
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.faults == []


def test_all_math_is_rendered(tab, address, pages):
    page = tab("light", WIDE)
    faults, formulas = [], 0
    for name in pages:
        visit(page, address + name)
        sources = page.locator(".math").all()
        bare = [e.inner_text() for e in sources if e.locator("mjx-container").count() == 0]
        wrong = page.locator("mjx-merror, [data-mjx-error]").all_inner_texts()
        faults += [f"{name}: {text}" for text in bare + wrong]
        formulas += len(sources)
    assert faults == []
    assert formulas > 0


def test_no_page_is_wider_than_a_phone(tab, address, pages):
    page = tab("light", PHONE)
    wide = []
    for name in pages:
        visit(page, address + name)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append(f"{name}: {width}")
    assert wide == []


def test_search_finds_a_chapter(tab, address):
    page = tab("light", WIDE)
    visit(page, address + "search.html?q=regret")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    assert any("notebooks/regret_bound.html" in link for link in links)


class Anchors(HTMLParser):
    """What a page can be linked at, and what it links to."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.update(v for k, v in attrs if k == "id" or (k == "name" and tag == "a"))
        self.links.update(v for k, v in attributes.items() if k in ("href", "src") and v)


def test_internal_links_lead_somewhere(pages):
    anchors = {name: Anchors((SITE / name).read_text()) for name in pages}
    broken = []
    for name, page in anchors.items():
        for link in sorted(page.links):
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            path, fragment = urldefrag(link)
            path = unquote(path.split("?")[0])
            target = (SITE / name).parent / path if path else SITE / name
            if not target.is_file():
                broken.append(f"{name}: {link}")
            elif fragment and target.suffix == ".html":
                known = anchors[target.resolve().relative_to(SITE.resolve()).as_posix()].ids
                if unquote(fragment) not in known:
                    broken.append(f"{name}: {link}")
    assert broken == []
