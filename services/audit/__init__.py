"""Proof: Merkle trees over what was recorded, decided and opened, and bundles anyone can check offline."""
