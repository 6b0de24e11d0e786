"""Tables, transactions, the event log and its migrations. The only SQL that writes."""
