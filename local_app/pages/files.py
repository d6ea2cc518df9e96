"""«Файлы» of an order or a client: files kept by their content, links to sites, links to folders."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, NamedTuple

from nicegui import events, run, ui

from local_app.moving import told_as
from local_app.session import Session
from local_app.sync import Syncer
from local_app.widgets.card import Section
from local_app.widgets.history import spoken_time
from local_app.widgets.longwork import Stopped, Work, in_thread
from local_app.widgets.query import belonging
from local_app.widgets.rowdialog import RowDialog
from local_app.widgets.rows import Rows
from local_app.widgets.tags import Pieces, Tag, button, div, empty, link, span
from local_app.widgets.uploading import DROP, forget_what_has_come
from shared import filestore
from shared.change import Edit, Refused, SyncTrouble
from shared.entities import ENTITIES
from shared.entities.work import ATTACHMENT_KINDS
from shared.entity import Field, Value
from shared.formats import bytes_size, plural, web_address
from shared.store import StoreTrouble

EXTENSION = re.compile(r"\.(?=\w*[^\W\d])\w{1,5}$")
"""«.pdf», «.7z»; the end of «Договор от 12.03.2026» is none."""
ICONS = {"file": "o_description", "link": "o_link", "folder": "o_folder"}


def section(session: Session, owner: str, owner_id: str, also: Callable[[], Mapping[str, Value]] = dict) -> Section:
    """`owner` is the field that names the row (order_id, client_id); `also`: other owners of a new file."""
    files = Files(session, owner, owner_id, also)
    return Section("attachments", "Файлы", files.draw, files.count)


async def fetch(session: Session, sha256: str, name: str) -> None:
    """Has a file that did not come by itself brought from the hub, with a count and «Отменить»."""
    work = Work(f"Загружается «{name}», КБ")

    def bring(_: Work) -> bool:
        Syncer(session.app.folder).fetch_file(sha256, told_as(lambda _, done, total: work.tell(work.words, done, total)))
        return True

    try:
        await in_thread(session, work, bring)
    except (SyncTrouble, StoreTrouble) as trouble:
        session.say(str(trouble))
    except Stopped:
        session.say("Загрузка остановлена, потом она продолжится с этого места")


def renamed(row: Mapping[str, Value], field: Field, value: Value) -> list[Edit]:
    """What a field of a file is changed to. Its name keeps the ending it came with: by that the system knows what opens it."""
    ending = EXTENSION.search(str(row["name"])) if field.name == "name" else None
    if ending and not str(value).lower().endswith(ending[0].lower()):
        value = f"{value}{ending[0]}"
    return [Edit("attachments", str(row["id"]), {field.name: value})]


class Kept(NamedTuple):
    """An attachment as it is shown: its row, whether its content has not come yet, when it was added, the number of its order."""

    row: dict[str, Any]
    missing: bool
    added: str
    order: str


class Files:
    """The attachments of one row; those of a client hold the files of its orders too."""

    def __init__(self, session: Session, owner: str, owner_id: str, also: Callable[[], Mapping[str, Value]]) -> None:
        self.session, self.owner, self.owner_id, self.also = session, owner, owner_id, also
        self.rows = Rows(session, owner, owner_id)

    def owners(self) -> dict[str, Any]:
        """What a new file belongs to."""
        return {self.owner: self.owner_id, **self.also()}

    def count(self) -> int:
        return self.rows.count("attachments")

    def draw(self) -> None:
        with div("panel") as place:
            self._head()
            self.list = Pieces("file-lines", self._read, lambda kept: self._row(*kept))
            self.nothing = empty("Храните здесь договоры, чертежи и фотографии, ссылки на сайты и папки. Файлы можно перетащить сюда.")
        with div("hidden"):
            self.upload = ui.upload(
                multiple=True, auto_upload=True, max_file_size=filestore.LARGEST, on_upload=self.uploaded, on_rejected=self.rejected,
            )  # fmt: skip
        forget_what_has_come(self.upload)
        place.on("dragover", js_handler="(event) => { event.preventDefault(); event.currentTarget.classList.add('over') }")
        place.on("dragleave", js_handler="(event) => event.currentTarget.classList.remove('over')")
        place.on("drop", js_handler=DROP.format(id=self.upload.id))
        self.refresh()
        self.session.listen({"attachments"}, self.refresh)
        self.session.watch_sync(self._come)

    def refresh(self) -> None:
        self.list.refresh()
        self.heading.set_text(plural(len(self.list.drawn), ENTITIES["attachments"].forms) if self.list else "Файлы")
        self.nothing.set_visibility(not self.list)

    def _come(self) -> None:
        """A file comes after the row that names it, and changes no table."""
        if not self.session.app.sync.busy and any(kept.missing for kept, _ in self.list.drawn.values()):
            self.list.refresh()

    def _read(self) -> dict[Hashable, Kept]:
        sql = f"SELECT t.* FROM attachments t WHERE {belonging(ENTITIES['attachments'], self.owner)} ORDER BY t.id"
        found = self.session.store.rows(sql, (self.owner_id,))
        return {row["id"]: Kept(row, self._missing(row), self._added(row["id"]), self._order(row)) for row in found}

    def _head(self) -> None:
        with div("title"):
            self.heading = span("grow")
            button("Добавить ссылку", lambda: self.add_link("link"), icon="o_link")
            button("Добавить папку", lambda: self.add_link("folder"), icon="o_folder")
            button("Добавить файлы", lambda: self.upload.run_method("pickFiles"), kind="main", icon="o_upload")

    def _missing(self, row: dict[str, Any]) -> bool:
        return row["attachment_kind"] == "file" and not filestore.is_here(self.session.app.folder, row["sha256"])

    def _order(self, row: dict[str, Any]) -> str:
        """The number of the order that a client's file belongs to."""
        if self.owner == "order_id" or not row["order_id"]:
            return ""
        return str(self.session.store.one("SELECT number FROM orders WHERE id = ?", (row["order_id"],)) or "без номера")

    def _row(self, row: dict[str, Any], missing: bool, added: str, order: str) -> Tag:  # noqa: FBT001 - the parts of what was read
        with div("row-line file-line") as line:
            ui.icon(ICONS.get(row["attachment_kind"], "o_attachment"))
            self._name(row, missing=missing)
            if order:
                link(f"Заказ {order}", f"/orders/{row['order_id']}?section=attachments", "caption")
            span("caption cut", row["note"])
            span("caption grow")
            span("caption numbers", self._size(row))
            if missing:
                span("attention caption", "файл ещё не загружен")
                button("Загрузить", lambda: self.bring(row), tip="Загрузить этот файл с сервера сейчас")
            span("caption numbers", added)
            button(
                "",
                lambda: self.dialog(row["id"], {}, ATTACHMENT_KINDS[row["attachment_kind"]]),
                kind="flat icon",
                icon="o_edit",
                tip="Переименовать",
            )
            button("", lambda: self.delete(row), kind="flat icon", icon="o_delete", tip="Удалить")
        return line

    def _name(self, row: dict[str, Any], *, missing: bool) -> None:
        name = row["name"] or row["link"] or "Без названия"
        if row["attachment_kind"] == "file" and not missing:
            Tag("button", "link-like cut", name, on_click=lambda: self.download(row), type="button", title="Скачать")
        elif address := web_address(str(row["link"])) if row["attachment_kind"] == "link" or "://" in str(row["link"]) else "":
            Tag("a", "cut", name, href=address, target="_blank", rel="noopener noreferrer")
        else:
            span("cut", name, title=row["link"] or None)
            if row["attachment_kind"] == "folder" and row["link"]:
                tip = f"Скопировать путь {row['link']}"
                button("", lambda: self.copy_path(row["link"]), kind="flat icon", icon="o_content_copy", tip=tip)

    def _size(self, row: dict[str, Any]) -> str:
        return bytes_size(row["size"]) if row["size"] else ""

    def _added(self, row_id: str) -> str:
        moments = self.session.store.history("attachments", row_id)
        return spoken_time(moments[0].at_ms, self.session.app.clock()) if moments else ""

    # ------------------------------------------------------------------ acts
    async def uploaded(self, event: events.UploadEventArguments) -> None:
        """A file is written first, the row that names it after: a row never names what was not kept."""
        name = event.file.name
        try:
            kept = await run.io_bound(filestore.keep, self.session.app.folder, await event.file.read(), name)
            if kept is None:  # the program is being closed
                return
        except Refused as refused:
            self.session.say(str(refused), False)
            return
        patch = {**self.owners(), "name": name, "sha256": kept.sha256, "size": kept.size}
        self.session.do([Edit("attachments", self.session.desk.new_id(), {**patch, "attachment_kind": "file"})], f"Добавлен файл «{name}»")

    def rejected(self) -> None:
        largest = bytes_size(filestore.LARGEST)
        self.session.say(f"Файл не добавлен: он больше {largest}. Для большого файла добавьте ссылку на папку", False)

    async def bring(self, row: dict[str, Any]) -> None:
        await fetch(self.session, row["sha256"], row["name"])
        if not self.list.holder.is_deleted:
            self.refresh()

    def add_link(self, kind: str) -> None:
        initial = {**self.owners(), "attachment_kind": kind}
        self.dialog(self.session.desk.new_id(), initial, ATTACHMENT_KINDS[kind])

    def dialog(self, row_id: str, initial: dict[str, Any], heading: str) -> None:
        found = self.session.store.row("attachments", row_id) or initial
        if found["attachment_kind"] == "file":
            RowDialog(self.session, "attachments", row_id, heading="Файл", names=("name", "note"), expand=partial(renamed, found)).show()
        else:
            names = ("link", "name", "note")
            RowDialog(self.session, "attachments", row_id, initial, heading=heading, names=names, optional=("name",)).show()

    def download(self, row: dict[str, Any]) -> None:
        ui.download.file(filestore.path_of(self.session.app.folder, row["sha256"]), row["name"])

    def copy_path(self, path: str) -> None:
        ui.clipboard.write(path)
        self.session.say("Путь скопирован. Вставьте его в проводник", False)

    def delete(self, row: dict[str, Any]) -> None:
        words = f"Удалено: {ATTACHMENT_KINDS[row['attachment_kind']]} «{row['name'] or row['link']}»"
        if self.session.do([Edit("attachments", row["id"], {"deleted": 1})], words):
            self.session.say(words, True)
