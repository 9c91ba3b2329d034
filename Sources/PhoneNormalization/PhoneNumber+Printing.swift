extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The country calling code and the last two digits, the rest as dots: `+41 ••• ••• •00`.
    ///
    /// As many dots for every number, so that not even the number of digits is told.
    public var description: String {
        let last = Int(national.count) - 1
        return "+\(plan.pointee.calling_code) ••• ••• ••\(national[last - 1])\(national[last])"
    }

    public var debugDescription: String { description }

    /// Has no children: a mirror, `dump` and a debugger see the masked description only.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
