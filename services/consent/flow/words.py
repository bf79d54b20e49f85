"""Grounds, facts and reasons in plain English, for people who ask why."""

from services.consent.rules.circumstances import Condition
from services.consent.rules.clauses import either
from services.consent.rules.history import BEFORE_IT_JOINED
from services.consent.rules.not_shared import NOT_SHARED
from services.consent.rules.route import TAKEN_BACK
from services.consent.rules.schools import NOT_WITH_SCHOOL, SCHOOL_STOPPED
from services.consent.rules.two_sides import COUNTER_ALLEGATION
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.grounds import Ground, Reason

GROUNDS = {
    Ground.HIGH_RISK: "the reviewed risk is high",
    Ground.CHILD_SAFEGUARDING: "there is a child safeguarding concern",
    Ground.OPEN_CHILD_CASE: "it has an open case about a child of the family",
    Ground.ADULT_SAFEGUARDING: "there is a vulnerable adult and a safeguarding concern",
    Ground.CONSENT: "the adult victim consented to this recipient",
    Ground.OVERRIDE: "an override is recorded, with its rationale, for this recipient",
    Ground.MARAC: "the Hub accepted a MARAC referral and it attends the meeting",
    Ground.OPERATION_ENCOMPASS: "a child who may be a victim is its pupil (Operation Encompass)",
    Ground.CHILDS_WELFARE: "no school is told of a child who may be a victim",
    Ground.DISCLOSURE: "the police decided to disclose",
    Ground.PARTNERSHIP: "the partnership counts every event, by facts alone",
    Ground.OWN: "it published the event itself",
    Ground.PRACTICE: "that is how it is done; no lawful basis is recorded",
}

REASONS = {
    Reason.NOT_OWED: "no rule owes it this event",
    Reason.NO_GROUND: "it is owed the form, but nothing gives a lawful ground to share it",
    Reason.AWAITING_REVIEW: "the Hub has not reviewed it yet, and sharing is decided on the review",
    Reason.WITHDRAWN: "the adult victim withdrew consent and no other ground holds",
    Reason.ENDED: "the ground it was shared on has ended",
    Reason.RESTRICTED: "it is restricted, and not told by this route",
    Reason.RULE_ERROR: "a rule could not be applied, and then nothing is shared",
    Reason.UNCLASSIFIED: "no policy in force classified the event",
}

PARENT_THERE, CAUSES_HARM = "school-conflict", "school-child-causing-harm"
"""The rules of the shipped policies by which a school is not told of a pupil."""

STOPPED = {
    "suspended": "the partnership has suspended it",
    "agreement-ended": "every information sharing agreement that names it has ended",
    NOT_SHARED: "it was decided not to share it with this recipient, and the rationale is on record",
    COUNTER_ALLEGATION: "it turns round who was known to harm whom, and the Hub is to look at that first",
    TAKEN_BACK: "its publisher took it back, from this recipient or from everybody",
    BEFORE_IT_JOINED: "it was recorded before this recipient joined, and nobody is owed history by joining",
    PARENT_THERE: "a parent of the child may work at the school, so it is not told by this route",
    CAUSES_HARM: "the child is said to cause the harm, and is not described to a school as a victim",
    SCHOOL_STOPPED: "the school takes no part just now: it is suspended, or no agreement binds it any more",
    NOT_WITH_SCHOOL: "it was decided not to share it with this school, and the rationale is on record",
}
"""Why a recipient is not told, by what the denial names in place of the rule that would owe it."""

OFFICER = "The education officer is told of the child instead."

NEXT = {
    "suspended": "It follows when the partnership lets the recipient take part again.",
    "agreement-ended": "It follows when the agreement with the recipient is signed again.",
    NOT_SHARED: "It follows when the Hub records an override for this recipient, made after that decision.",
    COUNTER_ALLEGATION: "It follows when the Hub says that the roles stand, or that harm goes both ways.",
    TAKEN_BACK: "Nothing changes that: what is right is published anew.",
    BEFORE_IT_JOINED: "A backfill ordered for this recipient whose scope covers it would change the answer:"
    " it is then decided like any other. So would consent, or an override, that names it, where that is"
    " a ground.",
    PARENT_THERE: "A named council lead is told by telephone instead.",
    CAUSES_HARM: f"{OFFICER} That changes with a form by which the child causes no harm.",
    SCHOOL_STOPPED: f"{OFFICER} The school is told by the next form once it takes part again.",
    NOT_WITH_SCHOOL: f"{OFFICER} The school is told by the next form once the Hub has recorded an override"
    " for it, made after that decision.",
}
"""What has to happen then."""

ANSWERS = {
    ConsentAnswer.GIVEN: "given",
    ConsentAnswer.REFUSED: "refused",
    ConsentAnswer.COULD_NOT_ASK: "not asked, because that was not possible",
    ConsentAnswer.WITHDRAWN: "withdrawn",
    ConsentAnswer.EXPIRED: "given, and has expired",
}

FACTS = {
    "risk": "the reviewed risk is {}",
    "children": "the children are assessed as {}",
    "vulnerable_adult": "there is a vulnerable adult",
    "adult_safeguarding_concern": "there is an adult safeguarding concern",
    "consent": "consent is {}",
    "override": "an override is recorded",
    "open_child_case": "it has an open case about a child of the family",
    "marac": "it attends the MARAC",
    "named": "the event names it",
    "holds": "it holds a form of the incident, or has an open case",
    "overdue": "the Hub has not reviewed the form in time",
    "counter_allegation": "it turns round who was known to harm whom",
    "out_of_hours": "offices are closed when it is decided",
    "placement": "a child's school is told, or none can be",
}


def condition(when: Condition) -> str:
    """Return a condition as a clause."""
    values = sorted(str(value).replace("_", " ") for value in when.values if not isinstance(value, bool))
    clause = FACTS[when.fact].format(either(values))
    return f"it is not so that {clause}" if when.values == {False} else clause
