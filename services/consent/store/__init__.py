"""Where the gate keeps its state, its ledger and what it released."""
