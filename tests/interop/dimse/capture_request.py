"""Takes one connection and prints its A-ASSOCIATE-RQ as hexadecimal, for the constants in captured_requests.h.

    python capture_request.py PORT
"""

import socket
import sys


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise SystemExit("connection closed early")
        data += piece
    return data


def main():
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
        connection, _ = server.accept()
        header = read_exactly(connection, 6)
        body = read_exactly(connection, int.from_bytes(header[2:6], "big"))
        text = (header + body).hex()
        for start in range(0, len(text), 100):
            print(text[start : start + 100])


if __name__ == "__main__":
    main()
