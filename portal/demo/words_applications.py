"""What the demo's fictional applicants, endorsers and assessors write. Nobody here is real."""

from __future__ import annotations

# One list per default question of a round, in the order of the questions; answers are dealt out in turn.
POTENTIAL = [
    "When our two hospitals merged their discharge teams I was asked to lead a group I had no authority over: nine "
    "team leaders, three employers and one very tired ward clerk who turned out to know more than any of us. I began "
    "by spending four mornings on the wards, and only then called a meeting. We agreed one thing to fix, the 3pm "
    "medicines wait, and fixed it in five weeks. What I took from it is that people lend you authority when they see "
    "you have looked.",
    "I moved from running a service of 40 to a role with a team of two and a remit across six boroughs. For the first "
    "time I couldn't solve things by working harder. I learned to ask for help early, to leave credit with others and "
    "to say in public when I had got it wrong, which I did about the bulky-waste contract in front of full council.",
    "Last winter I was bronze commander for the flooding on the Blackwater. The plan was sound; what it lacked was any "
    "idea of who would sit with frightened people in a leisure centre at two in the morning. I rang the church, the "
    "food bank and the sixth form. They came. I've since rewritten the plan with them rather than for them.",
    "Two years ago a serious case review named my service. I led the response. I met the family before I met the "
    "press office, I opened our files to a neighbouring authority and I published what we found. It was the hardest "
    "year of my career and I would do the same again, sooner.",
    "I'm a clinician who drifted into management and then chose it. The moment of choosing was a rota: nobody could "
    "staff the frailty unit, and I realised the answer lay in three organisations' pay rules and not in anybody's "
    "goodwill. I brought the three HR leads into one room for the first time. The unit has been open every weekend since.",
    "My team closed a youth centre I had once attended. I did it because the numbers left no choice, and I did it "
    "badly: a letter, a locked door. I asked to lead the next closure and did it over a year, with young people on the "
    "panel. Two of the activities survive in a church hall. I want to learn how to do that kind of thing better still.",
    "I have built a volunteer workforce of 600 with four paid staff. You learn quickly that nobody has to follow you. "
    "I listen for what people came to give, put it to use within a fortnight and thank them by name.",
    "I took over a control room with the worst sickness record in the region. I sat in for a week of nights before I "
    "said anything. The first change was a kettle, the second the shift pattern, and the third was that supervisors "
    "now choose their own training. Sickness has halved and so have resignations.",
    "As the only woman on the command team I was handed every conversation about culture. I declined the fourth and "
    "proposed that each of us lead one. It was uncomfortable for a month; it has changed what we talk about.",
    "I led our move to hybrid working for 1,100 staff. My first plan pleased nobody. I threw it away, asked twelve "
    "frontline people to write the second, and defended theirs to the board even where I'd have chosen otherwise.",
    "When the college went into intervention I volunteered to be the link with the further education commissioner. I "
    "learned to give bad news early and plainly, and found that the governors trusted me more each time I did.",
    "I set up a reverse-mentoring scheme because I noticed I had stopped being told things. My own mentor is a "
    "23-year-old apprentice who told me in our first meeting that my emails read like verdicts. She was right.",
]

SYSTEM = [
    "Children don't arrive at the front door sorted by organisation. In our district 61 families account for a third "
    "of the contacts made by housing, the police, school nursing and us. I spent a year getting four sets of lawyers "
    "to agree that we may say so to each other. We now meet every second Tuesday around those families, and two "
    "primary schools have joined without being asked.",
    "I sit on the alliance board for the Tendring coast. It took me two years to understand that the board isn't "
    "where decisions are made; they're made in the car park and in the practice managers' group. So I go to both.",
    "The ambulance waits outside our hospital were everybody's fault and nobody's. I persuaded our chief executive to "
    "publish our share of the delay first, by hour. Within a month the other three had published theirs, and for the "
    "first time we were arguing about the same numbers.",
    "I lead on violence and vulnerability. The data sits with us, the trust sits with youth workers and the money "
    "sits with the commissioner. My job is to keep the three in one room long enough to be bored with each other.",
    "The voluntary sector is asked to partner late, for free and on someone else's form. I've said so in this county "
    "for ten years. What I haven't done well is to understand how a council's budget is made and when a word from us "
    "would count. I'd like to learn that from the people who make it.",
    "We tried to move our mental health triage nearer to the police control room. I had the support of both chief "
    "officers and it failed, because I hadn't asked the dispatchers. Eighteen months later we did it their way.",
    "Jobs in our town come from the port, and the port's people come from three bus routes. I brought the college, the "
    "bus company and the jobcentre together over a timetable. It moved one bus by 20 minutes and put 74 people on a "
    "course they could get home from.",
    "In the integrated care board I represent 27 practices who didn't elect me. I've learned to bring back a 'no' "
    "with reasons rather than a 'yes' nobody will carry out.",
    "Our planning policy team and the public health team had not met. I put them together on takeaways near schools. "
    "We won the appeal, and what matters more is that they now ring each other.",
    "I manage the county's probation interface with housing. Every release on a Friday is a failure we've planned. I "
    "worked with two districts to hold four rooms, and with the prison to stop Friday releases for those with none.",
    "Adult social care and the fire service both visit people who hoard. We now share one list, one home visit and one "
    "follow-up. There have been no fatal fires among the 212 people on it, against three the year before.",
    "The university has 15,000 students and was absent from every local conversation about loneliness. I offered our "
    "psychology placements to the social prescribers. Forty students a year now do real work with people nearby.",
]

COMMITMENT = [
    "I have talked this over with my manager and my partner, because it will cost them both. My deputy will act up on "
    "cohort days, and I've moved the budget cycle so that I'm free for both residentials. I want to be stretched on "
    "one thing: I go quiet when I'm the least expert person in a room.",
    "My last 360 said that I am trusted and hard to read. I'd like to work on the second without losing the first. I "
    "keep a weekly notebook and will bring it. I'm not looking for a badge; I have five years left to work and want "
    "them to count.",
    "I've been on courses. What I haven't had is a set of people from other services who will ask me a question and "
    "wait. The days are in my diary as immovable, as court days were when I was a social worker.",
    "I said no to this two years ago because I couldn't be spared. That was vanity. My team will be better for my "
    "being away, and I'm nervous, which I take as a good sign.",
    "I will give it the 12 days, the reading, and one evening a week that used to go on email. I've asked my chief "
    "executive to be the person who asks me what I've tried.",
    "English is my third language and I prepare more than others see. I'd like to learn to contribute before I'm "
    "certain. I will commit to speaking in the first ten minutes of every set meeting.",
    "I'm a part-time carer for my father and need notice of dates. Given that, I'll be there. I have never missed a "
    "shift for a reason I could foresee.",
    "I'd like to be challenged on how I use my authority. In the police the rank does a lot of talking. I want to "
    "find out what I'm like without it.",
    "My question for the programme is how to let go of a service I built. I'm ready to try things and to tell the "
    "set honestly how they went.",
    "I've arranged cover with a neighbouring district: their head of service covers me and I'll do the same for "
    "theirs next year. That is already a small piece of what the programme is for.",
]

QUESTION = [
    "How do you lead people who have seen six reorganisations and outlasted every one of them?",
    "What would it take for the health and care budget of one place to be spent as if it were one budget?",
    "How can a small charity be an equal at a table where everyone else is paid to attend?",
    "When is it right to stop collaborating? I've never seen anyone do it well.",
    "How do we keep hold of what young people tell us once the consultation report has been filed?",
    "What do I owe the organisation that pays me when the right thing for the place costs it money?",
    "How do you build trust across a line that a tragedy has drawn?",
    "Who will want these jobs in ten years, and what should we be doing now so that they do?",
    "Why do we only cooperate well in an emergency?",
    "What would prevention look like if we measured it as strictly as we measure waiting times?",
]

SCOPE = [
    "I hold a budget of £14 million and 180 staff, and decide on placements up to £250,000 a year without referral.",
    "I chair the district's community safety partnership and commit my organisation's resources there.",
    "I deputise for the director at cabinet and the health and wellbeing board, and sign contracts up to £100,000.",
    "I am the responsible officer for three services across two counties, reporting to the chief operating officer.",
    "I lead operations for the local policing area: 240 officers and staff, and all partnership tasking.",
    "I set policy and spending for the trust's whole volunteer programme, answerable to the trustees.",
    "I decide capital priorities for the estate with the finance director; my limit alone is £500,000.",
    "I run the county's early help offer, with authority to redesign it within a budget of £6.2 million.",
]

MANAGER_COMMENTS = [
    "I'll cover the cohort days myself if I have to. She's ready for this and we need what she'll bring back.",
    "Fully supported. We have agreed the dates and moved two governance meetings that clashed.",
    "He has outgrown the job and I'd rather he grew here. The time is agreed.",
    "Supported. My one request is that we talk after each residential about what it means for the team.",
    "The right person at the right moment. Cover is in place until the end of the programme.",
    "I support this with some nervousness about winter. We've agreed how we'd handle a major incident.",
]
OFFICER_COMMENTS = [
    "I will sponsor a project and meet the participant at the start, the middle and the end.",
    "This is exactly the level and the person the programme is meant for. You have my commitment.",
    "We were absent last time and I want that put right. Agreed.",
    "She makes decisions here already; I'd like her to make them with others. Agreed and supported.",
    "Agreed. I'd welcome a project on our coastal towns if the ambition is there.",
]
OBJECTION = {
    "name": "Gwendolen Fairclough",
    "email": "",
    "reason": "We brought up a child together and aren’t on good terms. I’d rather she didn’t read this.",
}
COVER = [
    "Her deputy acts up on programme days; I take the board papers.",
    "We share the rota across two managers, and I chair his weekly meeting.",
    "A six-month development post covers one day a week.",
    "Nobody needs to: the dates fall outside our busy weeks.",
]
PROJECT_IDEAS = [
    "",
    "How we house people who leave hospital with nowhere to go.",
    "",
    "",
    "One front door for families that four of us visit in the same week.",
]
DECLINE_REASONS = [
    "We have two vacancies at this level and can't release a third head of service before the autumn. I've told her "
    "that I'd support an application to the next cohort.",
    "The post is being deleted in the current restructure, and I don't think it fair to promise the time.",
]
ASSESSOR_COMMENTS = [
    "Specific, honest about failure, and the change lasted. I'd have liked to know what others would say.",
    "Strong on the event, thinner on what was learned from it.",
    "Clear evidence of leading without authority across three employers.",
    "Good understanding of who holds what in the system; the example is recent and verifiable.",
    "Mostly a description of the service. The applicant's own part isn't easy to find.",
    "Moving and precise. The second half shows real reflection.",
    "Commitment is clear and the practical arrangements are made.",
    "Ambition is there, though the example is of working in one organisation only.",
]
MODERATION_REASONS = [
    "One of us read the answer as being about a single organisation. On reading it together, the alliance board is "
    "the system in question and the evidence is there.",
    "We agreed that the example is strong but old; nothing after 2022 shows it again.",
    "The gap came from the third criterion. The arrangements are in place and the manager confirms it.",
    "Both of us moved: the reflection deserves the higher mark, the result the lower.",
]
FEEDBACK = [
    "Your account of the closure was the most candid we read. To be stronger next time, say more about what the other "
    "organisations did differently because of you. The panel would like to see you apply again.",
    "You showed real commitment. Your example of working across the system isn't there yet: choose one where you had "
    "no line authority and tell us what changed. We'd be glad to talk it through by phone.",
]
AUDIENCE = (
    "Heads of service, assistant directors and their equals in every public service and in the voluntary sector, who make decisions "
    "today and will be asked to make them together."
)
SHARPER_EXAMPLE = (
    "Gave up money, staff or credit for the whole and can name who gained; decided with people who use services."
)
SHORTER_HINT = "Say why now, and what you’ll stop doing. Two or three things are enough."
SETBACK = [
    "I led the merger of two customer contact centres and hit every date on the plan. Six months later a third of the staff had "
    "left. I'd consulted and not listened: the notes of the first meeting say exactly what would happen. I now end every project "
    "board by asking the most junior person what we're pretending not to know.",
    "Our falls service won an award and closed within the year, because I had built it on one enthusiastic consultant and one "
    "year's money. Since then I won't start anything until two organisations have put it in their base budget.",
    "I promised the parish councils an answer by Christmas on the library building. It came in May. Nobody was surprised, which "
    "shamed me more than anger would have. I stopped promising dates that depend on people who aren't in the room.",
    "We ran a consultation on night-time policing that 40 people answered, all of them known to us. I called it a success in the "
    "report. A sergeant asked whether I'd read my own figures. We started again at the taxi rank and the kebab shop.",
    "I tried to bring in flexible rostering over the heads of the ward managers, with the chief nurse's backing. They followed it "
    "to the letter and it failed in nine weeks. I went back, apologised to 14 people one at a time and asked what they'd do.",
    "The bid I wrote with four charities lost because I'd edited out everything that made them different. The funder said it read "
    "like one organisation. I've learned to leave other people's voices in, even when the grammar hurts.",
    "I moved a planning team into an open office on the promise of better working together. Two people went off sick. I had never "
    "asked what they needed to concentrate. It cost me a quiet room and a public apology, both overdue.",
    "My first restructure saved £900,000 and cost me the trust of the people who stayed. I announced it by email at 4pm on a "
    "Friday because I was afraid of the questions. I've since done two more, in person, and taken every question.",
    "I chaired a child death review and let the loudest organisation set the tone. The family noticed. I now write down before "
    "each meeting whose view I least want to hear, and ask for it first.",
    "A shared data platform I sponsored was switched off last spring. The technology worked. None of us had agreed who'd ring a "
    "family when it showed something. I would start there now, with a telephone and a name.",
]
CLOSINGS = [
    "I'd do it sooner another time.",
    "What surprised me was who turned out to know.",
    "I still see most of those people every month.",
    "The hardest part was saying so to my own team.",
    "It's in place today, without me.",
    "I would want to hear how others have done it.",
    "My deputy would tell this story differently, and I'd recommend asking her.",
    "We measured it, and the figures have held for a year.",
    "That conversation has changed how I open meetings.",
    "None of it was in my job description.",
    "I keep the first version on my wall as a reminder.",
    "It took one telephone call that I had put off for a month.",
    "Two of the people involved have since moved on to bigger jobs, which I count as a result.",
    "There is a great deal left to do.",
]
WISH_TO_DEFER = (
    "I’m delighted, and I’d take the place today if I could. My mother is having surgery this month and I’m her carer until "
    "the summer. I could give the next cohort everything it asks for."
)
DEFERRAL_AGREED = "Look after your mother. We’ll be glad to have you with the next cohort, and you needn’t apply again."
DECLINE_OFFER = "I’ve accepted an acting-up post that starts the same week. I’m sorry, and I hope to apply again."
DECIDES = (
    "People who hold a budget, run a service or lead a team that other organisations depend on, and who can commit their own "
    "organisation to something without asking first."
)
LATE_ACCEPTED = "The county’s network was down on the last evening; she had finished the day before and told us at eight the next morning."
FOUND_ELIGIBLE = (
    "The post is called chief officer in a small trust; what is decided there compares with a director’s elsewhere."
)
LATE_REASON = "The chief officer is on leave; her deputy has confirmed support by telephone and will put it in writing."
NOT_SELECTED_REASON = "Below the line after moderation."
LIMITS_REASON = "The balance that was agreed with the partners before the round opened."
CORRECTED_BECAUSE = (
    "Two assessors marked about half a point apart on the same applications. They all hang together through shared ones, so the difference "
    "can be taken out; the chair and staff looked at who would change places before deciding."
)
MEAN_REASON = "The assessors agree; their mean stands."

# For each equality question, up to which hundredth of the people its answers reach, in their order; the rest say nothing.
EQUALITY = {
    "age": (0, 9, 44, 80, 95),
    "sex": (55, 96),
    "ethnic-group": (72, 76, 86, 94),
    "disability": (2, 9, 16, 93),
    "religion": (44, 84, 85, 87, 88, 92, 93),
    "sexual-orientation": (86, 90, 93),
    "caring": (48, 76, 88, 93),
    "socio-economic-background": (43, 66, 88, 92),
}
# What the second rounds ask besides the standard questions, in the words that the Social Mobility Commission recommends.
BACKGROUND = {
    "name": "Socio-economic background",
    "text": "What was the occupation of your main household earner when you were about 14?",
    "hint": "If there was more than one, think of whoever earned most.",
    "answers": [
        "Modern or traditional professional, or senior manager",
        "Clerical or intermediate, or ran a small business",
        "Technical, craft, routine or service work",
        "Out of work, or retired",
    ],
}

ADJUSTMENTS = (
    "I wear hearing aids. A room with a loop and somebody taking turns to speak makes all the difference.",
    "I can't do stairs at the moment, so a step-free venue please, and a space to park near the door.",
    "I'm dyslexic: papers two days before rather than on the table, and in a file I can have read to me.",
    "I care for my father. Anything before 9:30 is hard for me to get to.",
)
ARRANGED = "The venue has been checked, and what you asked for goes to the facilitators with the joining notes. Ring us if the day changes."
PROJECT_QUESTIONS = (
    "Why do the same forty families see six of our services and none of them sees the whole?",
    "What would it take for a care leaver to have one person they can always ring?",
    "How do we spend money on people before they need us, when every budget is for afterwards?",
    "Could our estates plans be one plan? We're all selling to each other.",
    "Who owns loneliness? Everybody I ask says somebody else.",
)

# What a round asks for besides words: rounds are marked blind, so assessors never see it.
PROOF = {
    "hint": "A scan or a photograph of one page is enough. We check that you’re on the register; it isn’t scored.",
    "kind": "file",
    "word_limit": 250,
    "file_kinds": ["pdf", "png", "jpeg"],
    "max_megabytes": 2,
    "optional": False,
    "staff_only": True,
    "criterion": None,
}
CERTIFICATE = ("Public health specialist register", "Certificate of registration")
NO_CERTIFICATE = "Made up for this demonstration. It proves nothing."
