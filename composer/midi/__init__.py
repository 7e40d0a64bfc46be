"""Standard MIDI Files: `Performance` to bytes and back, and the clocks between them."""
