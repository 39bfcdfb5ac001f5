"""The shapes of the JSON door: what calls take (asks, filters) and what they give (answers)."""
