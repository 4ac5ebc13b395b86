"""The report as people see it: opened and driven in headless Chromium, on screen and in print, and as PDF.

Needs a Chromium on the machine (`ENERGYSIM_CHROMIUM` names another one); without one these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from shipped_runs import dataset, shipped

from energysim import reporting
from energysim.outputs.report.html import report_html
from energysim.words import speaking

CHROMIUM = os.environ.get("ENERGYSIM_CHROMIUM") or next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUNS = ("russian_loss_horgos", "shah_deniz_long")
A4 = {"width": 680, "height": 960}
"""Pixels between the margins of a sheet."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module", params=["en", "sr-Cyrl"])
def page(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A report of two runs in a browser; `page.told` collects what the console and the network say."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with speaking(request.param):
        runs = [shipped(n).results for n in RUNS]
        made = report_html(reporting.gather(runs, chapters=("description", "n_minus_1"), dataset=dataset()))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(made, encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.told = []
        opened.on("console", lambda message: opened.told.append(f"{message.type}: {message.text}"))
        opened.on("pageerror", lambda error: opened.told.append(f"error: {error}"))
        opened.on(
            "request", lambda asked: opened.told.append(f"request: {asked.url}") if asked.url != path.as_uri() else None
        )
        opened.goto(path.as_uri())
        yield opened
        browser.close()


def chart(page: Any, name: str) -> Any:
    """An interactive chart, scrolled to, once it is drawn."""
    found = page.locator(f"#{name}")
    found.scroll_into_view_if_needed()
    page.wait_for_selector(f"#{name}.exploring .live svg")
    return found


def test_an_interactive_chart_answers_the_mouse(page: Any) -> None:
    live = chart(page, "run-1-supply").locator(".live")
    box = live.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    page.wait_for_function("document.querySelector('#run-1-supply .live').innerText.includes('2026')")
    shown = live.inner_text()
    assert "mcm/d" in shown or "m³/" in shown


def test_a_legend_entry_hides_its_series(page: Any) -> None:
    live = chart(page, "run-1-storage").locator(".live")
    before = live.locator("svg path").count()
    name = page.evaluate("JSON.parse(document.querySelector('#run-1-storage script').textContent).series[0].name")
    entry = live.get_by_role("button", name=name)
    entry.click()
    page.wait_for_timeout(200)
    assert live.locator("svg path").count() < before
    assert entry.get_attribute("aria-pressed") == "false"
    entry.click()
    page.wait_for_timeout(200)
    assert live.locator("svg path").count() == before


def test_the_answer_stands_above_the_contents(page: Any) -> None:
    assert page.evaluate("""document.getElementById('summary').getBoundingClientRect().bottom
        <= document.querySelector('nav').getBoundingClientRect().top""")


def test_on_a_phone_pictures_stay_readable_and_legends_whole(page: Any) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    try:
        live = chart(page, "all-stocks").locator(".live")
        names = live.locator(".legend button")
        assert names.count() == len(RUNS)
        assert all(box["x"] + box["width"] <= 400 for box in (entry.bounding_box() for entry in names.all()))
        assert page.evaluate("document.querySelector('#all-maps svg').getBoundingClientRect().width") > 600
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        page.set_viewport_size({"width": 1200, "height": 900})


def test_a_chart_can_be_shown_as_the_picture(page: Any) -> None:
    found = chart(page, "run-1-curtailment")
    assert not found.locator(".static").is_visible()
    found.locator(".switch").click()
    assert found.locator(".static").is_visible()
    assert not found.locator(".live").is_visible()
    found.locator(".switch").click()
    assert found.locator(".live").is_visible()


def test_nothing_on_the_screen_is_wider_than_it(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for width in (400, 800):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width
    page.set_viewport_size({"width": 1200, "height": 900})


def test_print_shows_pictures_and_cuts_no_table(page: Any) -> None:
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    try:
        assert page.evaluate(
            "[...document.querySelectorAll('.live,.switch')].every(e => getComputedStyle(e).display === 'none')"
        )
        assert page.evaluate(
            "[...document.querySelectorAll('.static')].every(e => e.getBoundingClientRect().height > 50)"
        )
        cut = page.evaluate("""[...document.querySelectorAll('table, dl, pre, svg[role]')]
            .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 || e.scrollWidth > e.clientWidth + 1 && e.tagName === 'PRE')
            .map(e => e.innerText ? e.innerText.slice(0, 80) : e.getAttribute('aria-label'))""")
        assert cut == []
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1200, "height": 900})


def test_a_printed_page_is_full_of_words_and_none_is_empty(page: Any) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert 8 <= len(document) <= 60
    for number in range(len(document)):
        ink = np.asarray(document[number].render(scale=0.5).to_pil().convert("L")) < 200
        assert ink.sum() > 100, f"page {number + 1} is empty"


def test_neither_console_nor_network_was_needed(page: Any) -> None:
    for name in ("all-stocks", "run-1-supply", "run-2-storage"):
        chart(page, name)
    assert page.told == []
