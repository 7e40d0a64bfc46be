"""MusicXML files, read with tolerance and without expanding entities."""
