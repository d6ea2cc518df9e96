"""Stories of bad days, with real processes: a hub lost, a hub or a laptop restored from an old backup, a folder copied. Nothing is lost."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from tests.support.machines import HubMachine, Machine, new_hub


class Company:
    """A hub and the laptops of Anna and Boris, each with a client, synced once."""

    def __init__(self, folder: Path) -> None:
        self.hub, self.anna, self.boris = new_hub(folder / "hub"), Machine(folder / "anna"), Machine(folder / "boris")
        self.laptops = {"anna": self.anna, "boris": self.boris}
        with self.hub.serving() as url:
            for login, laptop in self.laptops.items():
                self.hub.enrol(url, laptop, login)
                laptop.client(f"Первый клиент {login}")
            self.sync()

    def sync(self) -> None:
        """Until everybody has everything; only while the hub serves."""
        for laptop in (self.anna, self.boris, self.anna):
            laptop.sync()

    def moved(self, url: str) -> None:
        """The hub answers at another port after it was started again."""
        for laptop in self.laptops.values():
            move(laptop, url)

    def hold_the_same(self) -> bool:
        return len({self.hub.digest(), *(laptop.digest() for laptop in self.laptops.values())}) == 1


def move(laptop: Machine, url: str) -> None:
    secrets = laptop.folder / "hub.json"
    text = secrets.read_text(encoding="utf-8")
    old = text.split('"url": "')[1].split('"')[0]
    secrets.write_text(text.replace(old, url), encoding="utf-8")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's folders, made once: passwords and processes are slow."""
    folder = tmp_path_factory.mktemp("company")
    Company(folder)
    return folder


@pytest.fixture
def company(founded: Path, tmp_path: Path) -> Company:
    copied = Company.__new__(Company)
    folder = Path(copytree(founded, tmp_path / "company"))
    copied.hub, copied.anna, copied.boris = HubMachine(folder / "hub"), Machine(folder / "anna"), Machine(folder / "boris")
    copied.laptops = {"anna": copied.anna, "boris": copied.boris}
    return copied


def test_a_hub_lost_altogether_is_built_anew_from_the_laptops(company: Company, tmp_path: Path) -> None:
    employees = "SELECT id, name, login, role FROM employees WHERE deleted = 0 ORDER BY login"
    before = company.anna.desk("sql", employees)
    company.boris.client("Не отправлен до потери")
    company.hub.lose()
    company.hub = new_hub(tmp_path / "new hub")
    company.hub.run("rebuild", "on")
    with company.hub.serving() as url:
        company.moved(url)
        assert "не знает" in company.anna.turned_away()
        for login, laptop in company.laptops.items():
            company.hub.enrol(url, laptop, login)
        company.sync()
    company.hub.run("rebuild", "off")
    assert company.hub.json("sql", "SELECT name FROM clients ORDER BY name") == [
        {"name": name} for name in ("Не отправлен до потери", "Первый клиент anna", "Первый клиент boris")
    ]
    assert company.hold_the_same()
    assert company.hub.json("sql", employees) == before, "everybody is who he was"
    assert company.hub.json("status")["store"]["refused"] == 0
    assert "Сервер новый" in company.anna.news()[0]
    assert company.boris.desk("conflicts") == []


def test_a_hub_restored_from_an_old_backup_gets_back_what_the_backup_lacks(company: Company) -> None:
    copied = company.hub.json("backup")["file"]
    with company.hub.serving() as url:
        company.moved(url)
        company.anna.client("После копии")
        company.sync()
        company.boris.client("Ещё не отправлен")
    company.hub.run("restore", copied)
    assert company.hub.json("sql", "SELECT count(*) AS n FROM clients") == [{"n": 2}]
    with company.hub.serving() as url:
        company.moved(url)
        company.sync()
    assert company.anna.clients() == ["Ещё не отправлен", "Первый клиент anna", "Первый клиент boris", "После копии"]
    assert company.hold_the_same()
    told = "Сервер восстановлен из резервной копии. В ней не было того, что знал этот ноутбук (1 изменение): теперь всё снова на сервере"
    assert company.anna.news() == [told]
    assert company.anna.desk("conflicts") == []


def test_a_laptop_restored_from_an_old_backup_reads_itself_back(company: Company) -> None:
    copied = company.boris.desk("backup")["file"]
    with company.hub.serving() as url:
        company.moved(url)
        lost = company.boris.client("После копии")
        company.boris.desk("set", "clients", lost, "city=Тверь")
        company.sync()
        company.boris.desk("restore", copied)
        assert "После копии" not in company.boris.clients()
        company.boris.sync()
        assert "После копии" in company.boris.clients()
        company.boris.client("После восстановления")
        company.sync()
    assert company.hold_the_same()
    restored, back = company.boris.news()
    assert "восстановлены из резервной копии" in restored
    assert back == "С сервера вернулось сделанное на этом ноутбуке после резервной копии: 2 изменения"
    assert company.boris.desk("status")["prefix"] == prefix_of(company.hub, "Борис"), "the same laptop goes on"


def test_a_laptop_restored_from_a_backup_and_worked_on_before_the_sync_loses_neither_past(company: Company) -> None:
    copied = company.boris.desk("backup")["file"]
    with company.hub.serving() as url:
        company.moved(url)
        company.boris.client("После копии")
        company.sync()
        company.boris.desk("restore", copied)
        company.boris.client("До первого обмена")
        company.sync()
        company.boris.sync()
    assert {"После копии", "До первого обмена"} <= set(company.anna.clients())
    assert company.hold_the_same()


def test_a_folder_copied_to_a_second_machine_gets_numbers_of_its_own(company: Company, tmp_path: Path) -> None:
    copy = company.boris.copied_to(tmp_path / "copy")
    with company.hub.serving() as url:
        company.moved(url)
        move(copy, url)
        company.boris.client("На первом")
        copy.client("На втором")
        company.boris.sync()
        copy.sync()
        company.sync()
        copy.sync()
    company.laptops["copy"] = copy
    assert company.hold_the_same()
    assert {"На первом", "На втором"} <= set(company.boris.clients())
    mine, its = (laptop.desk("status") for laptop in (company.boris, copy))
    assert mine["device"] != its["device"]
    assert len({mine["prefix"], its["prefix"], company.anna.desk("status")["prefix"]}) == 3
    for laptop, status in ((company.boris, mine), (copy, its)):
        (told,) = laptop.news()
        assert "скопирована с другого ноутбука" in told
        assert told.endswith(f"новые документы пойдут с префиксом {status['prefix']}")


def prefix_of(hub: HubMachine, user: str) -> str:
    return next(str(device["prefix"]) for device in hub.json("status")["devices"] if device["user"] == user)
