"""Section 3: the correction of the bias that starting at zero causes."""
