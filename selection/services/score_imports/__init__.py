"""Scores that were given elsewhere: a sheet is uploaded, its columns matched, its rows checked and corrected, then written whole."""
