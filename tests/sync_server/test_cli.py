"""The commands of the hub, as a script meets them: real processes, exit codes, one Russian line when something is wrong."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from shared.change import Refused
from shared.rules.lists import UNITS, reference_lists
from sync_server.cli import main
from sync_server.hub import Hub
from sync_server.server import listening, port_explained
from tests.sync_server.conftest import PASSWORD

COMMAND = [sys.executable, "-m", "sync_server"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub"


def run(*words: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, words)], input=typed, capture_output=True, text=True, timeout=60, check=False)


def done(*words: object, typed: str = "") -> str:
    finished = run(*words, typed=typed)
    assert (finished.returncode, finished.stderr) == (0, "")
    return finished.stdout.strip()


def refused(capsys: pytest.CaptureFixture[str], *words: object, code: int = 1) -> str:
    """The one line that a wrong command gets."""
    assert main([str(word) for word in words]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert re.search("[а-я]", told.err)
    return told.err.strip()


def test_a_hub_is_made_and_used_by_commands_alone(folder: Path) -> None:
    done("hub", "--data", folder, "init", "--title", "ООО «Ромашка»")
    user = json.loads(
        done("hub", "--data", folder, "user", "anna", "--name", "Анна", "--role", "administrator", "--json", typed=PASSWORD + "\n")
    )
    code = json.loads(done("hub", "--data", folder, "code", "anna", "--json"))["code"]
    assert re.fullmatch(r"\w{4}-\w{4}", code)
    status = json.loads(done("hub", "--data", folder, "status", "--json"))
    assert (status["title"], [each["login"] for each in status["users"]]) == ("ООО «Ромашка»", ["anna"])
    rows = json.loads(done("hub", "--data", folder, "sql", "SELECT id, role FROM employees", "--json"))
    assert rows == [{"id": user["id"], "role": "administrator"}]
    proven = json.loads(done("hub", "verify", "--data", folder, "--json"))
    assert (proven["ok"], proven["changes"], len(proven["digest"])) == (True, 1 + len(list(reference_lists())), 16)
    done("hub", "--data", folder, "password", "anna", typed="другой пароль\n")


@pytest.mark.parametrize(("words", "units"), [([], len(UNITS)), (["--without-lists"], 0)])
def test_a_new_hub_has_the_lists_unless_laptops_are_to_bring_them_back(folder: Path, words: list[str], units: int) -> None:
    assert main(["hub", "--data", str(folder), "init", *words]) == 0
    with closing(Hub.open(folder)) as hub:
        assert hub.rows("SELECT count(*) AS count FROM units") == [{"count": units}]
        assert hub.rebuilding() == (not units), "before the first code is given, so that nobody becomes a namesake"


class TestServing:
    @pytest.fixture
    def running(self, office: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, "hub", "--data", str(office), "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
    def test_answers_until_it_is_told_to_stop_and_leaves_a_clean_store(
        self, running: subprocess.Popen[str], office: Path, how: signal.Signals
    ) -> None:
        assert running.stdout is not None
        line = running.stdout.readline()
        url = re.search(r"http://[\d.:]+", line)
        assert url, line
        assert requests.get(f"{url[0]}/api/v1/ping", timeout=10).json() == {"hub": "zakaznik"}
        running.send_signal(how)
        out, err = running.communicate(timeout=60)
        assert (running.returncode, out, err) == (0, "", "")
        assert "цело" in done("hub", "--data", office, "verify")

    def test_says_in_one_line_that_the_port_is_taken(self, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert f"Порт {port} уже занят" in refused(capsys, "hub", "--data", office, "serve", "--port", port)
            assert f"Порт {port} уже занят" in refused(capsys, "reports", "--data", office, "--port", port)

    @pytest.mark.parametrize(("port", "words"), [(80, "только администратору"), (8001, "занят или оставлен системой за собой")])
    def test_tells_a_port_of_the_administrator_from_one_that_windows_keeps(self, port: int, words: str) -> None:
        with pytest.raises(Refused, match=words), port_explained("127.0.0.1", port):
            raise PermissionError(errno.EACCES, "forbidden by its access permissions")


class TestWrongCommands:
    @pytest.mark.parametrize("host", ["192.0.2.1", "not an address", "..", "x" * 64])
    def test_name_an_address_that_this_computer_has_not_in_plain_words(
        self, office: Path, capsys: pytest.CaptureFixture[str], host: str
    ) -> None:
        told = refused(capsys, "hub", "--data", office, "serve", "--port", "0", "--host", host)
        assert (
            told
            == f"Адреса «{host}» у этого компьютера нет. Укажите 127.0.0.1 — только он сам, 0.0.0.0 — все его адреса — или один из них."
        )

    @pytest.mark.parametrize("host", ["", " "])
    def test_with_an_empty_address_open_no_door(self, host: str) -> None:
        with pytest.raises(Refused, match=r"Адрес этого компьютера пуст. Укажите 127.0.0.1"), listening(host, 0):
            pass

    @pytest.mark.parametrize(
        ("words", "part"),
        [
            ([], "не хватает: ПРОГРАММА"),
            (["hub", "user", "anna"], "не хватает: --name, --role"),
            (["hub", "user", "anna", "--name", "А", "--role", "king"], "нет такого значения"),
            (["hub", "serve", "--port", "x"], "--port: «x» — не целое число"),
            (["hub", "serve", "--port", "9" * 20], "слишком большое число"),
            (["hub", "compact", "--days", "9" * 20], "слишком большое число"),
            (["reports", "--port", "9" * 20], "слишком большое число"),
            (["hub", "dance"], "нет такого значения"),
            (["hub", "init", "--frobnicate"], "лишнее в команде: «--frobnicate»"),
        ],
    )
    def test_are_explained_in_russian(self, capsys: pytest.CaptureFixture[str], words: list[str], part: str) -> None:
        assert part in refused(capsys, *words, code=2)

    @pytest.mark.parametrize(
        "words",
        [
            ["sql", "select '\udcff'"],
            ["code", "\udcff"],
            ["revoke", "\udcff"],
            ["password", "\udcff"],
            ["user", "pavel", "--name", "Павел\udcff", "--role", "reader"],
            ["serve", "--host", "\udcff"],
        ],
    )
    def test_whose_bytes_are_not_utf_8_are_told_by_their_place(
        self, office: Path, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        place = next(place for place, word in enumerate(words, 4) if "\udcff" in word)  # after hub --data ПАПКА
        told = f"Аргумент {place} не в кодировке UTF-8. Проверьте кодировку терминала или файла команды"
        assert refused(capsys, "hub", "--data", office, *words, code=2) == told

    @pytest.mark.parametrize("words", [["code", "{}"], ["dance", "{}"], ["{}"], ["serve", "--port", "{}"], ["sql", "SELECT '{}"]])
    def test_are_told_with_the_beginning_of_what_was_typed(
        self, office: Path, capsys: pytest.CaptureFixture[str], words: list[str]
    ) -> None:
        for text in ("й" * 3_000, "й " * 3_000):
            code = 1 if words[0] in ("code", "sql") else 2  # they are well-formed
            assert len(refused(capsys, "hub", "--data", office, *[word.format(text) for word in words], code=code)) < 500

    def test_on_a_folder_without_a_hub_make_none(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for words in (["status"], ["code", "anna"], ["serve"], ["sql", "SELECT 1"], ["verify"], ["revoke", "x"]):
            refused(capsys, "hub", "--data", folder, *words)
        refused(capsys, "reports", "--data", folder)
        assert not folder.exists()

    @pytest.mark.parametrize("place", ["nothing.sqlite", "."])
    def test_a_repair_from_where_no_file_is_says_so_even_of_a_whole_store(
        self, office: Path, capsys: pytest.CaptureFixture[str], place: str
    ) -> None:
        told = refused(capsys, "hub", "--data", office, "heal", office / place)
        assert told.startswith(f"Нет файла «{office / place}»")

    def test_a_repair_of_a_folder_without_a_hub_says_that_nothing_is_there(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        told = refused(capsys, "hub", "--data", folder, "heal")
        assert (f"В папке «{folder}» нет сервера" in told, "Чинить нечего" in told) == (True, False)

    def test_a_second_init_harms_nothing(self, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "уже есть" in refused(capsys, "hub", "--data", office, "init")
        assert len(json.loads(done("hub", "--data", office, "status", "--json"))["users"]) == 4

    def test_a_hub_is_not_made_where_a_file_stands(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        for folder in (tmp_path / "file", tmp_path / "file" / "hub"):
            assert "файл, а не папка" in refused(capsys, "hub", "--data", folder, "init")

    def test_sql_only_reads(self, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for query in (
            "DELETE FROM log",
            "UPDATE state SET gate = 1",
            "DROP TABLE clients",
            f"VACUUM INTO '{office}/made'",
            "CREATE TEMP TABLE t (a)",
        ):
            assert "только читать" in refused(capsys, "hub", "--data", office, "sql", query)
        assert "нет таблицы" in refused(capsys, "hub", "--data", office, "sql", "SELECT * FROM absent")
        assert "нет столбца Имя" in refused(capsys, "hub", "--data", office, "sql", 'SELECT count("Имя") FROM employees')

    def test_a_short_password_makes_no_user(self, office: Path) -> None:
        finished = run("hub", "--data", office, "user", "new", "--name", "Н", "--role", "reader", typed="12345\n")
        assert (finished.returncode, finished.stderr.count("\n")) == (1, 1)
        assert "слишком короткий" in finished.stderr
        assert json.loads(done("hub", "--data", office, "sql", "SELECT count(*) AS n FROM employees", "--json")) == [{"n": 4}]

    def test_a_password_that_is_not_utf_8_changes_nothing(self, office: Path) -> None:
        words, utf8 = [*COMMAND, "hub", "--data", str(office), "password", "anna"], {**os.environ, "PYTHONUTF8": "1"}
        finished = subprocess.run(words, input="длинный пароль\n".encode("cp1251"), env=utf8, capture_output=True, timeout=60, check=False)
        told = finished.stderr.decode()
        assert (finished.returncode, told.count("\n"), told.startswith("Пароль не в кодировке UTF-8")) == (1, 1, True)

    def test_unknown_people_and_devices_are_named(self, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "«никто» нет" in refused(capsys, "hub", "--data", office, "code", "никто")
        assert "«ЯЯ» нет" in refused(capsys, "hub", "--data", office, "revoke", "ЯЯ")

    def test_a_damaged_store_is_told_and_where(self, office: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = office / "zakaznik.sqlite"
        content = bytearray(path.read_bytes())
        place = content.index("Борис".encode())
        content[place : place + 2] = "Ю".encode()
        path.write_bytes(content)
        assert "повреждено" in refused(capsys, "hub", "--data", office, "verify")

    @pytest.mark.parametrize("name", ["zakaznik.sqlite", "accounts.sqlite"])
    def test_a_foreign_file_is_told_and_left_alone(self, office: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
        foreign = b"this is somebody's diary" * 300
        (office / name).write_bytes(foreign)
        refused(capsys, "hub", "--data", office, "serve", "--port", 0)
        assert (office / name).read_bytes() == foreign


def test_help_is_russian_from_the_first_line_to_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        [],
        ["hub"],
        ["reports"],
        *(["hub", verb] for verb in ("init", "user", "code", "serve", "status", "sql", "revoke", "verify")),
    ):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        text = capsys.readouterr().out
        assert ended.value.code == 0
        assert not re.search(r"usage|optional|arguments|show this|exit", text)


def test_a_revoked_device_is_revoked_for_the_running_hub_too(office: Path) -> None:
    assert os.access(office / "accounts.sqlite", os.R_OK)
    hub = subprocess.Popen([*COMMAND, "hub", "--data", str(office), "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    assert hub.stdout is not None
    url = f"http://127.0.0.1:{json.loads(hub.stdout.readline())['port']}/api/v1"
    code = json.loads(done("hub", "--data", office, "code", "boris", "--json"))["code"]
    found = requests.post(f"{url}/enrol", json={"code": code, "label": "Ноутбук"}, timeout=10).json()
    done("hub", "--data", office, "revoke", found["prefix"])
    answer = requests.post(f"{url}/exchange", headers={"Authorization": f"Bearer {found['token']}"}, timeout=10)
    hub.terminate()
    hub.communicate(timeout=20)
    assert answer.json()["error"] == "revoked"


def test_json_may_stand_anywhere_and_people_get_russian_headings(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("--json", "hub", "--data", office, "status"),
        ("hub", "--json", "--data", office, "status"),
        ("hub", "--data", office, "status", "--json"),
    ):
        assert main([str(word) for word in words]) == 0
        assert json.loads(capsys.readouterr().out)["users"][0]["login"] == "anna"
    assert main(["hub", "--data", str(office), "status"]) == 0
    told = capsys.readouterr().out
    assert "имя для входа" in told
    assert "голова цепочки" in told
    assert "нет таблицы users" in refused(capsys, "hub", "--data", office, "sql", "SELECT * FROM users")
