"""Search for problems that break a bound."""
