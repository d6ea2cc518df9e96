"""Units on paper: a short one stays whole beside wide sums, a long one leaves them their place."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from local_app.documents.filling import fill
from local_app.documents.printing import to_pdf
from local_app.documents.standard import STANDARD, sheet, standard

SUM = "999 999 999 999,99".replace(" ", "\N{NO-BREAK SPACE}")


def words_of(kind: str, unit: str) -> list[str]:
    """What stands on a paper with one line of a long name and wide numbers."""
    line = {"number": "1", "name": "Разработка сайта " * 20, "quantity": "123 456", "unit": unit, "price": SUM, "sum": SUM, "discount": SUM}
    facts: dict[str, Any] = {"lines": [line], "totals": {"line_discount": SUM}}
    pages = PdfReader(io.BytesIO(to_pdf(fill(standard(kind).body, facts).html, sheet(), "Лист"))).pages
    return " ".join(page.extract_text() for page in pages).split()


@pytest.mark.parametrize("kind", STANDARD)
@pytest.mark.parametrize("unit", ["час", "упаковка"])
def test_a_short_unit_is_not_torn_beside_wide_sums(kind: str, unit: str) -> None:
    assert unit in words_of(kind, unit)


@pytest.mark.parametrize("kind", STANDARD)
def test_a_long_unit_is_torn_where_the_sums_would_leave_the_paper(kind: str) -> None:
    assert "Щ" * 70 not in words_of(kind, "Щ" * 70)
