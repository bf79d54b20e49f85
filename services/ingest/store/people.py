"""Who a person is: recognised by keyed tokens, or new, with a key made before anything is sealed."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import Connection, or_, select

from services.eventlog.aliases import unalias
from services.eventlog.keys import NAME, TOKENS, KeyStore, name_token
from services.ingest.rules.people import may_be, recognise, recognise_child
from services.ingest.state import Candidate, Marks

_NHS = "nhs:"
_CHILD = "child:"
_CALLED, _BORN = "victim-called:", "victim-born:"
"""Begin a token of what an adult victim was ever called, and when born: of no use but for that person."""


def keyed(marks: Marks, match_key: bytes) -> Marks:
    """Return the tokens of a person's marks: what is looked up and kept, and says nothing without the key."""
    return Marks(
        nhs=None if marks.nhs is None else _NHS + _mac(match_key, marks.nhs),
        name=None if marks.name is None else name_token(match_key, marks.name),
        called=None if marks.called is None else _mac(match_key, marks.called),
        born=None if marks.born is None else _mac(match_key, marks.born),
    )


def child_token(incident: str, child: Marks) -> str | None:
    """Return the token of a child within one incident: of no use for finding them in another."""
    if child.called is None:
        return None
    return _CHILD + _mac(child.called.encode("utf-8"), incident)


def _described(person: str, marks: Marks) -> tuple[str | None, str | None]:
    """Return the tokens of a person's name and of their date of birth, each with the person in it."""
    called, born = marks.called, marks.born
    return (
        None if called is None else _CALLED + _mac(called.encode("utf-8"), person),
        None if born is None else _BORN + _mac(born.encode("utf-8"), person),
    )


def behind(names: Iterable[str], alias_key: bytes, recipient: str) -> tuple[str | None, ...]:
    """Return the persons that releases to a recipient named so; None for a name it was never given."""
    return tuple(unalias(alias_key, name, "person", recipient) for name in names)


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8"), "sha256").hex()


class People:
    """Recognise the persons of one batch, and remember the new ones until they are written.

    A person whose key was destroyed is nobody known: they begin anew.
    """

    def __init__(self, conn: Connection, keys: KeyStore) -> None:
        self._conn = conn
        self._store = keys
        self._keys: dict[str, bytes] = {}
        self._by_token: dict[str, list[str]] = {}
        self._nhs: dict[str, str] = {}
        self._with_birthday: set[str] = set()
        self._described: dict[str, set[str]] = {}
        self._new: list[str] = []
        self._learned: dict[str, set[str]] = {}

    def load(
        self, tokens: Iterable[Marks], persons: Iterable[str], children: Iterable[tuple[str, Marks]] = ()
    ) -> None:
        """Read everybody these tokens may stand for, and these persons, with their keys.

        `children`: with the incident they are of, where it is known.
        """
        wanted = {token for marks in tokens for token in (marks.nhs, marks.name) if token is not None}
        wanted.update(filter(None, (child_token(incident, child) for incident, child in children)))
        matched = self._store.match(wanted, conn=self._conn)
        everybody = {*persons, *(person for found in matched.values() for person in found)}
        self._keys = self._store.get_all(everybody, conn=self._conn)
        for token, found in matched.items():
            self._by_token[token] = [person for person in found if person in self._keys]
        self._load_numbers()

    def find(self, marks: Marks) -> str:
        """Return the person these tokens stand for, a new one where that is nobody known."""
        person = self._recognised(marks) or self.begin()
        self._learn(person, marks)
        return person

    def find_children(self, children: Sequence[Marks], incident: str | None) -> tuple[str, ...]:
        """Return the children of an event of an incident, in its order.

        One without a date of birth and a number is the child of that incident who is called the same, in
        the event itself too: those with either are found first.
        """
        order = sorted(range(len(children)), key=lambda at: not (children[at].nhs or children[at].name))
        found = {at: self._find_child(children[at], incident) for at in order}
        return tuple(found[at] for at in range(len(children)))

    def _find_child(self, marks: Marks, incident: str | None) -> str:
        token = child_token(incident, marks) if incident is not None else None
        person = self._recognised(marks) or self._child(marks, token) or self.begin()
        self._learn(person, marks)
        if token is not None:
            self._add(person, token)
        return person

    def find_victim(self, marks: Marks, of_incident: str | None) -> str:
        """Return an incident's adult victim as an event describes them.

        Somebody not recognised is the victim the incident already has, with details put right, unless
        two NHS numbers contradict that, or both another name and another date of birth do: it may be a
        child who is put in the adult victim's place.
        """
        person = self._recognised(marks)
        if person is None and self.has(of_incident):
            assert of_incident is not None
            same = may_be(marks, self._nhs.get(of_incident)) and not self._is_another(of_incident, marks)
            person = of_incident if same else None
        person = person or self.begin()
        self._learn(person, marks)
        self._remember(person, marks)
        return person

    def _is_another(self, person: str, marks: Marks) -> bool:
        """Say whether an adult victim's known names and birth dates are all others than these."""
        known = self._described.get(person, set())
        return all(
            any(each.startswith(kind) for each in known) and token is not None and token not in known
            for kind, token in zip((_CALLED, _BORN), _described(person, marks), strict=True)
        )

    def _remember(self, person: str, marks: Marks) -> None:
        new = {token for token in _described(person, marks) if token is not None}
        new -= self._described.setdefault(person, set())
        self._described[person] |= new
        if new:
            self._learned.setdefault(person, set()).update(new)

    def is_known_as(self, person: str, marks: Marks | None) -> bool:
        """Say whether these tokens stand for this person."""
        return marks is not None and self._recognised(marks) == person

    def has(self, person: str | None) -> bool:
        """Say whether there is a key for this person."""
        return person is not None and person in self._keys

    def begin(self) -> str:
        """Return a new person, whom nothing recognises yet."""
        person = token_hex(16)
        self._new.append(person)
        self._keys[person] = b""
        return person

    def write(self, at: datetime) -> Mapping[str, bytes]:
        """Write new persons with their keys and tokens, and return every key. Part of the transaction."""
        self._keys.update(self._store.create(self._new, at=at, conn=self._conn))
        self._store.add_tokens(self._learned, conn=self._conn)
        return self._keys

    def _recognised(self, marks: Marks) -> str | None:
        by_nhs = self._by_token.get(marks.nhs, []) if marks.nhs is not None else []
        named = self._by_token.get(marks.name, []) if marks.name is not None else []
        candidates = [Candidate(person=person, nhs=self._nhs.get(person)) for person in named]
        return recognise(marks, by_nhs[0] if by_nhs else None, candidates)

    def _child(self, marks: Marks, token: str | None) -> str | None:
        known = self._by_token.get(token, []) if token is not None else []
        return recognise_child(
            marks,
            [
                Candidate(
                    person=person, nhs=self._nhs.get(person), has_birthday=person in self._with_birthday
                )
                for person in known
            ],
        )

    def _learn(self, person: str, marks: Marks) -> None:
        """Remember an NHS number the person had none of, and a name that is nobody's or contradicted."""
        if marks.nhs is not None and person not in self._nhs:
            self._nhs[person] = marks.nhs
            self._add(person, marks.nhs)
        if marks.name is not None:
            self._with_birthday.add(person)
        if marks.name is not None and (marks.nhs is not None or not self._by_token.get(marks.name)):
            self._add(person, marks.name)

    def _add(self, person: str, token: str) -> None:
        known = self._by_token.setdefault(token, [])
        if person not in known:
            known.append(person)
            self._learned.setdefault(person, set()).add(token)

    def _load_numbers(self) -> None:
        if not self._keys:
            return
        rows = self._conn.execute(
            select(TOKENS.c.person, TOKENS.c.token)
            .where(TOKENS.c.person.in_(sorted(self._keys)))
            .where(or_(*map(TOKENS.c.token.startswith, (_NHS, NAME, _CALLED, _BORN))))
            .order_by(TOKENS.c.token)
        )
        for row in rows:
            if row.token.startswith(_NHS):
                self._nhs.setdefault(row.person, row.token)
            elif row.token.startswith((_CALLED, _BORN)):
                self._described.setdefault(row.person, set()).add(row.token)
            else:
                self._with_birthday.add(row.person)
