"""The shapes of the JSON API: what calls take (asks, filters) and what they give (answers)."""
