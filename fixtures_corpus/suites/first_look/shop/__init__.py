"""A small shop: orders, prices, mail."""
