"""Headless commands on a data folder: the same desk as the screens, for scripts and for proof."""
