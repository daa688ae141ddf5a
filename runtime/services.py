"""The servers the portal needs, shared by every command that runs at the same time and stopped by the last one."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from runtime import memory, ports
from runtime.layout import KEEP, LOCKS, Instance, is_root, system_base
from runtime.locks import Lock, alone
from runtime.output import Problem, say, step
from runtime.postgres import ROLES, Postgres
from runtime.valkey import Valkey

DATABASE_URLS = {"portal_app": "DATABASE_URL", "portal_owner": "DATABASE_OWNER_URL", "portal_sys": "DATABASE_SYS_URL"}
REDIS_URLS = {"broker": "REDIS_URL", "cache": "CACHE_URL"}


def given(names: Mapping[str, str]) -> dict[str, str] | None:
    """The addresses of servers of the person's own, all or none of them; None where ours are to be started."""
    found = {name: os.environ[name] for name in names.values() if os.environ.get(name)}
    missing = [name for name in names.values() if name not in found]
    if found and missing:
        raise Problem(
            f"{' and '.join(found)} set, but not {' and '.join(missing)}: set all of them, or none.", exit_code=2
        )
    return found or None


class Servers:
    """The embedded servers of one instance. Start and stop only under the instance's lock."""

    def __init__(self, instance: Instance, wanted_ports: Mapping[str, int], *, fast: bool = False) -> None:
        self.instance = instance
        self.wanted_ports = wanted_ports
        self._make_way()
        self._set_aside_stranger()
        self.secrets = memory.load_secrets(instance.secrets)
        self.state = memory.read_json(instance.state)
        self.postgres = Postgres(instance.postgres_data, self.secrets, fast=fast)
        self.valkeys = [Valkey(name, instance.valkey_data, self.secrets[name]) for name in REDIS_URLS]

    def _make_way(self) -> None:
        """The servers' user must be able to reach its folders, whatever umask root has."""
        if is_root():
            for folder in (system_base(), self.instance.server_base):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o711)

    def _set_aside_stranger(self) -> None:
        """Data without our secrets is an earlier checkout's in this place. Nobody can open it: keep it, begin anew."""
        data = self.instance.postgres_data
        if self.instance.secrets.exists() or not data.exists():
            return
        Postgres(data, {}).stop()
        aside = data.with_name(f"postgres.{time.strftime('%Y%m%d-%H%M%S')}")
        data.rename(aside)
        say(
            f"Found the data of an earlier checkout, without its passwords. It was moved to {aside}; "
            "this start begins anew."
        )

    def _remembered(self, name: str) -> int | None:
        return int(self.state[name]) if name in self.state else None

    def _choose_port(self, name: str) -> int:
        wanted = self.wanted_ports.get(name)
        if wanted is not None:
            if not ports.is_free(wanted):
                raise Problem(f"Port {wanted} is taken. Choose another with --{name}-port.", exit_code=2)
            return wanted
        last = self._remembered(name)
        if last is not None and ports.is_free(last):
            return last
        return ports.find_free(avoid=frozenset(int(port) for port in self.state.values()))

    def _remember(self, name: str, port: int) -> int:
        if self._remembered(name) != port:
            self.state[name] = str(port)
            memory.write_json(self.instance.state, self.state)
        return port

    def start_postgres(self) -> dict[str, str]:
        """Start Postgres, or use ours that runs already. Returns the addresses for the portal."""
        port = self.postgres.running_port()
        if port is None:
            port = self._choose_port("postgres")
            self.postgres.start(port)
        self._remember("postgres", port)
        return {DATABASE_URLS[role]: self.postgres.url(role, port) for role in ROLES}

    def start_valkeys(self) -> dict[str, str]:
        """Start both Valkey servers, or use ours that run already. Returns the addresses for the portal."""
        urls = {}
        for valkey, option in zip(self.valkeys, ("redis", "cache"), strict=True):
            port = valkey.running_port(self._remembered(option))
            if port is None:
                port = self._choose_port(option)
                valkey.start(port)
            urls[REDIS_URLS[valkey.name]] = valkey.url(self._remember(option, port))
        return urls

    def stop(self) -> None:
        for valkey in self.valkeys:
            valkey.stop()
        self.postgres.stop()

    def remove(self) -> None:
        """Delete a throwaway instance with all its data."""
        for place in (self.instance.server_base, self.instance.base):
            shutil.rmtree(place, ignore_errors=True)
        for lock in LOCKS.glob(f"{self.instance.name}.*"):
            lock.unlink()


@contextmanager
def running(instance: Instance, wanted_ports: Mapping[str, int], *, fast: bool = False) -> Iterator[dict[str, str]]:
    """Have the servers running in this block; yields the environment for the portal. The last to leave stops them."""
    database, redis = given(DATABASE_URLS), given(REDIS_URLS)
    gate = LOCKS / f"{instance.name}.gate"
    users = Lock(LOCKS / f"{instance.name}.users")
    users.share()
    servers = None
    try:
        with alone(gate):
            servers = Servers(instance, wanted_ports, fast=fast)
            if database is None or redis is None:
                say("· Starting the servers")
            urls = (database or servers.start_postgres()) | (redis or servers.start_valkeys())
        instance.files.mkdir(parents=True, exist_ok=True)
        yield urls | {"SECRET_KEY": servers.secrets["SECRET_KEY"], "BATON_DATA": str(instance.files)}
    finally:
        if servers is not None:
            with alone(gate):
                _leave(servers, users)
        users.drop()


def _leave(servers: Servers, users: Lock) -> None:
    if users.try_alone():
        servers.stop()
        if servers.instance.throwaway:
            servers.remove()


@contextmanager
def throwaway(*, fast: bool = True) -> Iterator[dict[str, str]]:
    """Servers for one run, removed at its end. What killed runs left behind is removed first."""
    _sweep()
    with running(Instance(f"test-{secrets.token_hex(4)}"), {}, fast=fast) as urls:
        yield urls


def _sweep() -> None:
    places = [*KEEP.glob("test-*"), *(system_base().glob("test-*") if is_root() else ())]
    for name in {place.name for place in places if place.is_dir()}:
        users = Lock(LOCKS / f"{name}.users")
        if users.try_alone():
            with step(f"Removing what a killed run left: {name}"):
                servers = Servers(Instance(name), {})
                servers.stop()
                servers.remove()
        users.drop()
