"""`./baton check`: what CI checks besides the tests. Every step runs, whatever the others found."""

from __future__ import annotations

import secrets
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from runtime import environment, frontend, services
from runtime.layout import ROOT, VENV_PYTHON
from runtime.manage import manage_command, portal_env
from runtime.output import Problem, say
from runtime.processes import signal_group

TEMPLATES = "templates"


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    name: str
    failed: bool
    seconds: float
    output: str


def _tool(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), "-m", *arguments]


def _production(env: Mapping[str, str]) -> dict[str, str]:
    """What a deployment sets, so that Django's deployment checks look at the settings of a deployment."""
    return dict(env) | {
        "BATON_ENV": "production",
        "BATON_DEMO": "0",
        "BATON_BASE_URL": "https://portal.example",
        "BATON_PROXIES": "1",
        "BATON_SMTP_HOST": "smtp.example",
        "BATON_SMTP_TLS": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }


def _steps(env: Mapping[str, str]) -> list[Step]:
    """The slowest first: two run at a time."""
    return [
        Step("types", _tool("mypy", "."), env),
        Step("deployment checks", manage_command("check", "--deploy", "--fail-level", "WARNING"), _production(env)),
        Step("migrations", manage_command("makemigrations", "--check", "--dry-run"), env),
        Step("templates", _tool("djlint", "--quiet", "--lint", TEMPLATES), env),
        Step("imports", [str(VENV_PYTHON.with_name("lint-imports"))], env),
        Step("lint", _tool("ruff", "check", "--output-format", "concise"), env),
        Step("format", _tool("ruff", "format", "--check", "--output-format", "concise"), env),
    ]


def _run(step: Step) -> Result:
    started = time.monotonic()
    process = subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=dict(step.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    _RUNNING.append(process)
    output = process.communicate()[0]
    return Result(step.name, process.returncode != 0, time.monotonic() - started, output)


_RUNNING: list[subprocess.Popen[str]] = []


def _build() -> Result:
    started = time.monotonic()
    try:
        frontend.ensure(always=True)
    except Problem as problem:
        return Result("front end", True, time.monotonic() - started, str(problem))
    return Result("front end", False, time.monotonic() - started, "")


def _report(result: Result) -> None:
    if result.failed:
        print(result.output.rstrip())
    print(f"{'FAILED' if result.failed else 'ok':<6} {result.name} ({result.seconds:.1f} s)", flush=True)


def check() -> int:
    """Run every step, show what failed, and return 1 if anything did."""
    environment.ensure(environment.DEV)
    results = [_build()]
    _report(results[0])
    with services.throwaway() as urls, ThreadPoolExecutor(max_workers=2) as pool:
        try:
            for result in pool.map(_run, _steps(portal_env(urls))):
                _report(result)
                results.append(result)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in _RUNNING:
                signal_group(process.pid, 15)
            raise
    failed = [result.name for result in results if result.failed]
    if failed:
        say(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0
