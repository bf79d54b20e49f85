"""Does a referral have to go back to its referrer? (NA 3.20, 6.23-6.24, 6.39)"""

from collections.abc import Iterator

from services.ingest.rules.contact import unstated
from services.ingest.rules.reading import flag, text
from services.ingest.state import Reason, Submission
from services.vocabulary.events import EventType
from services.vocabulary.people import normalise_name

NOT_AN_ORGANISATION = frozenset(
    {"health", "healthcare", "healthservice", "healthservices", "nationalhealthservice", "nhs"}
)
"""Sources that name nobody, as letters alone and without an article."""


def faults(submission: Submission) -> tuple[Reason, ...]:
    """Return everything a referral must go back for: source, safe contact, the referrer's own details.

    One handed on goes back for contact details not marked safe; demand is counted by a source with a name.
    """
    if submission.type is EventType.CONSULTATION_GIVEN:
        return tuple(_source(submission))
    if submission.type is EventType.REFERRED_ON:
        return tuple(unstated(submission.section("contact"))) if "contact" in submission.sections else ()
    if submission.type is not EventType.REFERRAL_RECEIVED:
        return ()
    return (*_source(submission), *unstated(submission.section("contact")), *_own_details(submission))


def _source(submission: Submission) -> Iterator[Reason]:
    source = text(submission.section("facts"), "referral_source")
    if source is not None and normalise_name(source).removeprefix("the") in NOT_AN_ORGANISATION:
        yield Reason(
            pointer="/facts/referral_source",
            rule="named-organisation",
            detail="the source of a referral is a named organisation, never just health",
            fix="name the organisation: the hospital, practice or service",
        )


def _own_details(submission: Submission) -> Iterator[Reason]:
    if flag(submission.section("facts"), "self_referral"):
        return
    referrer, contact = submission.section("referrer"), submission.section("contact")
    if _same(_digits(text(referrer, "phone")), _digits(text(contact, "phone"))):
        yield _swapped("/contact/phone", "telephone number")
    if _same(_folded(text(referrer, "email")), _folded(text(contact, "email"))):
        yield _swapped("/contact/email", "email address")
    victim = submission.section("victim")
    full = f"{text(victim, 'given_name') or ''}{text(victim, 'family_name') or ''}"
    if _same(normalise_name(text(referrer, "name") or ""), normalise_name(full)):
        yield _swapped("/victim", "name")


def _swapped(pointer: str, what: str) -> Reason:
    return Reason(
        pointer=pointer,
        rule="referrers-own-details",
        detail=f"the referrer's own {what} stands where the person's should",
        fix="give the person's own, or leave it out; for a self-referral set facts.self_referral",
    )


def _same(one: str, other: str) -> bool:
    return bool(one) and one == other


def _digits(number: str | None) -> str:
    digits = "".join(c for c in number or "" if c.isdigit())
    return "0" + digits[2:] if digits.startswith("44") else digits


def _folded(address: str | None) -> str:
    return (address or "").strip().casefold()
