-- title: Маржа по заказам
-- about: Что осталось с каждого заказа. Маржа — сумма без НДС за вычетом закупочной стоимости и затрат. Рентабельность — маржа к сумме без НДС; где сумма не больше нуля, её нет. Отменённые заказы не входят.
SELECT
    t.number AS "Заказ",
    t.date AS "Дата",
    CASE WHEN c.id IS NULL THEN 'без клиента' ELSE COALESCE(NULLIF(c.name, ''), 'без названия') || IIF(c.deleted, ' (удалён)', '') END AS "Клиент",
    ROUND((t.total - t.vat) / 100.0, 2) AS "Сумма без НДС, ₽",
    ROUND((t.total - t.vat - t.expenses - t.margin) / 100.0, 2) AS "Закупка, ₽",
    ROUND(t.expenses / 100.0, 2) AS "Затраты, ₽",
    ROUND(t.margin / 100.0, 2) AS "Маржа, ₽",
    IIF((t.total - t.vat) > 0, ROUND(100.0 * t.margin / (t.total - t.vat), 1), NULL) AS "Рентабельность, %"
FROM order_totals AS t
LEFT JOIN statuses AS s ON s.id = t.status_id
LEFT JOIN clients AS c ON c.id = t.client_id
WHERE COALESCE(s.stage, '') <> 'lost'
    AND (:date_from = '' OR t.date >= :date_from)
    AND (:date_to = '' OR t.date <= :date_to)
ORDER BY t.date DESC, t.number DESC, t.order_id
