"""What a screen offers for a file: which column is which field, what cannot be told, sample files that come in without a word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from local_app.desk import Desk
from local_app.exports.entities import Cell, Table
from local_app.exports.files import write_file
from local_app.imports import opening
from local_app.imports.choosing import Choice, distinct
from local_app.imports.columns import KINDS
from local_app.imports.importing import plan_import, words_of, write
from local_app.imports.samples import SAMPLES, sample_table
from local_app.imports.sheet import read_sheet, sheet_of
from local_app.undoing import is_undone, next_batch
from tests.support.laptops import NORTHWIND, NORTHWIND_NET, SALES, net, new_desk, new_rows, run_import, write_table

HEADERS = ["Номер", "Дата", "Клиент", "Товар", "Кол-во", "Цена"]
ROW = ["1", "01.02.2026", "ООО «Ромашка»", "Гвозди", "2", "10,50"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "laptop")
    yield desk
    desk.close()


def choice_of(*rows: list[str], kind: str = "order-lines", **known: Any) -> Choice:
    return Choice(kind, sheet_of(list(rows), "t.csv"), **known)


def chosen(choice: Choice) -> dict[str, str]:
    return {choice.sheet.headers[at]: key for at, key in sorted(choice.fields.items())}


def test_columns_are_recognised_as_by_the_command_and_the_plan_is_the_same(desk: Desk, tmp_path: Path) -> None:
    choice = choice_of(["Отчёт о продажах"], [*HEADERS, "Склад"], [*ROW, "Основной"])
    assert list(chosen(choice).values()) == ["number", "date", "client", "product", "quantity", "price"]
    assert (choice.place, choice.missing(), [choice.sheet.headers[at] for at in choice.passed_over()]) == (1, [], ["Склад"])
    told = plan_import(desk.store, choice.sheet, choice.request())
    own = run_import(desk, write_table(tmp_path / "t.csv", [HEADERS, ROW]), dry_run=True).plan
    assert (told.acts, told.tallies, told.net, told.problems) == (own.acts, own.tallies, 2100, [])


def test_a_field_is_one_column_and_what_is_missing_is_named(desk: Desk) -> None:
    choice = choice_of(["№ п/п", *HEADERS[1:]], ROW)
    assert [column.label for column in choice.missing()] == ["Номер"]
    choice.choose(0, "number")
    assert choice.missing() == []
    choice.choose(1, "number")
    assert chosen(choice) | {"Дата": "number"} == chosen(choice)
    assert [column.key for column in choice.missing()] == ["date"]
    choice.choose(3, "")
    assert [column.key for column in choice.missing()] == ["date", "product"]


def test_two_columns_of_one_name_are_not_guessed_and_can_be_told_apart(desk: Desk) -> None:
    choice = choice_of([*HEADERS, "Цена", ""], [*ROW, "12", "x"])
    assert (choice.doubled, [column.key for column in choice.missing()]) == ({5, 6}, ["price"])
    assert choice.sheet.headers == [*HEADERS, "Цена (2)"]
    choice.choose(6, "price")
    assert plan_import(desk.store, choice.sheet._replace(rows=[[*ROW, "12"]]), choice.request()).net == 2400
    assert distinct(["", "цена", "Цена", ""]) == ["Столбец A", "цена", "Цена (2)", "Столбец D"]


def test_of_several_prices_one_is_asked_for_before_the_goods_come_without(desk: Desk) -> None:
    choice = choice_of(["Название", "Цена розн.", "Цена опт."], ["Гвозди", "12", "10,50"], ["Итого: 1", "", ""], kind="products")
    assert choice.prices() == [1, 2]
    told = plan_import(desk.store, choice.sheet, choice.request())
    assert [each.reason for each in told.warnings if "без цен" in each.reason] == [
        "товары загрузятся без цен. Укажите, какой столбец — цена: «Цена розн.» или «Цена опт.»"
    ]
    choice.choose(2, "price")
    assert choice.prices() == []
    plan = plan_import(desk.store, choice.sheet, choice.request())
    assert [edit.patch["price"] for act in plan.acts for edit in act] == [10_500_000]
    assert [each.reason for each in plan.warnings] == ["строка итогов, пропущена"]
    assert choice_of(["Название", "Цена розн."], ["Ромашка", "1"], kind="clients").prices() == []


def test_a_column_of_a_workbook_without_a_name_at_the_right_can_be_chosen(desk: Desk) -> None:
    rows = [["Название", "Контакты", "", "", ""], ["Ромашка", "8 916 1", "a@b.ru", "", "позвонить"], ["Лютик", "8 916 2", "", "", ""]]
    choice = Choice("clients", sheet_of(rows, "t.xlsx")._replace(name="Лист1"))
    assert choice.sheet.headers == ["Название", "Контакты", "Столбец C"]
    choice.choose(1, "phone")
    choice.choose(2, "email")
    plan = plan_import(desk.store, choice.sheet, choice.request())
    assert [edit.patch for act in plan.acts for edit in act] == [
        {"name": "Ромашка", "phone": "8 916 1", "email": "a@b.ru"}, {"name": "Лютик", "phone": "8 916 2"},
    ]  # fmt: skip
    assert ["«Столбец C»" in str(each) for each in plan.warnings] == [True]  # the remark in column E
    assert Choice("clients", sheet_of(rows, "t.csv")).sheet.headers == ["Название", "Контакты"]


def test_what_was_chosen_for_a_name_before_is_chosen_again() -> None:
    choice = choice_of(["Шифр", "Название", "Город"], ["Д-1", "Доска", "Тула"], kind="products")
    choice.choose(0, "sku")
    again = choice_of(["Город", "ШИФР", "Название"], ["Тула", "Д-1", "Доска"], kind="products", known=choice.chosen())
    assert chosen(again) == {"ШИФР": "sku", "Название": "product"}


@pytest.mark.parametrize(
    ("days", "doubted"),
    [
        (["03/04/2026", "05/06/2026"], "03/04/2026"),
        (["03/04/2026", "13/04/2026"], ""),
        (["03/04/2026", "04/13/2026"], ""),
        (["2026-04-03", "05.05.2026"], ""),
        (["", "вчера"], ""),
    ],
)
def test_dates_are_asked_about_only_when_nothing_in_the_column_tells(days: list[str], doubted: str) -> None:
    choice = choice_of(HEADERS, *([ROW[0], day, *ROW[2:]] for day in days))
    assert (choice.days(1)[0], choice.days(5)) == (doubted, ("", ""))
    if doubted:
        choice.dates = choice.days(1)[1]
        assert choice.request().dates == "%m/%d/%Y"


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_file_comes_in_without_a_word(desk: Desk, tmp_path: Path, kind: str) -> None:
    assert write_file(tmp_path / "s.xlsx", sample_table(kind), "Пример", lambda *_: None) == 2
    book = load_workbook(tmp_path / "s.xlsx")
    assert book.active is not None
    headers = [cell.value for cell in next(book.active.iter_rows())]
    choice = Choice(kind, read_sheet(tmp_path / "s.xlsx"))
    assert [choice.fields[at] for at in range(len(headers))] == list(SAMPLES[kind])
    outcome = run_import(desk, tmp_path / "s.xlsx", kind)
    assert (outcome.plan.problems, outcome.plan.warnings, outcome.written) == ([], [], True)


def test_a_stopped_import_leaves_whole_acts_and_the_same_file_does_the_rest(desk: Desk) -> None:
    sheet = read_sheet(NORTHWIND / "sales.csv")
    choice = Choice("order-lines", sheet)
    for key, header in SALES.items():
        choice.choose(sheet.headers.index(header), key)
    plan = plan_import(desk.store, choice.sheet, choice.request())
    assert plan.net == NORTHWIND_NET
    asked = iter(range(len(plan.acts)))
    batch = write(desk, plan, words_of("sales.csv"), lambda *_: None, desk.view(), lambda: next(asked) >= 400)
    assert 0 < net(desk) < NORTHWIND_NET
    assert desk.store.one("SELECT count(*) FROM orders WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = orders.id)") == 0
    rest = plan_import(desk.store, choice.sheet, choice.request())
    assert len(rest.acts) == len(plan.acts) - 400
    assert (next_batch(desk.store, back=True) == batch, is_undone(desk.store, batch)) == (True, False)
    write(desk, rest, words_of("sales.csv"), lambda *_: None, desk.view())
    assert (net(desk), next_batch(desk.store, back=True) == batch) == (NORTHWIND_NET, False)
    desk.undo()
    desk.undo()
    assert (net(desk), is_undone(desk.store, batch)) == (0, True)


def test_the_check_says_how_far_it_is_and_ends_when_nobody_wants_it(desk: Desk) -> None:
    class NotWanted(Exception):
        pass

    said: list[str] = []

    def told(words: str, done: int, total: int) -> None:
        said.append(words)
        assert done <= total
        if len(set(said)) > 2:
            raise NotWanted

    choice = choice_of(HEADERS, *([str(number), *ROW[1:]] for number in range(2000)))
    with pytest.raises(NotWanted):
        plan_import(desk.store, choice.sheet, choice.request(), told)
    assert sorted(set(said)) == ["Проверка заказов", "Проверка столбцов", "Сравнение с базой"]


def test_a_reading_that_is_not_wanted_any_more_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path / "s.xlsx", sample_table("clients"), "Пример", lambda *_: None)
    monkeypatch.setattr(opening, "LOOK_SECONDS", 0.001)

    def not_wanted() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        read_sheet(tmp_path / "s.xlsx", look=not_wanted)


def test_a_workbook_larger_than_what_a_pipe_holds_is_read_however_late_its_child_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[Cell]] = [[f"{number * 7919}", "".join(chr(33 + (number * at) % 90) for at in range(60))] for number in range(4000)]
    write_file(tmp_path / "s.xlsx", Table(["Название", "Код"], iter(rows), len(rows)), "Пример", lambda *_: None)
    assert (tmp_path / "s.xlsx").stat().st_size > 70_000
    monkeypatch.setattr(opening, "LOOK_SECONDS", 0.001)
    looked: list[int] = []

    def look() -> None:
        looked.append(1)
        assert len(looked) < 100_000, "the child waits for what is never sent"

    assert len(read_sheet(tmp_path / "s.xlsx", look=look).rows) == len(rows)
    assert looked


def test_an_import_counts_the_lines_with_their_discounts(desk: Desk, tmp_path: Path) -> None:
    outcome = run_import(desk, write_table(tmp_path / "t.csv", [[*HEADERS, "Скидка"], [*ROW, "5"], [*ROW, "много"]]), go_on=True)
    assert (outcome.plan.net, net(desk), new_rows(outcome)["order_lines"]) == (1995, 1995, 1)
    assert run_import(desk, write_table(tmp_path / "c.csv", [["Название"], ["Гранит"]]), "clients").plan.net is None
