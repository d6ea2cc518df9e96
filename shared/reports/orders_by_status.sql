-- title: Заказы по статусам
-- about: Сколько заказов стоит в каждом статусе и на какую сумму. Входят все заказы, и отменённые тоже.
SELECT
    CASE WHEN s.id IS NULL THEN 'без статуса' ELSE COALESCE(NULLIF(s.name, ''), 'без названия') || IIF(s.deleted, ' (удалён)', '') END AS "Статус",
    CASE s.stage WHEN 'won' THEN 'Успешно завершён' WHEN 'lost' THEN 'Отменён' ELSE 'В работе' END AS "Итог",
    COUNT(*) AS "Заказов",
    ROUND(SUM(t.total) / 100.0, 2) AS "Сумма, ₽",
    ROUND(SUM(t.paid) / 100.0, 2) AS "Оплачено, ₽",
    MIN(t.date) AS "Самый ранний",
    MAX(t.date) AS "Самый поздний"
FROM order_totals AS t
LEFT JOIN statuses AS s ON s.id = t.status_id
WHERE (:date_from = '' OR t.date >= :date_from)
    AND (:date_to = '' OR t.date <= :date_to)
GROUP BY s.id
ORDER BY s.position IS NULL, s.position, 1
