"""Ways to reach a school, behind one protocol; none carries more than that something waits (design 7)."""
