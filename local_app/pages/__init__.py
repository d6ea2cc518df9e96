"""The screens: one file each, and one line each in `screens.py`."""
