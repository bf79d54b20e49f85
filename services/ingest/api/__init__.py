"""The door over HTTP (design 11): events in, receipts out. It decides nothing."""
