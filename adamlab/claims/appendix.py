"""Section 10, the appendix: the lemmas and the proof of Theorem 10.5, line by line."""
