"""The house checks itself: sizes, words, declarations, documents."""
