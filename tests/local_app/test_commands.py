"""Commands of the desk: the same data as on the screens, answers for programs and people, one Russian line when it goes wrong."""

import re
from pathlib import Path

import pytest
from orjson import loads

from local_app.cli import main
from tests.support.laptops import NORTHWIND, NORTHWIND_NET, SALES, answered, typed, write_table

COLUMNS = ",".join(f"{key}={header}" for key, header in SALES.items())


class Terminal:
    """Commands on one folder in this process, and what they print."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.folder, self.captured = folder, captured

    def __call__(self, *words: str, code: int = 0) -> str:
        assert main(["desk", "--data", str(self.folder), *words]) == code, self.captured.readouterr().err
        said = self.captured.readouterr()
        assert (said.err == "") is (code == 0)
        return said.out if code == 0 else said.err

    def json(self, *words: str) -> object:
        return loads(self(*words, "--json"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    terminal = Terminal(tmp_path / "laptop", capsys)
    terminal("init", "--seed")
    return terminal


def one_russian_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and re.search("[а-яё]{3}", text) is not None and "Traceback" not in text


def test_a_row_is_made_changed_shown_deleted_and_restored(desk: Terminal) -> None:
    client = desk("new", "clients", "name=Ромашка", "inn=7707083893").strip()
    made = desk.json("new", "orders", "number=1", "date=23.11.2026", "client_id=ромашка", "discount_percent=2,5%")
    assert isinstance(made, dict)
    order = made["id"]
    desk("new", "order_lines", f"order_id={order}", "name=Гвозди", "quantity=0,195", "price=1198", "vat_mode=Без НДС")
    shown = desk.json("show", "orders", "1")
    assert isinstance(shown, dict)
    assert (shown["date"], shown["client_id"], shown["gross"], shown["net"]) == ("2026-11-23", client, 23_361, 22_777)
    assert "Клиент: Ромашка\n" in desk("show", "orders", order)
    assert desk("set", "orders", "1", "Тема=Проба") == "Изменён заказ 1 23.11.2026\n"
    desk("delete", "Заказы", "1")
    assert desk.json("show", "orders") == []
    desk("restore", "orders", "1")
    assert "Проба" in desk("show", "orders")


def test_data_that_exist_get_what_their_lists_lack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(tmp_path / "laptop", capsys)
    assert terminal("init").startswith("Данные созданы")
    terminal("new", "units", "name=шт")
    assert "init --seed" in terminal("init", code=1)
    assert terminal("init", "--seed").startswith("Добавлено в справочники записей: ")
    assert terminal("init", "--seed") == "В справочниках есть всё\n"


def test_a_login_and_a_role_are_not_written_on_a_laptop(desk: Terminal) -> None:
    desk("new", "employees", "name=Анна")
    told = desk("set", "employees", "Анна", "Роль=Руководитель", code=1)
    assert told == "Сотрудник, «Роль»: меняет администратор на странице сервера\n"
    assert "на странице сервера" in desk("new", "employees", "name=Борис", "login=boris", code=1)
    assert desk("set", "employees", "Анна", "post=Кладовщик") == "Изменён сотрудник Анна\n"


def test_history_undo_and_redo_tell_what_happened(desk: Terminal) -> None:
    desk("new", "clients", "name=Ромашка")
    desk("set", "clients", "Ромашка", "city=Тула")
    moments = desk.json("history", "clients", "Ромашка")
    assert isinstance(moments, list)
    assert [(moment["field"], moment["before"], moment["after"]) for moment in moments] == [("name", "", "Ромашка"), ("city", "", "Тула")]
    assert desk("undo") == "Отменено: Изменён клиент Ромашка\n"
    assert desk.json("sql", "SELECT city FROM clients") == [{"city": ""}]
    assert desk("redo") == "Возвращено: Изменён клиент Ромашка\n"
    assert (desk("conflicts"), desk.json("conflicts")) == ("расхождений нет\n", [])


def test_sql_reads_tables_and_russian_views_and_writes_nothing(desk: Terminal) -> None:
    assert desk.json("sql", 'SELECT "Обозначение" FROM "Единицы измерения" WHERE "Код ОКЕИ" = \'796\'') == [{"Обозначение": "шт"}]
    assert "только читать" in desk("sql", "DELETE FROM units", code=1)
    assert "только читать" in desk("sql", "CREATE TABLE t (a)", code=1)
    assert "нет таблицы" in desk("sql", "SELECT * FROM t", code=1)
    assert "нет столбца Назвние" in desk("sql", 'SELECT count("Назвние") FROM "Клиенты"', code=1)
    assert "один запрос" in desk("sql", "SELECT 1; SELECT 2", code=1)


def test_sql_makes_no_file_and_leaves_the_store_as_it_is_written(desk: Terminal, tmp_path: Path) -> None:
    made = tmp_path / "made.sqlite"
    for query in (f"ATTACH '{made}' AS made", f"VACUUM INTO '{made}'", "PRAGMA journal_mode = delete", "PRAGMA query_only = 0", "BEGIN"):
        assert "только читать" in desk("sql", query, code=1)
    assert not made.exists()
    assert desk.json("sql", "SELECT name FROM pragma_table_info('units') WHERE name = 'okei'") == [{"name": "okei"}]


def test_status_and_verify_describe_the_data(desk: Terminal) -> None:
    status = desk.json("status")
    assert isinstance(status, dict)
    assert (status["prefix"], status["author"], status["place"], status["conflicts"], status["enrolled"]) == ("", "", 0, 0, False)
    assert status["unsent"] == status["changes"] > 30
    assert status["rows"]["units"] == 14
    assert status["device"]
    assert status["bytes"]
    verified = desk.json("verify")
    assert isinstance(verified, dict)
    assert (verified["ok"], verified["changes"], verified["troubles"]) == (True, status["changes"], [])


def test_names_that_fit_several_rows_are_listed(desk: Terminal) -> None:
    first, second = (desk("new", "clients", "name=Ромашка", f"city={city}").strip() for city in ("Тула", "Орёл"))
    said = desk("set", "clients", "ромашка", "city=Курск", code=1)
    assert one_russian_line(said)
    assert first in said
    assert second in said
    assert "таких 2" in desk("new", "orders", "client_id=Ромашка", code=1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["new", "clients"], 1, "заполните «Название»"),
        (["new", "clients", "name="], 1, "заполните «Название»"),
        (["new", "clients", "vid=1"], 1, "нет поля «vid»"),
        (["new", "clients", "Ромашка"], 2, "нужно поле=значение"),
        (["new", "planets", "name=Марс"], 1, "Таблицы «planets» нет"),
        (["new", "orders", "date=31.02.2026"], 1, "нет такого дня"),
        (["new", "orders", "discount_percent=150"], 1, "от −100 до 100"),
        (["new", "orders", "discount_percent=5", "discount_sum=100"], 1, "либо процент, либо сумма"),
        (["new", "orders", "client_id=Никто"], 1, "не найден"),
        (["set", "orders", "77", "number=1"], 1, "не найден"),
        (["undo"], 0, ""),
        (["redo"], 1, "Возвращать нечего"),
        (["fly"], 2, "нет варианта «fly»"),
        (["set", "orders"], 2, "не хватает: ЗАПИСЬ, поле=значение"),
        (["import", "x.csv", "--as", "cats"], 2, "нет варианта «cats», бывают order-lines, clients, products"),
        (["new", "products", "name=Гвоздь", "price=99999999999999999999"], 1, "«Цена»: слишком большое число"),
        (["show", "orders", "77"], 1, "Заказ «77» не найден: укажите id или «Номер» целиком"),
        (["show", "orders", "--limit", "x"], 2, "--limit: «x» — не целое число"),
        (["show", "orders", "--limit", "-5"], 2, "--limit: «-5» — отрицательное число"),
        (["show", "orders", "--limit", "9" * 20], 2, "слишком большое число, можно до 1 000 000 000"),
        (["compact", "--days", "9" * 20], 2, "слишком большое число"),
        (["files", "--largest", "9" * 5_000], 0, ""),
        (["refused", "--send", "9" * 5_000], 1, "нет номера «999"),
        (["import", "нет.csv", "--as", "clients"], 1, "не найден"),
        (["import", "нет.csv"], 2, "не хватает: --as"),
        (["export", "orders", "o.pdf"], 1, "можно выгрузить"),
        (["init"], 1, "уже есть данные"),
        (["sync"], 1, "не подключён к серверу"),
    ],
)
def test_what_goes_wrong_is_one_russian_line(desk: Terminal, words: list[str], code: int, said: str) -> None:
    heard = desk(*words, code=code)
    assert said in heard
    assert one_russian_line(heard)


@pytest.mark.parametrize(
    "words",
    [
        ["set", "clients", "Ромашка", "note=\udcc0\udce4"],
        ["new", "clients", "name=Иван \udcff\udcfeПетров"],
        *([verb, "clients", "\udcff"] for verb in ("show", "history", "delete", "restore")),
        ["document", "\udcff"],
        ["sql", "select '\udcff'"],
        ["import", "\udcff.csv", "--as", "clients"],
    ],
)
def test_an_argument_that_is_not_utf_8_is_refused_and_changes_nothing(desk: Terminal, words: list[str]) -> None:
    desk("new", "clients", "name=Ромашка", "note=Звонить утром")
    place = next(place for place, word in enumerate(words, 4) if "\udcff" in word or "\udcc0" in word)  # after desk --data ПАПКА
    said = desk(*words, code=2)
    assert said == f"Аргумент {place} не в кодировке UTF-8. Проверьте кодировку терминала или файла команды\n"
    assert desk.json("sql", "SELECT name, note FROM clients") == [{"name": "Ромашка", "note": "Звонить утром"}]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "clients", "{}"], "укажите id или «Название» целиком"),
        (["new", "clients", "{}=1"], "merged_into"),
        (["show", "clients", "Ромашка", "{}"], "Подсказка: desk --help"),
        (["show", "clients", "--limit", "{}"], "Подсказка: desk show --help"),
        (["sql", "SELECT '{}"], ")"),
    ],
)
@pytest.mark.parametrize("sign", ["й", "й "])
def test_of_a_text_in_a_wrong_place_a_complaint_repeats_the_beginning(desk: Terminal, words: list[str], told: str, sign: str) -> None:
    given = [word.format(sign * 3_000) for word in words]
    heard = desk(*given, code=2 if "Подсказка" in told else 1)
    assert one_russian_line(heard)
    assert heard.endswith(f"{told}\n")
    assert len(heard) < 500


def test_the_help_has_no_english_names_but_those_to_be_typed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["desk", "import", "--help"])
    said = capsys.readouterr().out
    assert "--sheet ЗНАЧЕНИЕ" in said
    assert re.findall(r" [A-Z]{3,}\b", said) == []


def test_json_and_data_may_stand_anywhere(desk: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "desk", "show", "units", "796", f"--data={desk.folder}"]) == 0
    assert loads(capsys.readouterr().out)["name"] == "шт"
    assert main(["desk", "show", "units", "--data"]) == 2
    assert one_russian_line(capsys.readouterr().err)


def test_an_import_reports_itself_in_json_and_stops_at_bad_rows(desk: Terminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["import", str(NORTHWIND / "sales.csv"), "--as", "order-lines", "--columns", COLUMNS]
    first, second = desk.json(*words), desk.json(*words)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["rows"], first["new"]["orders"], first["new"]["order_lines"], first["written"]) == (2155, 830, 2155, True)
    assert (set(second["new"].values()), set(second["changed"].values())) == ({0}, {0})
    assert desk.json("sql", "SELECT sum(net) AS net FROM order_totals") == [{"net": NORTHWIND_NET}]
    bad = write_table(tmp_path / "bad.csv", [["Название", "ИНН"], ["Ромашка", "7,7E+09"], ["", "7707083893"]])
    assert main(["desk", "--data", str(desk.folder), "import", str(bad), "--as", "clients"]) == 1
    said = capsys.readouterr()
    assert "Строка 2, столбец «ИНН»" in said.out
    assert "Строка 3, столбец «Название»" in said.out
    assert one_russian_line(said.err)
    assert "в файле 2 ошибки" in said.err


def test_an_export_writes_russian_headers(desk: Terminal, tmp_path: Path) -> None:
    answer = desk.json("export", "Единицы измерения", str(tmp_path / "u.csv"))
    assert answer == {"file": str(tmp_path / "u.csv"), "rows": 14}
    assert (tmp_path / "u.csv").read_text(encoding="utf-8-sig").startswith("Обозначение;Полное название;Код ОКЕИ")


def test_a_field_of_an_order_carries_its_vat_along_as_in_the_form(desk: Terminal) -> None:
    desk("new", "organizations", "name=Общая")
    desk("new", "organizations", "name=Упрощённая")
    desk("new", "vat_regimes", "organization_id=Упрощённая", "regime=УСН, НДС 5 %", "since=01.01.2025")
    order = desk("new", "orders", "number=1", "date=30.12.2025", "organization_id=Общая", "vat_mode=НДС сверху").strip()
    line = desk(
        "new", "order_lines", f"order_id={order}", "name=Гвозди", "quantity=1", "price=100", "vat_mode=НДС сверху", "vat_percent=20"
    )

    def vat() -> int:
        shown = desk.json("show", "orders", "1")
        assert isinstance(shown, dict)
        return int(shown["vat"])

    assert desk("set", "orders", "1", "date=12.01.2026").endswith("НДС изменился вслед за этим: 1 строка\n")
    assert (vat(), desk("set", "orders", "1", "Тема=Проба")) == (2_200, "Изменён заказ 1 12.01.2026\n")
    desk("set", "orders", "1", "organization_id=Упрощённая", "date=13.01.2026")
    assert vat() == 500
    desk("undo")
    assert vat() == 2_200, "one step"
    desk("set", "order_lines", line.strip(), "vat_percent=10")
    desk("set", "orders", "1", "organization_id=Упрощённая", "vat_mode=Без НДС")
    assert vat() == 0, "what was asked for stands above what follows"


def test_wrong_requisites_are_written_and_told_beside_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: str) -> tuple[str, str]:
        assert main(["desk", "--data", str(tmp_path), *words]) == 0
        return capsys.readouterr()

    told("init")
    made, doubt = told("new", "clients", "name=Ромашка", "inn=7707083894")
    assert (made.count("\n"), "контрольная цифра" in doubt) == (1, True)
    assert told("set", "clients", "Ромашка", "phone=+7 495 123-45-67")[1] == "", "of what was not touched"
    assert "КПП" in told("set", "clients", "Ромашка", "kpp=12")[1]
    assert told("set", "clients", "Ромашка", "inn=7707083893", "kpp=")[1] == ""


def test_there_is_nothing_to_send_again_where_all_was_taken(desk: Terminal) -> None:
    assert {desk("refused", *words) for words in ([], ["--send", "all"], ["--drop", "all"])} == {"всё принято\n"}
    assert "вместе не пишут" in desk("refused", "--send", "1", "--drop", "all", code=2)


def test_processes_of_their_own_share_the_folder(tmp_path: Path) -> None:
    folder = ("desk", "--data", str(tmp_path / "laptop"))
    answered(*folder, "init")
    made = answered(*folder, "new", "clients", "name=Ромашка")
    done = typed(*folder, "import", str(NORTHWIND / "sales.csv"), "--as", "order-lines", "--columns", COLUMNS, "--progress")
    assert (done.returncode, done.stderr.splitlines()[0], "Запись: 996 из 996" in done.stderr) == (0, "Чтение файла", True)
    assert answered(*folder, "show", "clients", made["id"])["name"] == "Ромашка"
    refused = typed(*folder, "set", "clients", "Никто", "city=Тула")
    assert (refused.returncode, refused.stdout, one_russian_line(refused.stderr)) == (1, "", True)


def test_help_is_in_russian(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["desk", "--help"])
    said = capsys.readouterr().out
    assert (done.value.code, said.startswith("Команда: desk"), "usage" in said, "show this" in said) == (0, True, False, False)
