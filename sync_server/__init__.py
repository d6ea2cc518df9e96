"""The hub: accounts and devices, the door to the street, reports over the merged store."""
