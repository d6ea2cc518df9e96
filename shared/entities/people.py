"""Whom we deal with and who we are: clients, their contacts, our organizations, accounts, regimes, employees."""

from shared.entity import Entity, Field, Kind

LEGAL_FORMS = {"company": "Организация", "sole_trader": "Индивидуальный предприниматель", "person": "Физическое лицо"}
REGIMES = {"general": "ОСНО, с НДС", "simplified": "УСН, без НДС", "simplified_5": "УСН, НДС 5 %", "simplified_7": "УСН, НДС 7 %"}
CHARTER = "Устава"
"""What a company acts on; a sole trader, who has none, acts on the record of his registration."""
ON_THE_HUB = "Меняет администратор на странице сервера"
ROLES = {"administrator": "Администратор", "manager": "Руководитель", "salesperson": "Менеджер по продажам", "reader": "Только чтение"}

REQUISITES = (
    Field("inn", Kind.TEXT, "ИНН", hint="10 цифр; у предпринимателя — 12", search=True, grouped=True),
    Field("kpp", Kind.TEXT, "КПП", grouped=True),
    Field("ogrn", Kind.TEXT, "ОГРН", hint="13 цифр; ОГРНИП — 15", listed=False, grouped=True),
    Field("legal_address", Kind.TEXT, "Юридический адрес", listed=False),
    Field("postal_address", Kind.TEXT, "Почтовый адрес", listed=False),
)

CLIENTS = Entity(
    "clients", "Клиент", "Клиенты", ("клиент", "клиента", "клиентов"),
    "Whom we sell to, current or only potential: a company, a sole trader or a person.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True, search=True),
        Field("full_name", Kind.TEXT, "Полное название", listed=False, search=True),
        Field("legal_form", Kind.CHOICE, "Вид", choices=LEGAL_FORMS, default="company", listed=False),
        *REQUISITES,
        Field("phone", Kind.PHONE, "Телефон", search=True),
        Field("email", Kind.EMAIL, "Электронная почта", search=True),
        Field("site", Kind.LINK, "Сайт", listed=False),
        Field("city", Kind.TEXT, "Город", search=True),
        Field("country", Kind.TEXT, "Страна", listed=False),
        Field("potential", Kind.FLAG, "Потенциальный"),
        Field("manager_id", Kind.REFERENCE, "Ответственный", target="employees"),
        Field("code", Kind.TEXT, "Код", hint="Код клиента в другой программе", listed=False, search=True),
        Field("note", Kind.NOTE, "Примечание", listed=False),
        Field("merged_into", Kind.DATA, "Объединён с", hint="Запись, к которой перешло всё, что было у этой", listed=False),
    ),
    order_by="name",
)
CONTACTS = Entity(
    "contacts", "Сотрудник клиента", "Сотрудники клиентов", ("сотрудник клиента", "сотрудника клиента", "сотрудников клиента"),
    "A person on the client's side.",
    ("name",),
    (
        Field("client_id", Kind.REFERENCE, "Клиент", target="clients", owner=True, required=True),
        Field("name", Kind.TEXT, "Фамилия, имя, отчество", required=True, search=True),
        Field("post", Kind.TEXT, "Должность"),
        Field("phone", Kind.PHONE, "Телефон", search=True),
        Field("email", Kind.EMAIL, "Электронная почта", search=True),
        Field("name_genitive", Kind.TEXT, "ФИО в родительном падеже", hint="«Иванова Ивана Ивановича»", listed=False),
        Field("post_genitive", Kind.TEXT, "Должность в родительном падеже", hint="«генерального директора»", listed=False),
        Field("basis", Kind.TEXT, "Действует на основании", hint="«Устава», «доверенности № 5 от 01.02.2026»", listed=False),
        Field("birthday", Kind.DATE, "День рождения", listed=False),
        Field("consent_date", Kind.DATE, "Дата согласия на обработку данных", listed=False),
        Field("consent_text", Kind.NOTE, "Текст согласия", listed=False),
        Field("note", Kind.NOTE, "Примечание", listed=False),
    ),
    order_by="name",
)
ORGANIZATIONS = Entity(
    "organizations", "Своя организация", "Свои организации", ("организация", "организации", "организаций"),
    "One of our firms or sole traders; a group may have several.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True, search=True),
        Field("full_name", Kind.TEXT, "Полное название", listed=False),
        Field("legal_form", Kind.CHOICE, "Вид", choices={k: v for k, v in LEGAL_FORMS.items() if k != "person"}, default="company"),
        *REQUISITES,
        Field("phone", Kind.PHONE, "Телефон"),
        Field("email", Kind.EMAIL, "Электронная почта", listed=False),
        Field("director", Kind.TEXT, "Руководитель"),
        Field("director_post", Kind.TEXT, "Должность руководителя", listed=False),
        Field("director_genitive", Kind.TEXT, "Руководитель в родительном падеже", listed=False),
        Field("director_post_genitive", Kind.TEXT, "Должность в родительном падеже", listed=False),
        Field("basis", Kind.TEXT, "Действует на основании", default=CHARTER, listed=False),
        Field("accountant", Kind.TEXT, "Главный бухгалтер", listed=False),
        Field("main", Kind.FLAG, "Основная", hint="Подставляется в новый заказ"),
        Field("note", Kind.NOTE, "Примечание", listed=False),
    ),
    gender="f", order_by="name",
)
BANK_ACCOUNTS = Entity(
    "bank_accounts", "Расчётный счёт", "Расчётные счета", ("счёт", "счёта", "счетов"),
    "A bank account of our organization or of a client.",
    ("bank", "account"),
    (
        Field("organization_id", Kind.REFERENCE, "Своя организация", target="organizations", owner=True),
        Field("client_id", Kind.REFERENCE, "Клиент", target="clients", owner=True),
        Field("account", Kind.TEXT, "Номер счёта", hint="20 цифр", required=True, search=True, grouped=True),
        Field("bic", Kind.TEXT, "БИК", hint="9 цифр", grouped=True),
        Field("bank", Kind.TEXT, "Банк"),
        Field("correspondent_account", Kind.TEXT, "Корреспондентский счёт", listed=False, grouped=True),
        Field("main", Kind.FLAG, "Основной"),
    ),
)
VAT_REGIMES = Entity(
    "vat_regimes", "Режим НДС", "Режимы НДС", ("режим", "режима", "режимов"),
    "How an organization is taxed from a date on.",
    ("regime", "since"),
    (
        Field("organization_id", Kind.REFERENCE, "Своя организация", target="organizations", owner=True, required=True),
        Field("since", Kind.DATE, "Действует с", required=True),
        Field("regime", Kind.CHOICE, "Режим", choices=REGIMES, default="general"),
    ),
    order_by="since",
)
EMPLOYEES = Entity(
    "employees", "Сотрудник", "Сотрудники", ("сотрудник", "сотрудника", "сотрудников"),
    "A person on our side; every author of changes is one of them.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Фамилия, имя, отчество", required=True, search=True),
        Field("login", Kind.TEXT, "Имя для входа", hint=ON_THE_HUB, from_hub=True),
        Field("role", Kind.CHOICE, "Роль", hint=ON_THE_HUB, choices=ROLES, default="salesperson", from_hub=True),
        Field("post", Kind.TEXT, "Должность"),
        Field("phone", Kind.PHONE, "Телефон"),
        Field("email", Kind.EMAIL, "Электронная почта"),
        Field("organization_id", Kind.REFERENCE, "Своя организация", target="organizations"),
        Field("dismissed", Kind.FLAG, "Уволен"),
    ),
    order_by="name",
)
DISTINCT_PAIRS = Entity(
    "distinct_pairs", "Пара разных записей", "Пары разных записей", ("пара", "пары", "пар"),
    "Two clients or two products that look like one, and somebody has said that they are not; its id is derived from both.",
    ("client_id", "other_client_id", "product_id", "other_product_id"),
    (
        Field("client_id", Kind.REFERENCE, "Клиент", target="clients"),
        Field("other_client_id", Kind.REFERENCE, "Другой клиент", target="clients"),
        Field("product_id", Kind.REFERENCE, "Товар или услуга", target="products"),
        Field("other_product_id", Kind.REFERENCE, "Другой товар", target="products"),
    ),
    gender="f",
)
