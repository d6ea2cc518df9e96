-- title: Оплаты по месяцам
-- about: Сколько денег пришло в каждом месяце и каким способом; возвраты вычтены. Оплаты удалённых заказов не входят.
SELECT
    COALESCE(SUBSTR(p.date, 1, 7), 'без даты') AS "Месяц",
    COUNT(*) AS "Оплат",
    COUNT(DISTINCT p.order_id) AS "Разных заказов",
    ROUND(SUM(CASE WHEN p.method = 'bank' THEN p.amount ELSE 0 END) / 100.0, 2) AS "Безналичный, ₽",
    ROUND(SUM(CASE WHEN p.method = 'cash' THEN p.amount ELSE 0 END) / 100.0, 2) AS "Наличные, ₽",
    ROUND(SUM(CASE WHEN p.method NOT IN ('bank', 'cash') THEN p.amount ELSE 0 END) / 100.0, 2) AS "Карта и другое, ₽",
    ROUND(SUM(p.amount) / 100.0, 2) AS "Всего, ₽"
FROM payments AS p
JOIN order_totals AS t ON t.order_id = p.order_id
WHERE p.deleted = 0
    AND (:date_from = '' OR p.date >= :date_from)
    AND (:date_to = '' OR p.date <= :date_to)
GROUP BY 1
ORDER BY 1 DESC
