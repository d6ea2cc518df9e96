"""Printing a filled template: HTML becomes PDF, with our own fonts, and nothing is ever fetched for it. Runs in the child process."""

from __future__ import annotations

import html as markup
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from local_app.documents.filling import Wrong

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

FACES = (("Regular", 400, "normal"), ("Italic", 400, "italic"), ("Medium", 500, "normal"), ("Bold", 700, "normal"))
FONTS = "font:"
"""The only address that a paper may name beside pictures within it: «font:Roboto-Bold.ttf»."""
NO_PANGO = (
    "Для PDF не хватает библиотеки Pango. Установите её (Linux: пакеты libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0; "
    "Windows: программа MSYS2 и в ней пакет mingw-w64-ucrt-x86_64-pango; macOS: brew install pango) или напечатайте документ из окна "
    "просмотра"
)


def font_sheet(base: str = FONTS) -> str:
    """The rules that name our fonts; `base`: where they are fetched from."""
    return "".join(
        f"@font-face{{font-family:Roboto;font-weight:{weight};font-style:{style};src:url({base}Roboto-{face}.ttf)}}"
        for face, weight, style in FACES
    )


def to_pdf(filled: str, sheet: str, title: str) -> bytes:
    """A PDF of a filled template, laid out by our sheet and its own. Raises Wrong."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise Wrong(NO_PANGO) from error
    fonts, fetcher = FontConfiguration(), only_fonts()
    page = weasyprint.HTML(string=f'<html lang="ru"><title>{markup.escape(title)}</title>{filled}', url_fetcher=fetcher, base_url=None)
    ours = weasyprint.CSS(string=font_sheet() + sheet, url_fetcher=fetcher, font_config=fonts)
    made = page.write_pdf(stylesheets=[ours], font_config=fonts, presentational_hints=True)
    return bytes(made)


def only_fonts() -> URLFetcher:
    """Fetches our fonts and what a paper carries within itself (`data:`), and refuses everything else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    folder = Path(str(files("font_roboto") / "files"))
    known = {f"{FONTS}Roboto-{face}.ttf": folder / f"Roboto-{face}.ttf" for face, _, _ in FACES}

    class OnlyFonts(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url in known:
                return URLFetcherResponse(url, known[url].read_bytes(), {"Content-Type": "font/ttf"})
            return super().fetch(url, headers)

    return OnlyFonts(allowed_protocols={"data"}, allow_redirects=False)
