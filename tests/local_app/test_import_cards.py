"""Import of clients and products: cards made, filled and changed, people and accounts with them, doubtful requisites told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from local_app.desk import Desk
from local_app.seed import seed
from shared.change import Edit, Refused
from shared.entity import MICRO
from tests.support.laptops import changed_rows, new_desk, new_rows, run_import, write_table

CLIENTS = ["Название", "ИНН", "КПП", "Телефон", "Город", "Контактное лицо", "Ответственный"]
ROMASHKA = ["ООО «Ромашка»", "7707083893", "770701001", "+7 916 000-00-00", "Москва", "Иванов Иван", "Анна Петрова"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    yield desk
    desk.close()


def test_clients_come_with_their_people_and_a_second_run_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = write_table(tmp_path / "c.csv", [CLIENTS, ROMASHKA], encoding="cp1251")
    assert new_rows(run_import(desk, path, "clients")) == {"clients": 1, "contacts": 1, "employees": 1}
    client = desk.store.rows("SELECT c.*, e.name AS manager FROM clients c JOIN employees e ON e.id = c.manager_id")[0]
    assert (client["name"], client["inn"], client["phone"], client["manager"]) == (ROMASHKA[0], ROMASHKA[1], ROMASHKA[3], "Анна Петрова")
    assert desk.store.one("SELECT client_id FROM contacts WHERE name = 'Иванов Иван'") == client["id"]
    again = run_import(desk, path, "clients")
    assert (again.plan.acts, new_rows(again), changed_rows(again)) == ([], {}, {})


def test_a_changed_card_is_changed_by_the_file_that_is_about_it(desk: Desk, tmp_path: Path) -> None:
    run_import(desk, write_table(tmp_path / "c.csv", [CLIENTS, ROMASHKA]), "clients")
    moved = ["ООО «Ромашка плюс»", *ROMASHKA[1:4], "Тула", *ROMASHKA[5:]]
    outcome = run_import(desk, write_table(tmp_path / "c.csv", [CLIENTS, moved]), "clients")
    assert (new_rows(outcome), changed_rows(outcome)) == ({}, {"clients": 1})
    assert desk.store.rows("SELECT name, city FROM clients") == [{"name": "ООО «Ромашка плюс»", "city": "Тула"}]


def test_branches_share_an_inn_and_stay_two_clients(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН", "КПП"], ["Сеть, Москва", "7707083893", "770701001"], ["Сеть, Тула", "7707083893", "710701001"]]
    assert new_rows(run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")) == {"clients": 2}


def test_a_sole_trader_is_told_by_the_length_of_the_inn(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН"], ["ИП Соколова М. А.", "503412345613"], ["ООО «Ромашка»", "7707083893"]]
    run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")
    assert [row["legal_form"] for row in desk.store.rows("SELECT legal_form FROM clients ORDER BY name")] == ["sole_trader", "company"]


def test_doubtful_requisites_are_imported_and_told(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН", "Расчётный счёт", "БИК"], ["Ромашка", "7707083894", "40702810700550012346", "044030653"]]
    outcome = run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")
    assert (outcome.written, new_rows(outcome)) == (True, {"clients": 1, "bank_accounts": 1})
    assert [(warning.row, warning.column) for warning in outcome.plan.warnings] == [(2, "ИНН"), (2, "Расчётный счёт")]


def test_a_row_that_repeats_a_card_only_adds_to_it(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН", "Город", "Телефон"], ["Ромашка", "7707083893", "Тула", ""], ["Ромашка", "7707083893", "Орёл", "123-45-67"]]
    outcome = run_import(desk, write_table(tmp_path / "c.csv", rows), "clients")
    assert desk.store.rows("SELECT city, phone FROM clients") == [{"city": "Тула", "phone": "123-45-67"}]
    assert [(warning.row, "в строке 2" in warning.reason) for warning in outcome.plan.warnings] == [(3, True)]


def test_excel_traps_are_healed_or_refused(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Название", "ИНН", "Расчётный счёт"],
        ["Адыгея", 105019295, "40702810700550012345"],
        ["Ромашка", 7707083893, 40702810700550012345],
    ):
        sheet.append(row)
    book.save(tmp_path / "c.xlsx")
    outcome = run_import(desk, tmp_path / "c.xlsx", "clients", go_on=True)
    assert [(problem.row, problem.column) for problem in outcome.plan.problems] == [(3, "Расчётный счёт")]
    assert desk.store.rows("SELECT name, inn FROM clients") == [{"name": "Адыгея", "inn": "0105019295"}]


def test_a_dash_is_nothing_and_two_phones_in_one_cell_stay_two(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["Название", "ИНН", "КПП", "Телефон", "Почта"],
        ["Ромашка", "7707\u00a0083 893", "-", "8 916 111-22-33;\n8 916 444-55-66", "—"],
        ["Лютик", "–", "", "-", "a@b.ru"],
    ]
    assert not run_import(desk, write_table(tmp_path / "c.csv", rows), "clients").plan.problems
    assert [tuple(row.values()) for row in desk.store.rows("SELECT name, inn, kpp, phone, email FROM clients ORDER BY name DESC")] == [
        ("Ромашка", "7707083893", "", "8 916 111-22-33, 8 916 444-55-66", ""), ("Лютик", "", "", "", "a@b.ru"),
    ]  # fmt: skip


def test_a_kpp_of_another_length_is_loaded_and_told_as_its_card_tells_it(desk: Desk, tmp_path: Path) -> None:
    rows = [["Название", "ИНН", "КПП"], ["Ромашка", "7707083893", "12"]]
    plan = run_import(desk, write_table(tmp_path / "c.csv", rows), "clients").plan
    assert plan.problems == []
    told = [(warning.row, warning.column, warning.reason) for warning in plan.warnings]
    assert told == [(2, "КПП", "КПП 12: знаков должно быть 9, а здесь 2. Проверьте номер")]
    assert desk.store.rows("SELECT inn, kpp FROM clients") == [{"inn": "7707083893", "kpp": "12"}]


def test_a_dash_in_the_place_of_a_number_or_a_date_is_a_blank_and_told_where_one_may_not_stand(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["Номер", "Дата", "Клиент", "Товар", "Количество", "Цена", "Скидка", "Дата отгрузки"],
        ["1", "01.02.2026", "Ромашка", "Болт", "2", "10", "-", "—"],
        ["1", "01.02.2026", "Ромашка", "Гайка", "–", "10", "5", ""],
    ]
    outcome = run_import(desk, write_table(tmp_path / "s.csv", rows))
    assert [str(problem) for problem in outcome.plan.problems] == ["строка 3, столбец «Количество»: пусто, а это обязательно"]


def test_a_long_number_that_a_spreadsheet_has_cut_is_told_wherever_it_stands(desk: Desk, tmp_path: Path) -> None:
    clients = [["Название", "Телефон", "Код"], ["Ромашка", "7,92E+10", ""], ["Лютик", "", "1E+15"], ["Е+12", "1", "Е+12"]]
    outcome = run_import(desk, write_table(tmp_path / "c.csv", clients), "clients")
    assert [(problem.row, problem.column, "не целиком" in problem.reason) for problem in outcome.plan.problems] == [
        (2, "Телефон", True), (3, "Код", True),
    ]  # fmt: skip
    products = [["Название", "Штрихкод", "Артикул"], ["Болт", "4,60E+12", "M5E+"], ["Гайка", "", "1.23456789012345e+18"]]
    outcome = run_import(desk, write_table(tmp_path / "p.csv", products), "products")
    assert [(problem.row, problem.column) for problem in outcome.plan.problems] == [(2, "Штрихкод"), (3, "Артикул")]


def test_products_come_with_group_unit_and_prices(desk: Desk, tmp_path: Path) -> None:
    seed(desk)
    rows = [
        ["Артикул", "Название", "Группа", "Ед.", "Цена", "Закупочная цена", "Вид"],
        ["А-1", "Гвозди", "Метизы", "кг", "99,95", "70", "Товар"],
    ]
    path = write_table(tmp_path / "p.csv", rows)
    assert new_rows(run_import(desk, path, "products")) == {"products": 1, "product_groups": 1}
    sql = (
        "SELECT p.price, p.cost, p.product_kind, g.name AS grp, u.okei FROM products p "
        "JOIN product_groups g ON g.id = p.group_id JOIN units u ON u.id = p.unit_id"
    )
    assert desk.store.rows(sql) == [{"price": 99_950_000, "cost": 70 * MICRO, "product_kind": "goods", "grp": "Метизы", "okei": "166"}]
    rows[1][4] = "105"
    outcome = run_import(desk, write_table(tmp_path / "p.csv", rows), "products")
    assert (new_rows(outcome), changed_rows(outcome), desk.store.one("SELECT price FROM products")) == ({}, {"products": 1}, 105 * MICRO)


def test_a_unit_is_found_as_the_keyboard_writes_it(desk: Desk, tmp_path: Path) -> None:
    seed(desk)
    rows = [["Артикул", "Название", "Ед."], ["А-1", "Песок", "м3"], ["А-2", "Плитка", "м²"], ["А-3", "Поддон", "пал."]]
    assert new_rows(run_import(desk, write_table(tmp_path / "p.csv", rows), "products")) == {"products": 3, "units": 1}
    sql = "SELECT u.name FROM products p JOIN units u ON u.id = p.unit_id ORDER BY p.sku"
    assert [row["name"] for row in desk.store.rows(sql)] == ["м³", "м²", "пал."]


def test_new_prices_come_by_the_articles_of_known_products_alone(desk: Desk, tmp_path: Path) -> None:
    rows = [["Артикул", "Название", "Цена"], ["001", "Доска", "349,90"], ["002", "Брус", "500"]]
    assert run_import(desk, write_table(tmp_path / "p.csv", rows), "products").written
    prices = [["Артикул", "Цена"], ["001", "399,90"], ["002", "500"]]
    outcome = run_import(desk, write_table(tmp_path / "n.csv", prices), "products")
    assert (new_rows(outcome), changed_rows(outcome)) == ({}, {"products": 1})
    assert desk.store.one("SELECT price FROM products WHERE name = 'Доска'") == 399_900_000
    outcome = run_import(desk, write_table(tmp_path / "n.csv", [*prices, ["003", "7"]]), "products")
    assert [str(each) for each in outcome.plan.problems] == ["строка 4, столбец «Артикул»: товар не найден по артикулу, и названия нет"]
    with pytest.raises(Refused, match=r"product \(«Название»\)"):
        run_import(desk, write_table(tmp_path / "n.csv", [["Группа", "Цена"], ["Метизы", "7"]]), "products")


def test_a_row_of_a_price_list_that_is_a_name_alone_is_told(desk: Desk, tmp_path: Path) -> None:
    rows = [["Код", "Наименование", "Цена"], ["", "Метизы", ""], ["1", "Гвозди", "100"], ["2", "Болты", ""]]
    outcome = run_import(desk, write_table(tmp_path / "p.csv", rows), "products")
    assert [(warning.row, warning.column, "раздел" in warning.reason) for warning in outcome.plan.warnings] == [(2, "Наименование", True)]
    assert new_rows(outcome) == {"products": 3}
    assert not run_import(desk, write_table(tmp_path / "n.csv", [["Название"], ["Лом"]]), "products").plan.warnings


def test_products_come_with_the_vat_rate_that_the_file_names(desk: Desk, tmp_path: Path) -> None:
    seed(desk)
    rows = [
        ["Название", "Ставка НДС", "Снят с продажи"],
        ["Болт", "20%", "нет"],
        ["Гайка", "без НДС", "да"],
        ["Шайба", "НДС 22 %", ""],
        ["Лом", "", ""],
    ]
    run_import(desk, write_table(tmp_path / "p.csv", rows), "products")
    sql = "SELECT p.name, r.percent, r.name AS rate, archived FROM products p LEFT JOIN vat_rates r ON r.id = p.vat_rate_id ORDER BY p.name"
    found = [tuple(row.values()) for row in desk.store.rows(sql)]
    assert found[0] == ("Болт", 20 * MICRO, "20 %", 0)
    assert (found[1], found[2][1], found[3][1]) == (("Гайка", None, "Без НДС", 1), None, 22 * MICRO)
    outcome = run_import(desk, write_table(tmp_path / "p.csv", [["Название", "Ставка НДС"], ["Болт", "17%"]]), "products")
    assert [(problem.row, "17%" in problem.reason) for problem in outcome.plan.problems] == [(2, True)]


def test_an_empty_cell_of_a_yes_or_no_leaves_it(desk: Desk, tmp_path: Path) -> None:
    desk.do([Edit("products", "p1", {"name": "Гвозди", "archived": 1})], "Товар")
    assert run_import(desk, write_table(tmp_path / "p.csv", [["Название", "Архивный"], ["Гвозди", ""]]), "products").plan.acts == []
    run_import(desk, write_table(tmp_path / "p.csv", [["Название", "Архивный"], ["Гвозди", "нет"]]), "products")
    assert desk.store.one("SELECT archived FROM products") == 0
