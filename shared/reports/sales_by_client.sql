-- title: Продажи по клиентам
-- about: Заказы каждого клиента, сначала самые крупные. Долг одного заказа не гасится переплатой другого. Отменённые заказы не входят.
SELECT
    CASE WHEN c.id IS NULL THEN 'без клиента' ELSE COALESCE(NULLIF(c.name, ''), 'без названия') || IIF(c.deleted, ' (удалён)', '') END AS "Клиент",
    COUNT(*) AS "Заказов",
    ROUND(SUM(t.total) / 100.0, 2) AS "Сумма, ₽",
    ROUND(SUM(t.discount) / 100.0, 2) AS "Скидки, ₽",
    ROUND(SUM(t.vat) / 100.0, 2) AS "НДС, ₽",
    ROUND(SUM(t.paid) / 100.0, 2) AS "Оплачено, ₽",
    ROUND(SUM(MAX(t.debt, 0)) / 100.0, 2) AS "Долг, ₽",
    ROUND(SUM(MAX(-t.debt, 0)) / 100.0, 2) AS "Переплата, ₽",
    ROUND(SUM(t.margin) / 100.0, 2) AS "Маржа, ₽",
    MAX(t.date) AS "Последний заказ"
FROM order_totals AS t
LEFT JOIN statuses AS s ON s.id = t.status_id
LEFT JOIN clients AS c ON c.id = t.client_id
WHERE COALESCE(s.stage, '') <> 'lost'
    AND (:date_from = '' OR t.date >= :date_from)
    AND (:date_to = '' OR t.date <= :date_to)
GROUP BY c.id
ORDER BY SUM(t.total) DESC, 1
