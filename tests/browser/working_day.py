"""Loaded by the journey's worker: its clock shows late morning of the last working day in England.

Reminders leave in working hours of working days only, and the journey must pass on a Sunday as well.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from reminders.hours import is_working_day

moment = datetime.now(UTC).replace(hour=11, minute=0)
while not is_working_day(moment.date()) or moment > datetime.now(UTC):
    moment -= timedelta(days=1)
travelling = time_machine.travel(moment, tick=True)
travelling.start()
