#if Tool
    import IdentityTypes
    import RecordStorage

    /// What the key service tells an operator: a line on standard error for whoever is called.
    struct Alarm: Observer {
        func observe(_ observation: Observation) { StandardError.write("ALARM \(observation.name)\n") }
    }
#endif
