"""Work around the order: interactions, files, reminders, documents and their templates, custom fields."""

from shared.entity import Entity, Field, Kind

OF_ORDER = Field("order_id", Kind.REFERENCE, "Заказ", target="orders", owner=True)
OF_CLIENT = Field("client_id", Kind.REFERENCE, "Клиент", target="clients", owner=True)
ATTACHMENT_KINDS = {"file": "Файл", "link": "Ссылка на сайт", "folder": "Ссылка на папку"}
DOCUMENT_TYPES = {
    "invoice": "Счёт на оплату", "offer": "Коммерческое предложение", "contract": "Договор", "specification": "Спецификация",
    "act": "Акт выполненных работ", "torg12": "Товарная накладная ТОРГ-12", "upd": "УПД", "vat_invoice": "Счёт-фактура",
    "cash_receipt": "Приходный кассовый ордер", "reconciliation": "Акт сверки", "other": "Другой документ",
}  # fmt: skip
DOCUMENT_STATES = {"draft": "Черновик", "issued": "Выставлен", "cancelled": "Аннулирован"}
TEMPLATE_FORMATS = {"html": "HTML (PDF)", "docx": "DOCX", "xlsx": "XLSX"}
CUSTOM_KINDS = {
    "text": "Текст", "note": "Длинный текст", "money": "Сумма", "quantity": "Число", "date": "Дата", "flag": "Да или нет",
    "choice": "Выбор из списка",
}  # fmt: skip
CUSTOM_HOMES = {"orders": "Заказ", "order_lines": "Строка заказа", "clients": "Клиент", "products": "Товар или услуга"}

INTERACTION_KINDS = Entity(
    "interaction_kinds", "Вид отношения", "Виды отношений", ("вид", "вида", "видов"),
    "Meeting, call, letter and what else the company keeps.",
    ("name",),
    (Field("name", Kind.TEXT, "Название", required=True),),
    order_by="name",
)
INTERACTIONS = Entity(
    "interactions", "Отношение", "Отношения", ("отношение", "отношения", "отношений"),
    "A meeting, call or letter on an order, or with the client as a whole.",
    ("kind_id", "moment"),
    (
        OF_ORDER, OF_CLIENT,
        Field("moment", Kind.MOMENT, "Когда"),
        Field("kind_id", Kind.REFERENCE, "Вид", target="interaction_kinds"),
        Field("contact_id", Kind.REFERENCE, "Сотрудник клиента", target="contacts"),
        Field("employee_id", Kind.REFERENCE, "Наш сотрудник", target="employees"),
        Field("summary", Kind.NOTE, "Содержание"),
    ),
    gender="n", order_by="moment",
)
ATTACHMENTS = Entity(
    "attachments", "Файл", "Файлы", ("файл", "файла", "файлов"),
    "A file kept by its content, a link to a site or to a folder.",
    ("name",),
    (
        OF_ORDER, OF_CLIENT,
        Field("name", Kind.TEXT, "Название", required=True),
        Field("attachment_kind", Kind.CHOICE, "Вид", choices=ATTACHMENT_KINDS, default="file"),
        Field("link", Kind.LINK, "Адрес"),
        Field("sha256", Kind.DATA, "Отпечаток SHA-256", listed=False),
        Field("size", Kind.INTEGER, "Размер, байт"),
        Field("note", Kind.TEXT, "Примечание"),
    ),
)
REMINDERS = Entity(
    "reminders", "Напоминание", "Напоминания", ("напоминание", "напоминания", "напоминаний"),
    "Something to do at a moment, for an order, a client or by itself.",
    ("moment", "text"),
    (
        OF_ORDER, OF_CLIENT,
        Field("moment", Kind.MOMENT, "Когда", required=True),
        Field("text", Kind.TEXT, "Что сделать", required=True),
        Field("employee_id", Kind.REFERENCE, "Кому", target="employees"),
        Field("done", Kind.FLAG, "Сделано"),
    ),
    gender="n", order_by="moment",
)
TEMPLATES = Entity(
    "templates", "Шаблон документа", "Шаблоны документов", ("шаблон", "шаблона", "шаблонов"),
    "The form a document is filled into; the user edits it or brings an own one.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True),
        Field("document_type", Kind.CHOICE, "Вид документа", choices=DOCUMENT_TYPES, default="invoice"),
        Field("organization_id", Kind.REFERENCE, "Наша организация", target="organizations"),
        Field("format", Kind.CHOICE, "Формат", choices=TEMPLATE_FORMATS, default="html"),
        Field("body", Kind.NOTE, "Текст шаблона", listed=False),
        Field("sha256", Kind.DATA, "Отпечаток файла SHA-256", listed=False),
    ),
    order_by="name",
)
DOCUMENTS = Entity(
    "documents", "Документ", "Документы", ("документ", "документа", "документов"),
    "A paper made from a template; once issued, its facts and its file stay as they were.",
    ("document_type", "number", "date"),
    (
        OF_ORDER, Field("client_id", Kind.REFERENCE, "Клиент", target="clients"),  # a paper stays, whatever becomes of the client
        Field("document_type", Kind.CHOICE, "Вид", choices=DOCUMENT_TYPES, default="invoice"),
        Field("number", Kind.TEXT, "Номер", search=True),
        Field("date", Kind.DATE, "Дата"),
        Field("state", Kind.CHOICE, "Состояние", choices=DOCUMENT_STATES, default="draft"),
        Field("organization_id", Kind.REFERENCE, "Наша организация", target="organizations"),
        Field("template_id", Kind.REFERENCE, "Шаблон", target="templates", listed=False),
        Field("total", Kind.MONEY, "Сумма"),
        Field("facts", Kind.DATA, "Данные документа", listed=False),
        Field("sha256", Kind.DATA, "Отпечаток файла SHA-256", listed=False),
        Field("note", Kind.TEXT, "Примечание", search=True, listed=False),
    ),
    order_by="date", trigrams=False,
    covered=("state", "document_type", "organization_id", "order_id", "client_id", "number", "total", "search"),
    numbered=("organization_id", "document_type"),
)
CUSTOM_FIELDS = Entity(
    "custom_fields", "Дополнительный параметр", "Дополнительные параметры", ("параметр", "параметра", "параметров"),
    "A field that the user defines for orders, lines, clients or products.",
    ("name",),
    (
        Field("home", Kind.CHOICE, "Где показывать", choices=CUSTOM_HOMES, default="orders"),
        Field("name", Kind.TEXT, "Название", required=True),
        Field("value_kind", Kind.CHOICE, "Тип", choices=CUSTOM_KINDS, default="text"),
        Field("options", Kind.NOTE, "Варианты", hint="По одному в строке", listed=False, only=("value_kind", "choice")),
        Field("position", Kind.INTEGER, "Порядок"),
    ),
    order_by="position",
)
CUSTOM_VALUES = Entity(
    "custom_values", "Значение параметра", "Значения параметров", ("значение", "значения", "значений"),
    "The value of one custom field in one row; its id is derived from both, so two laptops never make it twice.",
    ("field_id", "value"),
    (
        OF_ORDER, OF_CLIENT,
        Field("line_id", Kind.REFERENCE, "Строка заказа", target="order_lines", owner=True),
        Field("product_id", Kind.REFERENCE, "Товар или услуга", target="products", owner=True),
        Field("field_id", Kind.REFERENCE, "Параметр", target="custom_fields", required=True),
        Field("value", Kind.NOTE, "Значение", search=True),
    ),
    gender="n", trigrams=False,
)
