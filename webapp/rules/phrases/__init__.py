"""All words that founders and agents read, in one place so that they can be translated."""
