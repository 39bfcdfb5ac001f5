"""The stack that such a desk is usually built on, doing the same calls: what we compare with."""
