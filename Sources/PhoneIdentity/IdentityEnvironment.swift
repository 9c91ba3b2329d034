public import AuditLog
public import IdentityTypes
public import Messaging
public import OTPEngine
public import RecordStorage
public import SealedStore

/// Everything an ``IdentityService`` is made from: the one place where a host, or a simulator, plugs in.
public struct IdentityEnvironment: Sendable {
    /// The host's database. The service wraps it, so that rows edited by anyone else are refused.
    public var identityStore: any RecordStore
    /// Makes the store let go of older copies of what was deleted, and tells whether it could (SQLite: `truncateWriteAheadLog`).
    public var forgetOldPages: @Sendable () async throws(StorageError) -> Bool
    /// The host's own keys, which open no number.
    public var keyring: HostKeyring
    /// Names the quorums to which numbers are sealed, so that people can see one again when two levels of them agree; `nil`: nobody ever.
    /// The newest: an older one than was used with the identity store before is refused when the service is opened.
    public var roster: Roster?
    /// Holds what opens records, in a store of its own.
    public var keyService: any KeyService
    /// Holds the index keys. An endpoint apart from the key service, so that a flood of strangers stops no release and no erasure.
    public var tagEvaluator: any TagEvaluator
    /// The gateway that takes messages to people.
    public var transport: any MessageTransport
    /// The host's own verification methods, such as passkeys or invitations, beside those of this library.
    public var methods: [any VerificationMethod] = []
    /// Takes notices of recoveries and changes to people; without one nobody is told of them.
    public var notices: (any NoticeHandler)?
    /// Answers people who write; without it only STOP, HELP and START are obeyed, and nobody is answered.
    public var conversations: Conversations?
    /// Outside services that know more of a number.
    public var checks = NumberChecks()
    public var log: Log
    /// Where names, counts and error codes go, for the host's metrics.
    public var observer: any Observer
    public var time: any TimeSource
    public var random: any RandomSource
    /// Fixed when the deployment is made.
    public var partitions: PartitionCount
    public var policy: IdentityPolicy

    /// The log's signer and where its tiles go.
    public struct Log: Sendable {
        public var signer: LogSigner
        public var tiles: any TileStore
        public var sequencer: SequencerPolicy

        public init(signer: LogSigner, tiles: any TileStore, sequencer: SequencerPolicy = SequencerPolicy()) {
            self.signer = signer
            self.tiles = tiles
            self.sequencer = sequencer
        }

        /// A log in a directory, signed here; `head` is a file outside the identity store, which remembers what was signed last.
        ///
        /// - Throws: ``AuditError`` with code `.badKey` when the keyring's origin cannot name a log.
        public init(directory: String, head: String, keyring: LogKeyring) throws(AuditError) {
            self.init(
                signer: try LogSigner(name: keyring.origin, seed: keyring.seed, heads: FileSignerHeadStore(path: head)),
                tiles: DirectoryTileStore(directory: directory))
        }
    }

    public init(
        identityStore: any RecordStore, forgetOldPages: @escaping @Sendable () async throws(StorageError) -> Bool, keyring: HostKeyring,
        roster: Roster? = nil, keyService: any KeyService, tagEvaluator: any TagEvaluator, transport: any MessageTransport, log: Log,
        observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource(),
        partitions: PartitionCount = .standard, policy: IdentityPolicy
    ) {
        self.identityStore = identityStore
        self.forgetOldPages = forgetOldPages
        self.keyring = keyring
        self.roster = roster
        self.keyService = keyService
        self.tagEvaluator = tagEvaluator
        self.transport = transport
        self.log = log
        self.observer = observer
        self.time = time
        self.random = random
        self.partitions = partitions
        self.policy = policy
    }
}

/// What a host decides: which numbers, how codes are, when a number alone recovers an account.
public struct IdentityPolicy: Hashable, Sendable {
    public var numbers = NumberPolicy()
    public var challenges = ChallengePolicy.standard
    /// What many numbers together may cost. Give it your gateway's tariff: without one it counts with ``Tariff/cautious``.
    public var abuse = AbusePolicy.standard
    public var recovery = RecoveryPolicy()
    public var methods = MethodPolicy()
    /// How often codes of an app and recovery codes may be guessed.
    public var authenticator = AuthenticatorPolicy.standard
    /// The words around a code.
    public var template: CodeTemplate
    /// Messages that may wait for the gateway; one more is refused with `transport.queueFull`.
    public var queueCapacity = 10_000
    /// How long after an enrolment that the host has not acknowledged `.alreadyEnrolled` still carries the pseudonym.
    public var acknowledgementTime: Duration = .seconds(86_400)

    public init(template: CodeTemplate) {
        self.template = template
    }
}
