import RecordStorage

/// The search for one order of all commits.
struct CommitOrder {
    private struct Link {
        let to: Int
        let key: RecordKey
    }

    /// Two lives of one key that time leaves in either order.
    private struct Choice {
        let first: RecordLife
        let second: RecordLife
    }

    private let census: CommitCensus
    private var links: [[Link]]
    private var choices: [Choice] = []

    init(_ census: CommitCensus, _ lives: [RecordLife]) {
        self.census = census
        links = Array(repeating: [], count: census.commits.count)
        for life in lives {
            for link in life.links { links[link.from].append(Link(to: link.to, key: life.key)) }
        }
        // Lives of one key stand together.
        var start = 0
        while start < lives.count {
            let end = lives[start...].firstIndex { $0.key != lives[start].key } ?? lives.count
            for first in start..<end {
                for second in (first + 1)..<max(end, first + 1) {
                    let (left, right) = (lives[first], lives[second])
                    switch (left.mayPrecede(right), right.mayPrecede(left)) {
                    case (true, false): Self.order(left, right, in: &links)
                    case (false, true): Self.order(right, left, in: &links)
                    default: choices.append(Choice(first: left, second: right))
                    }
                }
            }
            start = end
        }
    }

    func check() throws(HistoryViolation) {
        var guesses = 256
        if let cycle = search(links, choices, &guesses) { throw violation(cycle) }
    }

    private static func order(_ earlier: RecordLife, _ later: RecordLife, in links: inout [[Link]]) {
        for tail in earlier.tails { links[tail].append(Link(to: later.first, key: earlier.key)) }
    }

    /// A cycle that stays whichever order the lives have; `nil` when there is an order, or too many to try.
    private func search(_ links: [[Link]], _ choices: [Choice], _ guesses: inout Int) -> [(commit: Int, key: RecordKey)]? {
        var links = links
        var open = choices
        while true {
            let order = topologicalOrder(links)
            guard order.count == links.count else { return shortestCycle(links, outside: order) }
            if open.isEmpty { return nil }
            let reach = Reach(links.map { $0.map(\.to) }, order)
            var next: [Choice] = []
            for choice in open {
                if choice.second.tails.contains(where: { reach.from(choice.first.first, to: $0) }) {
                    Self.order(choice.first, choice.second, in: &links)
                } else if choice.first.tails.contains(where: { reach.from(choice.second.first, to: $0) }) {
                    Self.order(choice.second, choice.first, in: &links)
                } else {
                    next.append(choice)
                }
            }
            if next.count == open.count { return guess(links, open, order, &guesses) }
            open = next
        }
    }

    private func guess(
        _ links: [[Link]], _ choices: [Choice], _ order: [Int], _ guesses: inout Int
    ) -> [(commit: Int, key: RecordKey)]? {
        var places = [Int](repeating: 0, count: order.count)
        for (place, commit) in order.enumerated() { places[commit] = place }
        func precedes(_ earlier: RecordLife, _ later: RecordLife) -> Bool {
            earlier.tails.allSatisfy { places[$0] < places[later.first] }
        }
        // This very order may keep all lives apart.
        guard let place = choices.firstIndex(where: { !precedes($0.first, $0.second) && !precedes($0.second, $0.first) }), guesses > 0
        else {
            return nil
        }
        guesses -= 1
        var rest = choices
        let choice = rest.remove(at: place)
        var cycle: [(commit: Int, key: RecordKey)]?
        for (earlier, later) in [(choice.first, choice.second), (choice.second, choice.first)] {
            var guessed = links
            Self.order(earlier, later, in: &guessed)
            cycle = search(guessed, rest, &guesses)
            if cycle == nil { return nil }
        }
        return cycle
    }

    /// Each commit after those before it; what is on or after a cycle is left out.
    private func topologicalOrder(_ links: [[Link]]) -> [Int] {
        var before = [Int](repeating: 0, count: links.count)
        for link in links.joined() { before[link.to] += 1 }
        var ready = before.indices.filter { before[$0] == 0 }.sorted { census.commits[$0].ended > census.commits[$1].ended }
        var order: [Int] = []
        while let commit = ready.popLast() {
            order.append(commit)
            for link in links[commit] {
                before[link.to] -= 1
                if before[link.to] == 0 {
                    let ended = census.commits[link.to].ended
                    ready.insert(link.to, at: ready.firstIndex { census.commits[$0].ended <= ended } ?? ready.count)
                }
            }
        }
        return order
    }

    private func shortestCycle(_ links: [[Link]], outside order: [Int]) -> [(commit: Int, key: RecordKey)] {
        let rest = Set(links.indices).subtracting(order)
        var shortest: [(commit: Int, key: RecordKey)] = []
        for start in rest.sorted() {
            var cameBy: [Int: (from: Int, key: RecordKey)] = [:]
            var queue = [start]
            search: while !queue.isEmpty {
                let commit = queue.removeFirst()
                for link in links[commit] where cameBy[link.to] == nil {
                    cameBy[link.to] = (commit, link.key)
                    if link.to == start { break search }
                    queue.append(link.to)
                }
            }
            guard cameBy[start] != nil else { continue }
            var cycle: [(commit: Int, key: RecordKey)] = []
            var commit = start
            repeat {
                let (from, key) = cameBy[commit]!
                cycle.insert((from, key), at: 0)
                commit = from
            } while commit != start
            if shortest.isEmpty || cycle.count < shortest.count { shortest = cycle }
            if shortest.count == 2 { break }
        }
        return shortest
    }

    private func violation(_ cycle: [(commit: Int, key: RecordKey)]) -> HistoryViolation {
        let operations = cycle.map { census.commits[$0.commit].operation }
        let steps = cycle.enumerated().map { place, step in
            "commit \(operations[place]) before \(operations[(place + 1) % operations.count]) at \(step.key.shown)"
        }
        return HistoryViolation(
            kind: .notSerializable, operations: operations,
            reason:
                "by what they expected and wrote, these commits cannot have been made one after another: \(steps.joined(separator: ", ")).")
    }
}

/// Which commits come after which, over any number of links.
private struct Reach {
    private let width: Int
    private var bits: [UInt64]

    init(_ links: [[Int]], _ order: [Int]) {
        width = (links.count + 63) / 64
        bits = Array(repeating: 0, count: links.count * width)
        for commit in order.reversed() {
            bits[commit * width + commit / 64] |= 1 << UInt64(commit % 64)
            for next in links[commit] {
                for word in 0..<width { bits[commit * width + word] |= bits[next * width + word] }
            }
        }
    }

    func from(_ commit: Int, to other: Int) -> Bool {
        bits[commit * width + other / 64] & (1 << UInt64(other % 64)) != 0
    }
}
