"""The places of the demo's events: what each offers as far as somebody has asked."""

from __future__ import annotations

# name -> address, how to get there, what it offers (what isn't said, nobody has asked yet), more about access
VENUES: dict[str, tuple[str, str, dict[str, str | int], str]] = {
    "Anglia Hall": (
        "14 Duke Street, Chelmsford CM1 1ZZ",
        "Six minutes on foot from Chelmsford station: out by the Duke Street doors, then right.\n"
        "No parking of its own; the High Chelmer car park is behind it.",
        {
            "step_free": "yes",
            "accessible_toilet": "yes",
            "hearing_loop": "yes",
            "quiet_room": "yes",
            "tables": 8,
            "seats_each": 8,
            "easy_tables": 2,
        },
        "The lift to the upper rooms takes one powered wheelchair at a time. Say when you come and it will be held for you.",
    ),
    "Firstsite": (
        "Lewis Gardens, Colchester CO1 1ZZ",
        "From Colchester Town station, ten minutes on foot through Priory Street. Buses stop at Queen Street.",
        {"step_free": "yes", "accessible_toilet": "yes", "accessible_parking": "yes", "quiet_room": "yes"},
        "",
    ),
    "Chelmsford City Racecourse": (
        "Great Leighs, Chelmsford CM3 1ZZ",
        "No station near. A minibus leaves Chelmsford station at 8:45am and goes back at 4:45pm; there are 2,000 parking spaces.",
        {
            "step_free": "yes",
            "accessible_toilet": "yes",
            "accessible_parking": "yes",
            "hearing_loop": "no",
            "quiet_room": "no",
        },
        "We bring our own microphone and a portable loop.",
    ),
    "University of Essex, Colchester campus": (
        "Wivenhoe Park, Colchester CO4 3ZZ",
        "Bus 87 from Colchester station, every ten minutes. Ask at the information centre for the Silberrad building.",
        {"step_free": "yes", "accessible_toilet": "yes", "accessible_parking": "yes", "hearing_loop": "yes"},
        "The squares are on five levels: follow the blue line, not the stairs.",
    ),
    "Southend Civic Centre": (
        "Victoria Avenue, Southend-on-Sea SS2 6ZZ",
        "Four minutes from Southend Victoria station. Reception is on the ground floor.",
        {"step_free": "yes", "accessible_toilet": "yes", "accessible_parking": "yes", "hearing_loop": "yes"},
        "",
    ),
    "County Hall": (
        "Market Road, Chelmsford CM1 1ZX",
        "Eight minutes from Chelmsford station. Use entrance 2; bring your organisation’s pass.",
        {
            "step_free": "yes",
            "accessible_toilet": "yes",
            "accessible_parking": "yes",
            "hearing_loop": "yes",
            "quiet_room": "yes",
        },
        "",
    ),
    "Braintree Town Hall": (
        "Fairfield Road, Braintree CM7 3ZZ",
        "Twelve minutes from Braintree station, uphill.",
        {"step_free": "no", "accessible_toilet": "yes"},
        "Three steps at the front. The ramp is at the back, from the car park, and has a bell.",
    ),
    "Marks Hall": (
        "Coggeshall, Colchester CO6 1ZZ",
        "By car only; we share lifts from Kelvedon station at 9:30am. Say if you need one.",
        {"step_free": "yes", "accessible_toilet": "yes", "accessible_parking": "yes", "quiet_room": "yes"},
        "Paths in the arboretum are gravel. Two bedrooms are on the ground floor.",
    ),
    "The Hythe Centre": (
        "1 Ventura Drive, Colchester CO1 2ZZ",
        "Two minutes from Hythe station.",
        {"step_free": "yes", "accessible_toilet": "yes"},
        "",
    ),
    "Winsley’s House": ("High Street, Colchester CO1 1ZX", "Behind the town hall; ring the bell.", {}, ""),
    "Chelmsford Library": ("Market Road, Chelmsford CM1 1ZY", "", {"step_free": "yes"}, ""),
    "ARU, Tindal building": ("Bishop Hall Lane, Chelmsford CM1 1ZW", "", {"step_free": "yes"}, ""),
    "Fire service headquarters": (
        "London Road, Kelvedon CO5 9ZZ",
        "Fifteen minutes from Kelvedon station; visitors’ parking at the barrier.",
        {"accessible_parking": "yes"},
        "",
    ),
    "Park House": (
        "40 Edgbaston Park Road, Birmingham B15 2ZZ",
        "Ten minutes from University station, across the campus.",
        {"step_free": "yes", "accessible_toilet": "yes", "accessible_parking": "yes", "hearing_loop": "yes"},
        "",
    ),
    "INLOGOV, Muirhead Tower": (
        "University of Birmingham, Edgbaston B15 2ZX",
        "Seven minutes from University station. Take the lifts to the ninth floor.",
        {"step_free": "yes", "accessible_toilet": "yes", "quiet_room": "no"},
        "",
    ),
    "The Exchange": (
        "3 Centenary Square, Birmingham B1 2ZZ",
        "The tram stops at Library; New Street station is twelve minutes on foot.",
        {
            "step_free": "yes",
            "accessible_toilet": "yes",
            "accessible_parking": "no",
            "hearing_loop": "yes",
            "quiet_room": "yes",
        },
        "",
    ),
    "Winterbourne House": (
        "58 Edgbaston Park Road, Birmingham B15 2ZY",
        "",
        {"step_free": "no", "accessible_parking": "yes"},
        "The garden room is level; the house has stairs and no lift.",
    ),
    "Medical School": ("Vincent Drive, Edgbaston B15 2ZW", "Three minutes from University station.", {}, ""),
}

# Where sets meet: the room, if there is one to name, and the venue.
ROOMS = (
    ("Committee room 2", "Braintree Town Hall"),
    ("", "Winsley’s House"),
    ("Meeting room", "Chelmsford Library"),
    ("", "ARU, Tindal building"),
    ("Training room", "Fire service headquarters"),
    ("Room 5", "Southend Civic Centre"),
)

# In which district each lies, which its postal town doesn't always say.
IN_DISTRICT = {
    "Anglia Hall": "Chelmsford",
    "Firstsite": "Colchester",
    "Chelmsford City Racecourse": "Chelmsford",
    "University of Essex, Colchester campus": "Colchester",
    "Southend Civic Centre": "Southend-on-Sea",
    "County Hall": "Chelmsford",
    "Braintree Town Hall": "Braintree",
    "Marks Hall": "Braintree",
    "The Hythe Centre": "Colchester",
    "Winsley’s House": "Colchester",
    "Chelmsford Library": "Chelmsford",
    "ARU, Tindal building": "Chelmsford",
    "Fire service headquarters": "Braintree",
}
