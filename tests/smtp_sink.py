"""A mail server for tests: takes mails over real SMTP, remembers them, and misbehaves on request."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest


@dataclass
class Sink:
    """`answers` maps a recipient to what the server says after RCPT or DATA: a reply, or 'hang up' to close in mid-mail."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    # Seconds between taking a mail and saying so: the window in which a killed sender can't know.
    delay: float = 0.0
    closed: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for _to, mail in self.mails]


class Session(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        sink: Sink = self.server.sink
        to = ""
        self.say("220 sink")
        try:
            while line := self.rfile.readline().decode(errors="replace").strip():
                verb = line.split(":")[0].upper()
                if verb == "RCPT TO":
                    to = line.split("<", 1)[1].split(">", 1)[0]
                    self.say(sink.answers.get(to, "250 ok") if "hang" not in sink.answers.get(to, "") else "250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    self.take(sink, to)
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")
        except (ConnectionError, BrokenPipeError):
            return

    def take(self, sink: Sink, to: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if sink.answers.get(to) == "hang up":
            raise ConnectionError
        sink.mails.append((to, message_from_bytes(b"".join(lines), policy=policy.default)))
        sink.closed.wait(sink.delay)
        self.say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: Sink

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that is killed in mid-mail is what the tests do."""


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    with Server(("127.0.0.1", 0), Session) as server:
        server.sink = sink = Sink(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.closed.set()
            server.shutdown()
            thread.join(5)
