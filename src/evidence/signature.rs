//! Signatures of seals, in the form of OpenSSH (`ssh-keygen -Y sign`, PROTOCOL.sshsig).
//!
//! Any `ssh-keygen` verifies them, and any Ed25519 key that `ssh-keygen` makes can sign. What is
//! signed is the seal's canonical JSON without its member `signature`: nothing in it depends on
//! the signature, and everything else of a run hangs on it.

use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, Signature, SshSig};

/// The namespace of the signatures: `ssh-keygen -Y verify -n letterproof`. It keeps a signature of
/// anything else from passing for that of a seal.
pub const NAMESPACE: &str = "letterproof";

/// The namespace of the signature of a pack: that of a `pack.json`, on which every other file of
/// the pack hangs, also what people added.
pub const PACK_NAMESPACE: &str = "letterproof-pack";

/// A key that cannot sign, or a signature that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The text is no OpenSSH private key.
    #[error(
        "is no OpenSSH private key ({0}); make one with `letterproof keygen --signing --out DIR` or `ssh-keygen -t ed25519 -N ''`"
    )]
    NoKey(String),
    /// The key has a passphrase.
    #[error(
        "has a passphrase, and nobody is asked for it while a run is sealed; take it off (ssh-keygen -p -N '' -f FILE) or make another with `letterproof keygen --signing --out DIR`"
    )]
    Encrypted,
    /// The key is of another kind.
    #[error(
        "is a key of the kind {0}; seals are signed with Ed25519: `letterproof keygen --signing --out DIR`"
    )]
    OtherKind(String),
    /// The key could not be used.
    #[error("could not be used to sign: {0}")]
    Failed(String),
    /// A signature that is none, or not in the form that is written here.
    #[error("is not in the form that letterproof writes: {0}")]
    Form(String),
    /// A signature by another key, of other bytes, or for another purpose.
    #[error("does not belong to what it signs: that was changed, or signed by another key")]
    Wrong,
}

/// A private key that signs seals. `Debug` shows no secret.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: Ed25519PublicKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.signer().fingerprint)
    }
}

/// Who signed: a public key, in the two ways in which people compare it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signer {
    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    pub fingerprint: String,
    /// `ssh-ed25519 AAAA…`, as a line of `allowed_signers` takes it.
    pub public_key: String,
}

/// A new key: the text of its private file and of its public one.
pub struct NewKey {
    /// The OpenSSH private key, without a passphrase: a secret.
    pub private: Zeroizing<String>,
    /// The line of the `.pub` file.
    pub public: String,
    /// `SHA256:…`.
    pub fingerprint: String,
}

impl SigningKey {
    /// Reads the text of an OpenSSH private key file.
    ///
    /// # Errors
    /// If it is none, has a passphrase, or is not Ed25519.
    pub fn read(text: &str) -> Result<Self, SignatureError> {
        let key = PrivateKey::from_openssh(text)
            .map_err(|error| SignatureError::NoKey(error.to_string()))?;
        if key.is_encrypted() {
            return Err(SignatureError::Encrypted);
        }
        match key.key_data() {
            KeypairData::Ed25519(pair) => Self::of(pair),
            _ => Err(SignatureError::OtherKind(key.algorithm().to_string())),
        }
    }

    fn of(keys: &Ed25519Keypair) -> Result<Self, SignatureError> {
        let seed = Zeroizing::new(keys.private.to_bytes());
        let pair = Ed25519KeyPair::from_seed_and_public_key(&*seed, &keys.public.0);
        Ok(Self {
            pair: pair.map_err(|error| SignatureError::NoKey(error.to_string()))?,
            public: keys.public,
        })
    }

    /// Whose signatures these are.
    pub fn signer(&self) -> Signer {
        Signer::of(&KeyData::Ed25519(self.public))
    }

    /// The signature of a seal, armoured, with `\n` at the end of each line.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn sign(&self, message: &[u8]) -> Result<String, SignatureError> {
        self.sign_in(NAMESPACE, message)
    }

    /// The signature of a `pack.json`, in the same form.
    ///
    /// # Errors
    /// As [`SigningKey::sign`].
    pub fn sign_pack(&self, message: &[u8]) -> Result<String, SignatureError> {
        self.sign_in(PACK_NAMESPACE, message)
    }

    fn sign_in(&self, namespace: &str, message: &[u8]) -> Result<String, SignatureError> {
        let failed = |error: ssh_key::Error| SignatureError::Failed(error.to_string());
        let data = SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(failed)?;
        let bytes = self.pair.sign(&data).as_ref().to_vec();
        let signature = Signature::new(Algorithm::Ed25519, bytes).map_err(failed)?;
        let key = KeyData::Ed25519(self.public);
        SshSig::new(key, namespace, HashAlg::Sha512, signature)
            .and_then(|signature| signature.to_pem(LineEnding::LF))
            .map(with_line_end)
            .map_err(failed)
    }
}

impl Signer {
    fn of(key: &KeyData) -> Self {
        let public = PublicKey::from(key.clone());
        Self {
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            public_key: public.to_openssh().unwrap_or_default(),
        }
    }

    /// The line of an `allowed_signers` file that lets `ssh-keygen -Y verify` accept this key for
    /// the signatures of seals and packs, under the name [`NAMESPACE`].
    pub fn allowed_line(&self) -> String {
        format!(
            "{NAMESPACE} namespaces=\"{NAMESPACE},{PACK_NAMESPACE}\" {}\n",
            self.public_key
        )
    }
}

/// A key's fingerprint as people give it: `SHA256:` and 43 digits of base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let text = text.trim();
        let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let digits = text.strip_prefix("SHA256:").unwrap_or_default();
        match digits.len() == 43 && digits.bytes().all(digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoFingerprint),
        }
    }
}

/// A text that is no key's fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is SHA256: and 43 more characters, as `ssh-keygen -l -f KEY.pub` shows it")]
pub struct NoFingerprint;

/// Holds that `armoured` is a signature of the seal `message`, and says by whom.
///
/// # Errors
/// If it is not, or is written in any other form than the one that this tool writes.
pub fn check_signature(message: &[u8], armoured: &str) -> Result<Signer, SignatureError> {
    check_in(NAMESPACE, message, armoured)
}

/// The same of a signature of a `pack.json`.
///
/// # Errors
/// As [`check_signature`].
pub fn check_pack_signature(message: &[u8], armoured: &str) -> Result<Signer, SignatureError> {
    check_in(PACK_NAMESPACE, message, armoured)
}

fn check_in(namespace: &str, message: &[u8], armoured: &str) -> Result<Signer, SignatureError> {
    let form = |why: &str| SignatureError::Form(why.to_owned());
    let signature = SshSig::from_pem(armoured).map_err(|error| form(&error.to_string()))?;
    let again = signature.to_pem(LineEnding::LF).map(with_line_end);
    if again.ok().as_deref() != Some(armoured) {
        return Err(form("its lines differ"));
    }
    if signature.namespace() != namespace || signature.algorithm() != Algorithm::Ed25519 {
        return Err(form("it was made for another purpose"));
    }
    let KeyData::Ed25519(key) = signature.public_key() else {
        return Err(form("its key is not Ed25519"));
    };
    let data = SshSig::signed_data(namespace, signature.hash_alg(), message)
        .map_err(|error| form(&error.to_string()))?;
    UnparsedPublicKey::new(&ED25519, key.0)
        .verify(&data, signature.signature_bytes())
        .map_err(|_| SignatureError::Wrong)?;
    Ok(Signer::of(signature.public_key()))
}

/// Makes a new Ed25519 key without a passphrase.
///
/// # Errors
/// If the system gives no random bytes.
pub fn new_signing_key() -> Result<NewKey, SignatureError> {
    let failed = |error: &dyn std::fmt::Display| SignatureError::Failed(error.to_string());
    let mut seed = Zeroizing::new([0_u8; 32]);
    rand::fill(&mut *seed).map_err(|error| failed(&error))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|error| failed(&error))?;
    let public = aws_lc_rs::signature::KeyPair::public_key(&pair);
    let public = Ed25519PublicKey::try_from(public.as_ref()).map_err(|error| failed(&error))?;
    let keys = Ed25519Keypair {
        public,
        private: Ed25519PrivateKey::from_bytes(&seed),
    };
    let key = PrivateKey::new(KeypairData::Ed25519(keys), "letterproof seals")
        .map_err(|error| failed(&error))?;
    let private = key
        .to_openssh(LineEnding::LF)
        .map_err(|error| failed(&error))?;
    let line = key
        .public_key()
        .to_openssh()
        .map_err(|error| failed(&error))?;
    Ok(NewKey {
        private: Zeroizing::new(private.to_string()),
        public: with_line_end(line),
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
    })
}

fn with_line_end(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::read(&new_signing_key().unwrap().private).unwrap()
    }

    #[test]
    fn a_signature_holds_for_its_message_alone() {
        let key = key();
        let signature = key.sign(b"one").unwrap();
        assert_eq!(check_signature(b"one", &signature).unwrap(), key.signer());
        assert!(matches!(
            check_signature(b"two", &signature),
            Err(SignatureError::Wrong)
        ));
    }

    #[test]
    fn the_signature_of_a_seal_is_none_of_a_pack() {
        let key = key();
        let of_seal = key.sign(b"one").unwrap();
        assert!(check_pack_signature(b"one", &of_seal).is_err());
        let of_pack = key.sign_pack(b"one").unwrap();
        assert!(check_signature(b"one", &of_pack).is_err());
        assert_eq!(
            check_pack_signature(b"one", &of_pack).unwrap(),
            key.signer()
        );
    }

    #[test]
    fn a_fingerprint_is_what_ssh_keygen_shows() {
        let own = key().signer().fingerprint;
        let read: Fingerprint = format!(" {own}\n").parse().unwrap();
        assert_eq!(read.as_str(), own);
        for bad in [
            "",
            "SHA256:",
            &own[7..],
            &own.to_lowercase()[..40],
            "MD5:aa:bb",
        ] {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn no_byte_of_a_signature_can_be_changed() {
        let signature = key().sign(b"one").unwrap();
        for place in 0..signature.len() {
            let mut bytes = signature.clone().into_bytes();
            bytes[place] ^= 1 << (place % 7);
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(check_signature(b"one", &changed).is_err(), "byte {place}");
            }
        }
        assert!(check_signature(b"one", &format!("{signature}\n")).is_err());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(matches!(
            SigningKey::read("hello"),
            Err(SignatureError::NoKey(_))
        ));
    }
}
