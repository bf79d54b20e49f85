"""Operation Encompass: each school told before its bell, each child accounted for (domain 2, design 7)."""
