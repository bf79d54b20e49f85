"""The tree is RFC 6962's: against its published vectors, a naive reading of it, and garbage."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog import chain
from services.eventlog.chain import Frontier

# The certificate-transparency project's own test data: eight leaves, and the roots over the first n.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {(0, 8): [A, B, C], (5, 8): [D, E, ROOTS[4]], (2, 3): [ROOTS[2]], (1, 5): [ROOTS[1], B, D]}
CONSISTENCY = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [F, E, ROOTS[4]], (2, 5): [B, D]}

MOST = 64
HASHES = [chain.leaf_hash(str(number).encode()) for number in range(MOST)]


def hashes(size: int) -> list[bytes]:
    return [chain.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]


def hexed(proof: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in proof]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def naive_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) < 2:
        return []
    split = naive_split(len(leaves))
    if index < split:
        return [*naive_path(leaves[:split], index), naive_root(leaves[split:])]
    return [*naive_path(leaves[split:], index - split), naive_root(leaves[:split])]


def naive_subproof(leaves: Sequence[bytes], old: int, known: bool = True) -> list[bytes]:
    if old == len(leaves):
        return [] if known else [naive_root(leaves)]
    split = naive_split(len(leaves))
    if old <= split:
        return [*naive_subproof(leaves[:split], old, known), naive_root(leaves[split:])]
    return [*naive_subproof(leaves[split:], old - split, False), naive_root(leaves[:split])]


def naive_split(size: int) -> int:
    split = 1
    while split * 2 < size:
        split *= 2
    return split


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_the_published_ones(size: int) -> None:
    assert chain.root(hashes(size)).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int) -> None:
    assert hexed(chain.inclusion_proof(hashes(size), index)) == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(old: int, new: int) -> None:
    assert hexed(chain.consistency_proof(hashes(new), old)) == CONSISTENCY[old, new]


@pytest.mark.parametrize("size", range(MOST + 1))
def test_roots_and_paths_are_what_the_text_of_the_standard_says(size: int) -> None:
    leaves = HASHES[:size]

    assert chain.root(leaves) == naive_root(leaves)
    assert chain.inclusion_proofs(leaves, range(size)) == [naive_path(leaves, i) for i in range(size)]


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_consistency_proofs_are_what_the_text_of_the_standard_says(size: int) -> None:
    leaves = HASHES[:size]

    for old in range(1, size + 1):
        assert chain.consistency_proof(leaves, old) == naive_subproof(leaves, old)


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_is_found_and_found_nowhere_else(size: int) -> None:
    leaves, root = HASHES[:size], chain.root(HASHES[:size])

    for index in range(size):
        proof = chain.inclusion_proof(leaves, index)
        assert chain.verify_inclusion(leaves[index], index, size, proof, root)
        assert not chain.verify_inclusion(leaves[index], (index + 1) % size, size, proof, root) or size == 1
        assert not chain.verify_inclusion(HASHES[(index + 1) % MOST], index, size, proof, root)
        assert not chain.verify_inclusion(leaves[index], index, size, [*proof, HASHES[0]], root)
        assert not proof or not chain.verify_inclusion(leaves[index], index, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(MOST + 1))
def test_every_earlier_tree_is_consistent_and_no_other(size: int) -> None:
    root = chain.root(HASHES[:size])

    for old in range(size + 1):
        proof, old_root = chain.consistency_proof(HASHES[:size], old), chain.root(HASHES[:old])
        assert chain.verify_consistency(old, size, proof, old_root, root)
        assert not chain.verify_consistency(old, size, [*proof, HASHES[0]], old_root, root)
        assert not chain.verify_consistency(old, size, proof, HASHES[1], root)
        assert old == 0 or not chain.verify_consistency(old, size, proof, old_root, HASHES[1])
        assert not proof or not chain.verify_consistency(old, size, proof[:-1], old_root, root)


def test_the_empty_tree_is_consistent_with_every_tree_and_proves_nothing() -> None:
    root = chain.root(HASHES)

    assert chain.consistency_proof(HASHES, 0) == []
    assert chain.verify_consistency(0, MOST, [], chain.EMPTY_ROOT, root)
    assert chain.verify_consistency(0, 0, [], chain.EMPTY_ROOT, chain.EMPTY_ROOT)
    assert not chain.verify_consistency(0, MOST, [], root, root)
    assert not chain.verify_consistency(0, 0, [], root, root)
    assert not chain.verify_inclusion(HASHES[0], 0, 0, [], chain.EMPTY_ROOT)


def test_a_tree_is_consistent_with_itself_by_an_empty_proof_alone() -> None:
    root = chain.root(HASHES)

    assert chain.verify_consistency(MOST, MOST, [], root, root)
    assert not chain.verify_consistency(MOST, MOST, [HASHES[0]], root, root)
    assert not chain.verify_consistency(MOST, MOST, [], root, HASHES[0])


@pytest.mark.parametrize("old", [-1, MOST + 1])
def test_asking_for_what_the_tree_does_not_hold_is_refused(old: int) -> None:
    with pytest.raises(ValueError, match="within"):
        chain.consistency_proof(HASHES, old)
    with pytest.raises(ValueError, match="no leaf"):
        chain.inclusion_proof(HASHES, old)


garbage = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.floats(),
    st.text(max_size=3),
    st.binary(max_size=33),
    st.sampled_from(HASHES[:9]),
    st.lists(st.one_of(st.sampled_from(HASHES[:3]), st.binary(max_size=33), st.none()), max_size=4),
)


@given(garbage, garbage, garbage, garbage, garbage)
def test_garbage_is_answered_no_and_never_with_an_error(
    a: object, b: object, c: object, d: object, e: object
) -> None:
    inclusion = chain.verify_inclusion(a, b, c, d, e)  # type: ignore[arg-type]
    consistency = chain.verify_consistency(a, b, c, d, e)  # type: ignore[arg-type]

    assert inclusion in (True, False)
    assert consistency in (True, False)


@pytest.mark.parametrize("size", range(MOST + 1))
def test_a_frontier_has_the_root_of_all_leaves_it_was_given(size: int) -> None:
    assert Frontier().extended(HASHES[:size]).root() == chain.root(HASHES[:size])


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_a_frontier_goes_on_where_it_stopped(first: int, last: int) -> None:
    first, last = sorted((first, last))

    gone_on = Frontier().extended(HASHES[:first]).extended(HASHES[first:last])

    assert gone_on == Frontier().extended(HASHES[:last])
    assert gone_on.size == last
