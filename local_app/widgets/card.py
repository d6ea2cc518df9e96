"""The card: one row with its sections. The header in one line, the bar of sections, one scroll area."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from local_app import leftovers
from local_app.session import Session
from local_app.widgets import history
from local_app.widgets.fields import entity_path, path_of
from local_app.widgets.form import Check, Form
from local_app.widgets.tags import Part, Tag, button, div, link, span
from local_app.widgets.twins import Twin, twins_of
from shared.change import Edit
from shared.entity import NUMERIC, Entity, Kind, Value

NARROW = NUMERIC | {Kind.FLAG, Kind.DATE, Kind.MOMENT, Kind.PHONE}
WIDTH: Mapping[Kind, str] = MappingProxyType({Kind.NOTE: "wide"} | dict.fromkeys(NARROW, "quarter"))
"""Of the form's twelve columns; a third unless said otherwise here."""
LONG = frozenset({"full_name", "legal_address", "postal_address", "purpose", "note"})
"""Texts that a third of the form would cut, and half of a window."""
WINDOW_WIDTH = MappingProxyType({kind: "wide" if kind is Kind.NOTE else "half" for kind in Kind})
"""In a window, which has room for two fields beside each other."""
MOST_TWINS = 3


class Section(NamedTuple):
    """One section of a card: its key in the address, its label, how it is drawn, how many rows it holds."""

    key: str
    label: str
    draw: Callable[[], None]
    size: Callable[[], int] | None = None
    flush: bool = False  # a register: edge to edge, with its own scroll


class Card:
    """A row on the screen. `initial` is what a new row starts with."""

    def __init__(
        self, session: Session, entity: Entity, row_id: str, *, initial: Mapping[str, Value] | None = None, check: Check | None = None
    ) -> None:
        self.session, self.entity, self.row_id = session, entity, row_id
        self.form = Form(session, entity, row_id, initial=initial or {}, check=check, saved=self.saved)
        self.saved_at: Tag | None = None
        self._end_section: Callable[[], object] = lambda: None

    def draw(self, sections: Sequence[Section], *, facts: Callable[[], None] | None = None) -> None:
        """Header, bar and the section that the address names (the first one otherwise)."""
        with div("card"):
            self._head(facts)
            self._deleted_bar()
            self.twins = Part("", self._twins, self._draw_twins)
            if len(sections) > 1:
                self._bar(sections)
            self.body = div("card-body")
        self._open(sections, self.session.query.get("section", ""))
        self.session.on_query(lambda query: self._open(sections, query.get("section", "")))
        self.session.listen({self.entity.name, "distinct_pairs", *self._children()}, self.refresh)

    def title(self) -> str:
        words = history.titled(self.session.store, self.entity, self.form.row)
        return words or ("Без названия" if self.form.exists else f"{self.entity.label}: новая запись")

    # ------------------------------------------------------------------ parts
    def _head(self, facts: Callable[[], None] | None) -> None:
        with div("card-head"):
            self.name = Tag("h1", "cut", "")
            self.facts, self.draw_facts = div("facts"), facts
            self.saved_at = div("saved", role="status", aria_live="polite")
            button("", self.delete, kind="flat icon", icon="o_delete", tip="Удалить")
        self._refresh_head()

    def _refresh_head(self) -> None:
        self.form.read()
        self.name.set_text(self.title())
        self.session.entitle((self.entity.plural, entity_path(self.entity.name)), self.title())
        self.facts.clear()
        if self.draw_facts and self.form.exists:
            with self.facts:
                self.draw_facts()

    def _deleted_bar(self) -> None:
        self.gone = div("deleted-bar")
        with self.gone:
            span("grow", "Запись удалена. Её видно здесь и в списке «Удалённые».")
            button("Восстановить", self.restore)
        self._refresh_gone()

    def _refresh_gone(self) -> None:
        self.gone.set_visibility(bool(self.form.row.get("deleted")))

    def _twins(self) -> list[Twin]:
        return twins_of(self.session.store, self.entity.name, self.form.row)[:MOST_TWINS]

    def _draw_twins(self, twins: list[Twin]) -> None:
        """«Похоже на …»: the likely duplicates, each a link."""
        for twin in twins:
            with div("twin-bar"):
                span("", "Возможно, это та же запись:")
                link(twin.title, path_of(self.entity.name, twin.row), "cut")
                span("caption grow", twin.reason)
                link("Сравнить и объединить", f"/duplicates?entity={self.entity.name}&one={twin.row}&other={self.row_id}", "caption")

    def _bar(self, sections: Sequence[Section]) -> None:
        self.tabs: dict[str, tuple[Tag, Tag, Section]] = {}
        with div("tabs", role="tablist", data_sections="1"):
            for number, section in enumerate(sections, 1):
                with Tag(
                    "button", "", on_click=partial(self._go, sections, section), type="button", role="tab", title=f"Ctrl+{number}"
                ) as tab:
                    span("", section.label)
                    self.tabs[section.key] = (tab, span("count"), section)
        self._refresh_counts()

    def _refresh_counts(self) -> None:
        for _, count, section in getattr(self, "tabs", {}).values():
            number = section.size() if section.size else 0
            count.set_text(str(number) if number else "")

    def _go(self, sections: Sequence[Section], section: Section) -> None:
        self.session.ask({"section": "" if section is sections[0] else section.key})
        self._open(sections, section.key)

    def _open(self, sections: Sequence[Section], key: str) -> None:
        chosen = next((section for section in sections if section.key == key), sections[0])
        for name, (tab, _, _) in getattr(self, "tabs", {}).items():
            tab.classes(add="on" if name == chosen.key else "", remove="" if name == chosen.key else "on")
            tab.props["aria-selected"] = str(name == chosen.key).lower()
        self.form.forget_boxes()
        self._end_section()
        self.body.clear()
        self.body.classes(add="flush" if chosen.flush else "", remove="" if chosen.flush else "flush")
        with self.body:
            self._end_section = self.session.part(chosen.draw)

    # ------------------------------------------------------------------ sections every card has
    def fields(self, groups: Mapping[str, Sequence[str]] | None = None) -> None:
        """All fields of the entity in groups; those in no group come last, under «Дополнительно» or without a heading."""
        shown = [field for field in self.entity.fields if field.kind is not Kind.DATA]
        rest = [field.name for field in shown if not any(field.name in names for names in (groups or {}).values())]
        with div("form narrow"):
            for label, names in [*(groups or {}).items(), ("", rest)]:
                if label and names:
                    div("group", label)
                for name in names:
                    self._field(name)

    def _field(self, name: str) -> None:
        field = self.entity.field(name)
        if field is not None:
            wide = name in LONG or (name in self.entity.title and field.kind is Kind.TEXT)
            width = "half" if wide else WIDTH.get(field.kind, "third")
            self.form.field(name, width)

    def history(self) -> None:
        """Who changed what and when, the newest first."""
        history.draw_row(self.session, self.entity, self.row_id)

    # ------------------------------------------------------------------ acts
    def delete(self) -> None:
        name, left = self.entity.name, leftovers.told(self.session.store, self.entity.name, [self.row_id])
        if not self.form.exists:
            self.session.go(entity_path(name))
        elif self.session.do([Edit(name, self.row_id, {"deleted": 1})], f"{self.entity.label} {self.title()}: удаление"):
            self.session.go(entity_path(name))
            self.session.say(f"Удалено: {self.title()}{left}", True)

    def restore(self) -> None:
        back = leftovers.brought_back(self.session.store, self.entity.name, self.row_id)
        self.session.do([back], f"{self.entity.label} {self.title()}: восстановление")

    def saved(self, words: str) -> None:
        if self.saved_at is not None:
            self.saved_at.set_text(words)

    def _children(self) -> set[str]:
        return {entity.name for entity, _ in self.session.store.catalogue.children(self.entity.name)}

    def refresh(self) -> None:
        """Title, facts and counts as the store has them now; the fields refresh themselves."""
        self._refresh_head()
        self._refresh_gone()
        self.twins.refresh()
        self._refresh_counts()
