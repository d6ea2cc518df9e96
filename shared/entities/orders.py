"""The order and what belongs to it: lines, statuses, payments, expenses, assignees."""

from shared.entities.goods import DEFAULT_QUANTITY
from shared.entity import Entity, Field, Kind

VAT_MODES = {"on_top": "НДС сверху", "included": "НДС в сумме", "none": "Без НДС"}
STAGES = {"open": "В работе", "won": "Успешно завершён", "lost": "Отменён"}
COLORS = {
    "gray": "Серый", "blue": "Синий", "cyan": "Голубой", "green": "Зелёный",
    "yellow": "Жёлтый", "orange": "Оранжевый", "red": "Красный", "violet": "Фиолетовый",
}  # fmt: skip
PAYMENT_METHODS = {"bank": "Безналичный", "cash": "Наличные", "card": "Карта"}
ORDER = Field("order_id", Kind.REFERENCE, "Заказ", target="orders", owner=True, required=True)

STATUSES = Entity(
    "statuses", "Статус", "Статусы", ("статус", "статуса", "статусов"),
    "A stage of the order; registers and reports are cut by it.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True),
        Field("position", Kind.INTEGER, "Порядок"),
        Field("stage", Kind.CHOICE, "Итог", choices=STAGES, default="open"),
        Field("color", Kind.CHOICE, "Цвет", choices=COLORS, default="gray"),
    ),
    order_by="position",
)
ORDERS = Entity(
    "orders", "Заказ", "Заказы", ("заказ", "заказа", "заказов"),
    "Any request by a client, from a first question about a price to a deal with an invoice.",
    ("number", "date"),
    (
        Field("number", Kind.TEXT, "Номер", search=True),
        Field("date", Kind.DATE, "Дата"),
        Field("client_id", Kind.REFERENCE, "Клиент", target="clients"),
        Field("organization_id", Kind.REFERENCE, "Наша организация", target="organizations"),
        Field("status_id", Kind.REFERENCE, "Статус", target="statuses"),
        Field("manager_id", Kind.REFERENCE, "Ответственный", target="employees"),
        Field("contact_id", Kind.REFERENCE, "Контактное лицо", target="contacts", listed=False),
        Field("subject", Kind.TEXT, "Тема", search=True),
        Field("vat_mode", Kind.CHOICE, "НДС", choices=VAT_MODES, default="included", listed=False),
        Field("discount_percent", Kind.PERCENT, "Скидка, %", listed=False),
        Field("discount_sum", Kind.MONEY, "Скидка, ₽", listed=False),
        Field("shipment_date", Kind.DATE, "Дата отгрузки", hint="По ней берётся ставка НДС", listed=False),
        Field("pay_until", Kind.DATE, "Оплатить до", listed=False),
        Field("note", Kind.NOTE, "Примечание", listed=False),
    ),
    trigrams=False, numbered=("organization_id",), whose="client_id",
)
ORDER_LINES = Entity(
    "order_lines", "Строка заказа", "Строки заказов", ("строка", "строки", "строк"),
    "One product or service in an order, with its own price, discount and VAT, so that old orders never change.",
    ("name",),
    (
        ORDER,
        Field("position", Kind.TEXT, "Порядок", listed=False),
        Field("product_id", Kind.REFERENCE, "Товар или услуга", target="products"),
        Field("name", Kind.TEXT, "Название в документах"),
        Field("unit_id", Kind.REFERENCE, "Единица", target="units"),
        Field("quantity", Kind.QUANTITY, "Количество", default=DEFAULT_QUANTITY),
        Field("price", Kind.PRICE, "Цена"),
        Field("discount_percent", Kind.PERCENT, "Скидка, %"),
        Field("discount_sum", Kind.MONEY, "Скидка, ₽"),
        Field("vat_mode", Kind.CHOICE, "НДС", choices=VAT_MODES, default="included", listed=False),
        Field("vat_percent", Kind.PERCENT, "Ставка НДС, %", hint="Пусто — «Без НДС»"),
        Field("cost", Kind.PRICE, "Закупочная цена", listed=False),
        Field("note", Kind.NOTE, "Примечание", listed=False),
    ),
    gender="f", order_by="position",
)
PAYMENTS = Entity(
    "payments", "Оплата", "Оплаты", ("оплата", "оплаты", "оплат"),
    "Money that came for an order; a return is negative.",
    ("date", "amount"),
    (
        ORDER,
        Field("date", Kind.DATE, "Дата"),
        Field("amount", Kind.MONEY, "Сумма", required=True),
        Field("method", Kind.CHOICE, "Способ", choices=PAYMENT_METHODS, default="bank"),
        Field("document_number", Kind.TEXT, "Номер платёжного документа"),
        Field("purpose", Kind.TEXT, "Назначение платежа"),
        Field("bank_key", Kind.DATA, "Ключ банковской операции", hint="С ним повторный импорт выписки ничего не задвоит", listed=False),
    ),
    gender="f", order_by="date",
)
EXPENSE_CATEGORIES = Entity(
    "expense_categories", "Статья затрат", "Статьи затрат", ("статья", "статьи", "статей"),
    "What money was spent on.",
    ("name",),
    (Field("name", Kind.TEXT, "Название", required=True),),
    gender="f", order_by="name",
)
EXPENSES = Entity(
    "expenses", "Затрата", "Затраты", ("затрата", "затраты", "затрат"),
    "A cost of the order.",
    ("category_id", "amount"),
    (
        ORDER,
        Field("date", Kind.DATE, "Дата"),
        Field("category_id", Kind.REFERENCE, "Статья", target="expense_categories"),
        Field("amount", Kind.MONEY, "Сумма", required=True),
        Field("employee_id", Kind.REFERENCE, "Сотрудник", target="employees"),
        Field("note", Kind.TEXT, "Примечание"),
    ),
    gender="f", order_by="date",
)
ASSIGNEES = Entity(
    "assignees", "Исполнитель", "Исполнители", ("исполнитель", "исполнителя", "исполнителей"),
    "A person responsible for the order, on our side or on the client's.",
    ("employee_id", "contact_id"),
    (
        ORDER,
        Field("employee_id", Kind.REFERENCE, "Наш сотрудник", target="employees"),
        Field("contact_id", Kind.REFERENCE, "Сотрудник клиента", target="contacts"),
        Field("duty", Kind.TEXT, "За что отвечает"),
    ),
)
