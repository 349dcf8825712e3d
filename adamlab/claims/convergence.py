"""Section 4: the regret theorem, its corollary, and the games that refute them."""
