"""Person references and the dated reporting chain, pushed by the system that owns people. Scoring keeps no more of a person than pay needs."""
