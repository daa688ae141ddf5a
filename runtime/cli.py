"""The commands of `./baton` and their options."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from runtime import commands
from runtime.output import Problem, say
from runtime.processes import Stopped, stop_on_signals

WEB_PORT = 8000
NO_BROWSER = "--no-browser"
# These hand on all their arguments, in their order; argparse would sort options from the rest.
PASS_ON = ("manage", "test", "bench")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number from 1 to 65535")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    servers = argparse.ArgumentParser(add_help=False)
    for name, what in (("postgres", "Postgres"), ("redis", "the broker"), ("cache", "the cache")):
        servers.add_argument(
            f"--{name}-port", type=_port, metavar="PORT", help=f"port of {what} (chosen once, then remembered)"
        )

    parser = argparse.ArgumentParser(prog="./baton", description="Baton's one script.")
    commands_ = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = commands_.add_parser("up", parents=[servers], help="start everything, from nothing; Ctrl-C stops it")
    up.add_argument("--port", type=_port, default=WEB_PORT, help=f"port of the portal (default {WEB_PORT})")
    up.add_argument("--no-demo", action="store_true", help="do not load the demo's programmes and people")

    commands_.add_parser("manage", help="manage.py in the environment, with the servers")

    services = commands_.add_parser("services", parents=[servers], help="any command, with the servers' addresses")
    services.add_argument("arguments", nargs=argparse.REMAINDER, metavar="-- COMMAND")

    commands_.add_parser(
        "test", help=f"the whole suite, from nothing; {NO_BROWSER} leaves the browser's out, the rest is for pytest"
    )
    commands_.add_parser("check", help="what CI checks besides the tests")
    commands_.add_parser("bench", help="the benchmarks; further arguments are for them")
    return parser


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options of the script, and what is to be handed on."""
    if arguments and arguments[0] in PASS_ON:
        rest = [each for each in arguments[1:] if arguments[0] != "test" or each != NO_BROWSER]
        return argparse.Namespace(command=arguments[0], no_browser=len(rest) < len(arguments) - 1), rest
    return _parser().parse_args(arguments), []


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    options, rest = _parse(arguments)
    stop_on_signals()
    try:
        return commands.run(options, rest)
    except Problem as problem:
        say(f"\nbaton: {problem}")
        return problem.exit_code
    except Stopped as stopped:
        return 128 + int(stopped.args[0])
