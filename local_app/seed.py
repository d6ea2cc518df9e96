"""The reference lists on a laptop: by themselves when it works alone, or when asked for. Seeding twice doubles nothing.

Why not simply with every new store: docs/decisions/0022-the-lists-begin-at-the-hub.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from local_app.desk import Desk
from local_app.giving_way import will_give_way
from local_app.undoing import leave_out
from shared.change import Edit
from shared.entity import Value
from shared.ids import derived_id
from shared.rules.lists import reference_lists
from shared.store import Store

BEGUN_BY = ("statuses", "vat_rates")
"""Without these an order cannot be worked with; an import makes units and groups of its own, these it does not."""
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
    edits = [*missing(desk.store), *(absent(desk.store, sample_organizations()) if organizations else ())]
    if edits:
        fill(desk, edits)
    return len(edits)


def seed_alone(desk: Desk) -> None:
    """A laptop that begins to work without a hub gets the lists by itself, once, and undo passes it over.

    An enrolled one never does: its hub has them, or has had them and deleted some on purpose.
    """
    if desk.author or any(desk.store.one(f"SELECT 1 FROM {name} LIMIT 1") for name in BEGUN_BY):
        return
    if edits := missing(desk.store):
        leave_out(desk.store, fill(desk, edits))


def fill(desk: Desk, edits: Sequence[Edit]) -> int:
    """The act; what is filled in before a hub is known gives way to it later."""
    act = desk.do(edits, "Заполнены справочники").act
    if not desk.author:
        will_give_way(desk.store, act)
    return act


def missing(store: Store) -> list[Edit]:
    """The rows of the lists that were never there."""
    return absent(store, reference_lists())


def absent(store: Store, edits: Iterator[Edit]) -> list[Edit]:
    return [edit for edit in edits if store.row(edit.entity, edit.row) is None]


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
