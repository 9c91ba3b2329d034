// figure phone-first-use: how long a process takes from its start to its end when it parses and checks one number, less what an empty Swift
// program takes. Both in turn, the median of the differences.
//
//   PhoneFirstUse FOLDER-OF-PROGRAMS
import Foundation
import Measuring

@main
struct PhoneFirstUse {
    static func main() throws {
        precondition(CommandLine.arguments.count == 2, "usage: PhoneFirstUse FOLDER-OF-PROGRAMS")
        let folder = CommandLine.arguments[1]
        var (answers, empties, differences): ([Double], [Double], [Double]) = ([], [], [])
        for round in -10..<300 {
            let empty = milliseconds("\(folder)/EmptyProgram")
            let answer = milliseconds("\(folder)/PhoneFirstAnswer")
            guard round >= 0 else { continue }
            answers.append(answer)
            empties.append(empty)
            differences.append(answer - empty)
        }
        print(
            String(
                format: "figure phone-first-use %.2f ms; with an answer %.2f ms, empty program %.2f ms", median(differences),
                median(answers), median(empties)))
    }

    /// From the start of a process to its end.
    private static func milliseconds(_ path: String) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var process: pid_t = 0
        let arguments = [strdup(path), nil]
        defer { free(arguments[0]) }
        precondition(posix_spawn(&process, path, nil, nil, arguments, environ) == 0, "\(path) cannot be started.")
        var status: Int32 = -1
        precondition(waitpid(process, &status, 0) == process && status == 0, "\(path) failed.")
        let (seconds, attoseconds) = (clock.now - start).components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
}
