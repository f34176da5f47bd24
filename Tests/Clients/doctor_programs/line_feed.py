"""Sends the token with the line feed that an editor put behind it."""

import os
import socket
import urllib.parse

place = urllib.parse.urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
with open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]) as file:
    token = file.read()
with socket.create_connection((place.hostname, place.port or 80), timeout=10) as connection:
    connection.sendall(
        f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: {token}\n\r\n\r\n".encode())
    connection.recv(4096)
