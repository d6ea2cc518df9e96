"""A file on its way into the store: what was chosen for it, checked and done. It waits while its screen is left, until the program ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from nicegui.elements.upload_files import FileUpload

from local_app.asking import reading
from local_app.desk import Desk
from local_app.imports.choosing import Choice
from local_app.imports.importing import only_one, plan_import, words_of, write
from local_app.imports.marks import LARGEST
from local_app.imports.own import own_columns
from local_app.imports.plan import Plan
from local_app.imports.sheet import Sheet, read_sheet
from local_app.passing import forget, loaded
from local_app.saying import of_the_system
from local_app.session import Session
from local_app.widgets.longwork import Stopped, Work, at_a_desk, in_thread
from shared.change import Edit, Refused
from shared.entities import ENTITIES
from shared.formats import bytes_size, plural
from shared.store import StoreTrouble

STEPS: Mapping[str, str] = {"file": "Файл", "columns": "Столбцы", "check": "Проверка", "done": "Загрузка"}
SEEN_FIRST = ("orders", "order_lines", "clients", "products")
CHANGED_MEANWHILE = "Пока вы смотрели на проверку, данные изменились. Ниже новый список ошибок, ничего ещё не записано"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class How:
    """The ways of reading a file that a person has chosen; '' lets the reader find out."""

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was written. `batch`: what the undo takes back, 0 for nothing. `rows`: how many of each entity."""

    plan: Plan
    batch: int
    rows: Mapping[str, int]
    stopped: bool


@dataclass(slots=True, eq=False)
class Loading:
    """One kind of table. `turn` counts what makes the screen look different; while `work` runs nothing else is begun."""

    kind: str
    path: str
    step: str = "file"
    file: Path | None = None
    name: str = ""
    how: How = How()
    sheets: Sequence[str] = ()
    choice: Choice | None = None
    checked: Plan | None = None
    todo: int = 0  # acts of the checked plan, which itself is made anew when it is written
    done: Done | None = None
    work: Work | None = None
    trouble: str = ""
    turn: int = 0
    watchers: list[Callable[[], object]] = field(default_factory=list)

    def tell(self, *, changed: bool = True) -> None:
        self.turn += changed
        for watcher in tuple(self.watchers):
            watcher()

    def can_go(self, step: str) -> bool:
        """A step is open when what it shows is there."""
        read = self.choice is not None and self.file is not None
        return {"file": True, "columns": read, "check": self.checked is not None, "done": self.done is not None}[step]

    def go(self, step: str) -> None:
        if not self.work and self.can_go(step):
            self.step, self.trouble = step, ""
            self.tell()

    def begin_anew(self) -> None:
        """Another file: nothing of this one stays."""
        self._forget_file()
        self.step, self.name, self.how, self.sheets, self.trouble = "file", "", How(), (), ""
        self.choice = self.checked = self.done = None
        self.tell()

    def left(self) -> None:
        """The screen is left: of a file that is loaded nothing more is asked."""
        if self.done and self.file is None:
            self.choice = None

    def opened(self, session: Session) -> None:
        """The screen is opened again: the user may have defined fields of one's own meanwhile."""
        if self.choice and not self.work and self.choice.offer(own_columns(session.store, self.kind)) and self.step == "check":
            self.step, self.checked = "columns", None

    def chosen(self) -> None:
        """Something was chosen otherwise: what was checked is not what would be written."""
        self.checked, self.trouble = None, ""
        self.tell(changed=False)

    # ------------------------------------------------------------------ the file
    async def take(self, session: Session, given: FileUpload) -> None:
        """A file that was chosen or dropped. Its size is looked at here, too: a page can be made to forget its limit."""
        if self.work:
            session.say("Подождите: предыдущий файл ещё обрабатывается")
            return
        if given.size() > LARGEST:
            self.fail(f"Файл «{given.name}» больше {bytes_size(LARGEST)}. Разделите его на части")
            return
        self.begin_anew()
        self.file, self.name = loaded(session.app.folder, given.name), given.name
        try:
            await given.save(self.file)
        except OSError as error:
            self._forget_file()
            self.fail(of_the_system(error))
            return
        await self.read(session, How())

    async def read(self, session: Session, how: How) -> None:
        """Reads the file in that way; what was read before stays when it cannot be."""
        if self.file is None or self.work:
            return
        try:
            found = await self._beside(session, "Чтение файла", partial(_read, self.file, how))
        except (Refused, OSError) as trouble:
            self.fail(of_the_system(trouble) if isinstance(trouble, OSError) else str(trouble))
        except Stopped:
            self.fail("Чтение остановлено")
        else:
            self.how, self.sheets = how, self.sheets or (found.name, *found.others)
            own = own_columns(session.store, self.kind)
            self.choice = Choice(self.kind, found, session.app.drafts.setting(self._setting(), {}), own)
            self.checked, self.step, self.trouble = None, "columns", ""
            self.tell()
        if self.choice is None:
            self._forget_file()

    def reread(self, session: Session, **how: str) -> object:
        """With another sheet, encoding or delimiter."""
        return self.read(session, replace(self.how, **how))

    # ------------------------------------------------------------------ checking and writing
    async def check(self, session: Session) -> None:
        """The dry run: nothing is written."""
        choice = self.choice
        if choice is None or choice.missing() or self.work:
            return
        try:
            plan = await self._beside(session, "Проверка", partial(_plan, session.app.folder, choice))
        except (Refused, StoreTrouble) as trouble:
            self.fail(str(trouble))
        except Stopped:
            self.fail("Проверка остановлена, ничего не записано")
        else:
            self._show(plan)
            self._say(session, "Файл проверен: откройте загрузку, чтобы посмотреть")

    async def load(self, session: Session) -> None:
        """Writes what was checked, without its bad rows, at a desk of its own: other work goes on meanwhile."""
        choice, checked = self.choice, self.checked
        if choice is None or checked is None or self.work:
            return
        work = self.work = Work("Загрузка", shown=lambda: session.path == self.path)
        self.trouble = ""
        self.tell(changed=False)
        try:
            done = await at_a_desk(session, work, partial(_write, choice, checked, self.name))
        except (Refused, StoreTrouble) as trouble:
            self._ended(str(trouble))
        except Stopped:
            self._ended("Загрузка остановлена, ничего не записано")
        else:
            self.work = None
            self._written(session, choice, done)

    def _written(self, session: Session, choice: Choice, done: Done) -> None:
        if done.plan.problems != (self.checked.problems if self.checked else []):
            self._show(done.plan)
            self.fail(CHANGED_MEANWHILE)
            return
        session.app.drafts.set(self._setting(), {**session.app.drafts.setting(self._setting(), {}), **choice.chosen()})
        self.done, self.step, self.checked = done, "done", None
        if not done.stopped:
            self._forget_file()
        self.tell()
        self._say(session, summary(done), undoable=done.batch > 0)

    def _show(self, plan: Plan) -> None:
        self.checked, self.todo = plan._replace(acts=[]), len(plan.acts)
        self.step, self.trouble = "check", ""
        self.tell()

    def fail(self, words: str) -> None:
        self.trouble = words
        self.tell()

    def _ended(self, words: str) -> None:
        self.work = None
        self.fail(words)

    async def _beside(self, session: Session, words: str, job: Callable[[Work], Made]) -> Made:
        work = self.work = Work(words, shown=lambda: session.path == self.path)
        self.trouble = ""
        self.tell(changed=False)
        try:
            return await in_thread(session, work, job)
        finally:
            self.work = None

    def _say(self, session: Session, words: str, *, undoable: bool = False) -> None:
        """For who has gone on to another screen."""
        if session.path != self.path:
            session.say(words, undoable)

    def _setting(self) -> str:
        return f"import {self.kind}"

    def _forget_file(self) -> None:
        if self.file:
            forget(self.file)
        self.file = None


def loading_of(session: Session, kind: str, path: str) -> Loading:
    """The one of this program, whichever tab asks."""
    found = session.app.kept.get(f"import {kind}")
    if not isinstance(found, Loading):
        found = session.app.kept[f"import {kind}"] = Loading(kind, path)
    found.opened(session)
    return found


def summary(done: Done) -> str:
    """«Загружено: 2 заказа, 5 строк»."""
    counts = [plural(done.rows[name], ENTITIES[name].forms) for name in seen_order(done.rows)]
    return f"{'Загрузка остановлена, записано' if done.stopped else 'Загружено'}: {', '.join(counts) or 'нового ничего'}"


def seen_order(names: Mapping[str, object]) -> list[str]:
    """What the file is about comes first."""
    return [*(name for name in SEEN_FIRST if name in names), *(name for name in names if name not in SEEN_FIRST)]


def _read(path: Path, how: How, work: Work) -> Sheet:
    return read_sheet(path, how.encoding, how.delimiter, how.sheet, work.look)


def _plan(folder: Path, choice: Choice, work: Work) -> Plan:
    with reading(folder) as store:
        return plan_import(store, choice.sheet, choice.request(), work.tell)


def _write(choice: Choice, checked: Plan, name: str, desk: Desk, work: Work) -> Done:
    """Planned once more, for the store may have changed since; nothing is written when other rows are bad now."""
    with only_one(desk.folder, work.tell):
        view, plan = desk.view(), plan_import(desk.store, choice.sheet, choice.request(), work.tell)
        if plan.problems != checked.problems:
            return Done(plan, 0, {}, stopped=False)
        count = 0

        def told(words: str, done: int, total: int) -> None:
            nonlocal count
            count = done
            with suppress(Stopped):  # what is written stays: the acts end by themselves
                work.tell(words, done, total)

        told("Запись", 0, len(plan.acts))
        batch = write(desk, plan, words_of(name), told, view, lambda: work.stopped)
        return Done(plan._replace(acts=[]), batch, counted(plan.acts[:count]), stopped=count < len(plan.acts))


def counted(acts: Sequence[Sequence[Edit]]) -> dict[str, int]:
    return dict(Counter(edit.entity for act in acts for edit in act))
