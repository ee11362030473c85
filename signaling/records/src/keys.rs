//! The key-encryption key: 32 bytes that open everything, kept outside the store.

use crate::seal::{Key, SealFault};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use zeroize::{Zeroize, Zeroizing};

/// Bits that let group or world do anything with a file.
const OTHERS: u32 = 0o077;

/// Wraps the keys of the organisations. Wiped from memory when dropped; never shown.
pub struct KeyEncryptionKey(Zeroizing<[u8; 32]>);

impl KeyEncryptionKey {
    /// Makes a key and writes it to a new file that only its owner can read (mode 0600). On return
    /// the file is durable.
    ///
    /// # Errors
    /// When the file exists already or cannot be written; a file begun is removed again.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(bytes.as_mut())
            .map_err(|_| KeyError::io(path, "no randomness to make a key from"))?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(KeyError::Exists(shown(path)));
            }
            Err(error) => return Err(KeyError::io(path, error)),
        };
        if let Err(error) = write_durably(file, path, &bytes) {
            // What is left would be half a key; the error told is the first one.
            let _ = std::fs::remove_file(path);
            return Err(KeyError::io(path, error));
        }
        Ok(Self(bytes))
    }

    /// Reads a key file: 64 hexadecimal digits, and one line end at most.
    ///
    /// # Errors
    /// When the file is missing, readable by group or world, or holds anything else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(KeyError::Missing(shown(path)));
            }
            Err(error) => return Err(KeyError::io(path, error)),
        };
        let about = file.metadata().map_err(|error| KeyError::io(path, error))?;
        if !about.is_file() {
            return Err(KeyError::io(path, "it is not a file"));
        }
        if about.mode() & OTHERS != 0 {
            return Err(KeyError::Exposed(shown(path)));
        }
        let mut text = Zeroizing::new([0; 67]);
        let mut length = 0;
        while length < text.len() {
            match file.read(&mut text[length..]) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) => return Err(KeyError::io(path, error)),
            }
        }
        let text = std::str::from_utf8(&text[..length]).map_err(|_| KeyError::Malformed)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self::parse(text.strip_suffix('\r').unwrap_or(text))
    }

    /// Parses 64 hexadecimal digits, from an environment variable.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(hex: &str) -> Result<Self, KeyError> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return Err(KeyError::Malformed);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
                return Err(KeyError::Malformed);
            };
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }

    pub(crate) fn key(&self) -> Result<Key, SealFault> {
        Key::new(&self.0)
    }
}

impl std::fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyEncryptionKey")
    }
}

/// Why a key could not be used, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {0} does not exist")]
    Missing(String),
    #[error("the key file {0} exists already and is not overwritten")]
    Exists(String),
    #[error("the key file {0} can be read by others: run `chmod 600` on it")]
    Exposed(String),
    #[error("the key must be exactly 64 hexadecimal digits (32 bytes)")]
    Malformed,
    #[error("the key file {path} cannot be used: {reason}")]
    Io { path: String, reason: String },
}

impl KeyError {
    fn io(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::Io {
            path: shown(path),
            reason: reason.to_string(),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// File, then folder: otherwise the name itself can be lost in a power cut, and with it all data.
fn write_durably(mut file: File, path: &Path, bytes: &[u8; 32]) -> std::io::Result<()> {
    let mut text = Zeroizing::new([0; 65]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair[0] = hex_digit(byte >> 4);
        pair[1] = hex_digit(byte & 15);
    }
    text[64] = b'\n';
    file.write_all(text.as_ref())?;
    file.sync_all()?;
    text.zeroize();
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

const fn hex_digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + value - 10,
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn write(path: &Path, text: &str, mode: u32) {
        std::fs::write(path, text).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_created_key_is_private_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = KeyEncryptionKey::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(*made.0, *KeyEncryptionKey::read(&path).unwrap().0);
        assert_ne!(*made.0, [0; 32]);
    }

    #[test]
    fn a_key_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write(&path, "precious", 0o600);
        let error = KeyEncryptionKey::create(&path).unwrap_err();
        assert!(matches!(error, KeyError::Exists(_)), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for mode in [0o640, 0o604, 0o660, 0o601] {
            write(&path, &"a1".repeat(32), mode);
            let error = KeyEncryptionKey::read(&path).unwrap_err();
            assert!(matches!(error, KeyError::Exposed(_)), "{mode:o}: {error}");
        }
        write(&path, &"a1".repeat(32), 0o400);
        assert!(KeyEncryptionKey::read(&path).is_ok());
    }

    #[test]
    fn a_key_of_any_other_form_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let good = "0123456789abcdefABCDEF00112233445566778899aabbccddeeff0011223344";
        for text in [
            "",
            &good[..62],
            &format!("{good}00"),
            &format!("{good}\n\n"),
            &good.replace('0', "g"),
            &"é".repeat(32),
        ] {
            write(&path, text, 0o600);
            let error = KeyEncryptionKey::read(&path).unwrap_err();
            assert!(matches!(error, KeyError::Malformed), "{text:?}: {error}");
        }
        for text in [good, &format!("{good}\n"), &format!("{good}\r\n")] {
            write(&path, text, 0o600);
            assert!(KeyEncryptionKey::read(&path).is_ok(), "{text:?}");
        }
        let error = KeyEncryptionKey::read(&folder.path().join("none")).unwrap_err();
        assert!(matches!(error, KeyError::Missing(_)), "{error}");
    }

    #[test]
    fn debug_shows_no_key() {
        let key = KeyEncryptionKey::parse(&"a1".repeat(32)).unwrap();
        assert_eq!(format!("{key:?}"), "KeyEncryptionKey");
    }
}
