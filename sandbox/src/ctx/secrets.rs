//! Chance, digests, passwords and signatures.
//!
//! Chance is SHA-256 over the world's seed and a counter kept in the store, so that it is the same
//! for the same seed, and never the same again after a restart.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Ctx;
use crate::store::Key;

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Ctx<'_> {
    /// The next bytes of the world's chance.
    pub(crate) fn random(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 32);
        while bytes.len() < count {
            let number = self.store.next("chance");
            bytes.extend(Sha256::new().chain_update(self.settings.seed).chain_update(number.to_be_bytes()).finalize());
        }
        bytes.truncate(count);
        bytes
    }

    fn text_of(&mut self, alphabet: &[u8], length: usize) -> String {
        let size = alphabet.len();
        let fair = 256 - 256 % size;
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let bytes = self.random(length.max(32));
            let letters = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
            text.extend(letters.map(|byte| char::from(alphabet[byte % size])).take(length - text.len()));
        }
        text
    }

    /// Letters of both cases and digits.
    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        self.text_of(ALPHANUMERIC, length)
    }

    /// A prefix and small letters and digits.
    pub(crate) fn id(&mut self, prefix: &str, length: usize) -> String {
        prefix.to_owned() + &self.text_of(LOWER, length)
    }

    pub(crate) fn hex(&mut self, bytes: usize) -> String {
        hex(&self.random(bytes))
    }

    /// Base64url without padding.
    pub(crate) fn base64url(&mut self, bytes: usize) -> String {
        URL_SAFE_NO_PAD.encode(self.random(bytes))
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = self.random(16);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let text = hex(&bytes);
        [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
    }

    /// The key of this service with this text. Unknown and malformed texts take the same path
    /// (S14): one digest, one lookup.
    pub(crate) fn key_of(&self, text: &str) -> Option<Key> {
        let hash = digest(text);
        self.store.key_by_hash(self.service(), &hash).filter(|key| same_text(&key.hash, &hash))
    }

    pub(crate) fn password_hash(&mut self, password: &str) -> String {
        let salt = self.random(16);
        password::hash(password, &salt, self.settings.durable)
    }

    pub(crate) fn password_fits(&self, password: &str, stored: &str) -> bool {
        password::fits(password, stored)
    }

    /// A JWT (HS256) over these claims, signed for this service and world.
    pub(crate) fn sign_jwt(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(hmac(&self.jwt_key(), signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// The claims of a JWT that this service signed; whether it is still good is for the caller
    /// to judge by `exp` and [`Ctx::now`].
    pub(crate) fn read_jwt(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (_, claims) = signed.split_once('.')?;
        let expected = URL_SAFE_NO_PAD.encode(hmac(&self.jwt_key(), signed.as_bytes()));
        if !same_text(&expected, signature) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    fn jwt_key(&self) -> [u8; 32] {
        hmac(&self.settings.seed, format!("jwt of {}", self.service()).as_bytes())
    }
}

/// SHA-256 in hex, the only form in which a secret is kept.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// How a secret is shown in the journal: enough to tell two apart, nothing to use.
pub(crate) fn masked(text: &str) -> String {
    format!("sha256:{}", &digest(text)[..12])
}

/// Compares without telling by time where two texts differ.
pub(crate) fn same_text(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(pad, byte)| *pad ^= byte);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(not(feature = "binary"))]
mod password {
    use sha2::{Digest, Sha256};

    use super::{hex, same_text};

    /// In process nothing is written down, so a salted digest does.
    pub(super) fn hash(password: &str, salt: &[u8], _durable: bool) -> String {
        let salt = hex(salt);
        let digest = Sha256::new().chain_update(&salt).chain_update(password).finalize();
        format!("{salt}${}", hex(&digest))
    }

    pub(super) fn fits(password: &str, stored: &str) -> bool {
        let Some((salt, digest)) = stored.split_once('$') else { return false };
        same_text(&hex(&Sha256::new().chain_update(salt).chain_update(password).finalize()), digest)
    }
}

#[cfg(feature = "binary")]
mod password {
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::{hex, same_text};

    /// KiB of memory and passes: what OWASP names as the least for what is written down, and the
    /// least there is for what is not (S14).
    const DURABLE: (u32, u32) = (19_456, 2);
    const FLEETING: (u32, u32) = (8, 1);

    fn argon(password: &str, salt: &str, (memory, passes): (u32, u32)) -> Option<String> {
        let params = Params::new(memory, passes, 1, Some(32)).ok()?;
        let mut output = [0; 32];
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into(password.as_bytes(), salt.as_bytes(), &mut output).ok()?;
        Some(hex(&output))
    }

    pub(super) fn hash(password: &str, salt: &[u8], durable: bool) -> String {
        let (memory, passes) = if durable { DURABLE } else { FLEETING };
        let salt = hex(salt);
        // No text matches an empty digest, so a failure locks out instead of letting in.
        let digest = argon(password, &salt, (memory, passes)).unwrap_or_default();
        format!("{memory}${passes}${salt}${digest}")
    }

    pub(super) fn fits(password: &str, stored: &str) -> bool {
        let mut parts = stored.split('$');
        let mut number = || parts.next()?.parse().ok();
        let (Some(memory), Some(passes)) = (number(), number()) else { return false };
        let (Some(salt), Some(digest)) = (parts.next(), parts.next()) else { return false };
        argon(password, salt, (memory, passes)).is_some_and(|got| same_text(&got, digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_fits_the_published_vector() {
        // RFC 4231, case 1, its 20-byte key filled up with zeros as HMAC itself does.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex(&hmac(&key, b"Hi There")), expected);
    }

    #[test]
    fn a_password_fits_itself_only() {
        let stored = password::hash("correct horse", &[7; 16], false);
        assert!(password::fits("correct horse", &stored));
        assert!(!password::fits("correct horse ", &stored));
        assert!(!stored.contains("horse"));
    }
}
