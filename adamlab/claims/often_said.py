"""What is often said of Adam, in and out of documents about it."""
