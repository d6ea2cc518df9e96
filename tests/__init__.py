"""The tests: they mirror the rooms, plus laws, stories, house, browser and bench."""
