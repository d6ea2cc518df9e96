"""The demo: a hub, two laptops and the reports on one computer, with sample data in them."""
