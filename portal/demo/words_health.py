"""What belongs to the programme for aspirant Directors of Public Health alone. Nobody here is real."""

from __future__ import annotations

PROGRAMME = "Aspirant Directors of Public Health"
SUMMARY = (
    "Nine months for consultants and senior leaders who will direct public health in a place: connected workshops, intensive leadership "
    "classes, action learning sets, coaching and mentoring. Built on three things the partners hold to: clarity of vision, the courage "
    "to lead, and curiosity about difference."
)
# No county's ambitions here: what a director of public health answers for.
AMBITIONS = (
    "Give every child the best start",
    "Close the gap in healthy life expectancy",
    "Make places that keep people well",
    "Protect people from threats to health",
    "Put prevention first in every budget",
)
PARTNERS = (
    ("PHE", "commissioner"),
    ("UoB", "lead"),
    ("INLOGOV", "designer"),
    ("Medical School", "designer"),
    ("NHSE", "delivery"),
)
JOBS = {
    "local government": (
        "Consultant in Public Health",
        "Assistant Director of Public Health",
        "Public Health Principal",
        "Head of Health Protection",
        "Head of Commissioning, Healthy Lives",
    ),
    "national bodies": (
        "Deputy Director, Health Improvement",
        "Consultant in Communicable Disease Control",
        "Head of Screening",
    ),
    "health": ("Clinical Lead, Population Health", "Associate Medical Director"),
    "universities": ("Senior Clinical Lecturer in Public Health",),
}
COHORT_1 = "Birmingham,PHE,Coventry,Dudley,NHSE,UHB,Leicester,Wolverhampton,PHW,Leeds,Walsall,Worcestershire,Sheffield,Warwick".split(
    ","
)
COHORT_2 = "Sandwell,PHE,Leeds,Birmingham,UHB,Staffordshire,PHW,Nottingham,Shropshire,NHSE,Coventry,Leicester,BCHC,Solihull".split(
    ","
)
COHORT_3 = (
    "Walsall,PHE,Birmingham,NHSE,Nottingham,UHB,Staffordshire,Leeds,PHW,Dudley,Herefordshire,BCHC,Leicester,PHE,Coventry,Shropshire,"
    "Sandwell,Warwick,Sheffield,Worcestershire,Wolverhampton,NHSE"
).split(",")
TARGETS = {"local government": 7, "national bodies": 3, "health": 1}
TARGETS_3 = {"local government": 12, "national bodies": 5, "health": 2}
TARGETS_NEXT = {"local government": 8, "national bodies": 4, "health": 2}
FELLOWS = "Leeds,Birmingham,UHB,Coventry,NHSE,Walsall,Leicester,PHE".split(",")
PILOT = "Sandwell,NHSE,Dudley,UHB,PHE,Solihull,Birmingham,PHW,Nottingham".split(",")
TARGETS_FELLOWS = {"local government": 2, "national bodies": 1, "health": 1}
EXERCISES = (
    (
        "Interview",
        40,
        "Two observers ask about one piece of work across organisations that you led. Bring nothing.",
        (0, 1),
    ),
    (
        "Briefing a cabinet member",
        30,
        "You have twenty minutes with the papers in the room beside, then ten with a councillor who has ten questions.",
        (1, 2),
    ),
)
ROOMS = ("Park House, Edgbaston, seminar room 2", "Park House, Edgbaston, seminar room 3")
AWAY = "On leave abroad on both days, and says so herself: she’d rather be ranked by paper."
INSTEAD = "The next by rank, in place of somebody who is away."
NEED = (
    "I have a stammer. Please let me have the interview questions in writing a few minutes before, and don’t hurry me."
)
NEED_ARRANGED = (
    "You get the questions on paper ten minutes before the interview, and it lasts ten minutes longer if you need them."
)
OBSERVERS_TOLD = "The questions in writing ten minutes before; ten minutes more for the interview"
OBSERVED = (
    "Asked who wasn’t in the room before saying what should be done.",
    "Gave the councillor the bad news first, in one sentence, and stayed calm when it wasn’t liked.",
    "Named what the partner organisation would lose by it. Few others did.",
    "Answered in figures where the question was about trust.",
    "Changed her mind aloud when the paper gave her reason to.",
    "Took a while to begin; from the second question on clear and to the point.",
    "Spoke of “my team” throughout, and of nobody outside it.",
)
ASSESSORS = (
    ("Wilhelmina Oduya", "Retired director of public health", "wilhelmina.oduya@assessors.example"),
    ("Lachlan Pirie", "Former chief executive", "lachlan.pirie@assessors.example"),
    ("Sharmila Venkataraman", "Professor of health policy", "sharmila.venkataraman@assessors.example"),
    ("Emlyn Crabtree", "Independent assessor", "emlyn.crabtree@assessors.example"),
)
OFFICER = ("Rosalind Thackeray-Owusu", "Programme officer", "rosalind.thackeray-owusu@hsmc.example")
FACILITATORS = (
    ("Kit Sorrell", "kit.sorrell@facilitators.example"),
    ("Augusta Pemberton-Ali", "augusta.pemberton-ali@facilitators.example"),
)
POTENTIAL = [
    "I chaired the outbreak group for three boroughs with no power over any of them. The decision that mattered was to close a "
    "factory line for a weekend. I rang the owner myself, told him what I knew and what I didn't, and went to stand at the gate with "
    "the night shift when it stopped.",
    "Our smoking rate in pregnancy had been stuck for six years. The midwives had given up on the referral form. I sat in the clinic "
    "for a week, tore the form up and put an adviser at the next desk. It wasn't mine to tear up; I told the trust so that evening.",
    "I was asked to lead the response to a water contamination because I happened to be on call. I led a room of people senior to me "
    "for nine days. What worked was to say each morning what we'd decided yesterday and who would be angry about it.",
    "In the scrutiny committee I was asked whether I'd let my own children play by that road. I said no. It cost me a friend in "
    "highways and got the crossing built. I have since learned to warn friends first.",
    "I brought the licensing team and the hospital's liver unit together over one street of eleven off-licences. Neither reported to "
    "me. I carried the tea and the map, and let the consultant do the talking.",
    "As a registrar I wrote a needs assessment that nobody read. As a consultant I now write two pages with the people named in it, "
    "and read it aloud at the estate before it goes to the board.",
    "I took on the sexual health contract in the week the provider failed. I kept four clinics open by asking three neighbouring "
    "councils for a nurse each, on my word that I'd do the same. I've since been asked twice, and have.",
]
SETBACK = [
    "I pushed a healthy-vending policy through the leisure trust on a delegated decision. It was reversed in a month, by members who "
    "had learned of it from a newspaper. The policy was right and the way was not. I brief the opposition first now.",
    "Our vaccination bus went to every car park on the deprivation map and came back with full fridges. A mosque treasurer told me "
    "we'd come on market day. I should have asked him in May and not thanked him in August.",
    "I lost the argument for the health visitors' budget with a forty-page paper. The paper that won, for something else, was a "
    "photograph and a number. I'm still arguing with myself about that.",
    "I defended the data on air quality so hard that the taxi drivers heard contempt. It took a year and four evenings in the rank's "
    "café to be listened to again.",
    "I handed a programme to a deputy and kept the decisions. She told me so in her leaving interview, kindly. I have her letter in my "
    "desk.",
]
SYSTEM = [
    "A director of public health signs for almost nothing that makes people well. Damp, wages, buses and school places are decided in "
    "four other buildings. I have spent two years making sure I'm in those buildings before the paper is written.",
    "Our integrated care board talks of prevention on its first page and spends on the fourteenth. I persuaded the finance lead to "
    "print both on one sheet. We now argue about the right thing.",
    "Childhood obesity in our wards follows the takeaways, and the takeaways follow the rents. I brought the landlords in. One of them "
    "has children at the school we were talking about.",
    "In health protection the national body has the laboratories, we have the streets and the trust has the beds. During the measles "
    "cluster I wrote down who'd decide what before anyone had to. We used the sheet on the second night.",
    "Drug deaths here fall between a police plan, a treatment contract and a housing list. I count the dead by name each month with "
    "the three who hold them. It has changed who rings whom.",
    "The university measures our health and the council improves it, and until last year the two had not met over one estate. They "
    "share an analyst now, who sits with us on Tuesdays.",
]
COMMITMENT = [
    "I've been told that I'm ready and I don't feel it. I would like nine months among people who are in the same place, and somebody "
    "who'll watch me chair and say what they saw. My director has given me the days and her deputy's diary.",
    "I want to learn to be political without being partisan. I shadow our leader once a month from September and will bring what I "
    "don't understand.",
    "My training made me careful, and the job asks for courage on half the evidence. I'd like to practise that where it's safe. I'm "
    "giving up the regional journal club to make room.",
    "I lead well in an outbreak and badly in a quiet year. I'll use the action learning set on that and nothing else.",
    "I've worked in one city for sixteen years. I would like to be asked stupid questions by people from others, and to ask them some.",
]
SCOPE = [
    "I hold the public health grant for children and young people, £9.4 million, and sign contracts to £150,000.",
    "I'm the proper officer for health protection out of hours and can close premises.",
    "I deputise for the director at the health and wellbeing board and cabinet.",
    "I lead screening and immunisation for 1.2 million people, with decisions on provider performance.",
    "I direct a team of 34 and the commissioning of drug and alcohol services across two councils.",
]
REFLECTIONS = [
    "Chaired the set today without once saying 'the evidence shows'. Somebody asked if I was well.",
    "The 21st Century Public Servant says 'resilience'. I read it as stamina. The set read it as being able to ask for help. I'll "
    "try that reading for a month.",
    "Watched our chief executive lose a vote with grace. I'd have sent a follow-up email. Note to self about that email.",
    "Three times this week I was the only doctor in the room and used it. Once was needed.",
    "Tried: starting the team meeting with a resident's question, read aloud. Awkward, then the best ten minutes of the week.",
    "I envied Priyanka her nerve with the leader. Asked her how. She prepares two sentences and stops. I prepare eleven.",
    "The coach asked what I'd want said at the end of my first year as a director. I had an answer about smoking. She waited. There "
    "was another answer under it.",
    "Went to the food bank without a clipboard. Learned more.",
    "I'm curious about difference as long as it's polite. Today wasn't. Stayed in the room.",
]
EVENTS = {
    "workshop": [
        ("Connected workshop: the place you will lead", "Park House"),
        ("Connected workshop: power and politics", "INLOGOV, Muirhead Tower"),
        ("Connected workshop: evidence in public", "The Exchange"),
        ("Connected workshop: your first hundred days", "Park House"),
    ],
    "masterclass": [
        ("Intensive leadership class: the courage to lead", "Winterbourne House"),
        ("Intensive leadership class: curiosity about difference", "Medical School"),
    ],
}
PROJECTS = [
    (
        "A street of eleven off-licences",
        "Licensing, the liver unit, police and the shopkeepers of one street agree what is sold, when and to whom.",
        "Alcohol admissions from the two nearest wards fall by a tenth within a year, and no shop closes because of us.",
        2,
    ),
    (
        "Warm, dry, safe: damp as a health protection matter",
        "Environmental health, respiratory nurses and three landlords act on damp within five days of a child's second admission.",
        "Second admissions for asthma among under-fives fall by a quarter in the pilot estates.",
        0,
    ),
    (
        "One list for the dead we could have helped",
        "Coroner, police, treatment provider and housing review each drug death within a fortnight and change one thing each time.",
        "Twelve changes a year that all four can name; deaths known to more than one of us halve in three years.",
        1,
    ),
    (
        "Measles before it comes",
        "School nurses, mosques, nurseries and the national laboratory catch up 2,000 children in the wards with the lowest uptake.",
        "Two doses at 95% in every ward by the end of next school year.",
        3,
    ),
]
NARRATIVE = (
    "Nine months, eighteen people and three partners who had to learn to be led by one another. The action learning sets were again "
    "what people would keep if they could keep one thing. Two participants were appointed directors before the end. We should have "
    "asked more of the national bodies' line managers at the start, and will."
)
NARRATIVE_2 = (
    "The second cohort asked for politics earlier and got it. Attendance held through a hard winter. The before and after figures move "
    "most where people practised in public, and least for working with evidence, which they brought with them."
)

PROOF = "Your certificate of specialist registration"
