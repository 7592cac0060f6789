"""Who gets money in the sample year, in which programme, for which months, and how much."""
