"""The words a school gets: neutral in the mail, plain on the page (design 7; domain 2)."""

SUBJECT = "You have a new message"
"""Says nothing of the scheme, a child or what happened: mail is read on lock screens and by relief staff."""

BODY = "A message is waiting for you. Sign in to read it:\n\n{link}\n\nPlease do not reply to this e-mail.\n"

WHAT_TO_DO = (
    "Read the message and make sure the key adult knows before the school day starts.",
    "Have somebody the child trusts keep an eye on the child today, and listen if the child wants to talk.",
    "Do not question the child about what happened.",
    "Do not tell either parent that the school was told.",
    "Look who it is about and acknowledge the message, so that nobody has to phone the school.",
)
"""What the school's page says to do, in order."""


def neutral_body(link: str) -> str:
    """Return the text of the e-mail: nothing but where to sign in."""
    return BODY.format(link=link)
