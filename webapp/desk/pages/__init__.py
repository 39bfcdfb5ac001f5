"""The HTML door: reads input, calls one operation or query, renders a page or a fragment."""
