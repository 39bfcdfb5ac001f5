"""What leaves the server: the worker, and one module per channel.
docs/explanation/notifications.md explains it.

The worker is a process of its own with plain threads. Web processes never wait for a receiver.
"""
