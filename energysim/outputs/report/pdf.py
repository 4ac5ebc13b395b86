"""The report as PDF, from the same page: its print style, laid out by WeasyPrint (the extra `pdf`)."""

from __future__ import annotations

from energysim.errors import InputError, not_installed
from energysim.outputs.report.html import report_html
from energysim.outputs.report.material import Material

try:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher
except ImportError:
    raise not_installed("WeasyPrint, which PDF needs,", "pdf") from None
except OSError:  # it is there, the libraries of the system that it calls are not
    raise InputError(
        "WeasyPrint, which PDF needs, does not find the system's Pango library; install it (Debian: "
        "`apt install libpango-1.0-0 libpangoft2-1.0-0`), or take `--format html` and print from a browser"
    ) from None


def report_pdf(material: Material) -> bytes:
    """The whole report as PDF, the same bytes every time: charts as pictures, page numbers, contents with pages."""
    page = HTML(
        string=report_html(material, scripts=False), url_fetcher=URLFetcher(allowed_protocols=["data"])
    )  # nothing from outside the page
    made: bytes = page.write_pdf(pdf_identifier=material.command.encode())
    return made
