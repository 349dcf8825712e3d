"""Regret theorems that do hold, and how tight they are; not in the paper."""
