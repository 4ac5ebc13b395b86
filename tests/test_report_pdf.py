"""The report as PDF: pages, words, pictures, the same bytes twice."""

from __future__ import annotations

import re
from unittest.mock import patch

import numpy as np
import pytest
from shipped_runs import dataset, shipped

from energysim import reporting
from energysim.errors import InputError
from energysim.outputs import plot
from energysim.words import speaking

pdfium = pytest.importorskip("pypdfium2")
try:
    from energysim.outputs.report.pdf import report_pdf
except InputError as error:
    pytest.skip(str(error), allow_module_level=True)


DRAWN = ("supply", "curtailment")
"""Charts drawn here: of steps, and with a raster picture within; each takes WeasyPrint a second or more."""


def report() -> bytes:
    few = {name: draw for name, draw in plot.catalogue().items() if name in DRAWN}
    with speaking("sr"), patch.object(plot, "catalogue", lambda: few):
        material = reporting.gather(
            [shipped("russian_loss_horgos").results], chapters=("n_minus_1",), dataset=dataset()
        )
        return report_pdf(material)


@pytest.fixture(scope="module")
def made() -> bytes:
    return report()


def test_pages_hold_words_pictures_and_their_numbers(made: bytes) -> None:
    document = pdfium.PdfDocument(made)
    texts = [document[k].get_textpage().get_text_range() for k in range(len(document))]
    assert 6 <= len(document) <= 25
    assert "N−1" in "".join(texts)
    for number, text in enumerate(texts, start=1):
        assert re.search(rf"\b{number} / {len(document)}\b", text), f"page {number} bears no number"
    ink = [np.asarray(document[k].render(scale=0.3).to_pil().convert("L")) < 200 for k in range(len(document))]
    assert min(float(page.mean()) for page in ink) > 0.002


def test_nothing_stands_beyond_the_margins(made: bytes) -> None:
    document = pdfium.PdfDocument(made)
    for number in range(len(document)):
        page = np.asarray(document[number].render(scale=1).to_pil().convert("L"))
        margin = 28  # points, of the 15 mm that the style leaves
        assert page[:, :margin].min() > 200, f"page {number + 1}: ink in the left margin"
        assert page[:, -margin:].min() > 200, f"page {number + 1}: ink in the right margin"


def test_it_is_the_same_bytes_every_time(made: bytes) -> None:
    assert report() == made
