use super::*;
use quietroom_protocol::OrganisationId;
use std::sync::atomic::{AtomicU8, Ordering};
use uuid::Uuid;

/// 1, 1, 1 …, then 2, 2, 2 …: tests need to know what was drawn.
struct Counting(AtomicU8);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), SealFault> {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        Ok(())
    }
}

struct Broken;

impl Randomness for Broken {
    fn fill(&self, _: &mut [u8]) -> Result<(), SealFault> {
        Err(SealFault::Randomness)
    }
}

const CLINIC: OrganisationId = OrganisationId(Uuid::from_u128(1));
const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(2));

fn random() -> Arc<dyn Randomness> {
    Arc::new(Counting(AtomicU8::new(0)))
}

fn row(
    random: &Arc<dyn Randomness>,
    organisation: OrganisationId,
    table: &'static str,
    row: &[u8],
) -> (SealedRow, Vec<u8>) {
    SealedRow::create(
        random,
        &Key::new(&[7; 32]).unwrap(),
        organisation,
        table,
        row,
    )
    .unwrap()
}

#[test]
fn a_sealed_value_has_the_documented_form() {
    let random = random();
    let (person, _) = row(&random, CLINIC, "person", b"row");
    let sealed = person.seal("name", b"Jordan").unwrap();
    assert_eq!(sealed[0], 1);
    assert_eq!(&sealed[1..9], person.key.id());
    // Drawn third: data key, nonce of its wrapping, this nonce.
    assert_eq!(&sealed[9..21], &[3; 12]);
    assert_eq!(sealed.len(), 21 + 6 + 16);
    assert_eq!(person.open("name", &sealed).unwrap().as_slice(), b"Jordan");
}

#[test]
fn a_value_does_not_open_in_another_place() {
    let random = random();
    let (person, _) = row(&random, CLINIC, "person", b"row");
    let sealed = person.seal("name", b"Jordan").unwrap();
    let elsewhere = [
        person.dependent("person", b"row2", 1).open("name", &sealed),
        person.dependent("staff", b"row", 1).open("name", &sealed),
        person.dependent("person", b"row", 1).open("city", &sealed),
        person.dependent("person", b"row", 2).open("name", &sealed),
        SealedRow {
            organisation: OTHER,
            ..person.dependent("person", b"row", 1)
        }
        .open("name", &sealed),
    ];
    for opened in elsewhere {
        assert!(matches!(opened, Err(SealFault::NotAuthentic { .. })));
    }
    assert!(
        person
            .dependent("person", b"row", 1)
            .open("name", &sealed)
            .is_ok()
    );
}

#[test]
fn a_value_with_any_flipped_byte_does_not_open() {
    let (person, _) = row(&random(), CLINIC, "person", b"row");
    let sealed = person.seal("name", b"Jordan").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(person.open("name", &changed).is_err(), "byte {at}");
    }
    for length in 0..sealed.len() {
        assert!(
            person.open("name", &sealed[..length]).is_err(),
            "{length} bytes"
        );
    }
}

#[test]
fn a_data_key_opens_only_for_its_own_row_and_under_its_own_wrapping_key() {
    let random = random();
    let (_, wrapped) = row(&random, CLINIC, "person", b"row");
    let wrapping = Key::new(&[7; 32]).unwrap();
    let load = |wrapping: &Key, organisation, table, row: &[u8]| {
        SealedRow::load(&random, wrapping, organisation, table, row, Some(&wrapped)).is_ok()
    };
    assert!(load(&wrapping, CLINIC, "person", b"row"));
    assert!(!load(&wrapping, CLINIC, "person", b"row2"));
    assert!(!load(&wrapping, CLINIC, "staff", b"row"));
    assert!(!load(&wrapping, OTHER, "person", b"row"));
    assert!(!load(
        &Key::new(&[8; 32]).unwrap(),
        CLINIC,
        "person",
        b"row"
    ));
}

#[test]
fn a_row_without_its_data_key_is_shredded() {
    let opened = SealedRow::load(
        &random(),
        &Key::new(&[7; 32]).unwrap(),
        CLINIC,
        "person",
        b"row",
        None,
    );
    assert!(matches!(
        opened.err(),
        Some(SealFault::Shredded {
            table: "person",
            column: "data_key"
        })
    ));
}

#[test]
fn nothing_is_sealed_without_randomness() {
    let broken: Arc<dyn Randomness> = Arc::new(Broken);
    let key = Key::new(&[7; 32]).unwrap();
    assert!(SealedRow::create(&broken, &key, CLINIC, "person", b"row").is_err());
    let place = data_key_place(CLINIC, "person", b"row");
    assert_eq!(
        key.seal(&Broken, &place, b"Jordan"),
        Err(SealFault::Randomness)
    );
}
