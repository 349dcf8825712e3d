"""The built book as a reader's browser sees it: ``make test-site``."""

import os
import shutil
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from adamlab.claims import CLAIMS

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHAPTERS = sorted(path.stem for path in (SITE.parents[1] / "notebooks").glob("*.ipynb"))
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def pages():
    if not (SITE / "index.html").exists():
        pytest.fail("the book is not built: run `make book` first")
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    assert {f"notebooks/{name}.html" for name in CHAPTERS} <= set(found)
    return [page for page in found if not page.startswith("_static/")]


def test_only_the_book_is_published(pages):
    assert {page.rpartition("/")[0] for page in pages} == {"", "book", "book/proofs", "notebooks"}


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


def note_faults(page, address):
    """Return a list to which all that goes wrong in this tab is added from now on."""
    faults = []

    def note(text):
        faults.append(f"{page.url.removeprefix(address)}: {text}")

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
    return faults


LOOK = """async () => {
    const formulas = [...document.querySelectorAll(".math")];
    const bare = () => formulas.filter(e => !e.querySelector("mjx-container"));
    for (let n = 0; n < 200 && bare().length; n++) await new Promise(r => setTimeout(r, 100));
    return {
        theme: document.documentElement.dataset.theme,
        width: document.documentElement.scrollWidth,
        formulas: formulas.length,
        bare: bare().map(e => e.innerText),
        wrong: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(e => e.outerHTML),
    };
}"""


@pytest.fixture(
    scope="module", params=[("light", WIDE), ("dark", PHONE)], ids=["light-wide", "dark-phone"]
)
def visit(request, browser, address, pages):
    """Visit every page in one kind of browser; return what was seen, and all that went wrong."""
    scheme, viewport = request.param
    context = browser.new_context(color_scheme=scheme, viewport=viewport)
    page = context.new_page()
    faults = note_faults(page, address)
    seen = {}
    for name in pages:
        page.goto(address + name, wait_until="networkidle")
        seen[name] = page.evaluate(LOOK)
    context.close()
    return SimpleNamespace(scheme=scheme, viewport=viewport, seen=seen, faults=faults)


def test_pages_ask_no_other_host_and_log_no_error(visit):
    assert visit.faults == []


def test_pages_follow_the_reader_s_theme(visit):
    assert {look["theme"] for look in visit.seen.values()} == {visit.scheme}


def test_all_math_is_rendered(visit):
    bad = {name: look["bare"] + look["wrong"] for name, look in visit.seen.items()}
    assert {name: texts for name, texts in bad.items() if texts} == {}
    assert all(visit.seen[f"notebooks/{name}.html"]["formulas"] for name in CHAPTERS)


def test_no_page_is_wider_than_the_screen(visit):
    widths = {name: look["width"] for name, look in visit.seen.items()}
    assert {name: w for name, w in widths.items() if w > visit.viewport["width"]} == {}


def test_search_finds_a_chapter(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "search.html?q=regret")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    context.close()
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


def test_ledger_can_be_filtered_and_opens_the_evidence(browser, address):
    page = browser.new_page()
    faults = note_faults(page, address)
    page.goto(address + "book/ledger.html#evidence-c33", wait_until="networkidle")
    assert page.locator("details[open]:is(#evidence-c33, :has(#evidence-c33))").count() == 1
    rows, shown = page.locator("table.ledger tbody tr"), "table.ledger tbody tr:visible"
    assert rows.count() == len(CLAIMS) == page.locator(shown).count()
    page.get_by_label("verdict").select_option("refuted")
    page.get_by_label("section").select_option("section 4")
    verdicts = set(page.locator(f"{shown} .sd-badge").all_inner_texts())
    assert verdicts == {"refuted"}
    assert 0 < page.locator(shown).count() < 30
    page.get_by_label("words").fill("theorem 4.1")
    assert page.locator(shown).first.inner_text().startswith("C33")
    assert faults == []
    page.close()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_a_proof_shows_its_statement_and_on_a_click_what_is_left(browser, scheme, viewport):
    """From the disk, as a reader without a network sees it."""
    page = browser.new_page(color_scheme=scheme, viewport=viewport)
    faults = note_faults(page, SITE.as_uri())
    page.goto(f"{SITE.as_uri()}/notebooks/step_size.html", wait_until="load")
    page.locator("#claim-c04 p.coq-links a", has_text="adam_step_bound").first.click()
    assert "book/proofs/step_size.html#proof-step_size-adam_step_bound" in page.url
    box = page.locator("#proof-step_size-adam_step_bound")
    assert box.locator("div.highlight-coq").inner_text().startswith("Theorem adam_step_bound")
    goals = box.locator("pre.goal:visible")
    assert goals.count() == 0
    box.locator("details.coq-proof > summary").click()
    assert goals.count() == 0
    box.locator("div.coq-steps summary").first.click()
    assert goals.count() == 1
    # All at once, and still no page is wider than the screen.
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert faults == []
    page.close()


def test_pages_of_proofs_are_not_too_long_to_open(pages):
    proofs = [page for page in pages if page.startswith("book/proofs/")]
    assert proofs
    assert {page: (SITE / page).stat().st_size < 1_500_000 for page in proofs} == dict.fromkeys(
        proofs, True
    )
