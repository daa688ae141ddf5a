"""A kind of obligation that exists in tests only, for the worker process to load."""

from reminders.obligations import obligation_sources
from tests.factories.reminders import make_source

if "test.greet" not in dict(obligation_sources.items()):
    obligation_sources.register("test.greet", make_source("test.greet"))
