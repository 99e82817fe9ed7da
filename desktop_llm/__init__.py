"""Desktop LLM: private language models on this computer.

The plan of the house. Rooms, each seeing only what lies below it (`a | b`: neither sees the other):

    __main__ > app > ui | cli > services > server | chat | tokens > models > hardware > engine
             > settings > errors | paths

    app        reads the command line, builds the services, opens a face: the window or a command
    ui, cli    the faces: all that is seen, and the same services from a terminal
    services   builds every part once, hands each its neighbours, closes them in reverse order
    server     the local API: other programs use the models, safely
    chat       conversations: a tree of turns, and the live exchange with a model
    tokens     what a tokenizer does to a text
    models     models: found, fetched, read, checked, fitted, loaded, lent by name
    hardware   what this machine has, and how fast it is
    engine     from messages to tokens, on one thread of its own
    settings, keychain, paths, durable, errors   what everybody may know

One token's way: `Engine.submit` puts a request into the engine thread's inbox; each step of
`EngineCore` schedules a batch, `LlamaModel` decodes and samples it, the detokenizer makes text of
it, and `TokenStream.put` rings the reader's doorbell; the reader (a ChatSession in the window's
thread, a command, or a client's request on the server's loop) takes the events and hands them on.
"""

__version__ = "0.1.0"
