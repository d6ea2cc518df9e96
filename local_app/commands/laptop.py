"""Commands on the laptop as a whole: init, enrol, sync, status."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from local_app import skew
from local_app.commands.journal import author_name, local_time
from local_app.commands.output import Answer
from local_app.desk import Desk
from local_app.moving import told_as
from shared.change import Refused
from shared.progress import shown_progress, shown_when_large
from shared.store import FILE_NAME
from shared.store.file import must_be_no_folder
from shared.store.upkeep import in_words, sizes


def init(folder: Path, options: Namespace) -> Answer:
    """New empty data. With --seed also the reference lists; data that exist get what they lack. Refused without it where data are."""
    must_be_no_folder(folder / FILE_NAME)
    known = (folder / FILE_NAME).exists()
    if known and not options.seed:
        raise Refused(f"В папке {folder} уже есть данные. Добавить недостающее в справочники: init --seed")
    if blocking := next((path for path in (folder, *folder.parents) if path.is_file()), None):
        raise Refused(f"{blocking} — файл, а не папка. Укажите другую папку: --data ПАПКА")
    desk = Desk.open(folder, create=True, progress=shown_when_large())
    try:
        seeded = _seed(desk) if options.seed else 0
        created = f"Данные созданы в папке {folder}" + (f", записей в справочниках: {seeded}" if seeded else "")
        added = f"Добавлено в справочники записей: {seeded}" if seeded else "В справочниках есть всё"
        return Answer({"folder": str(folder), "seeded": seeded}, added if known else created)
    finally:
        desk.close()


def enrol(folder: Path, options: Namespace) -> Answer:
    """Connects this laptop to a hub by a one-time code; data are created when there are none yet."""
    from local_app.sync import Syncer  # the network, 150 ms

    if not (folder / FILE_NAME).exists():
        Desk.open(folder, create=True).close()
    found = Syncer(folder).enrol(
        options.url, options.code, options.name
    )  # the employee's row comes with the first sync, the name already now
    answer = {"prefix": found["prefix"], "author": found["author"], "author_name": found["name"]}
    return Answer(answer, f"Подключено: {found['name']}, префикс номеров {found['prefix']}")


def sync(folder: Path, _: Namespace) -> Answer:
    from local_app.sync import Syncer  # the network, 150 ms

    Desk.open(folder, progress=shown_when_large()).close()  # a large store that a newer program opens first takes a while: it is told
    result = Syncer(folder).sync_once(told_as(shown_progress(forced=False)))
    lines = [f"Отправлено: {result.sent}, получено: {result.received}", *result.files, skew.words(result.clock_off_ms)]
    return Answer(result._asdict(), "\n".join(filter(None, lines)))


def status(desk: Desk, _: Namespace) -> Answer:
    data = {**desk.store.status(), **_sync_status(desk)}
    author = author_name(desk.store, desk.author)
    data["author_name"] = author
    data["rows"] = {entity: desk.store.one(f"SELECT count(*) FROM {entity} WHERE NOT deleted") for entity in desk.store.catalogue}
    last, room = data.get("last_ok_ms"), sizes(desk.store)
    data["sizes"] = room._asdict()
    lines = [
        f"Папка: {desk.folder}",
        f"Работает: {author or 'не подключено к серверу'}",
        f"Префикс номеров: {desk.prefix or 'нет'}",
        f"Последний обмен: {local_time(last) if last else 'не было'}",
        f"Не отправлено изменений: {data['unsent']}",
        *filter(None, [f"Что мешает обмену: {data['trouble']}" if data["trouble"] else ""]),
        *data["files"],
        *filter(None, [skew.words(data["clock_off_ms"])]),
        f"Расхождений: {data['conflicts']}",
        f"Изменений в журнале: {data['changes']}, место на сервере: {data['place']}",
        f"Размер: {in_words(room)}",
        "Записей: " + ", ".join(f"{lowered(desk.store.catalogue[name].plural)} — {count}" for name, count in data["rows"].items() if count),
    ]
    return Answer(data, "\n".join(lines))


def lowered(words: str) -> str:
    """In the middle of a sentence; «НДС» stays what it is."""
    return " ".join(word if word.isupper() else word.lower() for word in words.split())


def _sync_status(desk: Desk) -> dict[str, Any]:
    from local_app.sync import sync_state

    state = sync_state(desk.store)
    told = ("enrolled", "last_ok_ms", "trouble", "kind", "files", "clock_off_ms")
    return {name: getattr(state, name) for name in told}


def _seed(desk: Desk) -> int:
    from local_app.seed import seed

    return seed(desk)
