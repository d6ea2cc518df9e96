-- title: Долги по заказам
-- about: Кто сколько должен и насколько просрочил. Заказы без срока оплаты стоят отдельно: «без срока». Отменённые заказы не входят.
WITH owed AS (
    SELECT t.*, NULLIF(o.pay_until, '') AS pay_until,
        CAST(JULIANDAY(COALESCE(NULLIF(:today, ''), DATE('now', 'localtime'))) - JULIANDAY(NULLIF(o.pay_until, '')) AS INTEGER) AS late
    FROM order_totals AS t
    JOIN orders AS o ON o.id = t.order_id
    LEFT JOIN statuses AS s ON s.id = t.status_id
    WHERE t.debt > 0 AND COALESCE(s.stage, '') <> 'lost'
)
SELECT
    CASE WHEN c.id IS NULL THEN 'без клиента' ELSE COALESCE(NULLIF(c.name, ''), 'без названия') || IIF(c.deleted, ' (удалён)', '') END AS "Клиент",
    d.number AS "Заказ",
    d.date AS "Дата заказа",
    d.pay_until AS "Оплатить до",
    CASE
        WHEN d.late IS NULL THEN 'без срока'
        WHEN d.late <= 0 THEN 'срок не наступил'
        WHEN d.late <= 30 THEN 'просрочен до 30 дней'
        WHEN d.late <= 90 THEN 'просрочен от 31 до 90 дней'
        ELSE 'просрочен больше 90 дней'
    END AS "Срок",
    CASE WHEN d.late > 0 THEN d.late END AS "Дней просрочки",
    ROUND(d.total / 100.0, 2) AS "Сумма, ₽",
    ROUND(d.paid / 100.0, 2) AS "Оплачено, ₽",
    ROUND(d.debt / 100.0, 2) AS "Долг, ₽"
FROM owed AS d
LEFT JOIN clients AS c ON c.id = d.client_id
ORDER BY d.late IS NULL, d.late DESC, d.debt DESC, d.order_id
