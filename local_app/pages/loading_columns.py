"""The second step of a loading: the columns of the file with their first rows, and beside each the field it is loaded into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from nicegui import ui

from local_app.imports.cells import read_date
from local_app.imports.choosing import Choice, letters
from local_app.imports.columns import GROUPS, KINDS, Column
from local_app.imports.own import grouped
from local_app.pages.loading_acts import Loading
from local_app.session import Session
from local_app.widgets.selectbox import Groups, SelectBox
from local_app.widgets.tags import Part, Tag, div, span
from shared.formats import long_day, plural

PREVIEW = 3
LONGEST_CELL = 80
MOST_COLUMNS = 200
"""Nobody maps more by hand; those beyond are passed over as they were recognised."""
ROWS = ("строка", "строки", "строк")
NOT_LOADED = "Не загружать"
ENCODINGS: Mapping[str, str] = MappingProxyType({"cp1251": "Windows (1251)", "utf-8": "UTF-8", "cp866": "DOS (866)", "koi8-r": "КОИ-8"})
CERTAIN = frozenset({"", "utf-8", "utf-8-sig", "utf-16"})
"""Encodings that a file itself tells."""
DELIMITERS: Mapping[str, str] = MappingProxyType(
    {"": "Определить", ";": "Точка с запятой", ",": "Запятая", "tab": "Табуляция", "|": "Вертикальная черта"}
)
VAT_TOLD: Mapping[str, str] = MappingProxyType({"": "Включён в цены", "on_top": "Сверху цен"})
VAT_NOT_TOLD: Mapping[str, str] = MappingProxyType(
    {"": "Как в новом заказе", "none": "Без НДС", "included": "Включён в цены", "on_top": "Сверху цен"}
)


class Columns:
    """The table of the columns. What is chosen in one row shows in the others without a redraw: the focus stays where it is."""

    def __init__(self, session: Session, loading: Loading, choice: Choice) -> None:
        self.session, self.loading, self.choice = session, loading, choice
        self.boxes: dict[int, SelectBox] = {}
        self.parts: list[Part[object]] = []

    def draw(self) -> None:
        with div("panel loading-columns"):
            with div("title wrap"):
                ui.icon("o_description")
                span("cut", self.loading.name)
                span("caption whole", plural(len(self.choice.sheet.rows), ROWS))
                span("grow")
                self._options()
            with Tag("table", "table"):
                self._head()
                with Tag("tbody"):
                    for place in range(min(len(self.choice.sheet.headers), MOST_COLUMNS)):
                        self._row(place)
            if len(self.choice.sheet.headers) > MOST_COLUMNS:
                div("caption body", f"Показаны первые {MOST_COLUMNS} столбцов.")

    # ------------------------------------------------------------------ the ways of reading, only those that matter
    def _options(self) -> None:
        loading, read = self.loading, self.choice.read
        if len(loading.sheets) > 1:
            self._option("Лист", {name: name for name in loading.sheets}, loading.how.sheet or loading.sheets[0], self._reread("sheet"))
        if self.choice.place or len(self.choice.fields) < 2:
            self._option("Названия столбцов", self._first_rows(), str(self.choice.place), self.stand)
        if read.encoding not in CERTAIN or loading.how.encoding:
            known = {read.encoding: read.encoding, **ENCODINGS} if read.encoding not in (*ENCODINGS, *CERTAIN) else ENCODINGS
            self._option("Кодировка", known, loading.how.encoding or read.encoding, self._reread("encoding"))
        if read.encoding and (len(self.choice.sheet.headers) < 2 or loading.how.delimiter):
            self._option("Разделитель", DELIMITERS, loading.how.delimiter, self._reread("delimiter"))
        if self.choice.kind == "order-lines":
            self.parts.append(Part("", lambda: "vat" in self.choice.fields.values(), self._vat))

    def _option(self, label: str, options: Mapping[str, str], value: str, chosen: Callable[[str], object]) -> None:
        with div("loading-option"):
            span("caption whole", label)
            SelectBox(label, {"": options}, value, chosen)

    def _vat(self, told: object) -> None:
        """Whether the prices of the file hold it; without such a column, at the rate of each product on the day."""
        options = VAT_TOLD if told else VAT_NOT_TOLD
        self.choice.vat_mode = self.choice.vat_mode if self.choice.vat_mode in options else ""
        self._option("НДС", options, self.choice.vat_mode, self.choose_vat)

    def _reread(self, name: str) -> Callable[[str], object]:
        return lambda value: self.loading.reread(self.session, **{name: value})

    def _first_rows(self) -> dict[str, str]:
        numbers = [self._number_of_names(place) for place in range(len(self.choice.first))]
        shown = [", ".join(filter(None, map(str.strip, row)))[:50] for row in self.choice.first]
        return {str(place): f"строка {number}: {words}" for place, (number, words) in enumerate(zip(numbers, shown, strict=True))}

    def _number_of_names(self, place: int) -> int:
        """The first row that is not empty has no number of its own: it stands above the others."""
        numbers = self.choice.read.numbers
        return numbers[place - 1] if place else max(1, (numbers[0] if numbers else 2) - 1)

    def stand(self, place: str) -> None:
        self.choice.stand(int(place))
        self.loading.checked = None
        self.loading.tell()

    def choose_vat(self, mode: str) -> None:
        self.choice.vat_mode = mode
        self.loading.chosen()

    # ------------------------------------------------------------------ the table
    def _head(self) -> None:
        numbers = self.choice.sheet.numbers[:PREVIEW]
        with Tag("thead"), Tag("tr"):
            for label in ("Столбец файла", "Загрузить в поле", *(f"Строка {number}" for number in numbers)):
                Tag("th", "", label, scope="col")

    def _row(self, place: int) -> None:
        sheet = self.choice.sheet
        with Tag("tr"):
            with Tag("th", "loading-name", scope="row"):
                span("caption", letters(place + 1))
                span("", sheet.headers[place])
            with Tag("td", "loading-field"):
                label = f"Поле для столбца «{sheet.headers[place]}»"
                value = self.choice.fields.get(place, "")
                self.boxes[place] = SelectBox(label, options_of(self.choice), value, partial(self.choose, place), self._look(place))
                self.parts.append(Part("", partial(self._doubt, place), partial(self._draw_doubt, place)))
            for row in sheet.rows[:PREVIEW]:
                text = row[place] if place < len(row) else ""
                Tag("td", "cut loading-cell", text[:LONGEST_CELL], title=text[:LONGEST_CELL] or None)

    def _look(self, place: int) -> str:
        return "" if place in self.choice.fields else "passed"

    def choose(self, place: int, key: str) -> None:
        self.choice.choose(place, key)
        for at, box in self.boxes.items():
            box.put(self.choice.fields.get(at, ""))
            box.classes(add=self._look(at), remove="" if self._look(at) else "passed")
        self.loading.chosen()
        for part in self.parts:
            part.refresh()

    # ------------------------------------------------------------------ what cannot be told
    def _doubt(self, place: int) -> object:
        """Two columns of one name, several prices, or days of which nothing tells the month."""
        words = ""
        if place in self.choice.doubled and not self.choice.doubled & set(self.choice.fields):
            words = "Столбцов с таким названием несколько: выберите, какой загружать"
        elif place in self.choice.prices():
            words = "Если это нужная цена, выберите поле «Цена»"
        return words, self.choice.days(place), self.choice.dates

    def _draw_doubt(self, place: int, found: object) -> None:
        words, (text, foreign), _ = found if isinstance(found, tuple) else ("", ("", ""), "")
        if words:
            div("under attention", words)
        if text:
            ways = {form: f"{text} — {long_day(str(read_date(text, form)))}" for form in ("", foreign)}
            SelectBox(f"Вид дат в столбце «{self.choice.sheet.headers[place]}»", {"": ways}, self.choice.dates, self.choose_dates)

    def choose_dates(self, form: str) -> None:
        self.choice.dates = form
        self.loading.chosen()
        for part in self.parts:
            part.refresh()


def options_of(choice: Choice) -> Groups:
    """All fields of a kind of table, the required ones marked; then the user's own."""
    usual = GROUPS if choice.kind == "order-lines" else {"": tuple(KINDS[choice.kind].values())}
    groups: dict[str, dict[str, str]] = {"": {"": NOT_LOADED}}
    for heading, columns in {**usual, **grouped(choice.columns)}.items():
        groups.setdefault(heading, {}).update({column.key: marked(column) for column in columns})
    return groups


def marked(column: Column) -> str:
    return f"{column.label} *" if column.required else column.label
