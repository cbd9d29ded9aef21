//! Files that hold a secret: readable for their owner alone, and of the right kind.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use crate::model::decode_text;

/// The largest key file that makes sense, in bytes.
const LARGEST: u64 = 64 * 1024;

/// What is wrong with a key file and what to do; never its content. The path is left out where
/// no such file exists: what was written there may be the secret itself.
type Problem = String;

/// Reads an API key: one word, white space around it apart.
pub(super) fn api_key(path: &Path) -> Result<SecretString, Problem> {
    let text = read(path)?;
    checked_api_key(&text).map_err(|problem| format!("{} {problem}", path.display()))
}

/// An API key of the developer portal has 32 characters. Shorter than this none is one, and a word
/// that short would be blotted out of the tool's own sentences.
const SHORTEST: usize = 16;

/// Checks an API key from whatever place.
pub(super) fn checked_api_key(text: &str) -> Result<SecretString, Problem> {
    // Some editors begin a file with a byte order mark, which is no part of the key.
    let word = text.trim_start_matches('\u{feff}').trim();
    if word.starts_with(['"', '\'', '“', '”', '`']) || word.ends_with(['"', '\'', '“', '”', '`'])
    {
        return Err("holds the API key in quotes, which are no part of it; take them away".into());
    }
    if word.contains("-----BEGIN") {
        return Err("holds a PEM file where an API key belongs".into());
    }
    if word.is_empty() {
        return Err("is empty; put the API key into it".into());
    }
    if !word.chars().all(|c| c.is_ascii_graphic()) {
        return Err("must hold the API key alone, one word of printable ASCII".into());
    }
    if word.len() < SHORTEST {
        let length = word.len();
        let ending = if length == 1 { "" } else { "s" };
        return Err(format!(
            "holds {length} character{ending}, and an API key of the developer portal has 32; copy the whole key"
        ));
    }
    Ok(SecretString::from(word))
}

/// Reads an RSA private key in PEM: PKCS#8, or the older PKCS#1.
pub(super) fn private_key(path: &Path) -> Result<SecretString, Problem> {
    let text = read(path)?;
    check_pem(&text).map_err(|problem| format!("{} {problem}", path.display()))?;
    Ok(SecretString::from(text))
}

/// Reads the text of a key that signs seals; what is in it is for the reader to say.
pub(super) fn signing_key(path: &Path) -> Result<SecretString, Problem> {
    read(path).map(SecretString::from)
}

fn read(path: &Path) -> Result<String, Problem> {
    let facts = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !facts.is_file() {
        return Err("this names a folder or device; name a file".into());
    }
    refuse_open_mode(path, &facts)?;
    if facts.len() > LARGEST {
        return Err(format!("{} is too large for a key", path.display()));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(&error))?;
    decode_text(&bytes).map_err(|_| format!("{} is not text; a PEM or key file is", path.display()))
}

/// Says the kind of failure only: the error's own text may repeat the path.
fn unreadable(error: &std::io::Error) -> Problem {
    let why = error.kind();
    format!(
        "cannot read the file named here ({why}); a relative path starts at the configuration file's folder, one from the environment at the current folder"
    )
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path, facts: &fs::Metadata) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = facts.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(format!(
        "{path} has mode {mode:04o}, so others can read it; run: chmod 600 '{path}'"
    ))
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &Path, _: &fs::Metadata) -> Result<(), Problem> {
    Ok(())
}

/// `AlgorithmIdentifier` of RSA in PKCS#8: OID 1.2.840.113549.1.1.1 (RFC 8017, appendix A.1).
const RSA_OID: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
];

const MAKE_ONE: &str =
    "make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096`";

fn check_pem(text: &str) -> Result<(), Problem> {
    let label = label(text).ok_or_else(|| format!("holds no PEM; {MAKE_ONE}"))?;
    match label {
        "PRIVATE KEY" => check_rsa(text, label),
        "RSA PRIVATE KEY" if text.contains("ENCRYPTED") => Err(encrypted()),
        "RSA PRIVATE KEY" => body(text, label).map(|_| ()),
        "ENCRYPTED PRIVATE KEY" => Err(encrypted()),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err("holds a public key; the private half signs".into()),
        "CERTIFICATE" => Err("holds a certificate; the private key belongs here".into()),
        "OPENSSH PRIVATE KEY" => Err(format!("holds an OpenSSH key; {MAKE_ONE}")),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
            Err(format!("holds no RSA key, and RS512 needs one; {MAKE_ONE}"))
        }
        _ => Err(format!(
            "holds a PEM of another kind than PRIVATE KEY; {MAKE_ONE}"
        )),
    }
}

fn encrypted() -> Problem {
    "holds a key with a passphrase; write it without one: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW".into()
}

fn label(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    rest.split_once("-----").map(|(label, _)| label)
}

fn check_rsa(text: &str, label: &str) -> Result<(), Problem> {
    let der = body(text, label)?;
    if der
        .windows(RSA_OID.len())
        .take(64)
        .any(|part| part == RSA_OID)
    {
        return Ok(());
    }
    Err(format!("holds no RSA key, and RS512 needs one; {MAKE_ONE}"))
}

/// The bytes between the lines of the PEM.
fn body(text: &str, label: &str) -> Result<Vec<u8>, Problem> {
    let broken = || format!("holds a PEM that is cut off or damaged; {MAKE_ONE}");
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let (_, rest) = text.split_once(&begin).ok_or_else(broken)?;
    let (inner, _) = rest.split_once(&end).ok_or_else(broken)?;
    let packed: String = inner.split_whitespace().collect();
    let der = STANDARD.decode(packed).map_err(|_| broken())?;
    if der.is_empty() {
        Err(broken())
    } else {
        Ok(der)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn pem(label: &str, der: &[u8]) -> String {
        let body = STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn an_rsa_key_passes_and_every_other_kind_is_named() {
        assert_eq!(check_pem(&pem("PRIVATE KEY", &RSA_OID)), Ok(()));
        assert_eq!(check_pem(&pem("RSA PRIVATE KEY", b"x")), Ok(()));
        let cases = [
            (
                pem("PRIVATE KEY", b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"),
                "no RSA key",
            ),
            (pem("PRIVATE KEY", b""), "damaged"),
            (pem("PUBLIC KEY", b"x"), "public key"),
            (pem("CERTIFICATE", b"x"), "certificate"),
            (pem("ENCRYPTED PRIVATE KEY", b"x"), "passphrase"),
            (pem("OPENSSH PRIVATE KEY", b"x"), "OpenSSH"),
            (pem("EC PRIVATE KEY", b"x"), "no RSA key"),
            (pem("X", b"x"), "another kind"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA".into(), "cut off"),
            ("hello".into(), "no PEM"),
        ];
        for (text, wanted) in cases {
            let problem = check_pem(&text).unwrap_err();
            assert!(problem.contains(wanted), "{wanted}: {problem}");
        }
    }

    #[test]
    fn an_api_key_is_one_word() {
        let key = "Zr8kQ2vmT7wXyB4nLpA1sDq5Ue9HjKc3";
        for good in [format!(" {key} \r\n"), format!("\u{feff}{key}\n")] {
            assert_eq!(checked_api_key(&good).unwrap().expose_secret(), key);
        }
        for bad in ["", " \n", "a b", "a\nb", "ü", "-----BEGIN PRIVATE KEY-----"] {
            assert!(checked_api_key(bad).is_err(), "{bad:?}");
        }
        for quoted in [
            format!("\"{key}\""),
            format!("'{key}'\n"),
            format!("“{key}”"),
        ] {
            assert!(checked_api_key(&quoted).unwrap_err().contains("in quotes"));
        }
        for word in ["letters", "production", "a"] {
            let problem = checked_api_key(word).unwrap_err();
            assert!(problem.contains("has 32; copy the whole key"), "{problem}");
            assert!(!problem.contains(word) || word == "a", "{problem}");
        }
    }
}
