"""A table copied from a spreadsheet: which of its columns is what."""

from __future__ import annotations

import pytest

from shared.rules.pasted import Pasted, read_table


def test_an_inch_sign_in_plain_text_swallows_nothing() -> None:
    assert read_table('Труба 1/2"\t2\nКран\t3') == [Pasted('Труба 1/2"', "2"), Pasted("Кран", "3")]


@pytest.mark.parametrize(
    "text",
    [
        "№\tНаименование\tЕд. изм.\tКол-во\tЦена, руб.\tСумма\n1\tДоска\tшт.\t2,5\t1 198,00\t2 995,00\n2\tГвозди\tшт.\t10\t100\t1 000",
        "1\tДоска\tшт.\t2,5\t1 198,00\t2 995,00\n2\tГвозди\tшт.\t10\t100\t1 000",
        "7.\tДоска\tшт.\t2,5\t1 198,00\n8.\tГвозди\tшт.\t10\t100",
        "Доска\t2,5\tшт.\t1 198,00\nГвозди\t10\tшт.\t100",
    ],
    ids=["with headings", "numbered", "numbered from the middle", "the unit after the quantity"],
)
def test_places_units_and_headings_of_a_copied_bill_are_no_goods(text: str) -> None:
    assert read_table(text) == [Pasted("Доска", "2,5", "1 198,00", unit="шт."), Pasted("Гвозди", "10", "100", unit="шт.")]


def test_an_article_beside_the_name_is_an_article() -> None:
    rows = [Pasted("Доска", "2", "5", article="D-1"), Pasted("Гвозди", "3", article="17")]
    assert read_table("D-1\tДоска\t2\t5\n17\tГвозди\t3") == rows
    assert read_table("Код\tНазвание\tКоличество\tЦена\nD-1\tДоска\t2\t5\n17\tГвозди\t3") == rows
    assert read_table("Артикул\tКол-во\n17\t3") == [Pasted("17", "3", article="17")]


def test_articles_alone_stay_articles_though_they_follow_one_another() -> None:
    assert read_table("17\t5\t100\n18\t6\t200") == [Pasted("17", "5", "100"), Pasted("18", "6", "200")]
    assert read_table("17\n18") == [Pasted("17"), Pasted("18")]


def test_a_wrong_number_does_not_move_the_columns() -> None:
    assert read_table("Доска\tмного\t5\nГвозди\t3\t6") == [Pasted("Доска", "много", "5"), Pasted("Гвозди", "3", "6")]
    assert read_table("Доска\tмного\t5") == [Pasted("Доска", "много", "5")]
