from tenancy.models.access import Access
from tenancy.models.account import Account
from tenancy.models.base import TenantModel, Wall, new_public_id
from tenancy.models.change import Change
from tenancy.models.conflict import ConflictDeclaration
from tenancy.models.link import Link
from tenancy.models.organisation import Organisation, Sector, SeniorityBand
from tenancy.models.person import Employment, Membership, Person
from tenancy.models.role import Role, RoleAssignment
from tenancy.models.tenant import Tenant

__all__ = [
    "Access",
    "Account",
    "Change",
    "ConflictDeclaration",
    "Employment",
    "Link",
    "Membership",
    "Organisation",
    "Person",
    "Role",
    "RoleAssignment",
    "Sector",
    "SeniorityBand",
    "Tenant",
    "TenantModel",
    "Wall",
    "new_public_id",
]
