"""Rules of the business: pure functions from rows and input to edits, or Refused."""
