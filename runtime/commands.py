"""What each command does."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from runtime import environment, services
from runtime.check import check
from runtime.layout import MAIN, Instance
from runtime.manage import manage_command, portal_env, wanted_ports
from runtime.output import Problem
from runtime.processes import run_in_front
from runtime.suite import bench, test
from runtime.up import up


def run(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the command that was asked for; `rest` is what the command passes on."""
    match options.command:
        case "up":
            return up(options)
        case "manage":
            return manage(rest)
        case "services":
            return with_services(options)
        case "test":
            return test(rest, with_browser=not options.no_browser)
        case "bench":
            return bench(rest)
        case "check":
            return check()
    raise Problem(f"There is no command {options.command}.", exit_code=2)


def with_services(options: argparse.Namespace) -> int:
    """Run any command with the servers up and their addresses in its environment."""
    command = [part for index, part in enumerate(options.arguments) if index or part != "--"]
    if not command:
        raise Problem("Which command? For example: ./baton services -- env", exit_code=2)
    environment.ensure(environment.BASE)
    with services.running(Instance(MAIN), wanted_ports(options)) as urls:
        return run_in_front(command, env=portal_env(urls))


def manage(arguments: Sequence[str]) -> int:
    """Run manage.py with the servers up."""
    environment.ensure(environment.BASE)
    with services.running(Instance(MAIN), {}) as urls:
        return run_in_front(manage_command(*arguments), env=portal_env(urls))
