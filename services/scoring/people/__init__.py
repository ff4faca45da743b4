"""Person references and the dated reporting chain, pushed by the system that owns people: no more than pay needs."""
