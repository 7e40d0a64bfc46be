"""Words → the fields of a brief: what a text in English or Chinese asks for."""
