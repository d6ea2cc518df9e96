-- title: Затраты по статьям
-- about: На что потрачены деньги по заказам. Затраты удалённых заказов не входят.
SELECT
    CASE WHEN c.id IS NULL THEN 'без статьи' ELSE COALESCE(NULLIF(c.name, ''), 'без названия') || IIF(c.deleted, ' (удалена)', '') END AS "Статья",
    COUNT(*) AS "Записей",
    COUNT(DISTINCT x.order_id) AS "Разных заказов",
    ROUND(SUM(x.amount) / 100.0, 2) AS "Сумма, ₽"
FROM expenses AS x
JOIN order_totals AS t ON t.order_id = x.order_id
LEFT JOIN expense_categories AS c ON c.id = x.category_id
WHERE x.deleted = 0
    AND (:date_from = '' OR x.date >= :date_from)
    AND (:date_to = '' OR x.date <= :date_to)
GROUP BY c.id
ORDER BY SUM(x.amount) DESC, 1
