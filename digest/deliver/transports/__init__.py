"""The ways to hand messages over: smtp, outbox, memory."""
