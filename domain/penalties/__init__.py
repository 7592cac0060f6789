"""行政处罚: the steps of a penalty case, and its state."""
