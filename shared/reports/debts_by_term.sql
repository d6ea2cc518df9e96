-- title: Долги по срокам
-- about: Все долги одной таблицей: сколько ещё не пора платить, сколько просрочено и сколько стоит без срока. Отменённые заказы не входят.
WITH owed AS (
    SELECT t.debt, t.client_id,
        CAST(JULIANDAY(COALESCE(NULLIF(:today, ''), DATE('now', 'localtime'))) - JULIANDAY(NULLIF(o.pay_until, '')) AS INTEGER) AS late
    FROM order_totals AS t
    JOIN orders AS o ON o.id = t.order_id
    LEFT JOIN statuses AS s ON s.id = t.status_id
    WHERE t.debt > 0 AND COALESCE(s.stage, '') <> 'lost'
),
terms (place, name) AS (
    VALUES (1, 'срок не наступил'), (2, 'просрочен до 30 дней'), (3, 'просрочен от 31 до 90 дней'),
        (4, 'просрочен больше 90 дней'), (5, 'без срока')
),
placed AS (
    SELECT *, CASE WHEN late IS NULL THEN 5 WHEN late <= 0 THEN 1 WHEN late <= 30 THEN 2 WHEN late <= 90 THEN 3 ELSE 4 END AS place
    FROM owed
)
SELECT
    terms.name AS "Срок",
    COUNT(placed.debt) AS "Заказов",
    COUNT(DISTINCT placed.client_id) AS "Клиентов",
    ROUND(COALESCE(SUM(placed.debt), 0) / 100.0, 2) AS "Долг, ₽"
FROM terms
LEFT JOIN placed ON placed.place = terms.place
GROUP BY terms.place
ORDER BY terms.place
