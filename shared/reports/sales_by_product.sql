-- title: Продажи по товарам и услугам
-- about: Сколько чего продано и на какую сумму. Сумма каждого заказа вместе с его скидкой разложена по строкам до копейки, поэтому итог равен продажам по месяцам без пустых заказов. Отменённые заказы не входят.
WITH asked AS (  -- the line in kopecks; whole numbers, unless a line is above nine million roubles; no more than an order is told to have
    SELECT l.order_id, l.position, l.id, p.id AS product_id, CASE WHEN p.id IS NULL THEN l.name END AS name,
        COALESCE(l.unit_id, p.unit_id) AS unit_id, l.quantity, t.total AS order_total,
        CASE WHEN ABS(1.0 * l.quantity * l.price) < 9e18
            THEN SIGN(l.quantity) * SIGN(l.price) * ((ABS(l.quantity * l.price) + 5000000000) / 10000000000)
            ELSE CAST(MAX(-1125899906842624.0, MIN(1125899906842624.0, ROUND(1.0 * l.quantity * l.price / 1e10))) AS INTEGER)
        END AS gross,
        COALESCE(l.discount_percent, 0) AS percent, COALESCE(l.discount_sum, 0) AS given,
        CASE WHEN l.vat_mode = 'on_top' THEN MAX(COALESCE(l.vat_percent, 0), 0) ELSE 0 END AS vat_on_top
    FROM order_lines AS l
    JOIN order_totals AS t ON t.order_id = l.order_id
    LEFT JOIN products AS p ON p.id = l.product_id
    LEFT JOIN statuses AS s ON s.id = t.status_id
    WHERE l.deleted = 0 AND COALESCE(s.stage, '') <> 'lost'
        AND (:date_from = '' OR t.date >= :date_from)
        AND (:date_to = '' OR t.date <= :date_to)
),
discounted AS (
    SELECT *, COALESCE(gross, 0) - SIGN(COALESCE(gross, 0)) * MIN(ABS(COALESCE(gross, 0)),
        CASE WHEN percent <> 0 THEN CAST(ROUND(ABS(COALESCE(gross, 0)) * percent / 1e8) AS INTEGER) ELSE given END) AS net
    FROM asked
),
weighed AS MATERIALIZED (
    SELECT *, net + CAST(ROUND(net * vat_on_top / 1e8) AS INTEGER) AS weight FROM discounted
),
differing AS MATERIALIZED (  -- orders with a discount of their own, or with VAT that was rounded otherwise
    SELECT order_id, SUM(weight) AS whole FROM weighed GROUP BY order_id HAVING SUM(weight) NOT IN (0, MAX(order_total))
),
run AS (
    SELECT w.*, d.whole, SUM(w.weight) OVER (PARTITION BY w.order_id ORDER BY w.position, w.id ROWS UNBOUNDED PRECEDING) AS upto
    FROM differing AS d
    JOIN weighed AS w ON w.order_id = d.order_id
),
sold AS (  -- the order's total dealt out along its lines, so that the parts always add up to it
    SELECT order_id, product_id, name, unit_id, quantity, weight AS total
    FROM weighed
    WHERE order_id NOT IN (SELECT order_id FROM differing)
    UNION ALL
    SELECT order_id, product_id, name, unit_id, quantity,
        ROUND(1.0 * order_total * upto / whole) - ROUND(1.0 * order_total * (upto - weight) / whole)
    FROM run
),
added AS (
    SELECT product_id, name, unit_id, COUNT(DISTINCT order_id) AS orders, SUM(quantity) AS quantity, SUM(total) AS total
    FROM sold
    GROUP BY product_id, name, unit_id
)
SELECT
    CASE WHEN p.id IS NULL THEN COALESCE(NULLIF(a.name, ''), 'без названия') ELSE COALESCE(NULLIF(p.name, ''), 'без названия') || IIF(p.deleted, ' (удалено)', '') END AS "Товар или услуга",
    p.sku AS "Артикул",
    g.name AS "Группа",
    a.orders AS "Разных заказов",
    a.quantity / 1e6 AS "Количество",
    u.name AS "Единица",
    ROUND(a.total / 100.0, 2) AS "Сумма, ₽"
FROM added AS a
LEFT JOIN products AS p ON p.id = a.product_id
LEFT JOIN product_groups AS g ON g.id = p.group_id
LEFT JOIN units AS u ON u.id = a.unit_id
ORDER BY a.total DESC, 1
