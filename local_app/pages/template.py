"""The card of a template: its text beside what it makes of the newest order, its tags, the standard text to begin with."""

from __future__ import annotations

from collections.abc import Iterator

from local_app.documents.facts import Paper, paper
from local_app.documents.filling import Filled
from local_app.documents.issuing import today
from local_app.documents.standard import STANDARD, form_in, standard
from local_app.pages.paper_sheet import PaperSheet, draw_tags
from local_app.session import Session
from local_app.widgets.card import Card, Section
from local_app.widgets.tags import button, div, empty, span
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entity import Field, Value
from shared.rules.office import Row

FIRST = "invoice"
"""The kind of a new template."""
NEWEST = (
    "SELECT l.order_id FROM order_lines l JOIN orders o ON o.id = l.order_id "
    "WHERE l.deleted = 0 AND o.deleted = 0 AND o.client_id <> '' AND o.organization_id <> '' ORDER BY l.id DESC LIMIT 1"
)
"""An order that has everything a paper tells."""
NO_ORDER = "Здесь будет видно, что даёт шаблон, когда появится заказ со строками, клиентом и своей организацией."


def page(session: Session, row: str) -> None:
    TemplateCard(session, row).draw()


class TemplateCard:
    """A new one begins as a copy of the standard text of its kind: an empty one is of no use."""

    def __init__(self, session: Session, row_id: str) -> None:
        self.session, self.row_id = session, row_id
        self.card = Card(session, ENTITIES["templates"], row_id, initial={"document_type": FIRST, "body": standard(FIRST).body})
        self.form = self.card.form
        self.form.expand = self._edits

    def draw(self) -> None:
        self.card.draw([
            Section("main", "Основное", self._main, flush=True),
            Section("tags", "Теги", self._tags),
            Section("history", "История", self.card.history),
        ])  # fmt: skip
        if not self.form.exists:
            self.form.focus("name")

    @property
    def row(self) -> Row:
        return self.session.store.row("templates", self.row_id) or self.form.row

    def _edits(self, field: Field, value: Value) -> Iterator[Edit]:
        """Another kind of paper: a text that nobody has changed yet becomes the standard one of that kind."""
        patch = {field.name: value}
        if field.name == "document_type" and value in STANDARD and self.row["body"] in ("", *(standard(kind).body for kind in STANDARD)):
            patch["body"] = standard(str(value)).body
        yield Edit("templates", self.row_id, patch)

    @property
    def _standard(self) -> str | None:
        """The standard text of this kind; None when there is none."""
        kind = str(self.row["document_type"])
        return standard(kind).body if kind in STANDARD else None

    # ------------------------------------------------------------------ the text and its paper
    def _main(self) -> None:
        with div("paper"):
            sheet = PaperSheet(self.session, self._asked, self._told)
            with div("side broad"), div("grow scrolls"):
                with div("form"):
                    self.form.field("name", "half")
                    self.form.field("document_type", "half")
                    self.form.field("organization_id", "half").put(placeholder="Любая")
                    if self.row["format"] != "html":  # no other one is filled yet, none is offered
                        self.form.field("format", "half")
                    self.form.field("body", "wide code", label="Текст: HTML с тегами")
                with div("head"):
                    span("caption grow", "Слева — последний заказ, как его напечатает этот шаблон.")
                    self.back = button("Вернуть стандартный текст", self.restore)
                self.flaws = div("flaws", role="status")
        self.session.listen({"templates", "custom_fields"}, sheet.refresh)
        sheet.refresh()

    def _asked(self) -> tuple[str, Paper]:
        return form_in(self.row).body, self._sample()

    def _told(self, _: Paper | None, filled: Filled | None) -> None:
        self.back.set_visibility(self._standard not in (None, self.row["body"]))
        self.flaws.clear()
        with self.flaws:
            for tag in filled.unknown if filled else ():
                div("flaw attention", f"В шаблоне неверный тег, {tag}")

    def _sample(self) -> Paper:
        """What the newest order says. Raises Refused when there is none."""
        order = self.session.store.rows(NEWEST)
        if not order:
            raise Refused(NO_ORDER)
        blanks = {field.name: field.blank for field in ENTITIES["documents"].fields}
        own = {"order_id": order[0]["order_id"], "document_type": self.row["document_type"], "date": today(self.session.desk).isoformat()}
        return paper(self.session.store, {**blanks, **own})

    def restore(self) -> None:
        if (text := self._standard) is not None and self.form.save("body", text):
            self.session.say("Возвращён стандартный текст шаблона", True)

    def _tags(self) -> None:
        with div("paper narrow"), div("scrolls"):
            try:
                draw_tags(self.session, self._sample().facts)
            except Refused as refused:
                empty(str(refused))
