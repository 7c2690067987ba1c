//! The rules of which crate may depend on which.

/// A dependency as a manifest declares it.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Tells whether `to` is a crate of this workspace.
    pub(crate) ours: bool,
    pub(crate) kind: Kind,
}

/// The kind of a dependency: whether it becomes part of the shipped programs.
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

/// The crates and what they may depend on. docs/ARCHITECTURE.md gives the reasons.
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
    // A client of the API uses this crate without the others.
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
    // The crates of queries share an engine and do not depend on each other.
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
    room("wabakit-mailer", &["wabakit-ports"], &["diesel", "actix"]),
    room(
        "wabakit-http",
        &["wabakit-domain", "wabakit-services", "wabakit-wire"],
        &["diesel", "reqwest"],
    ),
    room("wabakit-testkit", &["wabakit-domain", "wabakit-ports"], &[]),
    // The contract of the stores must not know how a store keeps it.
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
    // It drives programs from outside, so it knows none of their types. Only the fuzzer is a library.
    room(
        "wabakit-prove",
        &["wabakit-testkit", "wabakit-webhooks"],
        &[],
    ),
    // It compares the two sets of checks, and is the one crate that knows both.
    room(
        "wabakit-checks",
        &["wabakit-domain", "wabakit-sandbox"],
        &["diesel", "reqwest", "actix"],
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
            "wabakit-mailer",
            "wabakit-http",
            "wabakit-unified",
        ],
        &[],
    ),
    // The crate only names features, and has no code.
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

/// Dependencies that not even a test may have, from a crate (`None` for any) to a crate.
const NEVER: &[(Option<&str>, &str)] = &[
    (Some("wabakit-sandbox"), "wabakit-graph"),
    (None, "wabakit-demo"),
];

/// Crates whose tests must be quick to compile, and the family of crates that they must not compile.
pub(crate) const QUICK: &[(&str, &str)] = &[
    ("wabakit-domain", "diesel"),
    ("wabakit-ports", "diesel"),
    ("wabakit-services", "diesel"),
    ("wabakit-vault", "diesel"),
];

/// Finds the chain of dependencies by which testing a crate compiles a crate of this family, or `None`. The tested
/// crate's own dev dependencies count; those of other crates do not.
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

/// Packages with a C library, which this project replaces with ring, rustls and tokio-postgres.
const BANNED: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
    "pq-sys",
];

/// Returns why a dependency is not allowed, or `None` when it is.
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

/// Tells whether a crate belongs to a family. Every crate belongs to the family with the empty name.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| family.is_empty() || rest.is_empty() || rest.starts_with(['-', '_']))
}

/// Returns the banned packages that a `Cargo.lock` names.
pub(crate) fn banned_packages(lock: &str) -> Vec<&str> {
    lock.lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| BANNED.contains(name))
        .collect()
}
