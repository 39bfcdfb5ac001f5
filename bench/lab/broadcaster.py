"""The ceiling of the fan-out measurement: a server that only writes. GET opens a stream, the body
of a POST goes to all of them in one loop, with no parsing, no framework and no database."""

import os
import select
import socket
import sys

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def serve(port: int) -> None:
    """Serve until ended."""
    listener = socket.create_server(("127.0.0.1", port), backlog=2048)
    listener.setblocking(False)
    streams: list[int] = []
    sockets = {listener.fileno(): listener}
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == listener.fileno():
                connection, _ = listener.accept()
                sockets[connection.fileno()] = connection
                poll.register(connection.fileno(), select.EPOLLIN)
                continue
            request = sockets[fd].recv(65536)
            if request.startswith(b"GET"):
                sockets[fd].send(HEAD)
                streams.append(fd)
                poll.unregister(fd)
            elif request:
                body = b"data: " + request.partition(b"\r\n\r\n")[2] + b"\n\n"
                for stream in list(streams):
                    try:
                        os.write(stream, body)
                    except OSError:
                        streams.remove(stream)
                        sockets.pop(stream).close()
                sockets[fd].send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            else:
                poll.unregister(fd)
                sockets.pop(fd).close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
