"""Pages from outside: all that can be reached from the first one, and what must hold of each."""
