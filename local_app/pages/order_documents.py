"""«Документы и шаблоны»: the papers of an order, made from templates, issued, opened again."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from nicegui import ui

from local_app.asking import reading
from local_app.documents.facts import document_of
from local_app.documents.issuing import cancel, draft, file_name
from local_app.documents.standard import offered, usual
from local_app.pages import files
from local_app.pages.paper import PaperWindow
from local_app.session import Application, Session
from local_app.widgets.card import Section
from local_app.widgets.tags import Pieces, Tag, button, div, empty, span
from local_app.widgets.window import window
from shared import filestore
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entities.work import DOCUMENT_STATES, DOCUMENT_TYPES
from shared.formats import money, plural
from shared.rules.documents import called, overtaken
from shared.rules.office import Row

HUES = {"draft": "gray", "issued": "green", "cancelled": "red"}
FIRST = "invoice"
"""The paper that is made most has a button of its own."""


class Shown(NamedTuple):
    """A document as the list shows it, whether its file has not come yet, and what its order says otherwise by now."""

    row: dict[str, Any]
    missing: bool
    overtaken: str


def section(papers: Papers) -> Section:
    return Section("documents", "Документы и шаблоны", papers.draw, papers.count)


def doors(app: Application) -> APIRouter:
    """The address under which an issued paper is opened, in a tab of its own."""
    router = APIRouter(prefix="/papers")

    @router.get("/{row}")
    def paper(row: str, *, save: bool = False) -> FileResponse:
        with reading(app.folder) as store:
            try:
                document = document_of(store, row)
            except Refused as gone:
                raise HTTPException(404) from gone
        if not filestore.is_here(app.folder, document["sha256"]):
            raise HTTPException(404)
        path, way = filestore.path_of(app.folder, document["sha256"]), "attachment" if save else "inline"
        return FileResponse(path, media_type="application/pdf", filename=file_name(document), content_disposition_type=way)

    return router


def open_paper(session: Session, row_id: str) -> None:
    """A draft in its window, an issued paper as PDF in a tab of its own."""
    document = document_of(session.store, row_id)
    if document["state"] == "draft":
        PaperWindow(session, row_id).show()
    elif filestore.is_here(session.app.folder, document["sha256"]):
        ui.navigate.to(f"/papers/{row_id}", new_tab=True)
    else:
        session.say("Файл этого документа ещё не загружен: откройте его в заказе и нажмите «Загрузить»")


class Papers:
    """The documents of one order."""

    def __init__(self, session: Session, order_id: str) -> None:
        self.session, self.order_id = session, order_id

    def count(self) -> int:
        return int(self.session.store.one("SELECT count(*) FROM documents WHERE order_id = ? AND deleted = 0", (self.order_id,)))

    def draw(self) -> None:
        with div("panel"):
            self._head()
            self.list = Pieces("file-lines", self._read, lambda shown: self._row(*shown))
            self.nothing = empty(
                "Создайте счёт, предложение или акт: данные заказа подставятся в шаблон, а номер — когда документ будет выставлен."
            )
        self.refresh()
        self.session.listen({"documents", "templates", "orders", "order_lines"}, self.refresh)
        self.session.watch_sync(self._come)

    def refresh(self) -> None:
        self.list.refresh()
        self.kinds.refresh()
        self.heading.set_text(plural(len(self.list.drawn), ENTITIES["documents"].forms) if self.list else "Документы и шаблоны")
        self.nothing.set_visibility(not self.list)

    def _come(self) -> None:
        """A paper comes after the row that names it, and changes no table."""
        if not self.session.app.sync.busy and any(shown.missing for shown, _ in self.list.drawn.values()):
            self.list.refresh()

    def _read(self) -> dict[Hashable, Shown]:
        sql = "SELECT * FROM documents WHERE order_id = ? AND deleted = 0 ORDER BY id DESC"
        found = self.session.store.rows(sql, (self.order_id,))
        here = partial(filestore.is_here, self.session.app.folder)
        return {row["id"]: Shown(row, bool(row["sha256"]) and not here(row["sha256"]), self._overtaken(row)) for row in found}

    def _overtaken(self, row: Row) -> str:
        order, store = self.session.store.row("orders", self.order_id), self.session.store
        total = store.one("SELECT total FROM order_totals WHERE order_id = ?", (self.order_id,))
        return overtaken(row, order, total) if order and total is not None else ""  # a deleted order has no total

    def _kinds(self) -> dict[Hashable, tuple[str, str]]:
        """What «Другой документ» offers."""
        return {kind: (kind, label) for kind, label in offered(self.session.store).items() if kind != FIRST}

    def _kind(self, offer: tuple[str, str]) -> ui.menu_item:
        return ui.menu_item(offer[1], on_click=partial(self.make, offer[0])).props("role=menuitem")

    def _head(self) -> None:
        with div("title"):
            self.heading = span("grow")
            with Tag("button", "btn", "", type="button", aria_haspopup="menu"):
                span("", "Другой документ")
                ui.icon("expand_more")
                with ui.menu():
                    self.kinds = Pieces("", self._kinds, self._kind)
            button("Создать счёт", lambda: self.make(FIRST), kind="main", icon="add", data_key_new="1")

    def _row(self, row: dict[str, Any], missing: bool, changed: str) -> Tag:  # noqa: FBT001 - the parts of what was read
        with div("row-line file-line") as line:
            ui.icon("o_description")
            self._name(row, missing=missing)
            span("caption cut", row["note"])
            span("caption grow")
            if missing:
                span("attention caption", "файл ещё не загружен")
                button("Загрузить", lambda: self.bring(row), tip="Загрузить этот файл с сервера сейчас")
            span("attention caption", changed)
            span("numbers", money(row["total"]) if row["total"] is not None else "")
            span(f"status hue-{HUES.get(row['state'], 'gray')}", DOCUMENT_STATES.get(row["state"], row["state"]))
            self._acts(row, missing=missing)
        return line

    def _name(self, row: dict[str, Any], *, missing: bool) -> None:
        if row["state"] == "draft":
            name = DOCUMENT_TYPES.get(row["document_type"], "Документ")
            Tag("button", "link-like cut", name, on_click=lambda: self.open(row["id"]), type="button", title="Посмотреть и выставить")
        elif missing or not row["sha256"]:
            span("cut", called(row))
        else:
            Tag("a", "cut", called(row), href=f"/papers/{row['id']}", target="_blank", title="Открыть PDF в новой вкладке")

    def _acts(self, row: Row, *, missing: bool) -> None:
        if row["state"] == "draft":
            button("", lambda: self.open(row["id"]), kind="flat icon", icon="o_edit", tip="Посмотреть и выставить")
            button("", lambda: self.delete(row), kind="flat icon", icon="o_delete", tip="Удалить черновик")
            return
        if row["sha256"] and not missing:
            button("", lambda: ui.download.from_url(f"/papers/{row['id']}?save=1"), kind="flat icon", icon="o_download", tip="Скачать PDF")
        if row["state"] == "issued":
            button("", lambda: self.ask_cancel(row), kind="flat icon", icon="o_block", tip="Аннулировать")

    # ------------------------------------------------------------------ acts
    def make(self, kind: str) -> None:
        order = self.session.store.row("orders", self.order_id) or {}
        try:
            made = draft(self.session.desk, self.order_id, kind, usual(self.session.store, kind, order.get("organization_id")))
        except Refused as refused:
            self.session.say(str(refused))
            return
        self.open(made)

    async def bring(self, row: Row) -> None:
        await files.fetch(self.session, row["sha256"], called(row))
        if not self.list.holder.is_deleted:
            self.refresh()

    def print(self) -> None:
        """The newest invoice of the order that is of force: a draft to be issued, an issued one as PDF; a new one when there is none.

        One that says otherwise than the order is not handed out as if it did: its user decides among the papers.
        """
        sql = "SELECT * FROM documents WHERE order_id = ? AND document_type = ? AND state <> 'cancelled' AND deleted = 0 ORDER BY id DESC"
        found = next(iter(self.session.store.rows(sql, (self.order_id, FIRST))), None)
        if found is None:
            self.make(FIRST)
        elif changed := self._overtaken(found):
            self.session.go(f"/orders/{self.order_id}", {"section": "documents"})
            self.session.say(f"{called(found)} выставлен до изменений: {changed}. Аннулируйте его и создайте новый счёт")
        else:
            self.open(found["id"])

    def open(self, row_id: str) -> None:
        open_paper(self.session, row_id)

    def delete(self, row: Row) -> None:
        name = DOCUMENT_TYPES.get(row["document_type"], "Документ")
        if self.session.do([Edit("documents", row["id"], {"deleted": 1})], f"Удалён черновик: {name}"):
            self.session.say(f"Удалён черновик: {name}", True)

    def ask_cancel(self, row: Row) -> None:
        """What was issued cannot be taken back: it is asked once. Of a paper that the order has overtaken a new one is offered."""
        changed = self._overtaken(row)
        with window(self.session, "Аннулировать документ?") as dialog:
            Tag("h1", "", "Аннулировать документ?")
            div("", f"{called(row)} останется в списке со своим номером и пометкой «Аннулирован». Отменить это нельзя.")
            with div("head"):
                span("grow")
                button("Не надо", dialog.close)
                button("Аннулировать", lambda: self.cancel(row, dialog), kind="" if changed else "main")
                if changed:
                    button("Аннулировать и создать новый", lambda: self.cancel(row, dialog, again=True), kind="main")
        dialog.on("hide", dialog.delete, args=[])

    def cancel(self, row: Row, dialog: ui.dialog, *, again: bool = False) -> None:
        dialog.close()
        try:
            cancel(self.session.desk, row["id"])
        except Refused as refused:
            self.session.say(str(refused))
            return
        self.session.say(f"Аннулирован документ: {called(row)}", False)
        if again:
            self.make(row["document_type"])
