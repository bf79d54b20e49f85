"""What every policy must keep to, in words, each with its paragraph (design 5; NA 4.9-4.26).

A policy that breaks one of these is not the partnership's to adopt, whoever wants it. What the documents
leave open (who else may hold what another holds, NA 4.27) is no invariant: `overlaps` lists it.
"""

from services.consent.rules import faults
from services.consent.rules.breaches import FORMS, REVIEWED, Invariant
from services.consent.rules.combinations import SETS
from services.vocabulary.agencies import HUB
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk

HIGH, SAFEGUARDING, GIVEN = Risk.HIGH, ChildrenLevel.SAFEGUARDING, ConsentAnswer.GIVEN
CARES, CHECS, DAFSU, CEDAH = "cheshire-cares", "checs", "dafsu", "cedah"
FAMILY_HELP, ADULT_SOCIAL_CARE = "family-help", "adult-social-care"
EMERGENCY_DUTY_TEAM = "emergency-duty-team"

_REFERRED = (
    EventType.REFERRAL_RECEIVED,
    EventType.REFERRAL_TRIAGED,
    EventType.REFERRED_ON,
    EventType.MARAC_REFERRED,
)
"""What says at what risk somebody, or with what concern children, were referred: then or found since."""
_GRADED = (EventType.DASH_REDONE,)
"""What says that somebody else than the Hub assessed the risk."""
_AT_MARAC = (EventType.MARAC_REFERRED, EventType.MARAC_TRANSFERRED)
"""What brings a case to a meeting: a referral, or another area's meeting (NA 6.46)."""
_VULNERABLE = SETS["vulnerable_adults"] - {frozenset()}
_DANGER = {"overdue": True}
_CLOSED = {"overdue": True, "out_of_hours": True}

INVARIANTS = (
    Invariant(
        id="one-answer",
        says="Every recipient has exactly one answer in every combination: what it is sent and on what"
        " ground, or why it is sent nothing",
        source="design 1.2, 5",
        mend="write the rule so that it can be applied: a rule that errs withholds",
        broken=faults.unanswered,
    ),
    Invariant(
        id="ground-holds",
        says="Nothing is released without a ground that holds then and may serve that recipient",
        source="NA 4.22",
        mend="take the ground from the rule, or let the rule ask for what the ground needs",
        broken=faults.without_ground,
    ),
    Invariant(
        id="lawful",
        says="Every ground is a lawful one",
        source="NA 4.21-4.26",
        mend="take `practice` from the rule's grounds: that it is done so is no lawful basis",
        broken=faults.unlawful,
    ),
    Invariant(
        id="ground-means",
        says="Each ground is there only when the facts are those that the law or the partnership names",
        source="NA 4.21, 4.22, 4.26, 6.54; Care Act 2014 s42",
        mend="let the ground's `when` ask for these facts",
        broken=faults.otherwise_than_meant,
    ),
    Invariant(
        id="ground-serves",
        says="Each ground serves only those whom it may, and the partnership's alone releases facts alone",
        source="design 5",
        mend="take the ground from the rule, or the sections that are about people",
        broken=faults.serving_others,
    ),
    Invariant(
        id="thresholds",
        says="Below high risk and child safeguarding a form is shared only with consent, or on an override,"
        " MARAC, an open child's case or adult safeguarding",
        source="NA 4.21, 4.22, 4.26",
        mend="let the rule's grounds be among those",
        broken=faults.below_thresholds,
    ),
    Invariant(
        id="cheshire-cares-consent",
        says="At standard risk Cheshire Cares is told only with the adult victim's consent, but for a MARAC"
        " that it attends and what the police disclose to it",
        source="NA 4.13",
        mend='let consent be the rule\'s only ground: grounds = ["consent"]',
        broken=faults.cares_without_consent,
    ),
    Invariant(
        id="cheshire-cares-never",
        says="No override and no child safeguarding ground ever serves Cheshire Cares",
        source="NA 4.11, 4.13; design 5",
        mend='write never = ["cheshire-cares"] at that ground',
        broken=faults.cares_overridden,
    ),
    Invariant(
        id="one-risk",
        says="DAFSU is sent forms at high risk, CEDAH at medium and Cheshire Cares at standard, each alone",
        source="NA 4.11",
        mend="let the rule ask for that risk",
        broken=faults.out_of_column,
    ),
    Invariant(
        id="school-own-pupils",
        says="A school is sent of a form its own pupils, the section `children` alone, and nothing else",
        source="NA 4.15, 5.23; Domestic Abuse Act 2021 s49A",
        mend="release `children` alone, of forms alone, to placement = school",
        broken=faults.school_sees_more,
    ),
    Invariant(
        id="officer-other-children",
        says="The education officer is sent, of a form, only those children whom no school is told of",
        source="NA 4.16; Children Act 2004 s16LA",
        mend="release `children` alone, to every placement but school",
        broken=faults.officer_sees_more,
    ),
    Invariant(
        id="no-child-dropped",
        says="Every child in every form is told of to the school or to the education officer",
        source="NA 4.15, 4.16; design 1.7",
        mend="add the placement to the rule of the school or of the officer",
        broken=faults.child_dropped,
    ),
    Invariant(
        id="routing",
        says="What only the gate needs is never released, and everything else whole only to who published it",
        source="design 3",
        mend="name the sections one by one",
        broken=faults.everything_to_another,
    ),
    Invariant(
        id="before-review",
        says="Before the Hub's review a form reaches only police, the partnership, schools and the education"
        " officer; and DAFSU or ChECS where the review is overdue, and out of hours the emergency duty team",
        source="NA 4.10",
        mend="take VpaRaised from the rule, or let it ask for overdue = true (and out_of_hours = true)",
        broken=faults.before_review,
    ),
    Invariant(
        id="counted",
        says="Every event reaches its publisher whole, and the partnership's office as facts alone",
        source="NA 4.10, 4.13",
        mend='let the rules to "publisher" and "partnership" be on every event',
        broken=faults.not_counted,
    ),
    Invariant(
        id="disclosure",
        says="What the police decide to disclose or order reaches only whom the event names, on that ground"
        " alone, and so never the person causing harm",
        source="Domestic Violence Disclosure Scheme; Domestic Abuse Act 2021 part 3",
        mend="let the rule ask for named = true, with disclosure as its ground, on these events alone",
        broken=faults.disclosed_to_others,
    ),
    Invariant(
        id="high-risk-dafsu",
        says="High risk always reaches DAFSU, reviewed or referred, on and to MARAC too; and every MARAC"
        " case does, referred, transferred or listed, whoever the Hub names to attend it",
        source="NA 4.11, 3.8-3.36, 6.46",
        mend="let a rule to dafsu ask for no more than that, with a ground that then holds; and name dafsu"
        " in `always_attend` of the ground marac",
        broken=faults.any_of(
            faults.owed(DAFSU, (*REVIEWED, *_REFERRED), risk=HIGH),
            faults.owed(DAFSU, (*faults.MEETINGS, *_AT_MARAC), marac=True),
            faults.marac_left_out(DAFSU),
        ),
    ),
    Invariant(
        id="risk-found-hub",
        says="High risk that a DASH done again finds always reaches the Hub, who alone reviews risk; of a"
        " child, who has no risk of their own, ChECS too",
        source="NA 3.74-3.79, 4.10",
        mend="let a rule to police ask for no more than that, with a ground that then holds",
        broken=faults.any_of(
            faults.owed(HUB, _GRADED, risk=HIGH),
            faults.owed(HUB, _GRADED, risk=Risk.NOT_COMPLETED, children=ChildrenLevel.SAFEGUARDING),
            faults.owed(CHECS, _GRADED, risk=Risk.NOT_COMPLETED, children=ChildrenLevel.SAFEGUARDING),
        ),
    ),
    Invariant(
        id="safeguarding-checs",
        says="A child safeguarding concern always reaches ChECS, reviewed or referred, on and to MARAC too",
        source="NA 4.11, 4.26",
        mend="let a rule to checs ask for no more than that, with a ground that then holds",
        broken=faults.owed(CHECS, (*REVIEWED, *_REFERRED), children=SAFEGUARDING),
    ),
    Invariant(
        id="danger-overdue",
        says="Danger that the Hub has not reviewed in time reaches DAFSU or ChECS provisionally",
        source="NA 4.10, 4.26; design 5",
        mend="let the rule on VpaRaised ask for overdue = true and for the danger alone",
        broken=faults.any_of(
            faults.owed(DAFSU, FORMS[:1], risk=HIGH, **_DANGER),
            faults.owed(CHECS, FORMS[:1], children=SAFEGUARDING, **_DANGER),
        ),
    ),
    Invariant(
        id="danger-out-of-hours",
        says="Out of hours danger that the Hub has not reviewed in time reaches the emergency duty team, too",
        source="NA 4.10, 4.26; design 5",
        mend="let the rule on VpaRaised ask for overdue = true, out_of_hours = true and for the danger alone",
        broken=faults.any_of(
            faults.owed(EMERGENCY_DUTY_TEAM, FORMS[:1], risk=HIGH, **_CLOSED),
            faults.owed(EMERGENCY_DUTY_TEAM, FORMS[:1], children=SAFEGUARDING, **_CLOSED),
        ),
    ),
    Invariant(
        id="consent-honoured",
        says="With consent a reviewed form reaches CEDAH at medium risk, Cheshire Cares at standard, Family"
        " Help where the children need early help, Adult Social Care where an adult is vulnerable",
        source="NA 4.11, 4.21",
        mend="let the rule ask for no more than that, with consent among its grounds",
        broken=faults.any_of(
            faults.owed(CEDAH, REVIEWED, risk=Risk.MEDIUM, consent=GIVEN),
            faults.owed(CARES, REVIEWED, risk=Risk.STANDARD, consent=GIVEN),
            faults.owed(FAMILY_HELP, REVIEWED, children=ChildrenLevel.EARLY_HELP, consent=GIVEN),
            faults.owed(ADULT_SOCIAL_CARE, REVIEWED, vulnerable_adults=_VULNERABLE, consent=GIVEN),
        ),
    ),
    Invariant(
        id="correction-as-review",
        says="A corrected form goes to whom a reviewed one goes",
        source="design 5",
        mend="name VpaReviewed and VpaCorrected together in `on`",
        broken=faults.correction_routed_otherwise,
    ),
    Invariant(
        id="no-dead-row",
        says="Every rule answers in some combination, of each event it names and on each of its grounds",
        source="design 5",
        mend="remove the rule, the event or the ground, or move the rule before the one that answers for it",
        broken=faults.dead,
    ),
    Invariant(
        id="expectation",
        says="Whoever is sent a form is told what it is expected to do, and by when",
        source="NA 6.184, 6.185",
        mend="write `expects` with its end: within so many days, before the bell, at once",
        broken=faults.nothing_expected,
    ),
)
"""In the order in which they are told."""
