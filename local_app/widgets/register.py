"""The register: search, segments, filters, grid, selection and totals over any list of rows. Its filters live in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.aggrid import AgGrid

from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import Register, register_of
from local_app.widgets.exporting import export
from local_app.widgets.fields import FieldBox, ReferenceBox, name_of, path_of
from local_app.widgets.periodpicker import period_picker
from local_app.widgets.tags import Tag, button, div, empty, filter_button, span
from shared.change import Edit
from shared.formats import plural, whole

GRID_SOURCE = AgGrid.VERSION  # the import registers the library that grid.js asks for


class Grid(Element, component="grid.js"):
    """The table itself; see grid.js for its properties and news."""


class RowAct(NamedTuple):
    """An entry of the right-click menu. `needs`: shown only when the row's data has this key."""

    name: str
    label: str
    run: Callable[[str, Mapping[str, Any]], object]
    needs: str = ""
    line: bool = False


class BulkAct(NamedTuple):
    """A button of the bar that appears over the totals when rows are selected."""

    label: str
    run: Callable[[list[str]], object]
    icon: str = ""
    risky: bool = False


@dataclass(slots=True)
class Options:
    """What one register has beside its grid."""

    segments: str = ""  # a reference whose values stand as segments with counts
    chips: Sequence[str] = ()  # references that can be chosen as a filter
    period: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)  # filters that always hold (a section of a card)
    acts: Sequence[RowAct] = ()
    bulk: Sequence[BulkAct] = ()
    new: tuple[str, Callable[[], object]] | None = None  # the label and the work of the main button
    purpose: str = ""  # what this list is for, shown while it is empty
    deletable: bool = True
    in_address: bool = True
    tables: Sequence[str] = ()  # other tables whose changes show here
    extra: Callable[[], None] | None = None  # more buttons at the right


class RegisterView:
    """A register on a screen."""

    def __init__(self, session: Session, name: str, options: Options) -> None:
        self.session, self.options = session, options
        self.register: Register = register_of(name)
        self.filters: dict[str, str] = dict(session.query) if options.in_address else {}
        self.selected: list[str] = []
        with div("register"):
            self._toolbar()
            self.segments = div("segments toolbar second", role="tablist")
            self.segments.set_visibility(bool(options.segments))
            self.grid = self._grid()
            self.bar = div("selection hidden")
            self.totals = div("totals", role="status")
        self._show_filters()
        session.listen({name, *options.tables, *self._shown_tables()}, self._stale)
        if options.in_address:
            session.on_query(self._asked)

    # ------------------------------------------------------------------ parts
    def _toolbar(self) -> None:
        with div("toolbar"):
            self._search_box()
            self.second = div("filters grow")
            button("", self._choose_columns, kind="flat icon", icon="o_view_column", tip="Столбцы", data_chooser="1")
            button(
                "",
                lambda: export(self.session, self.register, self._query()),
                kind="flat icon",
                icon="o_file_download",
                tip="Выгрузить в Excel",
            )
            if self.options.extra:
                self.options.extra()
            if self.options.new:
                button(self.options.new[0], self.options.new[1], kind="main", icon="add", data_key_new="1")

    def _search_box(self) -> None:
        with div("seek"):
            ui.icon("search")
            box = Tag(
                "input",
                type="search",
                value=self.filters.get("q", ""),
                placeholder="Найти",
                aria_label="Найти в реестре",
                data_search_here="1",
                autocomplete="off",
            )
        enter = "(event) => { if (event.key === 'Enter' || event.key === 'ArrowDown') { event.target.blur(); emit('') } }"
        box.on(
            "input",
            lambda event: self._search(str(event.args)),
            js_handler="(event) => emit(event.target.value)",
            throttle=0.2,
            leading_events=False,
        )
        box.on("keydown", lambda _: self.grid.run_method("focus_first"), js_handler=enter)
        self.box = box

    def _grid(self) -> Grid:
        grid = Grid()
        grid.props.update(
            name=self.register.name, columns=[column.for_grid() for column in self.register.columns], query=self._query(), turn=0,
            acts=[{"name": act.name, "label": act.label, "needs": act.needs, "line": act.line} for act in self._acts()],
            selecting=bool(self._bulk()), state=self.session.app.drafts.setting(self._state_name(), None),
        )  # fmt: skip
        grid.on("opened", lambda event: self.open(str(event.args)))
        grid.on("act", lambda event: self._run(event.args))
        grid.on("selected", lambda event: self._select(list(event.args)))
        grid.on("counted", lambda event: self._counted(event.args))
        grid.on("kept", lambda event: self.session.app.drafts.set(self._state_name(), event.args))
        with grid:
            self._empty()
        return grid

    def _empty(self) -> None:
        label, work = self.options.new or ("", lambda: None)
        self.nothing = div("", "")
        with self.nothing:
            empty(self.options.purpose or "Здесь пока ничего нет.", label, work)

    def _acts(self) -> list[RowAct]:
        opening = RowAct("open", "Открыть", lambda row, _: self.open(row))
        first = [act for act in self.options.acts if not act.line]
        rest = [act for act in self.options.acts if act.line]
        return [
            *first,
            opening,
            *rest,
            *([RowAct("delete", "Удалить", lambda row, _: self.delete([row]), line=True)] if self.options.deletable else []),
        ]

    def _bulk(self) -> list[BulkAct]:
        return [*self.options.bulk, *([BulkAct("Удалить", self.delete, "o_delete", risky=True)] if self.options.deletable else [])]

    # ------------------------------------------------------------------ filters
    def change(self, **filters: str) -> None:
        """Set filters («» takes one away); the address follows."""
        self.filters = {name: value for name, value in {**self.filters, **filters}.items() if value}
        if self.options.in_address:
            self.session.ask(self.filters)
        self._show_filters()
        self.grid.props["query"] = self._query()
        self.grid.update()

    def _asked(self, filters: query.Filters) -> None:
        """The address has changed by itself: back, forward, a link."""
        self.filters = dict(filters)
        self.box.props["value"] = self.filters.get("q", "")
        self.box.update()
        self._show_filters()
        self.grid.props["query"] = self._query()
        self.grid.update()

    def _search(self, text: str) -> None:
        self.box.props["value"] = text
        self.change(q=text.strip())

    def _query(self) -> dict[str, str]:
        """The filters that the grid asks with."""
        return {name: value for name, value in {**self.filters, **self.options.fixed}.items() if name != "tab"}

    def _show_filters(self) -> None:
        self._show_segments()
        self.second.clear()
        with self.second:
            if self.options.period:
                period_picker(
                    self.session,
                    self.filters.get("from", ""),
                    self.filters.get("to", ""),
                    lambda since, until: self.change(**{"from": since, "to": until}),
                )
            for name in self.options.chips:
                self._chip(name)
            self._trash()
            if any(name not in ("q", "tab") for name in self.filters):
                button("Сбросить", self._reset, kind="flat")

    def _reset(self) -> None:
        self.change(**dict.fromkeys(self.filters, ""))

    def _show_segments(self) -> None:
        name = self.options.segments
        self.segments.clear()
        if not name:
            return
        with self.segments:
            found = {row["value"]: row["count"] for row in self.session.store.rows(*query.counts(self.register, self._query(), name))}
            self._segment("Все", "", sum(found.values()))
            for row in self._segment_rows(name):
                self._segment(row["name"], row["id"], found.get(row["id"], 0), row.get("color"))
            if None in found:
                self._segment("Не указан", query.NOTHING, found[None])

    def _segment_rows(self, name: str) -> list[dict[str, Any]]:
        wanted = self.register.entity.field(name)
        target = self.session.store.catalogue[wanted.target] if wanted else self.register.entity
        return list(self.session.store.rows(f"SELECT * FROM {target.name} WHERE deleted = 0 ORDER BY {target.order_by or 'id'}, id"))

    def _segment(self, label: str, value: str, count: int, color: str | None = None) -> None:
        name = self.options.segments
        chosen = self.filters.get(name, "") == value
        with Tag(
            "button",
            "on" if chosen else "",
            on_click=lambda: self.change(**{name: value}),
            type="button",
            role="tab",
            aria_selected=str(chosen).lower(),
        ):
            span(f"status hue-{color}" if color else "", label)
            span("count", whole(count))

    def _chip(self, name: str) -> None:
        """A reference as a filter: chosen it is a chip that can be taken away, otherwise a button to choose one."""
        wanted = self.register.entity.field(name)
        if wanted is None:
            return
        value = self.filters.get(name, "")
        if value:
            title = "не указан" if value == query.NOTHING else name_of(self.session.store, wanted.target, value)
            with span("chip"):
                span("", f"{wanted.label}: {title}")
                with Tag(
                    "button",
                    "",
                    on_click=lambda: self.change(**{name: ""}),
                    type="button",
                    title="Убрать",
                    aria_label=f"Убрать фильтр {wanted.label}",
                ):
                    ui.icon("close")
            return
        with filter_button(wanted.label), ui.menu().props("no-focus") as menu, div("", style="padding:8px;width:280px"):
            box: FieldBox = ReferenceBox()
            box.props.update(label="", url=f"/api/choices/{wanted.target}", placeholder="Найти", value=None, text="")
            box.on("chosen", lambda event: self.change(**{name: str(event.args)}))
            menu.on("show", lambda _: box.take_focus(), args=[])

    def _trash(self) -> None:
        if not self.options.deletable or self.options.fixed or self.register.narrow != self.register.entity.name:
            return
        on = bool(self.filters.get("deleted"))
        button("Удалённые" if not on else "Показаны удалённые ✕", lambda: self.change(deleted="" if on else "1"), kind="flat")

    # ------------------------------------------------------------------ rows
    def open(self, row: str) -> None:
        self.session.go(path_of(self.register.entity.name, row))

    def delete(self, rows: list[str]) -> None:
        """Into the trash; the notice undoes it."""
        entity = self.register.entity
        words = f"{'восстановлено' if self.filters.get('deleted') else 'удалено'}: {plural(len(rows), entity.forms)}"
        flag = 0 if self.filters.get("deleted") else 1
        if self.session.do([Edit(entity.name, row, {"deleted": flag}) for row in rows], words):
            self.grid.run_method("unselect")
            self.session.say(words[0].upper() + words[1:], True)

    def _run(self, event: Mapping[str, Any]) -> None:
        act = next((act for act in self._acts() if act.name == event["act"]), None)
        if act:
            act.run(str(event["id"]), event["data"])

    def _select(self, rows: list[str]) -> None:
        self.selected = rows
        self.bar.clear()
        self.bar.classes(add="hidden" if len(rows) < 2 else "", remove="" if len(rows) < 2 else "hidden")
        with self.bar:
            span("grow", f"Выбрано: {plural(len(rows), self.register.entity.forms)}")
            for act in self._bulk():
                label = "Восстановить" if act.label == "Удалить" and self.filters.get("deleted") else act.label
                button(label, partial(self._run_bulk, act), kind="risky" if act.risky else "", icon=act.icon)
            button("Снять выбор", lambda: self.grid.run_method("unselect"), kind="flat")

    def _run_bulk(self, act: BulkAct) -> None:
        act.run(self.selected)

    def _counted(self, answer: Mapping[str, Any]) -> None:
        self.totals.clear()
        with self.totals:
            span("grow", plural(int(answer["count"]), self.register.entity.forms))
            for label, text, negative in answer["totals"]:
                with span():
                    span("secondary", f"{label}: ")
                    Tag("b", "danger" if negative else "", text)
        filtered = any(name != "tab" for name in self.filters)
        self.nothing.clear()
        with self.nothing:
            if filtered:
                empty("Под эти условия ничего не подходит.", "Сбросить условия", self._reset)
            else:
                label, work = self.options.new or ("", lambda: None)
                empty(self.options.purpose or "Здесь пока ничего нет.", label, work)

    def _shown_tables(self) -> set[str]:
        return {column.field.target for column in self.register.columns if column.field.target}

    def _stale(self) -> None:
        """Rows have changed somewhere: the grid asks for its blocks again, where it stands."""
        self.grid.props["turn"] += 1
        self.grid.update()
        self._show_segments()

    def _choose_columns(self) -> None:
        self.grid.run_method("choose")

    def _state_name(self) -> str:
        return f"grid {self.register.name}{' in a card' if self.options.fixed else ''}"
