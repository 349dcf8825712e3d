"""Section 6 and what the abstract says of practice: claims that runs on data must decide."""
