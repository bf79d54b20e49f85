"""Pure rules of Operation Encompass, one policy a file; each cites its paragraph."""
