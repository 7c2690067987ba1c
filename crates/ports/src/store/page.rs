/// The most rows of a page: 1 to 200.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit(u16);

impl Limit {
    /// The largest limit.
    pub const MAX: Self = Self(200);

    /// Makes a limit, clamped to 1 to 200.
    pub fn new(limit: u32) -> Self {
        Self(u16::try_from(limit.clamp(1, 200)).unwrap_or(200))
    }
    /// Returns the number.
    pub const fn get(self) -> i64 {
        self.0 as i64
    }
    /// Returns the number, to compare it with a length.
    pub const fn rows(self) -> usize {
        self.0 as usize
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// A page of a list: the rows after `after`, which is the last key of the page before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageRequest<K> {
    /// The last key of the page before.
    pub after: Option<K>,
    /// The most rows.
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

/// Some rows, and the key of the next page.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<T, K> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// The key to request the next page with. None on the last page.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of rows, which were read with one more than the limit.
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
