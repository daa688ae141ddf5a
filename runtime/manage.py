"""Calling the portal's own programs: manage.py, and the environment they all get."""

from __future__ import annotations

import argparse
import os

from runtime.layout import ROOT, VENV, VENV_PYTHON

DEFAULT_PORT = 8000
SERVER_PORTS = ("postgres", "redis", "cache")


def wanted_ports(options: argparse.Namespace) -> dict[str, int]:
    """The ports of the servers that were asked for by option."""
    named = {name: getattr(options, f"{name}_port", None) for name in SERVER_PORTS}
    return {name: port for name, port in named.items() if port}


def portal_env(urls: dict[str, str], port: int | None = None) -> dict[str, str]:
    """The environment of every program of the portal. What the person set counts, save what says where things run."""
    defaults = {"BATON_ENV": "local", "BATON_DEMO": "1", "BATON_BASE_URL": f"http://localhost:{port or DEFAULT_PORT}"}
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    real = urls | {"PATH": path, "PYTHONUNBUFFERED": "1"}
    if port and defaults["BATON_ENV"] == os.environ.get("BATON_ENV", "local"):
        real["BATON_BASE_URL"] = defaults["BATON_BASE_URL"]
    return defaults | os.environ | real


def manage_command(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), str(ROOT / "manage.py"), *arguments]
