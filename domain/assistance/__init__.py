"""社会救助: 低保 and 特困 (benefits), and the payouts of all programmes."""
