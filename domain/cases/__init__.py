"""What is granted monthly: the state of a case of any programme, and what is lawful of it."""
