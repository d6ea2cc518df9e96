"""Reference lists to begin with: units, VAT rates, statuses, categories; for the demo organizations too. Seeding twice doubles nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_app.desk import Desk
from shared.change import Edit
from shared.entity import MICRO, Value
from shared.fold import fold
from shared.ids import derived_id

UNITS = (
    ("шт", "Штука", "796"), ("кг", "Килограмм", "166"), ("т", "Тонна", "168"), ("м", "Метр", "006"), ("м²", "Квадратный метр", "055"),
    ("м³", "Кубический метр", "113"), ("л", "Литр", "112"), ("ч", "Час", "356"), ("сут", "Сутки", "359"), ("мес", "Месяц", "362"),
    ("упак", "Упаковка", "778"), ("компл", "Комплект", "839"), ("ед", "Единица", "642"), ("усл. ед", "Условная единица", "876"),
)  # fmt: skip
VAT_RATES: tuple[tuple[str, int | None, str | None, str | None], ...] = (
    ("22 %", 22, "2026-01-01", None),  # Федеральный закон от 28.11.2025 № 425-ФЗ
    ("20 %", 20, "2019-01-01", "2025-12-31"),
    ("10 %", 10, None, None),
    ("7 %", 7, "2025-01-01", None),  # УСН
    ("5 %", 5, "2025-01-01", None),  # УСН
    ("0 %", 0, None, None),
    ("Без НДС", None, None, None),
)
STATUSES = (
    ("Новый", "open", "gray"), ("Предложение отправлено", "open", "blue"), ("Согласование", "open", "cyan"),
    ("Ожидает оплаты", "open", "yellow"), ("В работе", "open", "violet"), ("Отгружен", "open", "orange"),
    ("Завершён", "won", "green"), ("Отменён", "lost", "red"),
)  # fmt: skip
EXPENSE_CATEGORIES = ("Доставка", "Упаковка", "Закупка", "Комиссия банка", "Командировка", "Реклама", "Прочее")
INTERACTION_KINDS = ("Звонок", "Встреча", "Письмо", "Сообщение", "Видеозвонок")

SBERBANK = ("044525225", "ПАО Сбербанк, г. Москва", "30101810400000000225")
NORTH_WEST = ("044030653", "Северо-Западный банк ПАО Сбербанк, г. Санкт-Петербург", "30101810500000000653")
ORGANIZATIONS: tuple[tuple[Mapping[str, Value], tuple[str, tuple[str, str, str]], tuple[tuple[str, str], ...]], ...] = (
    (
        {
            "name": "ООО «Северный ветер»", "legal_form": "company",
            "full_name": "Общество с ограниченной ответственностью «Северный ветер»",
            "inn": "7805123456", "kpp": "780501001", "ogrn": "1027800012349", "phone": "+7 812 000-00-01", "email": "office@sever.example",
            "legal_address": "198096, г. Санкт-Петербург, ул. Примерная, д. 1", "postal_address": "198096, г. Санкт-Петербург, а/я 1",
            "director": "Кузнецов Пётр Алексеевич", "director_post": "Генеральный директор",
            "director_genitive": "Кузнецова Петра Алексеевича", "director_post_genitive": "генерального директора",
            "accountant": "Лебедева Ольга Игоревна", "main": 1,
        },
        ("40702810700550012345", NORTH_WEST),
        (("2019-01-01", "general"),),
    ),
    (
        {
            "name": "ООО «Заря»", "full_name": "Общество с ограниченной ответственностью «Заря»", "legal_form": "company",
            "inn": "4027123455", "kpp": "402701001", "ogrn": "1214000012346", "phone": "+7 4842 00-00-02",
            "legal_address": "248000, г. Калуга, ул. Образцовая, д. 2", "director": "Морозова Елена Викторовна",
            "director_post": "Директор", "director_genitive": "Морозовой Елены Викторовны", "director_post_genitive": "директора",
        },
        ("40702810200550012345", SBERBANK),
        (("2019-01-01", "simplified"), ("2025-01-01", "simplified_5")),
    ),
    (
        {
            "name": "ИП Соколова М. А.", "legal_form": "sole_trader",
            "full_name": "Индивидуальный предприниматель Соколова Мария Андреевна",
            "inn": "503412345613", "ogrn": "318503400012341", "phone": "+7 916 000-00-03", "director": "Соколова Мария Андреевна",
            "legal_address": "142600, Московская обл., г. Орехово-Зуево, ул. Типовая, д. 3", "basis": "записи в ЕГРИП от 15.03.2018",
        },
        ("40802810700660054321", SBERBANK),
        (("2018-03-15", "simplified"),),
    ),
)  # fmt: skip


def seed(desk: Desk, *, organizations: bool = False) -> int:
    """Adds what is missing of the lists; returns how many rows. Rows that exist, or were deleted on purpose, stay as they are."""
    edits = [*reference_lists(), *(sample_organizations() if organizations else ())]
    missing = [edit for edit in edits if desk.store.row(edit.entity, edit.row) is None]
    if missing:
        desk.do(missing, "Заполнены справочники")
    return len(missing)


def reference_lists() -> Iterator[Edit]:
    """The lists that every company needs."""
    for name, full_name, okei in UNITS:
        yield named("units", name, full_name=full_name, okei=okei)
    for name, percent, since, until in VAT_RATES:
        micro = None if percent is None else percent * MICRO
        yield named("vat_rates", name, percent=micro, valid_from=since, valid_to=until)
    for position, (name, stage, color) in enumerate(STATUSES, 1):
        yield named("statuses", name, position=position, stage=stage, color=color)
    for name in EXPENSE_CATEGORIES:
        yield named("expense_categories", name)
    for name in INTERACTION_KINDS:
        yield named("interaction_kinds", name)


def sample_organizations() -> Iterator[Edit]:
    """Invented firms with requisites whose check digits agree, each with an account and its VAT regimes."""
    for fields, (account, (bic, bank, correspondent)), regimes in ORGANIZATIONS:
        firm = Edit("organizations", derived_id(0, "organizations", "inn", str(fields["inn"])), fields)
        yield firm
        yield Edit(
            "bank_accounts",
            derived_id(0, "bank_accounts", firm.row, account),
            {"organization_id": firm.row, "account": account, "bic": bic, "bank": bank, "correspondent_account": correspondent, "main": 1},
        )
        for since, regime in regimes:
            row = derived_id(0, "vat_regimes", firm.row, since)
            yield Edit("vat_regimes", row, {"organization_id": firm.row, "since": since, "regime": regime})


def named(entity: str, name: str, **fields: Any) -> Edit:
    """A row of a small list; an import that names it makes the same id."""
    return Edit(entity, named_id(entity, name), {"name": name, **fields})


def named_id(entity: str, name: str) -> str:
    return derived_id(0, entity, "name", fold(name))
