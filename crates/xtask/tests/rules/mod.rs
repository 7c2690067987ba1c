//! Which crate may depend on which.

/// A dependency as a manifest declares it.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Whether `to` is a crate of this workspace.
    pub(crate) ours: bool,
    pub(crate) kind: Kind,
}

/// Whether the dependency reaches what is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A normal or a build dependency.
    Shipped,
    Dev,
}

struct Room {
    name: &'static str,
    /// The crates of this workspace that it may depend on.
    ours: &'static [&'static str],
    /// The families of outside crates that it must not depend on: `diesel` means `diesel-async` too.
    banned: &'static [&'static str],
}

const fn room(
    name: &'static str,
    ours: &'static [&'static str],
    banned: &'static [&'static str],
) -> Room {
    Room { name, ours, banned }
}

/// docs/ARCHITECTURE.md says why.
const ROOMS: &[Room] = &[
    room(
        "wabakit-domain",
        &[],
        &[
            "tokio", "async", "futures", "diesel", "reqwest", "actix", "hyper",
        ],
    ),
    room(
        "wabakit-ports",
        &["wabakit-domain"],
        &["diesel", "reqwest", "actix"],
    ),
    // A client uses it alone.
    room(
        "wabakit-wire",
        &[],
        &[
            "tokio", "async", "futures", "diesel", "reqwest", "actix", "hyper",
        ],
    ),
    room(
        "wabakit-stored",
        &["wabakit-domain"],
        &[
            "tokio", "async", "futures", "diesel", "reqwest", "actix", "hyper", "utoipa",
        ],
    ),
    room("wabakit-graph", &[], &["diesel", "actix"]),
    room("wabakit-work", &[], &["diesel", "reqwest", "actix"]),
    room(
        "wabakit-vault",
        &["wabakit-domain", "wabakit-ports"],
        &["diesel", "reqwest", "actix"],
    ),
    room(
        "wabakit-webhooks",
        &["wabakit-domain"],
        &[
            "tokio", "async", "futures", "diesel", "reqwest", "actix", "hyper", "chrono",
        ],
    ),
    room(
        "wabakit-storage-engine",
        &["wabakit-domain", "wabakit-ports", "wabakit-stored"],
        &["reqwest", "actix"],
    ),
    // Crates of queries: they share an engine and know nothing of each other.
    room(
        "wabakit-storage",
        &["wabakit-domain", "wabakit-ports", "wabakit-storage-engine"],
        &["reqwest", "actix", "tokio-postgres"],
    ),
    room(
        "wabakit-storage-inbox",
        &[
            "wabakit-domain",
            "wabakit-ports",
            "wabakit-stored",
            "wabakit-storage-engine",
        ],
        &["reqwest", "actix", "tokio-postgres"],
    ),
    room(
        "wabakit-storage-events",
        &["wabakit-domain", "wabakit-ports", "wabakit-storage-engine"],
        &["reqwest", "actix", "tokio-postgres"],
    ),
    room(
        "wabakit-services",
        &[
            "wabakit-domain",
            "wabakit-ports",
            "wabakit-wire",
            "wabakit-webhooks",
            "wabakit-work",
        ],
        &["diesel", "reqwest", "actix"],
    ),
    room(
        "wabakit-meta-gateway",
        &["wabakit-domain", "wabakit-ports", "wabakit-graph"],
        &["diesel", "reqwest", "actix"],
    ),
    room(
        "wabakit-media-store",
        &["wabakit-domain", "wabakit-ports"],
        &["diesel", "actix"],
    ),
    room(
        "wabakit-http",
        &["wabakit-domain", "wabakit-services", "wabakit-wire"],
        &["diesel", "reqwest"],
    ),
    room("wabakit-testkit", &["wabakit-domain", "wabakit-ports"], &[]),
    // Rules of the ports: it must not know how a store keeps them.
    room(
        "wabakit-store-contract",
        &["wabakit-domain", "wabakit-ports"],
        &["diesel", "reqwest", "actix"],
    ),
    // Only tests use it.
    room(
        "wabakit-scenarios",
        &[
            "wabakit-domain",
            "wabakit-ports",
            "wabakit-storage-engine",
            "wabakit-storage",
            "wabakit-storage-inbox",
            "wabakit-testkit",
        ],
        &["reqwest", "actix"],
    ),
    // It drives programs from outside, so it knows none of their types; the fuzzer is a library. Its bare handler
    // is what the product is held against.
    room(
        "wabakit-prove",
        &["wabakit-testkit", "wabakit-webhooks"],
        &[],
    ),
    room(
        "wabakit-server",
        &[
            "wabakit-domain",
            "wabakit-ports",
            "wabakit-graph",
            "wabakit-vault",
            "wabakit-storage-engine",
            "wabakit-storage",
            "wabakit-storage-inbox",
            "wabakit-storage-events",
            "wabakit-services",
            "wabakit-work",
            "wabakit-meta-gateway",
            "wabakit-media-store",
            "wabakit-http",
            "wabakit-unified",
        ],
        &[],
    ),
    // It names features, and has no code.
    room("wabakit-unified", &[], &["diesel", "reqwest", "actix"]),
    room("wabakit-sandbox", &[], &["diesel"]),
    room(
        "wabakit-demo",
        &[
            "wabakit-domain",
            "wabakit-ports",
            "wabakit-server",
            "wabakit-sandbox",
            "wabakit-unified",
        ],
        &["diesel"],
    ),
    room("xtask", &[], &[""]),
];

/// Arrows that not even a test may draw, from whom (`None`: anybody) to whom.
const NEVER: &[(Option<&str>, &str)] = &[
    (Some("wabakit-sandbox"), "wabakit-graph"),
    (None, "wabakit-demo"),
];

/// Crates whose tests must be quick to compile, and the family of crates that they do without.
pub(crate) const QUICK: &[(&str, &str)] = &[
    ("wabakit-domain", "diesel"),
    ("wabakit-ports", "diesel"),
    ("wabakit-services", "diesel"),
    ("wabakit-vault", "diesel"),
];

/// The way by which testing a crate compiles one of this family, or `None`: its own tests' dependencies count, those of
/// the tests of others do not.
pub(crate) fn way_to(declared: &[Dependency], tested: &str, family: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![tested.to_owned()]];
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let from = way.last()?;
        let counts = |dependency: &&Dependency| {
            dependency.from == *from && (from == tested || dependency.kind == Kind::Shipped)
        };
        for dependency in declared.iter().filter(counts) {
            let mut longer = way.clone();
            longer.push(dependency.to.clone());
            if is_of_family(&dependency.to, family) {
                return Some(longer);
            }
            let is_known = ways.iter().any(|way| way.last() == Some(&dependency.to));
            if dependency.ours && !is_known {
                ways.push(longer);
            }
        }
    }
    None
}

/// Packages with a C library that this project replaces by ring, rustls and tokio-postgres.
const BANNED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "pq-sys",
];

/// Why a dependency is not allowed, or `None` where it is.
pub(crate) fn violation(dependency: &Dependency) -> Option<String> {
    let Dependency {
        from,
        to,
        ours,
        kind,
    } = dependency;
    let Some(room) = ROOMS.iter().find(|room| room.name == from) else {
        return Some(format!(
            "{from} is not in the table of crates/xtask/tests/rules"
        ));
    };
    if *ours {
        let never = NEVER
            .iter()
            .any(|(source, target)| target == to && source.is_none_or(|source| source == from));
        let allowed = *kind == Kind::Dev || room.ours.contains(&to.as_str());
        (never || !allowed).then(|| format!("{from} must not depend on {to}"))
    } else {
        let banned = room.banned.iter().any(|family| is_of_family(to, family));
        (banned && *kind == Kind::Shipped).then(|| format!("{from} must stay free of {to}"))
    }
}

/// Every crate is of the family with the empty name.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| family.is_empty() || rest.is_empty() || rest.starts_with(['-', '_']))
}

/// The banned packages that a `Cargo.lock` names.
pub(crate) fn banned_packages(lock: &str) -> Vec<&str> {
    lock.lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| BANNED.contains(name))
        .collect()
}
