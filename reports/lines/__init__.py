"""Figures and statements, one module per business line."""
