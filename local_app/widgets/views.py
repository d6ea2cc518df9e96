"""Saved views of a register: filters under a name, kept on this laptop. Each is a tab, and a tab is a link."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nicegui import ui

from local_app.session import Session, address
from local_app.widgets.tags import Tag, button, div, span
from local_app.widgets.window import window

LONGEST_NAME = 40
NO_FILTERS = frozenset({"tab"})
Filters = Mapping[str, str]


class Views:
    """The tabs over the rows, drawn only when a view was saved, and the button that saves one."""

    def __init__(self, session: Session, register: str, plural: str) -> None:
        self.session, self.setting = session, f"views {register}"
        self.everything = f"Все {plural[0].lower()}{plural[1:]}"
        self.filters: Filters = {}
        self.drawn: object = None

    def button(self) -> None:
        """Put the button that keeps the filters here; it is there while they have no name."""
        self.saver = button("", self.ask, kind="flat icon", icon="o_bookmark_add", tip="Сохранить условия как вид")

    def bar(self) -> None:
        """Put the tabs here."""
        self.tabs = div("segments toolbar second", role="tablist", aria_label="Виды")

    def saved(self) -> dict[str, dict[str, str]]:
        """{name: filters}, in the order in which they were saved."""
        return self.session.app.drafts.setting(self.setting, {})

    def show(self, filters: Filters) -> None:
        """Draw the state; what has not changed stays as it is: a click may be under way."""
        self.filters = narrowing(filters)
        saved = self.saved()
        self.saver.set_visibility(bool(self.filters) and self.filters not in saved.values())
        if (saved, self.filters) == self.drawn:
            return
        self.drawn = (saved, self.filters)
        self.tabs.clear()
        self.tabs.set_visibility(bool(saved))
        with self.tabs:
            for name, kept in {self.everything: {}, **saved}.items():
                self._tab(name, kept, {name: value for name, value in filters.items() if name in NO_FILTERS})

    def _tab(self, name: str, kept: Filters, place: Filters) -> None:
        here = kept == self.filters
        with span(f"view{' on' if here else ''}"):
            Tag("a", "", name, href=address(self.session.path, {**place, **kept}), role="tab", aria_selected=str(here).lower())
            if here and kept:
                with Tag(
                    "button", "", on_click=partial(self.drop, name), type="button", title="Убрать вид", aria_label=f"Убрать вид «{name}»"
                ):
                    ui.icon("close")

    def ask(self) -> None:
        """Under which name?"""
        with window(self.session, "Новый вид", style="width:420px") as dialog:
            Tag("h1", "", "Сохранить условия как вид")
            named = ui.input(placeholder="Например: мои неоплаченные").props(
                f"dense outlined autofocus maxlength={LONGEST_NAME} aria-label='Название вида'"
            )
            wrong = div("under wrong", role="alert")

            def done() -> None:
                reason = self.keep(str(named.value))
                wrong.set_text(reason)
                if not reason:
                    dialog.close()

            named.on("keydown.enter", done, args=[])
            div("caption", "Вид станет вкладкой над списком. Он хранится на этом ноутбуке.")
            with div("head"):
                span("grow")
                button("Отмена", dialog.close)
                button("Сохранить", done, kind="main")
        dialog.on("hide", lambda _: dialog.delete(), args=[])

    def keep(self, name: str) -> str:
        """Saves the filters under a name; a view that has it is replaced. Answers why not, or ''."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            return "Напишите название вида"
        if name == self.everything:
            return f"«{name}» — это список без условий. Назовите вид иначе"
        self.session.app.drafts.set(self.setting, {**self.saved(), name: dict(self.filters)})
        self.show(self.filters)
        return ""

    def drop(self, name: str) -> None:
        """The filters stay as they are: a view that was taken away by mistake is saved again in two clicks."""
        self.session.app.drafts.set(self.setting, {each: kept for each, kept in self.saved().items() if each != name})
        self.session.say(f"Вид «{name}» убран. Условия остались")
        self.show(self.filters)


def narrowing(filters: Filters) -> dict[str, str]:
    return {name: value for name, value in filters.items() if name not in NO_FILTERS}
