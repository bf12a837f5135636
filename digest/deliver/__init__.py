"""An edition's messages, handed over once each.

send        one run: claim, fence, hand over, record; what a stop or a hold does to it
desk        where connections get messages, and where their fences and outcomes become commits
rows        the batches that a run works on, read page by page; owner: who holds them
fleet       how many connections are open; pace: how fast messages may be taken, of all and of one domain
allowance   when, and how much a day, may go out: the delivery window and the warm-up
backoff     what an answer means for the ledger, and when to try again
timeline    how a run went, in few enough figures to keep
envelope    one message on its way; one: a single message without the ledger
dkim        signatures; dkim_keys: the keys that make them
transports  the outbox folder, a mail server, memory
"""
