import CryptoPrimitives
package import RecordStorage

extension AuthenticatorState {
    private static let format: UInt8 = 1

    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 768)
        writer.u8(Self.format)
        budget.guesses.write(to: &writer)
        budget.shortFailures.write(to: &writer)
        recoveryGuesses.write(to: &writer)
        writer.u8(UInt8(payments.count))
        for payment in payments {
            writer.u8(payment.kind.rawValue)
            writer.fixed(payment.digest.bytes)
            writer.time(payment.time)
        }
        writer.optional(answer) { writer, answer in
            writer.fixed(answer.digest.bytes)
            writer.time(answer.time)
            writer.u8(UInt8(answer.outcome.count))
            writer.fixed(answer.outcome)
        }
        writer.optional(pending) { writer, pending in
            pending.secret.write(to: &writer)
            writer.time(pending.begun)
            writer.time(pending.expires)
        }
        writer.optional(active) { writer, active in
            active.secret.write(to: &writer)
            writer.time(active.since)
            writer.u64(active.lastStep)
        }
        writer.optional(recovery) { writer, recovery in
            writer.u32(recovery.keyID)
            writer.fixed(recovery.box)
            writer.u8(UInt8(recovery.digests.count))
            for digest in recovery.digests { writer.fixed(digest) }
        }
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == Self.format else { throw MalformedBytes() }
        budget.guesses = try GuessBudget(from: &reader)
        budget.shortFailures = try MonthlyFailures(from: &reader)
        recoveryGuesses = try GuessBudget(from: &reader)
        let count = Int(try reader.u8())
        guard count <= Self.paymentLimit else { throw MalformedBytes() }
        for _ in 0..<count {
            guard let kind = AuthenticatorGuessKind(rawValue: try reader.u8()) else { throw MalformedBytes() }
            let payment = Payment(kind: kind, digest: AttemptDigest(bytes: try reader.fixed(16)), time: try reader.time())
            guard !payments.contains(where: { $0.digest == payment.digest }) else { throw MalformedBytes() }
            payments.append(payment)
        }
        answer = try reader.optional { reader throws(MalformedBytes) in
            let (digest, time) = (AttemptDigest(bytes: try reader.fixed(16)), try reader.time())
            let length = Int(try reader.u8())
            guard length <= Self.outcomeLimit else { throw MalformedBytes() }
            return Answer(digest: digest, time: time, outcome: try reader.fixed(length))
        }
        pending = try reader.optional { reader throws(MalformedBytes) in
            Pending(secret: try SealedAuthenticatorSecret(from: &reader), begun: try reader.time(), expires: try reader.time())
        }
        active = try reader.optional { reader throws(MalformedBytes) in
            Active(secret: try SealedAuthenticatorSecret(from: &reader), since: try reader.time(), lastStep: try reader.u64())
        }
        recovery = try reader.optional { reader throws(MalformedBytes) in
            let (keyID, box) = (try reader.u32(), try reader.fixed(32 + CommittingAEAD.overhead))
            let count = Int(try reader.u8())
            guard count <= RecoverySet.size else { throw MalformedBytes() }
            var digests: [[UInt8]] = []
            for _ in 0..<count { digests.append(try reader.fixed(16)) }
            guard Set(digests).count == count else { throw MalformedBytes() }
            return RecoverySet(keyID: keyID, box: box, digests: digests)
        }
    }
}

extension SealedAuthenticatorSecret {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.fixed(id)
        writer.u8(parameters.algorithm.rawValue)
        writer.u8(parameters.digits.rawValue)
        writer.u32(keyID)
        writer.fixed(box)
    }

    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        id = try reader.fixed(16)
        guard let algorithm = AuthenticatorParameters.Algorithm(rawValue: try reader.u8()),
            let digits = AuthenticatorParameters.Digits(rawValue: try reader.u8())
        else { throw MalformedBytes() }
        parameters = AuthenticatorParameters(algorithm: algorithm, digits: digits)
        keyID = try reader.u32()
        box = try reader.fixed(algorithm.secretLength + CommittingAEAD.overhead)
    }
}

extension GuessBudget {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.time(hour)
        writer.time(day)
        writer.u16(consecutive)
        writer.time(lastGuess)
        failures.write(to: &writer)
    }

    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.init()
        hour = try reader.time()
        day = try reader.time()
        consecutive = try reader.u16()
        lastGuess = try reader.time()
        failures = try MonthlyFailures(from: &reader)
    }
}
