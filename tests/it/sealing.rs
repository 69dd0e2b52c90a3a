//! What is sealed stays sealed, whole and in its place.

use balanza::platform::sealing::Sealer;
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() }
}

/// Why it does not open.
fn refusal(sealer: &Sealer, context: &str, sealed: &[u8]) -> String {
    let problem = sealer.open(context, sealed).expect_err("it opens");
    assert_eq!(problem.code(), "internal_error");
    format!("{problem:?}")
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_sealed_opens_in_its_place_and_unchanged_only(
        plain in proptest::collection::vec(any::<u8>(), 0..200), context: String, other: String, secret: String, bit in 0..8_u32,
    ) {
        let sealer = Sealer::new(&secret, &[]).unwrap();
        let sealed = sealer.seal(&context, &plain).unwrap();
        prop_assert_eq!(sealed.len(), 1 + 4 + 12 + plain.len() + 16);
        prop_assert_eq!(sealer.open(&context, &sealed).unwrap(), plain.clone());
        prop_assert_ne!(sealer.seal(&context, &plain).unwrap(), sealed.clone(), "never twice the same");

        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1 << bit;
            let why = refusal(&sealer, &context, &changed);
            let named = match i { 0 => "unknown way", 1..5 => "unknown key", _ => "it was changed" };
            prop_assert!(why.contains(named), "byte {}: {}", i, why);
        }
        for end in 0..sealed.len() {
            refusal(&sealer, &context, &sealed[..end]);
        }
        if other != context {
            prop_assert!(refusal(&sealer, &other, &sealed).contains("sealed for another place"));
        }
        refusal(&sealer, &format!("{context} "), &sealed);
    }

    #[test]
    fn a_previous_key_opens_and_no_longer_seals(plain: Vec<u8>, old in "old.*", older in "older.*", new in "new.*") {
        let before = Sealer::new(&old, &[]).unwrap();
        let sealed = before.seal("a row", &plain).unwrap();
        let after = Sealer::new(&new, &[older, old]).unwrap();
        prop_assert_eq!(after.open("a row", &sealed).unwrap(), plain.clone());
        let again = after.seal("a row", &plain).unwrap();
        let unknown = format!("unknown key {}", hex::encode(&again[1..5]));
        prop_assert!(refusal(&before, "a row", &again).contains(&unknown), "it is named");
        prop_assert!(refusal(&Sealer::new(&new, &[]).unwrap(), "a row", &sealed).contains("unknown key"));
    }
}
