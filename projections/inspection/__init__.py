"""行政检查: inspections, and what was drawn for them."""
