"""The JSON door: reads input, calls one operation or query, shapes the answer."""
