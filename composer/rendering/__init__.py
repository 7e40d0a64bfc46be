"""`Performance` to `Audio`: SoundFonts, synthesisers, and the mix."""
