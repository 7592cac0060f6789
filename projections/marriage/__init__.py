"""婚姻登记: registrations and ceremonies as counts; who is married; certificate numbers."""
