-- title: Продажи по своим организациям
-- about: Заказы каждой своей организации. Долг одного заказа не гасится переплатой другого. Отменённые заказы не входят.
SELECT
    CASE WHEN o.id IS NULL THEN 'не указана' ELSE COALESCE(NULLIF(o.name, ''), 'без названия') || IIF(o.deleted, ' (удалена)', '') END AS "Своя организация",
    COUNT(*) AS "Заказов",
    ROUND(SUM(t.total) / 100.0, 2) AS "Сумма, ₽",
    ROUND(SUM(t.discount) / 100.0, 2) AS "Скидки, ₽",
    ROUND(SUM(t.vat) / 100.0, 2) AS "НДС, ₽",
    ROUND(SUM(t.paid) / 100.0, 2) AS "Оплачено, ₽",
    ROUND(SUM(MAX(t.debt, 0)) / 100.0, 2) AS "Долг, ₽",
    ROUND(SUM(MAX(-t.debt, 0)) / 100.0, 2) AS "Переплата, ₽",
    ROUND(SUM(t.margin) / 100.0, 2) AS "Маржа, ₽"
FROM order_totals AS t
LEFT JOIN statuses AS s ON s.id = t.status_id
LEFT JOIN organizations AS o ON o.id = t.organization_id
WHERE COALESCE(s.stage, '') <> 'lost'
    AND (:date_from = '' OR t.date >= :date_from)
    AND (:date_to = '' OR t.date <= :date_to)
GROUP BY o.id
ORDER BY SUM(t.total) DESC, 1
