"""«Загрузка из Excel»: a file, what its columns are, what would be done with it, what was done. One screen for three registers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from nicegui import events, ui

from local_app.exports.files import write_file
from local_app.imports.columns import Column, Vocabulary
from local_app.imports.marks import LARGEST
from local_app.imports.own import columns_of
from local_app.imports.samples import sample_table
from local_app.pages.loading_acts import STEPS, Loading, loading_of
from local_app.pages.loading_columns import Columns
from local_app.pages.loading_report import checked_report, done_report
from local_app.passing import exported
from local_app.session import Session
from local_app.undoing import is_undone, next_batch
from local_app.widgets.longwork import TICK_SECONDS, Stopped, Work, in_thread
from local_app.widgets.tags import Part, Tag, button, div, span
from local_app.widgets.turning import undo
from local_app.widgets.uploading import DROP, forget_what_has_come
from shared.change import Refused
from shared.entities import ENTITIES
from shared.formats import bytes_size, form, whole

TAKEN = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".txt", ".tsv")
ROWS = ("строка", "строки", "строк")
BAD_ROWS = ("ошибочной строки", "ошибочных строк", "ошибочных строк")
FOCUS = "setTimeout(() => document.querySelector('.loading-foot .btn.main:not([disabled])')?.focus(), 50)"


class Screen(NamedTuple):
    """What is loaded here: its register, and what a row of the file is."""

    entity: str
    path: str
    row: str

    @property
    def address(self) -> str:
        return f"{self.path}/import"


SCREENS = MappingProxyType(
    {
        "clients": Screen("clients", "/clients", "Одна строка — один клиент."),
        "products": Screen("products", "/products", "Одна строка — один товар или одна услуга."),
        "order-lines": Screen("orders", "/orders", "Одна строка — одна строка заказа; строки с одним номером и датой составят один заказ."),
    }
)


def clients(session: Session) -> None:
    LoadingPage(session, "clients").draw()


def products(session: Session) -> None:
    LoadingPage(session, "products").draw()


def orders(session: Session) -> None:
    LoadingPage(session, "order-lines").draw()


class LoadingPage:
    """Four steps; Esc leads back to the register, and the work goes on."""

    def __init__(self, session: Session, kind: str) -> None:
        self.session, self.kind, self.screen = session, kind, SCREENS[kind]
        self.loading: Loading = loading_of(session, kind, self.screen.address)

    def draw(self) -> None:
        self.session.entitle((ENTITIES[self.screen.entity].plural, self.screen.path), "Загрузка из Excel")
        with div("card loading") as root:
            self.steps = Part("tabs", self._open_steps, self._draw_steps)
            self.steps.holder.props.update({"role": "tablist", "aria-label": "Шаги загрузки"})
            self.trouble = Part("", lambda: self.loading.trouble, self._draw_trouble)
            with div("card-body") as self.body:
                self.shown = Part("stack", lambda: (self.loading.turn, self._undone()), lambda _: self._draw_step())
            self.foot = Part("loading-foot", self._state, lambda _: self._draw_foot())
            with div("hidden"):
                self.upload = ui.upload(auto_upload=True, max_file_size=LARGEST, on_upload=self.uploaded).props(f"accept={','.join(TAKEN)}")
        self.upload.on(
            "rejected", lambda event: self.rejected(str(event.args)), js_handler="(files) => emit(files[0].failedPropValidation)"
        )
        self.upload.on("failed", lambda _: self.rejected(""), args=[])
        forget_what_has_come(self.upload)
        root.on("dragover", js_handler="(event) => { event.preventDefault(); event.currentTarget.classList.add('over') }")
        root.on(
            "dragleave", js_handler="(event) => event.relatedTarget?.closest('.loading') || event.currentTarget.classList.remove('over')"
        )
        root.on("drop", js_handler=DROP.format(id=self.upload.id))
        self.timer = ui.timer(TICK_SECONDS, self._tick, active=False)
        self.loading.watchers.append(self._told)
        self.session.on_leaving(lambda: self.loading.watchers.remove(self._told))
        self.session.on_leaving(self.loading.left)
        self.session.listen({*ENTITIES, "state"}, self._told)
        self._told()

    def _told(self) -> None:
        """Something about the loading has changed, maybe in another tab."""
        with self.session.client:
            before = self.shown.shown
            self.timer.active = self.loading.work is not None
            self.body.classes(add="busy" if self.loading.work else "", remove="" if self.loading.work else "busy")
            for part in (self.steps, self.trouble, self.shown, self.foot):
                part.refresh()
            if before != self.shown.shown:
                self.session.client.run_javascript(FOCUS)

    # ------------------------------------------------------------------ the steps
    def _open_steps(self) -> tuple[str, bool, tuple[str, ...]]:
        return self.loading.step, self.loading.work is not None, tuple(step for step in STEPS if self.loading.can_go(step))

    def _draw_steps(self, state: tuple[str, bool, tuple[str, ...]]) -> None:
        here, busy, able = state
        for number, (step, label) in enumerate(STEPS.items(), 1):
            on = step == here
            Tag(
                "button", "on" if on else "", f"{number}. {label}", on_click=partial(self.loading.go, step), type="button", role="tab",
                aria_selected=str(on).lower(), disabled=True if busy or step not in able else None,
            )  # fmt: skip

    def _draw_trouble(self, words: str) -> None:
        if words:
            with div("loading-trouble", role="alert"):
                ui.icon("o_error_outline")
                span("", words)

    def _draw_step(self) -> None:
        {"file": self._draw_file, "columns": self._draw_columns, "check": self._draw_checked, "done": self._draw_done}[self.loading.step]()

    def _draw_file(self) -> None:
        with div("loading-zone"):
            ui.icon("o_upload_file")
            div("loading-lead", "Перетащите сюда файл или выберите его")
            button("Выбрать файл", lambda: self.upload.run_method("pickFiles"), kind="main", icon="o_folder_open")
            div("caption", f"xlsx, xls, ods или csv, до {bytes_size(LARGEST)}")
        with div("panel loading-about"):
            with div("title"):
                span("grow", "Что должно быть в файле")
                button("Пример файла", self.sample, icon="o_file_download", tip="Скачать книгу Excel с нужными столбцами и двумя строками")
            with div("body stack"):
                div(
                    "",
                    f"{self.screen.row} Названия столбцов могут быть любыми: что программа не узнает сама, вы укажете на следующем шаге.",
                )
                with div("loading-fields"):
                    for label, words in told_columns(columns_of(self.session.store, self.kind)):
                        span("secondary", label)
                        span("", words)
                div("caption", "Файл сначала проверяется: ничего не запишется, пока вы не посмотрите на проверку и не нажмёте «Загрузить».")

    def _draw_columns(self) -> None:
        if self.loading.choice:
            self.columns = Columns(self.session, self.loading, self.loading.choice)
            self.columns.draw()

    def _draw_checked(self) -> None:
        if self.loading.choice and self.loading.checked:
            checked_report(self.session, self.loading, self.loading.choice, self.loading.checked)

    def _draw_done(self) -> None:
        if self.loading.done:
            done_report(self.session, self.loading, self.loading.done, undone=self._undone())

    def _undone(self) -> bool:
        done = self.loading.done
        return bool(done and done.batch and is_undone(self.session.store, done.batch))

    # ------------------------------------------------------------------ the bar below
    def _state(self) -> object:
        """What the bar depends on."""
        loading, done = self.loading, self.loading.done
        mapped = sorted(loading.choice.fields.items()) if loading.choice else ()
        turned = self._undone(), bool(done and next_batch(self.session.store, back=True) == done.batch)
        return loading.turn, loading.work, mapped, loading.checked is None, turned

    def _draw_foot(self) -> None:
        if self.loading.work:
            self._draw_progress(self.loading.work)
            return
        {"file": self._foot_of_file, "columns": self._foot_of_columns, "check": self._foot_of_check, "done": self._foot_of_done}[
            self.loading.step
        ]()

    def _draw_progress(self, work: Work) -> None:
        with div("loading-progress grow", role="status"):
            self.progress = span("", str(work))
            with div("loading-bar"):
                self.bar = div("")
        self.stopping = button("Отменить", work.stop)
        self._tick()

    def _tick(self) -> None:
        work = self.loading.work
        if work is None or self.stopping.is_deleted:
            return
        self.progress.set_text("Останавливается…" if work.stopped else str(work))
        self.bar.style(f"width:{work.done * 100 // work.total if work.total else 0}%")
        self.stopping.set_visibility(not (work.stopped or work.ending))

    def _foot_of_file(self) -> None:
        span("caption grow", "Открыт прежний файл, его можно продолжить" if self.loading.choice else "")
        button("К списку", self.leave)
        if self.loading.choice:
            button("Дальше", lambda: self.loading.go("columns"), kind="main")

    def _foot_of_columns(self) -> None:
        choice = self.loading.choice
        if choice is None:
            return
        missing = choice.missing()
        if missing:
            span("attention grow", f"Не хватает: {', '.join(f'«{column.label}»' for column in missing)}. Выберите столбцы с этими данными")
        elif prices := " или ".join(f"«{choice.sheet.headers[at]}»" for at in choice.prices()):
            span("attention grow", f"Товары загрузятся без цен. Выберите, какой столбец — цена: {prices}")
        else:
            left = ", ".join(choice.sheet.headers[at] for at in choice.passed_over())
            span("caption grow cut", f"Не загружаются столбцы: {left}" if left else "Загружаются все столбцы", title=left or None)
        button("Другой файл", self.loading.begin_anew)
        button("Проверить", lambda: self.loading.check(self.session), kind="main", disabled=True if missing else None)

    def _foot_of_check(self) -> None:
        plan, todo = self.loading.checked, self.loading.todo
        if plan is None:
            return
        bad = plan.bad_rows
        fix = "Можно исправить файл и загрузить его заново: дважды ничего не запишется" if bad else ""
        span("caption grow", fix if todo else "Загружать нечего: всё, что есть в верных строках, уже записано")
        button("Назад", lambda: self.loading.go("columns"))
        if bad:
            button("Другой файл", self.loading.begin_anew)
        words = f"Загрузить без {whole(bad)} {form(bad, BAD_ROWS)}" if bad else "Загрузить"
        button(words, lambda: self.loading.load(self.session), kind="main", disabled=None if todo else True)

    def _foot_of_done(self) -> None:
        done = self.loading.done
        if done is None:
            return
        undone, next_ = self._undone(), next_batch(self.session.store, back=True) == done.batch
        later = "После загрузки были другие изменения: чтобы отменить её, сначала отмените их (Ctrl+Z)"
        span("caption grow", later if done.batch and not undone and not next_ else "")
        button("Загрузить ещё файл", self.loading.begin_anew)
        if done.stopped and self.loading.choice and self.loading.file:
            button("Продолжить", lambda: self.loading.check(self.session))
        if done.batch and not undone:
            button("Отменить загрузку", lambda: undo(self.session), icon="o_undo", disabled=None if next_ else True)
        button("К списку", self.leave, kind="main")

    # ------------------------------------------------------------------ acts
    def leave(self) -> None:
        ui.navigate.to(self.session.back_to(self.screen.path))

    async def uploaded(self, event: events.UploadEventArguments) -> None:
        await self.loading.take(self.session, event.file)

    def rejected(self, reason: str) -> None:
        """The page has not sent it: too large, no table, or the program is being closed."""
        words = {
            "max-file-size": f"Файл больше {bytes_size(LARGEST)}. Разделите его на части",
            "accept": f"Это не таблица. Подойдут файлы {', '.join(ending.removeprefix('.') for ending in TAKEN[:6])}",
        }
        self.upload.reset()
        self.loading.fail(words.get(reason, "Файл не принят. Попробуйте ещё раз"))

    async def sample(self) -> None:
        path = exported(self.session.app.folder, f"Пример — {ENTITIES[self.screen.entity].plural}.xlsx")
        try:
            await in_thread(self.session, Work("Готовится пример"), partial(write_sample, path, self.kind))
        except (Stopped, Refused) as ended:
            self.session.say(str(ended) or "Пример не скачан")
            return
        ui.download.file(path, path.name)


def write_sample(path: Path, kind: str, work: Work) -> int:
    return write_file(path, sample_table(kind), "Пример", work.tell)


def told_columns(columns: Vocabulary) -> list[tuple[str, str]]:
    """The fields that must be there, and the others."""
    required = [column for column in columns.values() if column.required]
    others = [column for column in columns.values() if not column.required]
    if "product" not in columns:
        return [("Обязательно", named(required)), ("Если есть", named(others))]
    either = [column for column in others if column.key in ("product", "sku")]
    rest = [column for column in others if column not in either]
    goods = " либо ".join(f"«{column.label}»" for column in sorted(either, key=lambda column: column.key))
    return [("Обязательно", f"{named(required)}; {goods}" if required else goods), ("Если есть", named(rest))]


def named(columns: list[Column]) -> str:
    return ", ".join(column.label for column in columns)
