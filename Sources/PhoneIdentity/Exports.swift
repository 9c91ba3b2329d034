// A host imports PhoneIdentity and its adapters, and has every word that the façade's signatures use.
@_exported public import AuditLog
@_exported public import ConsentLedger
@_exported public import IdentityTypes
@_exported public import Messaging
@_exported public import OTPEngine
@_exported public import PhoneNormalization
@_exported public import RecordStorage
@_exported public import SealedStore
