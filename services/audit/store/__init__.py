"""What the audit keeps: leaves, trees with their signed heads, and bundles made of them."""
