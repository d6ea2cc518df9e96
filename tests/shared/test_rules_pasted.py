"""A table copied from a spreadsheet: which of its columns is what."""

from __future__ import annotations

import pytest

from shared.rules.pasted import Pasted, counted, read_table


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


BILL = """Счёт на оплату № 5 от 12.03.2026
Покупатель:\tООО «Ромашка», ИНН 7701234560
№\tТовары (работы, услуги)\tКол-во\tЕд.\tЦена\tСкидка, %\tСумма
1\tДоска\t2,5\tшт.\t1 198,00\t10\t2 695,50
2\tГвозди\t10\tшт.\t100\t-\t1 000,00
\t\t\t\t\tИтого:\t3 695,50
\t\t\t\t\tВ том числе НДС:\t666,40
\t\t\t\t\tВсего к оплате:\t3 695,50
Всего наименований 2, на сумму 3 695,50 руб.
Три тысячи шестьсот девяносто пять рублей 50 копеек
"""


def test_of_a_whole_bill_only_the_goods_are_taken_with_their_discounts() -> None:
    assert read_table(BILL) == [Pasted("Доска", "2,5", "1 198,00", unit="шт.", discount="10%"), Pasted("Гвозди", "10", "100", unit="шт.")]


def test_a_row_of_totals_hides_neither_the_numbers_of_the_rows_nor_the_articles() -> None:
    assert read_table("1\tДоска\t2\t5\n2\tГвозди\t3\t6\n\tИтого:\t\t28") == [Pasted("Доска", "2", "5"), Pasted("Гвозди", "3", "6")]
    assert read_table("Итого\t5\nВсего\t7") == []
    assert read_table("Итого: 5\nВсего 12 позиций\nИтого позиций: 3\nИТОГО — 1 234,50 руб.") == []
    assert read_table("Всего 5 звёзд\t5") == [Pasted("Всего 5 звёзд", "5")]
    assert read_table("Итоговая ведомость\t5") == [Pasted("Итоговая ведомость", "5")]


def test_a_rate_of_vat_in_the_first_column_is_no_row_of_totals() -> None:
    rows = read_table("НДС\tТовар\tЦена\nБез НДС\tДоска\t5\nБез НДС\tГвозди\t6\nБез НДС\t\t\t-\nСумма НДС\t12,00\tруб.")
    assert rows == [Pasted("Доска", price="5"), Pasted("Гвозди", price="6")]


def test_goods_whose_words_begin_like_headings_do_not_hide_the_goods_above_them() -> None:
    rows = read_table("Доска\t2\t5\nУслуги монтажа\t\tЦена по запросу\nГвозди\t3\t6")
    assert [row.name for row in rows] == ["Доска", "Услуги монтажа", "Гвозди"]


def test_a_discount_is_a_percent_only_where_its_cell_or_its_heading_says_so() -> None:
    rows = read_table("Товар\tЦена\tСкидка\nДоска\t100\t10%\nГвозди\t100\t10")
    assert [row.discount for row in rows] == ["10%", "10"]


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


def test_a_unit_beside_a_quantity_is_no_part_of_the_number() -> None:
    boards = [Pasted("Доска", "10", "100", unit="шт"), Pasted("Гвозди", "2,5", "20", unit="кг.")]
    assert read_table("Доска\t10 шт\t100\nГвозди\t2,5кг.\t20") == boards
    assert read_table("Товар\tКол-во\tЦена\nДоска\t10 шт\t100\nГвозди\t2,5 кг.\t20") == boards
    assert read_table("Товар\tКол-во\tЕд.\nДоска\t10 шт\tупак") == [Pasted("Доска", "10", unit="упак")]
    assert read_table("Обои\t1 000 рулон\t5", {"рулон"}) == [Pasted("Обои", "1 000", "5", unit="рулон")]
    assert counted("2,5 тыс") == ("2,5 тыс", "")
