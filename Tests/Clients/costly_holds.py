"""What many connections together can have a server keep in memory: each holds, none is finished."""

import resource
import select
import socket
import time

# What is buffered of callers who are not known, and the heap's own slack around it.
UNKNOWN = 32 + 40


class Hold:
    def __init__(self, name, limit, run):
        self.name, self.limit, self.run = name, limit, run


def attacks(listener):
    """The attacks on a listener."""
    host = f"Host: {listener.host}\r\n".encode()
    get = b"GET /nothing HTTP/1.1\r\n" + host + b"\r\n"

    def many(count, data, seconds=1.0):
        """Connections that each send as much of `data` as is taken, and then wait."""
        connections = [listener.connect() for _ in range(count)]
        push(connections, data, seconds)
        for connection in connections:
            connection.close()

    def unread():
        many(24, get * 10_000)

    def misaligned():
        """Each packet ends inside the next request; each request is answered and taken."""
        connection = listener.connect()
        connection.setblocking(False)
        field = b"X-Fill: " + b"a" * 8000 + b"\r\n"
        one = b"GET /nothing HTTP/1.1\r\n" + host + field + b"\r\n"
        data = memoryview(one * 4000)
        sent, end = 0, time.monotonic() + 1.5
        while sent < len(data) and time.monotonic() < end:
            try:
                sent += connection.send(data[sent:sent + len(one) + 100])
            except (BlockingIOError, OSError) as error:
                if not isinstance(error, BlockingIOError):
                    break
            try:
                while connection.recv(1 << 18):
                    pass
            except OSError:
                pass
        connection.close()

    def idle(count=1000):
        connections = [listener.connect() for _ in range(count)]
        for connection in connections:
            connection.close()

    def remembered():
        """Refused requests with long names, which the log of events keeps."""
        one = b"GET /bkt-a/" + b"k" * 7000 + b" HTTP/1.1\r\n" + host + b"\r\n"
        connection = listener.connect()
        end = time.monotonic() + 6
        for _ in range(550):
            connection.sendall(one * 20)
            answers = b""
            while answers.count(b"HTTP/1.1 ") < 20 and time.monotonic() < end:
                if not (piece := connection.recv(1 << 18)):
                    break
                answers += piece
            if not answers or time.monotonic() > end:
                break
        connection.close()

    head = b"GET /nothing HTTP/1.1\r\n" + host + b"X-Fill: " + b"a" * 60_000
    body = (b"POST /nothing HTTP/1.1\r\n" + host
            + b"Content-Length: 4000000\r\nContent-Type: application/json\r\n\r\n")
    put = (b"PUT /your-bucket-name/x HTTP/1.1\r\n" + host
           + b"Content-Length: 67000000\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n\r\n")
    dribbled = (b"POST /nothing HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n"
                + b"1\r\na\r\n" * 700_000)
    found = [
        Hold("1,000 unfinished heads", UNKNOWN, lambda: many(1000, head)),
        Hold("64 unfinished bodies of 4 MB", UNKNOWN, lambda: many(64, body + b"a" * 3_999_000)),
        Hold("24 bodies in chunks of one byte", UNKNOWN, lambda: many(24, dribbled)),
        Hold("24 connections that take no answers", UNKNOWN, unread),
        Hold("requests whose packets end in the next", UNKNOWN, misaligned),
        Hold("1,000 connections", UNKNOWN, idle),
    ]
    if listener.name.startswith("s3"):
        found.append(Hold("11,000 requests for long keys", UNKNOWN, remembered))
        found.append(Hold("20 unfinished PUTs of 64 MB that are not signed", UNKNOWN,
                          lambda: many(20, put + b"a" * 60_000_000, 3)))
    return found


def push(connections, data, seconds):
    """Sends on all connections at once until they take no more or the time is over."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    data = memoryview(data)
    sent = {connection: 0 for connection in connections}
    poller = select.epoll()
    by_number = {connection.fileno(): connection for connection in connections}
    for number, connection in by_number.items():
        connection.setblocking(False)
        poller.register(number, select.EPOLLOUT)
    end = time.monotonic() + seconds
    while by_number and time.monotonic() < end:
        for number, _ in poller.poll(0.2):
            connection = by_number.get(number)
            if connection is None:
                continue
            try:
                sent[connection] += connection.send(data[sent[connection]:][:1 << 18])
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                sent[connection] = len(data)
            if sent[connection] >= len(data):
                poller.unregister(number)
                del by_number[number]
    poller.close()
    return sum(sent.values())
