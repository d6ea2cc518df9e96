"""Command on attached files: which have not come to this laptop yet, which come by themselves, and bringing all or one of them now."""

from __future__ import annotations

from argparse import Namespace

from local_app import filesync
from local_app.commands.output import Answer, table
from local_app.desk import Desk
from local_app.moving import told_as
from local_app.sync import Syncer
from shared import filestore
from shared.change import Refused
from shared.formats import bytes_size, plural
from shared.progress import shown_progress

MB = 1024 * 1024
FILES = ("файл", "файла", "файлов")


def files(desk: Desk, options: Namespace) -> Answer:
    if options.largest is not None:
        filesync.set_largest(desk.store, largest(options.largest))
    missing = missing_here(desk)
    if options.fetch:
        wanted = [file for file in missing if options.fetch in ("all", file.sha256, file.name)]
        if not wanted:
            raise Refused(f"Среди незагруженных нет файла «{options.fetch}»")
        for file in wanted:
            Syncer(desk.folder).fetch_file(file.sha256, told_as(shown_progress(forced=False)))
        missing = missing_here(desk)
    limit = filesync.largest_by_itself(desk.store)
    rule = "все файлы" if limit >= filestore.LARGEST else f"файлы до {bytes_size(limit)}" if limit else "никакие файлы"
    said = {"largest": limit, "missing": [file._asdict() for file in missing]}
    lines = [{"имя": file.name, "размер": bytes_size(file.size) if file.size else "", "отпечаток": file.sha256} for file in missing]
    words = f"Сами загружаются {rule}. Ещё не загружено: {plural(len(missing), FILES)}"
    return Answer(said, f"{words}\n{table(lines)}" if lines else words)


def missing_here(desk: Desk) -> list[filesync.Named]:
    return [file for file in filesync.named_files(desk.store) if not filestore.is_here(desk.folder, file.sha256)]


def largest(text: str) -> int:
    """«all», or whole megabytes. Raises Refused."""
    if text == "all":
        return filestore.LARGEST
    if text.isascii() and text.isdigit():
        return min(int(text[:20]) * MB, filestore.LARGEST)  # more digits say nothing new, and Python reads no endless ones
    raise Refused(f"--largest: «{text}» — не число мегабайт и не all")
