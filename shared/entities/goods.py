"""What we sell: products and services, their groups and units, VAT rates with dates."""

from shared.entity import MICRO, Entity, Field, Kind

PRODUCT_KINDS = {"goods": "Товар", "service": "Услуга"}

PRODUCT_GROUPS = Entity(
    "product_groups", "Группа товаров", "Группы товаров", ("группа", "группы", "групп"),
    "A heading in the list of goods and services; groups may stand inside each other.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True),
        Field("parent_id", Kind.REFERENCE, "Входит в группу", target="product_groups"),
    ),
    gender="f", order_by="name",
)
UNITS = Entity(
    "units", "Единица измерения", "Единицы измерения", ("единица", "единицы", "единиц"),
    "A unit of measure with its code of the Russian classifier ОКЕИ.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Обозначение", required=True),
        Field("full_name", Kind.TEXT, "Полное название"),
        Field("okei", Kind.TEXT, "Код ОКЕИ", hint="3 цифры: 796 — штука"),
    ),
    gender="f", order_by="name",
)
VAT_RATES = Entity(
    "vat_rates", "Ставка НДС", "Ставки НДС", ("ставка", "ставки", "ставок"),
    "A VAT rate and the dates of shipment it is valid for; no percent means «Без НДС».",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True),
        Field("percent", Kind.PERCENT, "Процент", hint="Пусто — «Без НДС»"),
        Field("valid_from", Kind.DATE, "Действует с"),
        Field("valid_to", Kind.DATE, "Действует по"),
    ),
    gender="f",
)
PRODUCTS = Entity(
    "products", "Товар или услуга", "Товары и услуги", ("позиция", "позиции", "позиций"),
    "Something we sell: goods or a service, with its usual price.",
    ("name",),
    (
        Field("name", Kind.TEXT, "Название", required=True, search=True),
        Field("sku", Kind.TEXT, "Артикул", search=True),
        Field("barcode", Kind.TEXT, "Штрихкод", search=True, listed=False, grouped=True),
        Field("product_kind", Kind.CHOICE, "Вид", choices=PRODUCT_KINDS, default="goods"),
        Field("group_id", Kind.REFERENCE, "Группа", target="product_groups"),
        Field("unit_id", Kind.REFERENCE, "Единица", target="units"),
        Field("price", Kind.PRICE, "Цена"),
        Field("cost", Kind.PRICE, "Закупочная цена", listed=False),
        Field("vat_rate_id", Kind.REFERENCE, "Ставка НДС", target="vat_rates"),
        Field("archived", Kind.FLAG, "Снят с продажи"),
        Field("note", Kind.NOTE, "Примечание", listed=False),
        Field("merged_into", Kind.DATA, "Объединён с", hint="Запись, к которой перешло всё, что было у этой", listed=False),
    ),
    gender="f", order_by="name",
)
DEFAULT_QUANTITY = 1 * MICRO
