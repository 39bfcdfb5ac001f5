"""A pipe to which nobody writes: whoever holds its other end only sees it end."""

import os


class Pipe:
    """`reader` is the end to pass on; it ends with `end()`, or with this process."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        self.is_open = True

    def end(self) -> None:
        """Let the reader see the end; harmless when it saw it already."""
        if self.is_open:
            os.close(self._writer)
            self.is_open = False

    def close(self) -> None:
        """End it, and give up the end that was passed on."""
        self.end()
        os.close(self.reader)
