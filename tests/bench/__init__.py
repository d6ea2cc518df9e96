"""Speed, measured on real stores, a real hub and real processes: `python3 run.py bench [NAME …]` prints one JSON line for each."""
