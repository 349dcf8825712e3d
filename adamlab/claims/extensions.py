"""Section 7: AdaMax and temporal averaging."""
