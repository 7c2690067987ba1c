//! Mutated bodies.

use std::ops::Range;

use super::random::Random;

/// Valid bodies with Meta's shapes and escaping, one in each line.
const CORPUS: &str = include_str!("corpus.jsonl");

/// Replacements for tokens: extreme numbers, difficult texts, other types.
const HARD: [&str; 40] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1",
    "1.0",
    "1e3",
    "1e999",
    "-1e-999",
    "0.1",
    "127",
    "255",
    "256",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "253402300800",
    "99999999999",
    "100000000000000000000000000000000",
    "\"\"",
    "\" \"",
    "\"-1\"",
    "\"NaN\"",
    "\"inf\"",
    "\"1749416383000\"",
    "\"99999999999999999999\"",
    "\"\\u0000\"",
    "\"a\\u0000b\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800x\"",
    "\"\\u00e4\\/\"",
    "{}",
    "[]",
    "[[],{},null,\"x\",1]",
];

const MAX_BODY: usize = 16 * 1024;

pub(super) struct Corpus {
    bodies: Vec<&'static [u8]>,
    /// The tokens of all bodies: names, values, whole objects and arrays.
    tokens: Vec<&'static [u8]>,
}

impl Corpus {
    pub(super) fn new() -> Self {
        let bodies: Vec<_> = CORPUS.lines().map(str::as_bytes).collect();
        let tokens = bodies
            .iter()
            .flat_map(|body| tokens(body).into_iter().filter_map(|at| body.get(at)))
            .collect();
        Self { bodies, tokens }
    }

    /// Makes a body of the corpus with up to six mutations, sometimes with none.
    pub(super) fn mutant(&self, random: &mut Random) -> Vec<u8> {
        let mut body = random
            .pick(&self.bodies)
            .copied()
            .unwrap_or_default()
            .to_vec();
        for _ in 0..random.below(7) {
            self.mutate(&mut body, random);
            body.truncate(MAX_BODY);
        }
        body
    }

    fn mutate(&self, body: &mut Vec<u8>, random: &mut Random) {
        match random.below(64) {
            // Mutations of bytes, most of which make the JSON invalid.
            0 => {
                let at = random.below(body.len());
                let flipped = 1 << random.below(8);
                if let Some(byte) = body.get_mut(at) {
                    *byte ^= flipped;
                }
            }
            1 => body.truncate(random.below(body.len() + 1)),
            2 => {
                let from = random.below(body.len() + 1);
                let to = from + random.below(body.len() + 1 - from).min(16);
                body.drain(from..to);
            }
            3 => {
                let at = random.below(body.len() + 1);
                body.insert(at, random.next().to_le_bytes()[0]);
            }
            4 => {
                let other = random.pick(&self.bodies).copied().unwrap_or_default();
                body.truncate(random.below(body.len() + 1));
                let rest = other.get(random.below(other.len())..).unwrap_or_default();
                body.extend_from_slice(rest);
            }
            // Mutations of tokens, most of which keep the JSON valid.
            5..=20 => self.replace(body, random, |random, _| {
                random
                    .pick(&HARD)
                    .map_or(Vec::new(), |hard| hard.as_bytes().to_vec())
            }),
            21..=40 => {
                let token = random.pick(&self.tokens).copied().unwrap_or_default();
                self.replace(body, random, |_, _| token.to_vec());
            }
            // The token twice, separated by a comma, or nested in itself.
            41..=47 => self.replace(body, random, |_, token| [token, b",", token].concat()),
            48..=52 => self.replace(body, random, |_, token| [b"[", token, b"]"].concat()),
            53..=55 => self.replace(body, random, |_, token| [b"{\"x\":", token, b"}"].concat()),
            56..=60 => self.replace(body, random, |random, token| {
                // Numbers become texts, and texts become numbers.
                let text = token
                    .strip_prefix(b"\"")
                    .and_then(|it| it.strip_suffix(b"\""));
                match text {
                    Some(text) => text.to_vec(),
                    None if random.below(2) == 0 => [b"\"", token, b"\""].concat(),
                    None => b"\"1\"".to_vec(),
                }
            }),
            _ => self.replace(body, random, |random, token| {
                let depth = 1 << random.below(12);
                let (open, close) = match random.below(2) {
                    0 => (&b"["[..], &b"]"[..]),
                    _ => (&b"{\"edit\":"[..], &b"}"[..]),
                };
                [&open.repeat(depth), token, &close.repeat(depth)].concat()
            }),
        }
    }

    fn replace(
        &self,
        body: &mut Vec<u8>,
        random: &mut Random,
        by: impl FnOnce(&mut Random, &[u8]) -> Vec<u8>,
    ) {
        let tokens = tokens(body);
        let Some(at) = random.pick(&tokens).cloned() else {
            return;
        };
        let new = by(random, body.get(at.clone()).unwrap_or_default());
        // Keeps the name of a member a text.
        let is_name = body.get(at.end) == Some(&b':');
        let is_text = new.iter().filter(|byte| **byte == b'"').count() == 2 && new.ends_with(b"\"");
        if !is_name || is_text && new.starts_with(b"\"") {
            body.splice(at, new);
        }
    }
}

/// Finds names, values, objects and arrays, as far as the bytes look like JSON.
fn tokens(body: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(128);
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' | b'[' => open.push(start),
            b'}' | b']' => {
                if let Some(start) = open.pop() {
                    found.push(start..at);
                }
            }
            b'"' => {
                while let Some(&byte) = body.get(at) {
                    at += match byte {
                        b'\\' => 2,
                        _ => 1,
                    };
                    if byte == b'"' {
                        break;
                    }
                }
                at = at.min(body.len());
                found.push(start..at);
            }
            b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                let rest = body.get(at..).unwrap_or_default();
                at += rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                    .count();
                found.push(start..at);
            }
            _ => {}
        }
    }
    found
}
