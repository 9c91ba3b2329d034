internal import CPhoneMetadata

/// The numbering plans this library was built with.
public enum PhoneMetadata {
    /// The release of libphonenumber's metadata, such as `9.0.43`.
    public static let version: String = PHONE_METADATA_VERSION
}
