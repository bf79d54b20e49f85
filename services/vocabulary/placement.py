"""Whether a school can be told about a child, and if not, why (Domestic Abuse Act 2021 s49A)."""

from services.vocabulary.words import Word


class Placement(Word):
    """Where a child stands when police attended. Only `SCHOOL` has a school to tell by message.

    Every other placement is owed to the officer configured for the authority: no child is dropped.
    """

    SCHOOL = "school"
    HOME_EDUCATED = "home_educated"
    NO_SCHOOL = "no_school"
    UNKNOWN_SCHOOL = "unknown_school"
    OUT_OF_AREA = "out_of_area"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    CONFLICT = "conflict"
    CAUSING_HARM = "causing_harm"
    """The child is who causes the harm: not described to a school as a victim."""
