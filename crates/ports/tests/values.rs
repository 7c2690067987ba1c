//! Values that the ports speak in, and the adapters of the system for tests.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod blob_keys {
    use std::ops::Range;

    use uuid::Uuid;
    use wabakit_domain::{Time, ids::OrgId};
    use wabakit_ports::blob::{BlobKey, clamp};

    #[test]
    fn a_key_survives_its_text() {
        let at = Time::from_timestamp(1_793_000_000, 0).unwrap();
        let key = BlobKey::new(OrgId(Uuid::from_u128(7)), at, Uuid::from_u128(9));
        assert_eq!(
            key.as_str(),
            "00000000-0000-0000-0000-000000000007/2026-10/00000000-0000-0000-0000-000000000009"
        );
        assert_eq!(BlobKey::parse(key.as_str()), Some(key));
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_key() {
        let uuid = "00000000-0000-0000-0000-000000000007";
        for text in [
            String::new(),
            "/etc/passwd".to_owned(),
            format!("{uuid}/2026-10/.."),
            format!("{uuid}/../{uuid}"),
            format!("{uuid}/2026-1/{uuid}"),
            format!("{uuid}/2026-10/{uuid}/"),
            format!("/{uuid}/2026-10/{uuid}"),
            format!("{uuid}/2026-10/{}", uuid.replace('-', "")),
            format!("{uuid}/2026-10/{}", "A".repeat(36)),
        ] {
            assert_eq!(BlobKey::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn a_range_is_cut_to_the_blob() {
        assert_eq!(clamp(None, 0), Some(0..0));
        assert_eq!(clamp(Some(0..5), 10), Some(0..5));
        assert_eq!(clamp(Some(5..u64::MAX), 10), Some(5..10));
        for none in [10..11, 3..3, Range { start: 4, end: 2 }] {
            assert_eq!(clamp(Some(none), 10), None);
        }
        assert_eq!(clamp(Some(0..1), 0), None);
    }
}

mod digests {
    use wabakit_ports::meta::{MediaLink, Sha256};

    /// Of no bytes at all.
    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_read_from_hex_and_from_base64() {
        let digest = Sha256::parse(HEX).unwrap();
        assert_eq!(digest.to_string(), HEX);
        for text in [
            HEX.to_uppercase().as_str(),
            " e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        ] {
            assert_eq!(Sha256::parse(text), Some(digest), "{text}");
        }
    }

    #[test]
    fn what_is_no_digest_is_none() {
        for text in [
            "",
            "sha256",
            "47DEQpj8HBSa",
            "zz",
            "<HASH>",
            &"g".repeat(64),
            &"a".repeat(63),
        ] {
            assert_eq!(Sha256::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_link_does_not_show_its_address() {
        let link = MediaLink {
            url: "https://lookaside.fbsbx.com/?mid=canary".into(),
            mime_type: None,
            sha256: Sha256::parse(HEX),
            size: Some(1),
        };
        assert!(!format!("{link:?}").contains("canary"));
    }
}

mod system {
    use chrono::Duration;
    use wabakit_ports::{
        fakes::{SeededRandom, SequentialIds, TestClock},
        system::{Clock, IdSource, Random},
    };

    #[test]
    fn sequential_ids_are_version_seven_and_rise() {
        let ids = SequentialIds::default();
        let some: Vec<_> = (0..300).map(|_| ids.next()).collect();
        assert!(some.iter().all(|id| id.get_version_num() == 7));
        assert!(some.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_the_next_are_others() {
        let (one, two) = (SeededRandom::new(1), SeededRandom::new(1));
        let (mut a, mut b, mut c) = ([0; 12], [0; 12], [0; 12]);
        one.fill(&mut a).unwrap();
        two.fill(&mut b).unwrap();
        one.fill(&mut c).unwrap();
        assert_eq!(a, b);
        assert_ne!(a, c);
    }

    #[test]
    fn the_clock_moves_only_when_told_and_shows_microseconds() {
        let clock = TestClock::default();
        assert_eq!(clock.now(), clock.now());
        let before = clock.now();
        clock.set(before + Duration::nanoseconds(1_999));
        assert_eq!(clock.now() - before, Duration::microseconds(1));
        assert_eq!(clock.advance(Duration::hours(1)), clock.now());
    }
}
