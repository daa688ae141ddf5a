"""What the pages of the world show to its cast, asked once a process: several tests read the same answers, each for something else."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpResponse

from tests.access.small_world import World
from tests.queries import counting


@dataclass(frozen=True)
class Shown:
    """An answer as it was sent; it reads like an HttpResponse."""

    status_code: int
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    # How many it asked of the database, those of the transaction and of the tenant's scope apart.
    statements: int
    streaming = False

    def get(self, header: str, alternate: str = "") -> str:
        return self.headers.get(header, alternate)

    def __getitem__(self, header: str) -> str:
        return self.headers[header]


def shown(world: World, who: str, url: str) -> Shown | HttpResponse:
    """What this address answers to one of the cast, to the 'stranger' or to the 'visitor', in the world as it was made: a test that
    has changed something asks the client itself. A file is never kept."""
    if world.shown is None:
        return asked(world, who, url)
    if (who, url) not in world.shown:
        with counting() as counter:
            answer = asked(world, who, url)
        if answer.streaming:
            return answer
        world.shown[who, url] = Shown(answer.status_code, dict(answer.headers), answer.content, counter.statements)
    return world.shown[who, url]


def asked(world: World, who: str, url: str) -> HttpResponse:
    if who == "visitor":
        return world.visitor.get(url)
    return (world.stranger if who == "stranger" else world.cast[who]).client.get(url)  # type: ignore[union-attr]
