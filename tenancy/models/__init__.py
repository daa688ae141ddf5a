from tenancy.models.access import Access
from tenancy.models.account import Account
from tenancy.models.base import TenantModel, Wall, new_public_id
from tenancy.models.change import Change
from tenancy.models.conflict import ConflictDeclaration
from tenancy.models.district import PLACED, Deprivation, District, Placed, Rurality, band_of
from tenancy.models.link import Link
from tenancy.models.organisation import Organisation, Sector, SeniorityBand
from tenancy.models.person import Employment, Membership, Person
from tenancy.models.retention import Hold, RetentionPeriod
from tenancy.models.role import Role, RoleAssignment
from tenancy.models.tenant import Tenant

__all__ = [
    "PLACED",
    "Access",
    "Account",
    "Change",
    "ConflictDeclaration",
    "Deprivation",
    "District",
    "Employment",
    "Hold",
    "Link",
    "Membership",
    "Organisation",
    "Person",
    "Placed",
    "RetentionPeriod",
    "Role",
    "RoleAssignment",
    "Rurality",
    "Sector",
    "SeniorityBand",
    "Tenant",
    "TenantModel",
    "Wall",
    "band_of",
    "new_public_id",
]
