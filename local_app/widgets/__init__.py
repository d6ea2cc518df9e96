"""Parts of screens, each the one that every screen uses: frame, fields, register, card, notices."""
