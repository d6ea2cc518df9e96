"""Stories: what people do over days, told with real stores and a real hub."""
