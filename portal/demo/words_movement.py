"""Who joined the movement around the Essex programme, through whom, and in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Newcomer:
    """`told_by` is a participant's number, a member's name, or nothing for whoever found the page. `day` is counted from today."""

    name: str
    day: int
    organisation: str
    place: str
    interests: str = ""
    told_by: int | str | None = None
    says: str = "yes"

    @property
    def email(self) -> str:
        first, last = self.name.split()[0], self.name.split()[-1]
        host = "".join(c for c in self.organisation.lower() if c.isalnum())[:24] or "home"
        return f"{first}.{last}@{host}.example".lower()


PURPOSE = (
    "You needn’t be a director, or on a cohort, to change how services work together in Essex. If you’ve ever had to ring five numbers"
    " to get one family help, you’re who we mean. Pledge one small thing, come to what’s open, and bring somebody along."
)
NEWCOMERS = (
    Newcomer("Philippa Okonjo", -132, "Tendring District Council", "Clacton", "Housing and hospital discharge", 0),
    Newcomer("Gareth Pinnock", -128, "Mid Essex Hospital", "Chelmsford", "Getting people home before the weekend", 1),
    Newcomer("Wilhelmina Darko", -123, "Harlow food network", "Harlow", "Whoever else feeds people on Fridays"),
    Newcomer("Tobias Renshaw", -112, "Essex Police", "Colchester", "Neighbourhood policing and mental health", 2),
    Newcomer("Sangeeta Mistry", -107, "Tendring District Council", "Clacton", "", "Philippa Okonjo"),
    Newcomer(
        "Leofric Adeyemi-Bond", -98, "A primary school", "Jaywick", "Families who move every term", "Philippa Okonjo"
    ),
    Newcomer("Constance Villiers", -88, "Mid Essex Hospital", "Braintree", "Pharmacy", "Gareth Pinnock"),
    Newcomer("Ruaridh Macleod-Ansah", -78, "Colchester bus company", "Colchester", "Timetables and clinics", 2),
    Newcomer("Bronwen Castellane", -72, "", "Maldon", "I’m a carer, and nobody’s manager. I hope that counts."),
    Newcomer("Isaac Thornbury", -63, "A primary school", "Jaywick", "", "Leofric Adeyemi-Bond"),
    Newcomer(
        "Marisol Whitcombe",
        -57,
        "Library service",
        "Harlow",
        "Places where nobody asks why you’re there",
        "Wilhelmina Darko",
    ),
    Newcomer(
        "Dilwyn Prosser", -46, "Essex Fire and Rescue", "Basildon", "Home visits that do more than fit an alarm", 3
    ),
    Newcomer("Anneliese Quartey", -41, "A GP surgery", "Clacton", "Social prescribing", "Sangeeta Mistry"),
    Newcomer("Hamish Ferreira", -30, "Library service", "Basildon", "", "Marisol Whitcombe"),
    Newcomer(
        "Oluwaseun Pettifer", -24, "A housing association", "Basildon", "Damp, and who’s told of it", "Dilwyn Prosser"
    ),
    Newcomer("Cordelia Nakamura", -19, "A GP surgery", "Clacton", "", "Anneliese Quartey"),
    Newcomer("Benedict Ashcombe", -14, "A housing association", "Basildon", "", "Oluwaseun Pettifer", says="no"),
    Newcomer("Roisin Abara", -9, "Essex Police", "Colchester", "Custody and what comes after", "Tobias Renshaw"),
    Newcomer("Emrys Holloway", -4, "A parish council", "Frinton", "", None, says=""),
    Newcomer("Saoirse Lindqvist", -3, "Essex Police", "Colchester", "", 1, says=""),
)
