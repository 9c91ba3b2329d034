#if Processes
    import Testing

    /// One after another within each suite: some count what the process has open.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct ProcessTransportTests {}
#endif
