"""The window of a draft: the paper as it will be printed, its number and date, what is missing, its template and the tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from nicegui import ui

from local_app.desk import Desk
from local_app.documents.doubts import Doubtful, doubts
from local_app.documents.facts import Paper, document_of, paper
from local_app.documents.filling import Filled
from local_app.documents.issuing import as_of_now, flaws_of, issue, number_for, number_warning, today
from local_app.documents.standard import form_of, free_name
from local_app.pages.order_lines import not_accepted
from local_app.pages.paper_sheet import PaperSheet, draw_tags
from local_app.session import Session
from local_app.widgets.form import Form
from local_app.widgets.longwork import Stopped, Work, at_a_desk
from local_app.widgets.tags import Tag, button, div, empty, span
from local_app.widgets.window import window
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.entities.work import DOCUMENT_TYPES
from shared.rules.documents import Flaw, called
from shared.rules.office import Row

WATCHED = frozenset({
    "bank_accounts", "clients", "contacts", "custom_fields", "custom_values", "documents", "employees", "order_lines", "orders",
    "organizations", "payments", "templates", "units",
})  # fmt: skip
TABS = {"document": "Документ", "template": "Шаблон", "tags": "Теги"}


class PaperWindow:
    """One draft, open. It follows whatever it shows, and is filled beside the screens."""

    def __init__(self, session: Session, row_id: str) -> None:
        self.session, self.row_id = session, row_id
        self.document: Row = document_of(session.store, row_id)
        self.said: Paper | None = None
        self.doubts: list[str] = []
        self.form: Form | None = None  # the one of the side that is shown

    def show(self) -> None:
        name = DOCUMENT_TYPES.get(self.document["document_type"], "Документ")
        with window(self.session, f"Черновик: {name}", "paper", shows=(self.row_id,)) as self.dialog:
            self.sheet = PaperSheet(self.session, self._asked, self._told)
            with div("side") as self.side:
                Tag("h1", "", name)
                with div("tabs", role="tablist"):
                    self.tabs = {key: self._tab(key, label) for key, label in TABS.items()}
                self.body = div("grow scrolls")
                with div("head"):
                    span("grow")
                    button("Закрыть", self.dialog.close)
                    self.ready = button("Выставить", lambda: self.issue(()), kind="main")
        self.dialog.on("hide", self.close, args=[])
        self.deaf = self.session.listen(WATCHED, self.sheet.refresh)
        self.open("document")
        self.sheet.refresh()

    def close(self) -> None:
        self.deaf()
        self._close_form()
        self.dialog.delete()

    def _close_form(self) -> None:
        if self.form:
            self.form.close()
        self.form = None

    def _tab(self, key: str, label: str) -> Tag:
        return Tag("button", "", label, on_click=lambda: self.open(key), type="button", role="tab")

    def open(self, key: str) -> None:
        """Another side of the draft; a template takes more room."""
        self.opened = key
        self.side.classes(replace="side broad" if key == "template" else "side")
        for name, tab in self.tabs.items():
            tab.classes(replace="on" if name == key else "")
            tab.props["aria-selected"] = str(name == key).lower()
        self._close_form()
        self.body.clear()
        with self.body:
            {"document": self._document, "template": self._template, "tags": self._tags}[key]()

    # ------------------------------------------------------------------ the three sides
    def _document(self) -> None:
        form = self.form = Form(self.session, ENTITIES["documents"], self.row_id, check=self._warnings)
        with div("form"):
            form.field("date", "half")
            form.field("number", "half")
            form.field("template_id", "wide", choices=f"document_type={self.document['document_type']}").put(placeholder="Стандартный")
            form.field("note", "wide", label="Основание или примечание")
        self.next_number = div("caption")
        self._draw_flaws()

    def _warnings(self, _: object) -> dict[str, str]:
        document = self.session.store.row("documents", self.row_id)  # an undo may have taken the draft away
        taken = number_warning(self.session.store, as_of_now(self.session.desk, document)) if document else ""
        return {"number": taken} if taken else {}

    def _own(self) -> Row | None:
        """The template that the draft names; None for the standard one."""
        own = self.session.store.row("templates", str(self.document["template_id"] or ""))
        return None if own is None or own["deleted"] else own

    def _template(self) -> None:
        own = self._own()
        if own is None:
            empty("Это стандартный шаблон. Сделайте свой: он начнётся с его копии.", "Сделать свой шаблон", self.make_own)
            return
        form = self.form = Form(self.session, ENTITIES["templates"], own["id"])
        with div("form"):
            form.field("name", "wide")
            form.field("body", "wide code", label="Текст: HTML с тегами")
        self._draw_flaws()

    def _tags(self) -> None:
        if self.said is not None:
            draw_tags(self.session, self.said.facts)

    def _draw_flaws(self) -> None:
        self.flaws = div("flaws", role="status")
        self._refresh_flaws()

    def _refresh_flaws(self) -> None:
        """What is missing on the paper stands beside its fields, what will be asked about beside the text of its template too."""
        if self.opened == "tags" or self.flaws.is_deleted:
            return
        now, found = as_of_now(self.session.desk, self.document), list[Flaw]()
        if self.opened == "document":
            number = "" if self.document["number"] else f"При выставлении получит номер {number_for(self.session.desk, now)}"
            self.next_number.set_text(number)
            found = [*self._not_accepted(), *(flaws_of(now, self.said) if self.said else []), *self._of_another_year(now)]
        self.flaws.clear()
        with self.flaws:
            for flaw in [*found, *(Flaw(each, grave=False) for each in self.doubts)]:
                div("flaw danger" if flaw.grave else "flaw attention", flaw.text)

    def _of_another_year(self, now: Row) -> list[Flaw]:
        """A draft of December that is issued in January keeps its day, and its number is counted by that."""
        year = str(now["date"])[:4]
        if year == str(today(self.session.desk).year):
            return []
        number = "" if now["number"] else f": номер он получит за {year} год"
        return [Flaw(f"Документ датирован не этим годом{number}", grave=False)]

    # ------------------------------------------------------------------ the paper
    def _asked(self) -> tuple[str, Paper]:
        self.document = document_of(self.session.store, self.row_id)
        return form_of(self.session.store, self.document).body, paper(self.session.store, as_of_now(self.session.desk, self.document))

    def _told(self, said: Paper | None, filled: Filled | None) -> None:
        self.doubts = []
        if said and filled:
            self.said = said
            self.doubts = doubts(self.session.store, as_of_now(self.session.desk, self.document), said, filled)
        self._refresh_flaws()

    # ------------------------------------------------------------------ acts
    def make_own(self) -> None:
        """A template of one's own, begun as a copy of the standard one; a second click opens what the first has made."""
        self.document = document_of(self.session.store, self.row_id)
        if self._own():
            self.open("template")
            return
        kind, made = str(self.document["document_type"]), self.session.desk.new_id()
        name = free_name(self.session.store, f"{DOCUMENT_TYPES.get(kind, 'Документ')}: свой")
        body = form_of(self.session.store, self.document).body
        edits = [
            Edit("templates", made, {"name": name, "document_type": kind, "format": "html", "body": body}),
            Edit("documents", self.row_id, {"template_id": made}),
        ]
        if self.session.do(edits, f"Создан шаблон «{name}»"):
            self.document = document_of(self.session.store, self.row_id)
            self.open("template")

    def _not_accepted(self) -> list[Flaw]:
        """What stands in the order as its user has typed it, but not on the paper."""
        return left_as_typed("В заказе", not_accepted(self.session, str(self.document["order_id"])))

    async def issue(self, accepted: Collection[str]) -> None:
        """`accepted`: what its user was asked about already."""
        own = self.session.app.drafts.of_row(f"documents/{self.row_id}").values()
        if kept := [*left_as_typed("В черновике", own), *self._not_accepted()]:
            self.session.say(f"Документ не выставлен. {kept[0].text}")
            return
        self.ready.props["disabled"] = True
        work = Work("Печатаю документ", ending=True)
        try:
            issued = await at_a_desk(self.session, work, partial(self._issued, accepted=accepted))
        except Doubtful as doubtful:
            self._ask([*accepted, *doubtful.doubts])
            return
        except (Refused, Stopped) as refused:
            self.session.say(str(refused) or "Документ не выставлен")
            return
        finally:
            del self.ready.props["disabled"]
        self.dialog.close()
        self.session.say(f"Выставлен документ: {called(issued)}", False)
        with self.session.client:  # the question that was answered is gone
            ui.navigate.to(f"/papers/{self.row_id}", new_tab=True)

    def _issued(self, desk: Desk, _: Work, accepted: Collection[str]) -> Row:
        return issue(desk, self.session.app.printer, self.row_id, accepted)

    def _ask(self, doubtful: Collection[str]) -> None:
        """What was issued stays so: what should be known of it is asked before."""

        def go_on() -> object:
            dialog.close()
            return self.issue(doubtful)

        with window(self.session, "Выставить документ?", style="width:640px") as dialog:
            Tag("h1", "", "Выставить документ?")
            with div("flaws"):
                for each in doubtful:
                    div("flaw attention", each)
            div("", "Выставленный документ останется таким навсегда.")
            with div("head"):
                span("grow")
                button("Не выставлять", dialog.close)
                button("Всё равно выставить", go_on, kind="main")
        dialog.on("hide", dialog.delete, args=[])


def left_as_typed(where: str, texts: Iterable[str]) -> list[Flaw]:
    """Texts that stand in fields and could not be accepted keep a paper back: it would say what was there before."""
    typed = ", ".join(f"«{text}»" for text in texts)
    return [Flaw(f"{where} не принято набранное: {typed}. Исправьте его или верните прежнее, Esc", grave=True)] if typed else []
