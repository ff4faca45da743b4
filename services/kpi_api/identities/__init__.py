"""Who comes in besides our own tokens: people by identities of outside issuers, and programs by API keys. An hr_admin's work."""
