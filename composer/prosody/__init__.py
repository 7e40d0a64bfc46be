"""Texts to be sung: syllables, stresses, rhymes and stanzas."""
