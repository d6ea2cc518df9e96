"""The demo with its real programs: one start from nothing, the same data everywhere, a clean end, a second start with what was left."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest
import requests

from local_app.demo import processes
from local_app.demo.processes import Program
from shared.change import Refused
from tests.house.files import ROOT
from tests.support.laptops import NORTHWIND_NET, answered, environment, typed

pytestmark = pytest.mark.xdist_group("demo")
SUMS = "SELECT sum(net) AS net, count(*) AS orders, sum(lines) AS lines FROM order_totals"
EXPECTED = [{"net": NORTHWIND_NET, "orders": 830, "lines": 2155}]


class Demo:
    """A running demo: what it said, its addresses by the word they stand behind."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if "Ctrl+C" in line:
                break
        self.addresses = dict(re.findall(r"  (Ноутбук А|Ноутбук Б|Отчёты|Сервер),[^:]*: (http\S+)", self.said))

    def stop(self, number: signal.Signals) -> str:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return rest


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    command = [sys.executable, "-m", "local_app", "demo", "--data", str(folder), "--no-browser"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=environment(), cwd=ROOT
    )
    try:
        yield Demo(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)
        if process.stdout is not None:
            process.stdout.close()


def desk(folder: Path, laptop: str, *words: str) -> Any:
    return answered("desk", "--data", str(folder / laptop), *words)


def hub_sums(folder: Path) -> Any:
    done = typed("hub", "--data", str(folder / "hub"), "sql", SUMS, "--json", module="sync_server")
    return orjson.loads(done.stdout)


def answers(addresses: Mapping[str, str]) -> dict[str, int]:
    return {name: requests.get(address, timeout=20).status_code for name, address in addresses.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was started once and stopped by Ctrl+C, with a change made beside it on laptop A."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with demo(folder) as running:
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert len(children) >= len(running.addresses) == 4, running.said
        assert answers(running.addresses) == {"Ноутбук А": 200, "Ноутбук Б": 200, "Отчёты": 200, "Сервер": 200}
        assert "petrova / demo-petrova — Анна Петрова" in running.said
        desk(folder, "laptop-a", "set", "clients", "Alfreds Futterkiste", "city=Тула")
        desk(folder, "laptop-a", "sync")
        desk(folder, "laptop-b", "sync")
        assert "Остановлено" in running.stop(signal.SIGINT)
        assert running.process.returncode == 0
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
    return folder


def test_every_store_comes_to_the_same_kopeck(folder: Path) -> None:
    assert [desk(folder, laptop, "sql", SUMS) for laptop in ("laptop-a", "laptop-b")] == [EXPECTED, EXPECTED]
    assert hub_sums(folder) == EXPECTED


def test_both_laptops_hold_the_same_tables_and_a_change_made_beside_the_app(folder: Path) -> None:
    first, second = (desk(folder, laptop, "verify") for laptop in ("laptop-a", "laptop-b"))
    assert (first["ok"], first["digest"]) == (True, second["digest"])
    assert desk(folder, "laptop-b", "show", "clients", "ALFKI")["city"] == "Тула"


def test_two_people_work_on_two_laptops_with_two_prefixes(folder: Path) -> None:
    first, second = (desk(folder, laptop, "status") for laptop in ("laptop-a", "laptop-b"))
    assert (first["author_name"], second["author_name"]) == ("Анна Петрова", "Борис Смирнов")
    assert len({first["prefix"], second["prefix"], ""}) == 3
    assert (first["unsent"], second["unsent"], first["conflicts"]) == (0, 0, 0)


def test_the_sample_is_alive(folder: Path) -> None:
    counts = desk(folder, "laptop-b", "status")["rows"]
    assert (counts["organizations"], counts["statuses"], counts["clients"], counts["products"]) == (3, 8, 93, 77)
    assert min(counts[name] for name in ("payments", "expenses", "interactions", "reminders")) >= 24
    statuses = desk(
        folder, "laptop-b", "sql", "SELECT count(DISTINCT status_id) AS statuses, min(debt) AS least, max(debt) AS most FROM order_totals"
    )
    assert (statuses[0]["statuses"], statuses[0]["least"] >= 0, statuses[0]["most"] > 0) == (7, True, True)


def test_a_second_start_goes_on_where_the_first_was_left(folder: Path) -> None:
    memory = orjson.loads((folder / "demo.json").read_bytes())
    with socket.create_server(("127.0.0.1", memory["ports"]["hub"])), demo(folder) as running:
        assert "Готовлю пример" not in running.said
        assert answers(running.addresses)["Ноутбук А"] == 200
        assert f":{memory['ports']['hub']}/" not in running.addresses["Сервер"]
        desk(folder, "laptop-b", "set", "clients", "ALFKI", "city=Курск")
        desk(folder, "laptop-b", "sync")
        desk(folder, "laptop-a", "sync")
        assert desk(folder, "laptop-a", "show", "clients", "ALFKI")["city"] == "Курск"
        second = typed("demo", "--data", str(folder), "--no-browser")
        assert (second.returncode, "уже запущен" in second.stderr, second.stderr.count("\n")) == (1, True, 1)
        running.stop(signal.SIGTERM)
        assert running.process.returncode == 0


class Heard(Exception):
    """A program was ended by its user."""


@pytest.mark.parametrize(("ends", "told"), [(True, Heard), (False, Refused)])
def test_a_laptop_that_its_user_ends_takes_nobody_with_it_a_program_that_stops_does(
    tmp_path: Path, ends: bool, told: type[Exception]
) -> None:
    def ended(program: Program) -> None:
        raise Heard(program.name)

    started = processes.start(Program("Ноутбук А", ("local_app", "--help"), tmp_path / "log", ends))
    with pytest.raises(told, match="Ноутбук А"):
        processes.watch([started], ended)
    assert started.process.returncode == 0


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "дорогое.txt").write_text("моё", encoding="utf-8")
    done = typed("demo", "--data", str(tmp_path), "--no-browser")
    assert (done.returncode, "что-то другое" in done.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["дорогое.txt"]
