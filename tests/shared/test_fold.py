"""Search finds what people mean: in any case, with е for ё, without quotes, by any way of writing a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.fold import digits, fold, fold_all, needles, phones


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ООО «Алёна-М»", "ооо алена м"),
        ('ООО "Алена - М"', "ооо алена м"),
        ("  Йогурт\N{NO-BREAK SPACE}\t0,5 л ", "йогурт 0 5 л"),
        ("Йод", "йод"),
        ("México D.F.", "mexico d f"),
        ("O'Neil", "oneil"),
        ("ИБ-123/4", "иб 123 4"),
        ("STRAẞE", "strasse"),
        ("«»", ""),
    ],
)  # fmt: skip
def test_a_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_letter_that_a_mac_writes_in_two_parts_is_the_same_letter() -> None:
    assert fold("и\u0306од, е\u0308лка") == fold("йод, ёлка") == "йод елка"


@given(st.lists(st.text() | st.text("Яё №«-7\nА_z\ua66e'é")))
def test_many_texts_are_folded_as_each_of_them_is(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_digits_are_taken_out() -> None:
    assert digits("+7 (916) 123-45-67, ٣") == "79161234567"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+7 916 123-45-67", ["79161234567"]),
        ("8 (916) 123-45-67", ["79161234567"]),
        ("89161234567", ["79161234567"]),
        ("916 123 45 67", ["79161234567"]),
        ("8 495 123-45-67 доб. 123, 8-916-123-45-67", ["74951234567", "79161234567"]),
        ("123-45-67", ["1234567"]),
        ("+49 30 0074321", ["49300074321"]),
        ("нет", []),
        ("", []),
    ],
)
def test_one_phone_has_one_form(text: str, numbers: list[str]) -> None:
    assert phones(text) == numbers


@pytest.mark.parametrize(
    "query", ["+7 916 123-45-67", "8 916 123", "8(916)1234567", "89161234567", "+7916", "916 123-45", "9161234567", "4567"]
)
def test_a_phone_is_found_however_it_is_typed(query: str) -> None:
    row = " ".join(phones("8 (916) 123 45 67"))
    assert all(needle in row for needle in needles(query))


@pytest.mark.parametrize(
    ("query", "pieces"),
    [
        ("Ромашка, ооо", ["ромашка", "ооо"]),
        ("2026-000123", ["2026", "000123"]),
        ("7707083893", ["7707083893"]),
        ("8-12", ["8", "12"]),
        ("%", []),
        ("", []),
    ],
)
def test_other_queries_are_their_words(query: str, pieces: list[str]) -> None:
    assert needles(query) == pieces
