/// What is wrong with the directory that was asked for: a stable code, and what to do.
enum DirectoryError: String, Error, CustomStringConvertible {
    case used = "directory.used"
    case unusable = "directory.unusable"

    var description: String {
        switch self {
        case .used:
            "\(rawValue): There is a deployment in this directory already, where the people of the tour have accounts; give --directory "
                + "a new one, or add --interactive to sign up there yourself."
        case .unusable:
            "\(rawValue): This directory can be neither made nor written to; give --directory one that can, or leave it out."
        }
    }
}
