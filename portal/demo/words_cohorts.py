"""What the demo's fictional participants, teams and mentors write. Nobody here is real."""

from __future__ import annotations

REFLECTIONS = [
    "I talked for most of the check-in and saw it only when Marcus asked whether I was presenting already. Tried: "
    "writing my question on a card and putting it face down until someone asks. Not yet a habit.",
    "The question that stayed: 'Whose permission are you waiting for?' I've been waiting for the director's. I never "
    "asked. I'll ask on Thursday.",
    "I tried the question in our alliance board: what would you need to hear from us to say yes? Long silence. Then "
    "the practice manager answered, who had not spoken in the four meetings before.",
    "Angry after today. Being told by a superintendent that councils are slow, as if I'd chosen it. On the way home I "
    "noticed that I'd said the same of the NHS last month.",
    "Said no to chairing the task group. It's the first thing I've handed on in two years, and the ceiling hasn't "
    "fallen in.",
    "The coastal visit undid some of my certainties. The woman in the community shop had drawn a better map of our "
    "services than we have, on the back of a parish magazine.",
    "I keep bringing the set a problem and leaving with a different one. This time I left with the right one: I don't "
    "trust my deputy and have never said what I'd need to see.",
    "Tried the five-minute rule with my team: nobody offers a solution in the first five minutes. It lasted two. Will "
    "try again with a timer and less explaining.",
    "My mentor asked what I'd do if I weren't afraid of being thought naive. I wrote three things. I've done one.",
    "Bad week. Didn't do the reading, arrived late, said little. Noted here because I want to see how often that is.",
    "The history exercise: I left out the year I was off sick. Two people said afterwards that they'd left something "
    "out too. We might do it again, properly.",
    "Something has moved. I heard myself ask a question in cabinet whose answer I didn't know.",
    "I'd assumed the fire service was the simple one of us. An afternoon with Priya's prevention team ended that.",
    "Learned that I interrupt when I'm about to agree. How odd. Watch for it.",
]
EVENTS = {
    "workshop": [
        ("Opening workshop: reading the system", "Anglia Hall"),
        ("Power, place and permission", "Firstsite"),
        ("Leading when nobody reports to you", "Chelmsford City Racecourse"),
        ("Using evidence that people believe", "University of Essex, Colchester campus"),
        ("Closing workshop: handing on", "Anglia Hall"),
    ],
    "masterclass": [
        ("Leadership class: disagreeing well", "Southend Civic Centre"),
        ("Leadership class: money across boundaries", "County Hall"),
        ("Leadership class: the politics of place", "Braintree Town Hall"),
    ],
    "residential": [("Residential: our leadership histories", "Marks Hall")],
    "networking": [("Supper with chief officers and alumni", "The Hythe Centre")],
    "virtual": [("Lunch online: what we've tried since", "Online")],
}
# What people need at events: diet, made without, an allergy the kitchen must know them by, access; most need nothing.
NEEDS: list[tuple[str, list[str], str, str]] = [
    ("any", [], "", ""),
    ("vegetarian", [], "", ""),
    ("any", ["gluten"], "", "I have coeliac disease, so I’d like to eat first, before the spoons get mixed."),
    ("any", [], "", ""),
    ("halal", [], "", "Twenty minutes and a quiet corner at about 1pm, on Fridays most of all."),
    ("any", ["nuts"], "Peanuts and cashews: severe. I carry two adrenaline pens.", ""),
    ("vegan", ["alcohol"], "", ""),
    ("any", [], "", "A seat where I can see faces: I lip-read. Slides the day before, please."),
    ("any", ["milk"], "", ""),
    ("pescatarian", [], "", "I use a wheelchair. Step-free from the car park, and a table I can get my knees under."),
    ("any", [], "", ""),
    ("vegetarian", ["eggs"], "", ""),
]
# title, summary, what will be different, number of the ambition (from 0)
PROJECTS = [
    (
        "Friday doors: nobody leaves prison or hospital on a Friday with nowhere to go",
        "Each Friday between four and nine people in the county leave prison, hospital or police custody without an "
        "address. Each organisation counts its own. We will hold one list, one weekly call and eight rooms.",
        "No planned discharge or release into homelessness on any Friday by next March; 40 people housed in the year.",
        3,
    ),
    (
        "First 1,001 days on the coast",
        "Health visiting, family hubs and two housing associations in Tendring plan together around every birth on "
        "the three coastal estates, with parents on the design group from the start.",
        "The gap in readiness for school between the coast and the county halves within three years; at 12 months we "
        "expect take-up of the two-year check at 90%.",
        2,
    ),
    (
        "One front door for hoarding and fire risk",
        "Fire, adult social care and three landlords share one referral, one visit and one follow-up for people whose "
        "homes have become dangerous.",
        "No fatal fires among people known to any of us; visits per person fall from seven to two.",
        1,
    ),
    (
        "The 6.40 from Clacton: buses that go to jobs",
        "Employers at the port, the college, the jobcentre and two bus companies redraw one timetable with the people "
        "who'd use it.",
        "120 people a year into work or courses they can reach and get home from.",
        6,
    ),
    (
        "Neighbours before services",
        "Community360, parish councils and social prescribers test what happens when the first call goes to someone "
        "in the same street.",
        "300 matches in four places, and half of them still in touch after six months.",
        3,
    ),
    (
        "Growing our own: one apprenticeship, five employers",
        "A rotation for 24 apprentices across council, trust, police, fire and charity, with one contract.",
        "24 starts, at least 20 completions, and a way of employing people jointly that others can copy.",
        6,
    ),
    (
        "Warm enough to go home",
        "Hospital discharge, energy advice and district housing teams repair the cold home before the patient returns.",
        "Readmissions within 30 days fall by a fifth among people over 75 on the scheme.",
        1,
    ),
    (
        "Who are we? Essex as its young people see it",
        "A panel of 60 young people from every district commissions us, not the other way round.",
        "Three decisions a year that leaders can show were changed by the panel.",
        0,
    ),
]
# Dealt out to any project of either programme: they say how a team fares, and nothing of its subject.
UPDATES = [
    (
        "green",
        "All five partners have signed the sharing agreement, two weeks early.",
        "The first three weekly calls were held, and everybody came.",
        "Put what we agreed on one page that all five can use.",
    ),
    (
        "amber",
        "One partner is waiting for its lawyers, and until they answer we can't share names.",
        "Met their legal lead, who has offered a date.",
        "Signature on the 14th; a paper form if it slips.",
    ),
    (
        "red",
        "Our analyst has left and nobody else may see both data sets, so we can't tell whether it works.",
        "We've counted by hand, on paper, since Monday.",
        "Ask the sponsor to release an analyst for six weeks.",
    ),
    (
        "green",
        "People who use the service now chair the design group, and half of its ideas are in the plan.",
        "Began in a second place, with a team that asked to join.",
        "Agree what we stop doing when the pilot ends.",
    ),
    (
        "amber",
        "We're trusted on the front line, and not yet by those who plan the rotas.",
        "Sat in on nine shifts; four team leaders have joined us.",
        "Ask the four to talk to the other five.",
    ),
]
HELP_WANTED = [
    "Please release an analyst for six weeks, two days a week.",
    "A word with their legal director would help more than another paper from us.",
    "",
    "We'd like you at our next meeting, even for 20 minutes.",
    "",
]
LEARNING_GOALS = [
    "To lead where I have no budget and no rank.",
    "To ask before I answer, in every partnership meeting for a term.",
    "To let a project be led by people outside my profession.",
    "To work in public and be wrong in public.",
    "To finish something without being the one who finishes it.",
]
MENTORS = [
    (
        ["working with elected members", "going for director"],
        "Chief executive of a district for nine years, police "
        "before that. I ask short questions and like walking meetings.",
    ),
    (
        ["leading through crisis", "speaking with the press"],
        "I've led a trust through special measures and out of them. Best on a bad day.",
    ),
    (
        ["finance for people who aren't accountants", "money across organisations"],
        "Finance director, then not. I can show you where a budget is really decided.",
    ),
    (["charities and the public sector", "boards and trustees"], "I've run three charities and closed one well."),
    (
        ["change that lasts", "working with unions"],
        "Fire service for 27 years. I'd rather talk about what you've tried than what you plan.",
    ),
    (
        ["confidence and voice", "being the only one in the room"],
        "Alumna of cohort 1. I remember what it was like to begin.",
    ),
]
MENTORING_NOTES = [
    "Talked about the deputy. Agreed to say what she'd need to see by the end of the month. She'll write, not ring.",
    "Interview preparation: two examples too many, both of them from the old job. Leave silence after the first question.",
]
WELCOME_NARRATIVE = (
    "This report covers the cohort from nomination to its closing workshop. Three things stand out: health took part in "
    "strength for the first time; the learning sets kept meeting through the winter; and two projects were handed on to "
    "people outside the cohort. What we would change is the length of time between the offer and the first workshop."
)
# Domain, kind, statement.
SURVEY_INDICATORS = [
    ("confidence", "behaviour", "I can lead people who don't report to me."),
    ("confidence", "behaviour", "I say what I think when the most senior person in the room disagrees."),
    ("confidence", "skill", "I'm at ease with not knowing the answer."),
    ("skills", "skill", "I can read who holds power in a system and how it moves."),
    ("skills", "behaviour", "I use questions more than answers to move a group on."),
    ("skills", "skill", "I work with evidence that comes from several organisations."),
    ("relationships", "knowledge", "I know whom to ring in at least five other organisations."),
    ("relationships", "behaviour", "People in other services ask for my help."),
    ("relationships", "knowledge", "I understand what my partners are held to account for."),
]
RELATIONSHIPS = [
    "The police lead now rings the housing lead directly, without us.",
    "We lost a friend when the trust's director moved on, and haven't met her successor yet.",
    "Two of the team had never worked with a charity. They've asked to chair the next meeting at its premises.",
    "Good, and a little too polite. We've agreed that each of us brings one disagreement in March.",
    "A tenant has joined the team. Meetings are shorter and plainer for it.",
]
ENDINGS = {
    "close": "Delivered, and handed on to the district's own team, which has named an owner and a budget.",
    "stop": "The partner it depended on was merged. The team has written up what it learned for the next cohort.",
    "pause": "Paused until the new contract is let in the spring; the weekly call goes on.",
}

# Pre-work and follow-on: when, what, more about it.
ASKED = (
    (
        "before",
        "Read the hospital discharge case and bring one question",
        "Two pages. It happened in another county three years ago, and all of the people in it meant well.",
    ),
    (
        "after",
        "Ring one person who would see it differently",
        "Somebody outside your own organisation. Ten minutes is enough. Write down what surprised you.",
    ),
    (
        "after",
        "Try one thing from the class in a meeting of your own",
        "A round at the start, a question instead of an answer, a minute of silence before a decision. Small counts.",
    ),
    (
        "before",
        "Think of somebody you’d like to sit beside",
        "A sector rather than a name will do. We seat people so that nobody spends the evening with their own colleagues.",
    ),
    (
        "before",
        "Write down a decision your organisation is waiting for",
        "Half a page: who could make it, who has to agree, and what it costs to wait another month. It stays with you.",
    ),
)
