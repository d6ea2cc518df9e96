"""The register: search, segments, filters, grid, selection and totals over any list of rows. Its filters live in the address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from nicegui.element import Element
from nicegui.elements.aggrid import AgGrid

from local_app import leftovers
from local_app.customs import defined
from local_app.session import Session
from local_app.widgets import query
from local_app.widgets.columns import Register, register_of, widened, within
from local_app.widgets.exporting import export
from local_app.widgets.fields import path_of
from local_app.widgets.filterbar import FilterBar, Wanted, readable
from local_app.widgets.several import Carrying, Several
from local_app.widgets.tags import Part, Tag, button, div, empty, span
from local_app.widgets.views import Views
from shared.change import Edit
from shared.formats import plural
from shared.rules.custom import OWNERS

UNREAD = "Список не удалось прочитать. Откройте его ещё раз; если не поможет, закройте программу и откройте снова"
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
    several: Sequence[str] = ()  # fields that can be set for all selected rows at once
    carrying: Carrying = field(default_factory=dict)  # those of them that change more than themselves
    new: tuple[str, Callable[[], object]] | None = None  # the label and the work of the main button
    purpose: str = ""  # what this list is for, shown while it is empty
    deletable: bool = True
    in_address: bool = True
    tables: Sequence[str] = ()  # other tables whose changes show here
    load: str = ""  # the address where a file is loaded into this list
    lines: bool = False  # orders go out line by line, too, as they are loaded
    extra: Callable[[], None] | None = None  # more buttons at the right
    open: Callable[[str], object] | None = None  # what opens a row, when it is not its own card


class RegisterView:
    """A register on a screen."""

    def __init__(self, session: Session, name: str, options: Options) -> None:
        self.session, self.options = session, options
        self.register = self._register(name)
        self.filters: dict[str, str] = self._readable(session.query) if options.in_address else {}
        self.selected: list[str] = []
        trash = options.deletable and not options.fixed
        wanted = Wanted(options.segments, options.chips, options.period, trash)
        self.bar = FilterBar(session, self.register, wanted, self.change, lambda: self.grid.run_method("focus_first", self._query()))
        self.bar.all_filters = lambda: [name for name in self.filters if name != "tab"]
        self.views = Views(session, name, self.register.entity.plural) if options.in_address else None
        with div("register"):
            self._toolbar()
            if self.views:
                self.views.bar()
            self.bar.segment_bar()
            self.grid = self._grid()
            self.selection = Part("selection hidden", self._bulk_labels, self._draw_selection)
            self.totals = div("totals", role="status")
        self._show_filters()
        session.listen({"custom_fields"}, self._widen)
        session.listen({name, *options.tables, *self._shown_tables()}, self._stale)
        if options.in_address:
            session.on_query(self._asked)

    def _register(self, name: str) -> Register:
        """With the custom fields as they are now."""
        return within(widened(register_of(name), defined(self.session.store, name)), self.options.fixed)

    def _widen(self) -> None:
        """A custom field has come, has another name or is gone: here, or at a colleague's."""
        self.register = self.bar.register = self._register(self.register.name)
        self.grid.props["columns"] = [column.for_grid() for column in self.register.columns]
        self.filters = self._readable(self.filters)
        self._follow()

    # ------------------------------------------------------------------ parts
    def _toolbar(self) -> None:
        with div("toolbar"):
            self.bar.toolbar(self.filters)
            if self.views:
                self.views.button()
            button("", lambda: self.grid.run_method("choose"), kind="flat icon", icon="o_view_column", tip="Столбцы", data_chooser="1")
            button("", self._export, kind="flat icon", icon="o_file_download", tip="Выгрузить в Excel")
            if self.options.lines:
                button("", self._export_lines, kind="flat icon", icon="o_playlist_add_check", tip="Выгрузить строки заказов в Excel")
            if self.options.load:
                button("", lambda: self.session.go(self.options.load), kind="flat icon", icon="o_file_upload", tip="Загрузить из Excel")
            if self.options.extra:
                self.options.extra()
            if self.options.new:
                button(self.options.new[0], self.options.new[1], kind="main", icon="add", data_key_new="1")

    def _grid(self) -> Grid:
        grid = Grid()
        grid.props.update(
            name=self.register.name, within=json.dumps(dict(self.options.fixed)),
            columns=[column.for_grid() for column in self.register.columns], query=self._query(), turn=0,
            segments=self.options.segments, acts=self._menu(),
            selecting=bool(self._bulk()), state=self.session.app.drafts.setting(self._state_name(), None),
        )  # fmt: skip
        grid.on("opened", lambda event: self.open(str(event.args)))
        grid.on("act", lambda event: self._run(event.args))
        grid.on("selected", lambda event: self._select(list(event.args)))
        grid.on("unread", lambda: self.session.say(UNREAD))
        grid.on("counted", lambda event: self._counted(event.args))
        grid.on("kept", lambda event: self.session.app.drafts.set(self._state_name(), event.args))
        with grid:
            self.nothing = Part("", lambda: {name for name in self.filters if name != "tab"}, self._draw_nothing)
        return grid

    def _draw_nothing(self, narrowed: set[str]) -> None:
        """What stands in an empty grid: the way out of a narrow filter, or the first step."""
        if narrowed == {"deleted"}:
            empty("Удалённого здесь нет. Удалённая запись появится здесь, и её можно будет восстановить.", "К списку", self.bar.reset)
        elif narrowed:
            empty("Под эти условия ничего не подходит.", "Сбросить условия", self.bar.reset)
        else:
            label, work = self.options.new or ("", lambda: None)
            empty(self.options.purpose or "Здесь пока ничего нет.", label, work)

    def _acts(self) -> list[RowAct]:
        first = [act for act in self.options.acts if not act.line]
        rest = [act for act in self.options.acts if act.line]
        acts = [*first, RowAct("open", "Открыть", lambda row, _: self.open(row)), *rest]
        return [*acts, RowAct("delete", self._deletes(), lambda row, _: self.delete([row]), line=True)] if self.options.deletable else acts

    def _menu(self) -> list[dict[str, Any]]:
        """The entries of the right-click menu, as the grid takes them."""
        return [{"name": act.name, "label": act.label, "needs": act.needs, "line": act.line} for act in self._acts()]

    def _deletes(self) -> str:
        """What `delete` does to the rows that are shown: those in the trash come back."""
        return "Восстановить" if self.filters.get("deleted") else "Удалить"

    def _bulk(self) -> list[BulkAct]:
        change = [BulkAct("Изменить", self._change, "o_edit")] if self.options.several and not self.filters.get("deleted") else []
        return [*change, *([BulkAct("Удалить", self.delete, "o_delete", risky=True)] if self.options.deletable else [])]

    # ------------------------------------------------------------------ filters
    def change(self, **filters: str) -> None:
        """Set filters («» takes one away); the address follows. Letters of a search replace each other in the history."""
        self.filters = {name: value for name, value in {**self.filters, **filters}.items() if value}
        if self.options.in_address:
            self.session.ask(self.filters, replace=set(filters) == {"q"})
        self._follow()

    def _asked(self, filters: query.Filters) -> None:
        """The address has changed by itself: back, forward, a link."""
        self.filters = self._readable(filters)
        self.bar.put_text(self.filters.get("q", ""))
        self._follow()

    def _readable(self, filters: query.Filters) -> dict[str, str]:
        return dict(readable(self.session.store, self.register, filters))

    def _show_filters(self) -> None:
        self.bar.show(self.filters)
        if self.views:
            self.views.show(self.filters)

    def _follow(self) -> None:
        self._show_filters()
        self.grid.props.update(query=self._query(), acts=self._menu())

    def _query(self) -> dict[str, str]:
        """The filters that the grid asks with."""
        return {name: value for name, value in {**self.filters, **self.options.fixed}.items() if name != "tab"}

    # ------------------------------------------------------------------ rows
    def open(self, row: str) -> None:
        if self.options.open:
            self.options.open(row)
        else:
            self.session.go(path_of(self.register.entity.name, row))

    def delete(self, rows: list[str]) -> None:
        """Into the trash; the notice undoes it."""
        entity = self.register.entity
        words = f"{'восстановлено' if self.filters.get('deleted') else 'удалено'}: {plural(len(rows), entity.forms)}"
        back, store = bool(self.filters.get("deleted")), self.session.store
        left = "" if back else leftovers.told(store, entity.name, rows)
        edits = [leftovers.brought_back(store, entity.name, row) if back else Edit(entity.name, row, {"deleted": 1}) for row in rows]
        if self.session.do(edits, words):
            self.grid.run_method("unselect")
            self.session.say(f"{words[0].upper()}{words[1:]}{left}", True)

    def _change(self, rows: list[str]) -> None:
        Several(self.session, self.register.entity.name, self.options.several, rows, self.options.carrying)

    def _run(self, event: Mapping[str, Any]) -> None:
        act = next((act for act in self._acts() if act.name == event["act"]), None)
        if act:
            act.run(str(event["id"]), event["data"])

    def _select(self, rows: list[str]) -> None:
        self.selected = rows
        self.selection.holder.classes(add="hidden" if len(rows) < 2 else "", remove="" if len(rows) < 2 else "hidden")
        self.selection.refresh()
        self.chosen.set_text(f"Выбрано: {plural(len(rows), self.register.entity.forms)}")

    def _bulk_labels(self) -> list[str]:
        return [self._deletes() if act.label == "Удалить" else act.label for act in self._bulk()]

    def _draw_selection(self, labels: list[str]) -> None:
        """The count and the buttons; one that is being pressed stays while rows come and go."""
        self.chosen = span("grow")
        for act, label in zip(self._bulk(), labels, strict=True):
            button(label, partial(self._run_bulk, act), kind="risky" if act.risky else "", icon=act.icon)
        button("Снять выбор", lambda: self.grid.run_method("unselect"), kind="flat")

    def _run_bulk(self, act: BulkAct) -> None:
        if rows := self._still_shown():
            act.run(rows)
        else:
            self.session.say("Выбранного в этом списке уже нет")

    def _still_shown(self) -> list[str]:
        """Of the selected rows those that the list still has: a colleague may have changed or deleted the others."""
        known = {next(iter(row.values())) for row in self.session.store.rows(*query.among(self.register, self._query(), self.selected))}
        return [row for row in self.selected if row in known]

    def _counted(self, answer: Mapping[str, Any]) -> None:
        self.bar.count_segments(dict(answer.get("segments") or ()))
        self.totals.clear()
        with self.totals:
            span("", plural(int(answer["count"]), self.register.entity.forms))
            span("caption grow", answer.get("note") or "")
            for label, text, negative in answer["totals"]:
                with span():
                    span("secondary", f"{label}: ")
                    Tag("b", "danger" if negative else "", text)
        self.nothing.refresh()

    def _shown_tables(self) -> set[str]:
        own = ("custom_fields", "custom_values") if self.register.name in OWNERS else ()
        return {*own, *(column.field.target for column in self.register.columns if column.field.target)}

    def _stale(self) -> None:
        """Rows have changed somewhere: the grid asks for its blocks again, where it stands."""
        self.grid.props["turn"] += 1
        if self.selected and len(rows := self._still_shown()) < len(self.selected):
            self.grid.run_method("select_only", rows)

    async def _export(self) -> None:
        await export(self.session, self.register, self._query(), self._sort())

    async def _export_lines(self) -> None:
        await export(self.session, self.register, self._query(), lines=True)

    def _sort(self) -> str:
        """«column asc», as the grid was sorted last; '' for the natural order."""
        nothing: dict[str, Any] = {}
        kept = self.session.app.drafts.setting(self._state_name(), nothing)
        model = (kept.get("sort") or nothing).get("sortModel")
        return f"{model[0]['colId']} {model[0]['sort']}" if model else ""

    def _state_name(self) -> str:
        return f"grid {self.register.name}{' in a card' if self.options.fixed else ''}"
