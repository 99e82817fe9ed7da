"""Desktop LLM: private language models on this computer.

The plan of the house. Rooms, each seeing only what lies below it (`a | b`: neither sees the other):

    __main__ > app > ui | cli > services > server | chat | tokens > models > hardware > engine
             > settings > errors | paths

    app        reads the command line, builds the services, opens a face: the window or a command
    ui, cli    the faces: all that is seen, and the same services from a terminal
    services   builds every part once, hands each its neighbours, closes them in reverse order
    chat       conversations: a tree of turns, and the live exchange with a model
    models     model files: found, read, checked, loaded
    hardware   what this machine has, and how fast it is
    engine     from messages to tokens, on one thread of its own
    settings, paths, errors   what everybody may know

One token's way: `Engine.submit` puts a request into the engine thread's inbox; each step of
`EngineCore` schedules a batch, `LlamaModel` decodes and samples it, the detokenizer makes text of
it, and `TokenStream.put` rings the reader's doorbell; the reader (a ChatSession in the window's
thread, or a command) takes the events and shows them.
"""

__version__ = "0.1.0"
