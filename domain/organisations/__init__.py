"""社会组织: what happens to them, and their state on the register."""
