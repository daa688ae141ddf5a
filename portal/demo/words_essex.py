"""What belongs to the Essex programme alone: its ambitions, partners and people with a name."""

from __future__ import annotations

AMBITIONS = (
    "Unite behind a sense of identity",
    "Enjoy life long into old age",
    "Provide an equal foundation for every child",
    "Strengthen communities through participation",
    "Develop our county sustainably",
    "Connect us to each other and the world",
    "Share prosperity with everyone",
)
PROGRAMME = "Leading Greater Essex"
SUMMARY = (
    "A year for people who already make decisions in councils, health, police and fire, probation, education, business and "
    "charities, to make them together: workshops, learning sets, a mentor, and a real project under a chief officer."
)
# Employer by employer; the first cohort "felt too Local Authority".
COHORT_1 = (
    "ECC,Basildon,Colchester,Essex Police,ECC,Chelmsford,Braintree,ECFRS,Southend,MSEFT,ECC,Tendring,C360,Thurrock,Harlow,"
    "Essex Police,Uttlesford,ARU,Maldon,ECC,EPUT,Brentwood,RCCE,Epping Forest"
).split(",")
COHORT_2 = (
    "MSEFT,ECC,Essex Police,ESNEFT,Basildon,EPUT,ECFRS,C360,Colchester,PAHT,ECC,MSE ICB,ARU,Southend,EEAST,Tendring,DWP,Chelmsford,"
    "SNEE ICB,Essex Police,RCCE,Braintree,MSEFT,Thurrock,UoE,ESNEFT,Harlow,ECF,Probation,ECC,EPUT,Castle Point,SEC,MSEFT,Maldon,"
    "Active Essex,Essex Police,Epping Forest,EEAST,Rochford,Essex Chambers,Basildon,ESNEFT,Uttlesford,ECFRS,ECC,PAHT,Brentwood,"
    "C360,Colchester Institute,MSE ICB,Southend,PFCC,Tendring,EPUT,Colchester,ECC,SNEE ICB,Thurrock,Chelmsford,DWP,RCCE"
).split(",")
COASTAL = "Tendring,ESNEFT,Essex Police,Maldon,C360,Southend,ECFRS,EEAST,RCCE,Rochford,EPUT,DWP,Colchester,ECC,Active Essex,SEC".split(
    ","
)
TARGETS_1 = {
    "local government": 11,
    "health": 3,
    "police and fire": 3,
    "voluntary and community": 2,
    "higher and further education": 1,
}
TARGETS_2 = {
    "local government": 18,
    "health": 15,
    "police and fire": 6,
    "higher and further education": 3,
    "voluntary and community": 4,
    "business": 1,
    "central government": 3,
}
TARGETS_COASTAL = {"local government": 4, "health": 3, "police and fire": 2, "voluntary and community": 3}
TARGETS_3 = {
    "local government": 18,
    "health": 15,
    "police and fire": 7,
    "higher and further education": 3,
    "voluntary and community": 4,
    "business": 1,
    "central government": 2,
}
# Health were absent friends the first time; then they gave their commitment.
PROMISES_2 = (
    ("health", 15, "Chair of the integrated care partnership"),
    ("Essex Police", 4, "Deputy chief constable"),
    ("ECFRS", 2, "Chief fire officer"),
)
PROMISES_COASTAL = (("ESNEFT", 2, "Chief executive of the trust"), ("Essex Police", 1, "District commander"))
PROMISES_3 = (
    ("health", 15, "Chair of the integrated care partnership"),
    ("MSEFT", 5, "Chief people officer"),
    ("Essex Police", 4, "Deputy chief constable"),
    ("voluntary and community", 4, "Chair of the voluntary sector assembly"),
)
ASSESSORS = (
    ("Tobias Fairweather", "outside", "Independent assessor", "tobias.fairweather@assessors.example"),
    ("Mehreen Qadir", "outside", "Independent assessor", "mehreen.qadir@assessors.example"),
    ("Philippa Threlkeld", "outside", "Retired chief executive", "philippa.threlkeld@assessors.example"),
    ("Babatunde Adeyemi-Cole", "outside", "Professor of public leadership", "babatunde.adeyemi-cole@assessors.example"),
    ("Sorrel Macnamara", "outside", "Former ambulance director", "sorrel.macnamara@assessors.example"),
    ("Ivor Llewellyn-Bright", "outside", "Independent assessor", "ivor.llewellyn-bright@assessors.example"),
)
FACILITATORS = (
    ("Kit Sorrell", "kit.sorrell@facilitators.example"),
    ("Winifred Okonjo", "winifred.okonjo@facilitators.example"),
    ("Declan Harte", "declan.harte@facilitators.example"),
    ("Manisha Solanki", "manisha.solanki@facilitators.example"),
)
# Beyond the list of employers: who delivers.
SUPPLIER = ("Frontline", "Frontline", "voluntary and community", "London")
PARTNERS = (
    ("ECC", "commissioner"),
    ("Frontline", "lead"),
    ("UoE", "designer"),
    ("ARU", "delivery"),
    ("C360", "linked"),
)
# People who sign in with a password and come into the story by a nomination or a proposal later on.
EARLY_ACCOUNTS = (
    ("Joel Hartnoll", "ECC", "Assistant Director, Adult Social Care"),
    ("Nadia Kerr-Whitfield", "MSEFT", "Head of Mental Health Partnerships"),
    ("Melissa Campbell", "ECC", "Service Manager, Early Help"),
    ("Alison Dixon", "Essex Police", "Deputy Chief Constable"),
)
