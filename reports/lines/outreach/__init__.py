"""Outreach: study, activities, training; charity drives."""
