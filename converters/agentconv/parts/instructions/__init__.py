"""Instructions: texts that clients put before the model by themselves, as each of them finds and reads them."""
