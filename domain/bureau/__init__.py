"""A bureau (民政局) as data: what its folder says, as values that the domain is given."""
