"""`demo`: everything on this computer, from nothing to two open laptops; stopped as a whole, found again as it was left."""

from __future__ import annotations

import json
import os
import shutil
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from local_app.demo import processes
from local_app.demo.processes import Program, Started
from local_app.single import HOST, is_free
from shared.change import Refused
from shared.locking import lock

PORTS: Mapping[str, int] = MappingProxyType({"hub": 8401, "reports": 8402, "laptop-a": 8403, "laptop-b": 8404})
"""Where the programs listen when nobody else does."""
MEMORY = "demo.json"
LOCK = "demo.lock"
_TRIED = 200


class Memory(NamedTuple):
    """What the demo folder remembers: the ports of the last time, and whether its data are complete."""

    ports: dict[str, int]
    loaded: bool


def run_demo(folder: Path, *, browser: bool) -> int:
    """Starts everything and waits for Ctrl+C or SIGTERM; 0 when it was stopped so. Raises Refused."""
    with processes.ended_by_signals(), _alone(folder), ExitStack() as cleaning:
        started: list[Started] = []
        cleaning.callback(processes.stop, started)
        try:
            addresses = _start(folder, started)
            _tell(folder, addresses)
            if browser and _has_browser():
                for name in ("laptop-a", "laptop-b"):
                    webbrowser.open(addresses[name])
            processes.watch(started, _tell_ended)
        except KeyboardInterrupt:
            say("Останавливаю")
    say(f"Остановлено. Данные остались в папке {folder}")
    return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo on one folder: a second hub on the same data would answer beside the first."""
    _check_ours(folder)
    folder.mkdir(0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("a", encoding="utf-8") as file:
        try:
            lock(file)
        except OSError:
            raise Refused(f"Пример в папке {folder} уже запущен. Остановите его или укажите другую папку: --data ПАПКА") from None
        yield


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _start(folder: Path, started: list[Started]) -> dict[str, str]:
    """All four programs, on the data as they were left or on new ones; their addresses by name."""
    memory = _remembered(folder)
    ports = _free_ports(memory.ports)
    if not memory.loaded:
        _load(folder, ports, started)
    _move_hub(folder, ports["hub"])
    _remember(folder, Memory(ports, loaded=True))
    running = {each.program.name for each in started}
    started.extend(processes.start(program) for program in _programs(folder, ports).values() if program.name not in running)
    found = processes.wait_for(started)
    by_name = {each.program.name: address for each, address in zip(started, found, strict=True)}
    return {name: by_name[program.name] for name, program in _programs(folder, ports).items()}


def _tell_ended(program: Program) -> None:
    say(f"{program.name}: программа завершена. Чтобы открыть её снова, остановите пример (Ctrl+C) и запустите опять")


def _load(folder: Path, ports: Mapping[str, int], started: list[Started]) -> None:
    """The first time: new data. An attempt that was broken off is thrown away."""
    from local_app.demo import loading  # the network and the import, only the first time

    if not loading.SAMPLE.is_dir():
        raise Refused("Данных примера здесь нет: они есть только в исходном коде. Запустите python3 run.py demo оттуда")
    say("Готовлю пример: сервер, два ноутбука, 830 заказов. Это бывает один раз")
    for name in ("hub", "laptop-a", "laptop-b"):
        shutil.rmtree(folder / name, ignore_errors=True)
    _remember(folder, Memory(dict(ports), loaded=False))
    loading.make_hub(folder / "hub", say)
    started.append(processes.start(_programs(folder, ports)["hub"]))
    (url,) = processes.wait_for(started)
    loading.enrol(folder / "hub", url, folder / "laptop-a", "petrova", "Ноутбук А", say)
    loading.load(folder / "laptop-a", date.today(), say)  # noqa: DTZ011 reminders stand around the user's today
    loading.enrol(folder / "hub", url, folder / "laptop-b", "smirnov", "Ноутбук Б", say)


def _programs(folder: Path, ports: Mapping[str, int]) -> dict[str, Program]:
    def program(key: str, name: str, *words: str) -> Program:
        return Program(name, (*words, "--port", str(ports[key])), folder / "logs" / f"{key}.log")

    def laptop(key: str, name: str) -> Program:
        return program(key, name, "local_app", "app", "--data", str(folder / key), "--no-browser", "--title", name)._replace(ends=True)

    hub = str(folder / "hub")
    return {
        "hub": program("hub", "Сервер", "sync_server", "hub", "--data", hub, "serve"),
        "laptop-a": laptop("laptop-a", "Ноутбук А"),
        "laptop-b": laptop("laptop-b", "Ноутбук Б"),
        "reports": program("reports", "Отчёты", "sync_server", "reports", "--data", hub),
    }


def _check_ours(folder: Path) -> None:
    """Refused when the folder holds something else than a demo."""
    if folder.is_dir() and any(folder.iterdir()) and not {MEMORY, LOCK} & {path.name for path in folder.iterdir()}:
        raise Refused(f"В папке {folder} лежит что-то другое. Укажите для примера новую: --data ПАПКА")


def _remembered(folder: Path) -> Memory:
    """What the folder remembers; nothing the first time."""
    path = folder / MEMORY
    if not path.exists():
        return Memory(dict(PORTS), loaded=False)
    try:
        return Memory(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise Refused(f"Файл {path} повреждён. Удалите папку примера и запустите его заново") from None


def _remember(folder: Path, memory: Memory) -> None:
    folder.mkdir(0o700, parents=True, exist_ok=True)
    new = folder / f"{MEMORY}.new"
    new.write_text(json.dumps(memory._asdict()), encoding="utf-8")
    new.replace(folder / MEMORY)


def _free_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    """The ports of the last time where they are free, the next free ones elsewhere."""
    found: dict[str, int] = {}
    for name, first in wanted.items():
        ports = (port for port in range(first, first + _TRIED) if port not in found.values() and is_free(port))
        port = next(ports, None)
        if port is None:
            raise Refused(f"Порты с {first} по {first + _TRIED - 1} заняты. Закройте лишние программы")
        found[name] = port
    return found


def _move_hub(folder: Path, port: int) -> None:
    """Tells the laptops where the hub listens, in case its old port was taken."""
    for name in ("laptop-a", "laptop-b"):
        path = folder / name / "hub.json"
        kept = json.loads(path.read_text(encoding="utf-8"))
        url = f"http://{HOST}:{port}"
        if kept["url"] != url:
            path.write_text(json.dumps({**kept, "url": url}), encoding="utf-8")


def _tell(folder: Path, addresses: Mapping[str, str]) -> None:
    from local_app.demo.people import PEOPLE

    people = {person.login: person for person in PEOPLE}
    say("\nЗаказник работает. Откройте в браузере:")
    say(f"  Ноутбук А, {people['petrova'].name}: {addresses['laptop-a']}")
    say(f"  Ноутбук Б, {people['smirnov'].name}: {addresses['laptop-b']}")
    say(f"  Отчёты, {people['orlova'].name}: {addresses['reports']}")
    say(f"  Сервер, {people['admin'].name}: {addresses['hub']}")
    say("\nКто есть кто (имя для входа и пароль — для отчётов и сервера):")
    for person in PEOPLE:
        say(f"  {person.login} / {person.password} — {person.name}, {person.role_name}")
    say(f"\nСсылка ноутбука открывает его в том браузере, где её открыли первой. Данные: {folder}\nОстановить: Ctrl+C")


def _has_browser() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
