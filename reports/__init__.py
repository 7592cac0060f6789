"""Figures, statements and the documents made of them."""
