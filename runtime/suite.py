"""`./baton test` and `./baton bench`: throwaway servers, then pytest or the benchmarks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from runtime import environment, frontend, native, services
from runtime.layout import ROOT, VENV_PYTHON
from runtime.manage import portal_env
from runtime.output import say
from runtime.processes import run_in_front

# A file of tests at a time, the longest first (tests/order.py). One process more than there are cores: browsers, workers and the
# database are waited for a good part of the time.
PROCESSES = min(8, len(os.sched_getaffinity(0)) + 1)
PARALLEL = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder")


def test(arguments: Sequence[str], *, with_browser: bool) -> int:
    """The suite on servers of its own. Without a browser its tests fail, unless they were left out on purpose."""
    environment.ensure(environment.DEV)
    pango = native.ensure_pango()
    if pango:
        say(f"{pango}\nWithout it, the tests of PDFs fail.")
    browser = native.ensure_chromium() if with_browser else None
    frontend.ensure()
    with services.throwaway() as urls:
        env = portal_env(urls)
        if browser:
            env["BATON_CHROMIUM"] = browser
        if not with_browser:
            env["BATON_NO_BROWSER"] = "1"
        return run_in_front([VENV_PYTHON, "-m", "pytest", *PARALLEL, *arguments], env=env)


def bench(arguments: Sequence[str]) -> int:
    """The benchmarks of benchmarks/, on servers of their own that write as safely as real ones; those of the solvers need none."""
    if arguments[:1] in (["selection"], ["mdgp"]):
        environment.ensure(environment.BASE)
        env = portal_env({}) | {"PYTHONPATH": str(ROOT)}
        return run_in_front([VENV_PYTHON, "-m", "benchmarks", *arguments], env=env, cwd=Path.cwd())
    environment.ensure(environment.DEV)
    native.ensure_pango()
    frontend.ensure()
    with services.throwaway(fast=False) as urls:
        return run_in_front([VENV_PYTHON, "-m", "benchmarks", *arguments], env=portal_env(urls))
