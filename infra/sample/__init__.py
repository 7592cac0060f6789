"""The sample year: invented records of a real shape, written as upstream systems would send them."""
