//! Why letters come back (acceptance-pack, AT10).

/// The ten codes with their texts.
pub const RETURN_REASONS: [(&str, &str); 10] = [
    ("R01", "Addressee gone away"),
    ("R02", "Address incomplete"),
    ("R03", "Address inaccessible"),
    ("R04", "Addressee unknown"),
    ("R05", "Addressee gone away/Refused"),
    ("R06", "Not called for"),
    ("R07", "No such address"),
    ("R08", "No reason given"),
    ("R09", "Deceased"),
    ("R10", "Miscellaneous"),
];
