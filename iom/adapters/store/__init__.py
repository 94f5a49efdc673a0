"""Every query on the record, one module for each thing asked about. Decides nothing: the domain does."""
