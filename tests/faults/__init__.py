"""The fault harness: real services, real faults, and a checker that judges what is left."""
