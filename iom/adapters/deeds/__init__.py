"""What people do, each in one transaction: ask the record, ask the domain, write it down. Opens none itself."""
