from __future__ import annotations

from tenancy.models import Organisation, Sector, Tenant


def make_tenant(slug: str, name: str) -> Tenant:
    return Tenant.objects.create(slug=slug, name=name)


def make_organisation(name: str, sector: str = "local government", short_name: str = "") -> Organisation:
    """In the open tenant; the same name twice is the same organisation."""
    row, _ = Sector.objects.get_or_create(name=sector)
    found, _ = Organisation.objects.get_or_create(name=name, defaults={"sector": row, "short_name": short_name})
    return found
