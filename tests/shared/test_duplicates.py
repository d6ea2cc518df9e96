"""The same client or product typed twice is noticed, and two branches or two namesakes are left alone."""

from shared.entity import Value
from shared.rules.duplicates import duplicate_keys, likely_same, plain_name, plain_sku

Row = dict[str, Value]


def clients(*rows: Row) -> list[tuple[tuple[str, ...], str]]:
    return [
        (found.ids, found.reason) for found in likely_same("clients", [{"id": str(number)} | row for number, row in enumerate(rows, 1)])
    ]


def test_a_name_is_one_however_its_form_quotes_and_letters_are_written() -> None:
    names = ["ООО «Алёна-М»", "Алена М, ООО", 'общество с ограниченной ответственностью "АЛЁНА М"', "Алена-М"]
    assert {plain_name(name) for name in names} == {"аленам"}
    assert plain_name("ИП Иванов И. И.") == plain_name("Индивидуальный предприниматель Иванов И.И.")
    assert plain_name("Публичное акционерное общество «Сбербанк»") == plain_name("ПАО Сбербанк")


def test_a_name_is_one_though_latin_letters_stand_among_its_cyrillic_ones() -> None:
    assert plain_name("OOO «Pомашка»") == plain_name("ООО «Ромашка»") == "ромашка"
    assert (plain_name("Sony"), plain_name("ООО «Sony»")) == ("sony", "sony")
    assert duplicate_keys("products", {"name": "Kабель ВВГ", "sku": ""}) == duplicate_keys("products", {"name": "Кабель ВВГ", "sku": ""})


def test_a_form_inside_a_word_stays() -> None:
    assert plain_name("ООО «Аодежда»") == "аодежда"
    assert plain_name("Зоомаркет ИП-сервис") == "зоомаркетсервис"


def test_an_article_is_one_in_either_alphabet() -> None:
    assert plain_sku("АВ-100 х") == plain_sku("AB 100X") == "ab100x"


def test_the_keys_of_a_client_are_normal_forms() -> None:
    row: Row = {"name": "ООО «Ёлка»", "inn": "7707083893", "phone": "8 916 123-45-67, +7 495 1234567", "email": "Info@Elka.ru, b@elka.ru"}
    assert duplicate_keys("clients", row) == {
        "name:елка", "inn:7707083893", "phone:79161234567", "phone:74951234567", "email:info@elka.ru", "email:b@elka.ru",
    }  # fmt: skip


def test_blanks_and_short_phones_make_no_keys() -> None:
    assert duplicate_keys("clients", {"name": "ООО", "inn": "", "phone": "112", "email": None}) == set()
    assert duplicate_keys("products", {"name": "", "sku": None}) == set()
    assert duplicate_keys("orders", {"name": "Ромашка"}) == set()


def test_one_inn_makes_one_client() -> None:
    assert clients({"inn": "7707083893", "kpp": "773601001"}, {"inn": "7707083893", "kpp": ""}) == [(("1", "2"), "одинаковый ИНН")]


def test_branches_share_an_inn_and_are_two_clients() -> None:
    branch: Row = {"inn": "7707083893", "name": "Сбербанк", "phone": "8 800 555-55-50"}
    assert clients(branch | {"kpp": "773601001"}, branch | {"kpp": "773601002"}) == []


def test_namesakes_with_different_inn_are_two_clients() -> None:
    assert clients({"name": "ООО «Ромашка»", "inn": "7707083893"}, {"name": "Ромашка", "inn": "7702070139"}) == []


def test_everything_that_two_clients_share_is_named_once() -> None:
    one: Row = {"name": "ООО «Ромашка»", "phone": "8 916 123-45-67, 8 495 123-45-67", "email": "a@b.ru"}
    other: Row = {"name": "Ромашка", "phone": "+7 (916) 1234567; +74951234567", "email": "A@B.RU", "inn": "7707083893"}
    assert clients(one, other) == [(("1", "2"), "одна электронная почта, одинаковое название, один телефон")]


def test_more_than_two_can_be_one() -> None:
    assert clients({"name": "Ёлка"}, {"name": "Берёза"}, {"name": "елка"}, {"name": "ИП Елка"}) == [
        (("1", "3", "4"), "одинаковое название")
    ]


def test_a_record_without_numbers_joins_the_first_it_may_be() -> None:
    found = clients({"name": "Ромашка", "inn": "7707083893"}, {"name": "Ромашка", "inn": "7702070139"}, {"name": "Ромашка"})
    assert found == [(("1", "3"), "одинаковое название")]
    found = clients({"name": "Ромашка"}, {"name": "Ромашка", "inn": "7707083893"}, {"name": "Ромашка", "inn": "7702070139"})
    assert found == [(("1", "2"), "одинаковое название")]


def test_products_are_one_by_article_or_by_name() -> None:
    rows: list[Row] = [
        {"id": "1", "name": "Гвоздь 100 мм", "sku": "Г-100"},
        {"id": "2", "name": "гвоздь, 100мм", "sku": ""},
        {"id": "3", "name": "Гвоздь строительный", "sku": "г100"},
        {"id": "4", "name": "Гвоздь 100 мм", "sku": "Г-100-О"},
    ]
    assert set(likely_same("products", rows)) == {(("1", "2"), "одинаковое название"), (("1", "3"), "одинаковый артикул")}


def test_many_namesakes_are_grouped_in_one_pass() -> None:
    rows: list[Row] = [{"id": str(number), "name": "Иванов Иван", "phone": "8 916 123-45-67"} for number in range(3000)]
    assert [len(found.ids) for found in likely_same("clients", rows)] == [3000]
