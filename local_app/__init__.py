"""The program of one laptop: desk, sync, screens, documents, imports, exports."""
