"""Whom an applicant may name as endorser: somebody else, two different people, at an address the round takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from engine.names import clean_email
from engine.transitions import record_change
from selection.models import AllowedEndorser, Application, SelectionRound
from selection.rules import require, staff
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.turns import take_turns

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MOST_DOMAINS = 100


def ascii_domain(text: str) -> str | None:
    """A domain as computers compare it: small letters, other scripts as xn--…; None for what is none.

    Letters that only look alike stay different: 'еssex' with a Cyrillic е becomes xn--….
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower().rstrip(".")
    try:
        domain = plain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = domain.split(".")
    return domain if len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels) else None


def is_allowed(address: str, domains: Iterable[str]) -> bool:
    """Whether the address is at one of the domains exactly, or below one that begins with '*.'."""
    domain = ascii_domain(address.rpartition("@")[2])
    if domain is None:
        return False
    return any(domain.endswith(allowed[1:]) if allowed.startswith("*.") else domain == allowed for allowed in domains)


def check_endorser(application: Application, *, email: str, field: str, other: str = "") -> str:
    """The address in its plain form, or Refused at `field`. `other` is the application's other endorser's address."""
    address = clean_email(email)
    if address is None:
        raise Refused(_("Enter an email address in the correct format, like name@example.com"), field=field)
    if address == application.applicant.email.lower():
        raise Refused(_("Enter the address of somebody else: nobody endorses their own application"), field=field)
    if other and address == other.lower():
        raise Refused(
            _("Enter a different address: the line manager and the chief officer must be two people"), field=field
        )
    domains = application.round.endorser_domains
    if domains and not is_allowed(address, domains):
        known = AllowedEndorser.objects.filter(application=application, email=address).exists()
        if not known:
            raise Refused(
                _(
                    "Enter a work address that ends in %(domains)s. If theirs is another, ask the programme team to allow it."
                )
                % {"domains": spoken(domains)},
                field=field,
            )
    return address


def spoken(domains: Iterable[str]) -> str:
    """'@essex.gov.uk, @southend.gov.uk or anything below nhs.uk'."""
    words = [_("anything below %(d)s") % {"d": d[2:]} if d.startswith("*.") else f"@{d}" for d in domains]
    return (
        words[0] if len(words) == 1 else _("%(most)s or %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}
    )


@transaction.atomic
def limit_endorsers(*, round: SelectionRound, domains: Iterable[str], by: Actor) -> SelectionRound:
    """Say which domains endorsers' addresses may have from now on; none takes the limit away. Requests already out stay out."""
    require(staff, by, round)
    take_turns(round)
    wanted: list[str] = []
    for typed in domains:
        text = typed.strip().lower().removeprefix("@")
        below = text.startswith("*.")
        domain = ascii_domain(text[2:] if below else text)
        if domain is None:
            raise Refused(
                _("“%(typed)s” isn’t a domain. Write it like example.gov.uk, or *.example.gov.uk for all below it.")
                % {"typed": Truncator(typed.strip()).chars(60)},
                field="domains",
            )
        wanted.append(f"*.{domain}" if below else domain)
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) > MOST_DOMAINS:
        raise Refused(_("Name at most %(most)d domains.") % {"most": MOST_DOMAINS}, field="domains")
    round.refresh_from_db(fields=["endorser_domains"])
    if round.endorser_domains != wanted:
        round.endorser_domains = wanted
        round.save(update_fields=["endorser_domains"])
        record_change(round, "limit_endorsers", by=by, reason=", ".join(wanted) or _("any address"))
    return round


@transaction.atomic
def allow_endorser(*, application: Application, email: str, reason: str, by: Actor) -> AllowedEndorser:
    """Staff let one address outside the round's domains endorse this application, and say why. Allowed twice, it is once."""
    require(staff, by, application)
    address = clean_email(email)
    if address is None:
        raise Refused(_("Enter an email address in the correct format, like name@example.com"), field="email")
    if not reason.strip():
        raise Refused(_("Say why this address is all right"), field="reason")
    row, created = AllowedEndorser.objects.get_or_create(
        application=application,
        email=address,
        defaults={"reason": reason.strip(), "by": by.person, "at": timezone.now()},
    )
    if created:
        record_change(application, "allow_endorser", by=by, reason=f"{address}: {reason.strip()}")
    return row
