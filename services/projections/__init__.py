"""Read models: what each recipient was released, in order, from `to.<recipient>`; sealed as it came."""
