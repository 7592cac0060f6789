"""The sample year: invented records of a real shape, as upstream systems would send them."""
