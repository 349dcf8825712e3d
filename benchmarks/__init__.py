"""Timings of adamlab beside its peers, and beside what the machine can do at best."""
