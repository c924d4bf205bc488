"""The exercises of chapters and labs: a module computes right answers and knows the usual mistakes."""
