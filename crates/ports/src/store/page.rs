/// How many rows a page may hold: 1 to 200.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit(u16);

impl Limit {
    /// The most.
    pub const MAX: Self = Self(200);

    /// A limit, held between 1 and 200.
    pub fn new(limit: u32) -> Self {
        Self(u16::try_from(limit.clamp(1, 200)).unwrap_or(200))
    }
    /// The number.
    pub const fn get(self) -> i64 {
        self.0 as i64
    }
    /// The number, to hold a length against.
    pub const fn rows(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// Which page: the rows after `after`, which is the key that the page before ended with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageRequest<K> {
    /// The last key of the page before.
    pub after: Option<K>,
    /// How many.
    pub limit: Limit,
}

impl<K> Default for PageRequest<K> {
    fn default() -> Self {
        Self {
            after: None,
            limit: Limit::default(),
        }
    }
}

/// Some rows, and where the next begin.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T, K> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// The key to ask the next page with; none on the last.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of rows that were asked for with one more than the limit.
    pub fn cut(mut rows: Vec<T>, limit: Limit, key: impl Fn(&T) -> K) -> Self {
        let next = (rows.len() > limit.rows()).then(|| {
            rows.truncate(limit.rows());
            rows.last().map(&key)
        });
        Self {
            rows,
            next: next.flatten(),
        }
    }
}
