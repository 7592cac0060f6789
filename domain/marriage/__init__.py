"""婚姻登记: marriages and divorces."""
