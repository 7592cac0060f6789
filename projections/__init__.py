"""What can be read: a module or package per line, and what folds entries into their tables."""
