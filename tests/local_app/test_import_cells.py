"""Cells of a table: numbers, dates, rates, ИНН and accounts as files really write them."""

import pytest

from local_app.imports.cells import (
    date_form,
    read_account,
    read_column,
    read_date,
    read_discount,
    read_fraction,
    read_inn,
    read_kpp,
    read_value,
    read_vat,
)
from local_app.imports.columns import KINDS, find_columns, parse_mapping, recognised
from shared.change import Refused
from shared.entities import ENTITIES
from shared.entity import MICRO, Field


def field(entity: str, name: str) -> Field:
    found = ENTITIES[entity].field(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("14", 14_000_000),
        ("9.8", 9_800_000),
        ("1 234,5678", 1_234_567_800),
        ("-3", -3_000_000),
        ("0,195", 195_000),
        ("1 234,50 ₽", 1_234_500_000),
    ],
)
def test_a_price_is_exact_to_the_millionth(text: str, micro: int) -> None:
    assert read_value(field("order_lines", "price"), text) == micro


@pytest.mark.parametrize("text", ["abc", "12*3", "2026-03-12", "1.2345678", "#Н/Д"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_value(field("order_lines", "price"), text)
    assert not str(refused.value).endswith("12*3"), "a file holds no sums"


def test_each_distinct_text_is_read_once_and_wrong_ones_are_told_by_row() -> None:
    asked: list[str] = []

    def reader(text: str) -> int:
        asked.append(text)
        if text == "x":
            raise Refused("нет")
        return int(text)

    values, wrong = read_column(["1", "x", "1", "x"], reader)
    assert (values, [each.place for each in wrong], asked) == ([1, None, 1, None], [1, 3], ["1", "x"])


def test_a_share_of_one_becomes_a_percent() -> None:
    assert (read_fraction("0.15"), read_fraction("0,05"), read_fraction(""), read_fraction("1")) == (
        15 * MICRO,
        5 * MICRO,
        None,
        100 * MICRO,
    )
    with pytest.raises(Refused, match="больше единицы"):
        read_fraction("15")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("20%", 20),
        ("22", 22),
        ("0.2", 20),
        ("0,07", 7),
        ("НДС 10%", 10),
        ("0", 0),
        ("Без НДС", None),
        ("без ндс", None),
        ("", None),
        ("БЕЗ НДС", None),
        ("НДС не облагается", None),
        ("-", None),
        ("ндс 20%", 20),
        ("20 % НДС", 20),
        ("в т.ч. НДС 20%", 20),
        ("в том числе НДС 10 %", 10),
        ("20/120", 20),
        ("22 / 122", 22),
    ],
)
def test_a_vat_rate_is_read_as_it_is_written(text: str, percent: int | None) -> None:
    assert read_vat(text) == (None if percent is None else percent * MICRO)


@pytest.mark.parametrize("text", ["20/110", "-20", "120%", "двадцать"])
def test_what_is_no_vat_rate_is_told_in_its_own_words(text: str) -> None:
    with pytest.raises(Refused, match=f"«{text}».*став"):
        read_vat(text)


def test_a_discount_below_one_is_asked_about() -> None:
    assert [read_discount(text) for text in ("10", "10%", "0,1%", "0", "", "1", "-5")] == [
        10 * MICRO, 10 * MICRO, MICRO // 10, 0, None, MICRO, -5 * MICRO,
    ]  # fmt: skip
    for text in ("0.1", "0,05", "-0,1"):
        with pytest.raises(Refused, match="«Скидка, доля»"):
            read_discount(text)
    assert read_fraction("10%") == 10 * MICRO


def test_the_day_numbers_of_a_spreadsheet_are_known_among_other_dates() -> None:
    texts = ["46207", "46207.4375", "46207,5", "04.07.2026"]
    assert [read_date(text, date_form(texts)) for text in texts] == ["2026-07-04"] * 4
    with pytest.raises(Refused):
        read_date("12345", "")


def test_an_inn_gets_its_lost_zero_back() -> None:
    told = {"105019295": "0105019295", "50341234586": "050341234586", "770708 3893": "7707083893", "": "", "—": ""}
    as_they_are = ("105019290", "77070838", "77O7083893", "не указан")  # a warning, as in the card
    assert {text: read_inn(text) for text in (*told, *as_they_are)} == {**told, **{text: text for text in as_they_are}}
    for wrong in ("7.70708389300000e+15", "7,7E+09"):
        with pytest.raises(Refused, match="потерял"):
            read_inn(wrong)


def test_a_kpp_gets_its_lost_zero_back() -> None:
    assert (read_kpp("10501001"), read_kpp("770701001")) == ("010501001", "770701001")
    with pytest.raises(Refused, match="не целиком"):
        read_kpp("7,7E+08")


def test_an_account_kept_as_a_number_is_refused() -> None:
    assert read_account("4070 2810 7005 5001 2345") == "40702810700550012345"
    for wrong in ("4.07028107005500e+19", "4,07028E+19", "40702810700550000000"):
        with pytest.raises(Refused, match="потерял"):
            read_account(wrong)
    assert read_account("4070281070055001234") == "4070281070055001234"  # a warning, as in its card


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["1996-07-04", "1996-12-31"], "1996-07-04"),
        (["04.07.1996", "31.12.1996"], "1996-07-04"),
        (["4.7.26", "31.12.26"], "2026-07-04"),
        (["04/07/1996", "31/12/1996"], "1996-07-04"),
        (["07/04/1996", "12/31/1996"], "1996-07-04"),
        (["7/4/26", "12/31/26"], "2026-07-04"),
        (["04.07.1996 10:15:00", "31.12.1996 0:00"], "1996-07-04"),
        (["1996-07-04T00:00", "05.07.1996"], "1996-07-04"),
        (["46207", "46208"], "2026-07-04"),
        (["4 июля 2026 г.", "5 июля 2026"], "2026-07-04"),
    ],
)
def test_the_form_of_dates_is_found_out_from_the_whole_column(texts: list[str], first: str) -> None:
    assert read_date(texts[0], date_form(texts)) == first


@pytest.mark.parametrize("given", ["ММ/ДД/ГГГГ", "mm/dd/yyyy", "%m/%d/%Y"])
def test_a_given_form_of_dates_is_obeyed(given: str) -> None:
    assert read_date("03/04/2026", date_form([], given)) == "2026-03-04"
    with pytest.raises(Refused):
        read_date("31/12/2026", date_form([], given))


def test_columns_are_named_also_with_commas_in_them() -> None:
    assert parse_mapping(KINDS["order-lines"], "number=№,price=Цена, руб.,client=Клиент") == {
        "number": "№",
        "price": "Цена, руб.",
        "client": "Клиент",
    }
    with pytest.raises(Refused, match="неизвестен"):
        parse_mapping(KINDS["order-lines"], "nomer=№")
    with pytest.raises(Refused, match="«number»: нужно поле=столбец"):
        parse_mapping(KINDS["order-lines"], "number")


def test_russian_headers_are_recognised_by_themselves() -> None:
    headers = ["№", "Дата", "Контрагент", "Номенклатура", "Кол-во", "Цена", "Скидка, ₽", "Скидка", "ИНН"]
    assert find_columns(KINDS["order-lines"], headers, {}) == {
        "number": 0, "date": 1, "client": 2, "product": 3, "quantity": 4, "price": 5, "discount_sum": 6, "discount": 7, "inn": 8,
    }  # fmt: skip


def test_a_number_of_the_order_is_not_the_number_of_the_row_beside_it() -> None:
    headers = ["№", "№ заказа", "Дата", "Контрагент", "Товары (работы, услуги)", "Кол-во, шт.", "Цена, руб.", "Сумма, руб."]
    found = find_columns(KINDS["order-lines"], headers, {})
    assert found == {"number": 1, "date": 2, "client": 3, "product": 4, "quantity": 5, "price": 6}


def test_a_column_without_a_name_is_nothing_and_stands_beside_a_number_that_is_called_by_its_sign() -> None:
    headers = ["", "№", "", "Дата", "Контрагент", "Товар", "Кол.", "Цена", "%"]
    assert find_columns(KINDS["order-lines"], headers, {})["number"] == 1
    with pytest.raises(Refused, match=r"number \(«Номер»\)"):
        find_columns(KINDS["order-lines"], ["", "%", *headers[3:]], {})


def test_goods_and_clients_are_recognised_as_price_lists_and_accounting_name_them() -> None:
    assert find_columns(KINDS["products"], ["Наименование товара", "Ед. изм.", "Цена, руб."], {}) == {"product": 0, "unit": 1, "price": 2}
    assert find_columns(KINDS["clients"], ["№", "Контрагент", "ИНН"], {}) == {"client": 1, "inn": 2}


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("order-lines", "Заказ № = number; от = date; Заказчик = client; Код = sku; Наименование = product; Ед. = unit; Кол. = quantity"),
        ("order-lines", "№ п/п =; Документ № = number; Дата и время = date; Партнёр = client; Позиция = product; Кол-во товара = quantity"),
        ("order-lines", "Номер = number; Дата = date; Контрагент = client; Состояние = status; Комментарий = note; Шт. = quantity"),
        ("products", "Группы = group; Код = sku; Ед. измерения = unit; Закупка = cost; Штрих-код = barcode; Описание = note"),
        ("clients", "Код = code; Организация = client; Полное наименование = full_name; Юр. адрес = legal_address; БИК банка = bic"),
    ],
)
def test_headings_of_usual_programs_are_recognised(kind: str, headings: str) -> None:
    told = [heading.rpartition("=") for heading in headings.split(";")]
    found = recognised(KINDS[kind], [name.strip() for name, _, _ in told]).places
    assert found == {key.strip(): place for place, (_, _, key) in enumerate(told) if key.strip()}


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        (["Скидка %", "Скидка ₽"], ["discount", "discount_sum"]),
        (["Скидка (₽)", "НДС, ₽"], ["discount_sum"]),
        (["Ск.", "Цена, ₽", "Сумма, ₽"], ["discount", "price"]),
        (["Ск., %", "Ск., руб.", "НДС %"], ["discount", "discount_sum", "vat"]),
    ],
)
def test_a_sign_in_a_heading_tells_percents_from_roubles(headers: list[str], keys: list[str]) -> None:
    assert sorted(recognised(KINDS["order-lines"], headers).places) == sorted(keys)


def test_missing_columns_are_told_with_what_there_is() -> None:
    with pytest.raises(Refused, match=r"quantity .*В файле есть: №, Дата, Клиент, Товар, Цена"):
        find_columns(KINDS["order-lines"], ["№", "Дата", "Клиент", "Товар", "Цена"], {})
    with pytest.raises(Refused, match="нет столбца «Ццена»"):
        find_columns(KINDS["order-lines"], ["Цена"], {"price": "Ццена"})
    with pytest.raises(Refused, match="несколько столбцов «Цена»"):
        find_columns(KINDS["order-lines"], ["Цена", "цена"], {"price": "Цена"})
