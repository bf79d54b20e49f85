"""Merkle trees of RFC 6962: roots, proofs and their verification. Pure; hashes are 32 bytes.

The tree over n leaves splits at the largest power of two below n (2.1), which is the same as
hashing neighbours level by level and carrying an odd last node up unchanged.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of no leaves (RFC 6962, 2.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf: SHA-256 of 0x00 and the data (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of 0x01 and both children (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree head over leaf hashes, `EMPTY_ROOT` for none."""
    level = list(leaf_hashes)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY_ROOT


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of the leaf at `index`, leaf to root (RFC 6962, 2.1.1).

    Raises ValueError where there is no such leaf.
    """
    return inclusion_proofs(leaf_hashes, [index])[0]


def inclusion_proofs(leaf_hashes: Sequence[bytes], indexes: Sequence[int]) -> list[list[bytes]]:
    """Return the audit paths of several leaves, hashing the tree once."""
    levels = _levels(leaf_hashes)
    return [_path(levels, len(leaf_hashes), index) for index in indexes]


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the first `old_size` leaves are a prefix of all (RFC 6962, 2.1.2).

    Empty where there is nothing to prove: no old leaves, or all of them.
    Raises ValueError where `old_size` is not within the tree.
    """
    if not 0 <= old_size <= len(leaf_hashes):
        raise ValueError(f"no tree of `{old_size}` leaves within `{len(leaf_hashes)}`: ask for a smaller one")
    if old_size in (0, len(leaf_hashes)):
        return []
    return _subproof(leaf_hashes, old_size, whole=True)


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows that leaf at that index under the root of `size` leaves.

    Follows RFC 9162, 2.1.3.2. Answers False to anything that is not a proof; never raises.
    """
    if not (_is_size(index) and _is_size(size) and index < size):
        return False
    if not (_is_hash(leaf_hash) and _is_hash(root) and _are_hashes(proof)):
        return False
    node, last, value = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Say whether the proof shows the old tree to be a prefix of the new one.

    Follows RFC 9162, 2.1.4.2; the empty tree is a prefix of every tree and needs an empty proof.
    Answers False to anything that is not a proof; never raises.
    """
    if not (_is_size(old_size) and _is_size(new_size) and old_size <= new_size):
        return False
    if not (_is_hash(old_root) and _is_hash(new_root) and _are_hashes(proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (old_size > 0 or old_root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    return _recomputed(old_size, new_size, list(proof), old_root) == (old_root, new_root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Hold just enough of a tree to go on from: the roots of its perfect subtrees, largest first."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def extended(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after these leaves too."""
        size, nodes = self.size, list(self.nodes)
        for value in leaf_hashes:
            carry = size
            while carry & 1:
                value = node_hash(nodes.pop(), value)
                carry >>= 1
            nodes.append(value)
            size += 1
        return Frontier(size=size, nodes=tuple(nodes))

    def root(self) -> bytes:
        """Return the root over all leaves so far, as `root` would."""
        if not self.nodes:
            return EMPTY_ROOT
        value = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            value = node_hash(left, value)
        return value


def _parents(level: list[bytes]) -> list[bytes]:
    """Hash neighbours; an odd last node is carried up unchanged."""
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) & 1 else pairs


def _levels(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]))
    return levels


def _path(levels: list[list[bytes]], size: int, index: int) -> list[bytes]:
    if not 0 <= index < size:
        raise ValueError(f"no leaf `{index}` in a tree of `{size}`: count from 0")
    path = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index >>= 1
    return path


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    """Follow SUBPROOF of RFC 6962, 2.1.2; `whole` says that the old root itself is known."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= split:
        return [*_subproof(leaves[:split], old, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old - split, whole=False), root(leaves[:split])]


def _recomputed(
    old_size: int, new_size: int, proof: list[bytes], old_root: bytes
) -> tuple[bytes, bytes] | None:
    """Return both roots as the proof has them, or None where its length is wrong."""
    if old_size & (old_size - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        return None
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = proof[0]
    for value in proof[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(value, old), node_hash(value, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, value)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _is_size(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_hash(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == HASH_SIZE


def _are_hashes(value: object) -> bool:
    return isinstance(value, list | tuple) and all(_is_hash(item) for item in value)
