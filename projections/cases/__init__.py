"""Cases of any programme: who is entitled, who is covered, who died, which steps were taken."""
