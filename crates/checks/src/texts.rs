//! Texts at limits and of odd characters.

use crate::{
    random::Random,
    shape::{Style, TextShape},
};

/// Characters that texts are filled with.
const FILLINGS: [&str; 13] = [
    "a",
    "ä",
    "😀",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "e\u{301}",
    "مرحبا",
    "\u{202e}abc\u{202c}",
    "\u{200b}",
    "\u{feff}x",
    "漢字",
    "🇩🇪🏳️\u{200d}🌈",
    "\u{1}\u{7f}",
    "a b",
];

/// Texts that a check may read in a way of its own.
pub(crate) const ODD: [&str; 34] = [
    "",
    " ",
    "\u{3000}",
    "\u{a0}",
    "\t",
    "\n",
    "\u{200b}",
    "\u{feff}",
    " a",
    "a ",
    "\u{a0}a",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a    b",
    "a     b",
    "a\u{b}b",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}b",
    "a\nb\nc",
    "a\nb\nc\nd",
    "\u{0}",
    "a\u{0}b",
    "\u{1}",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "e\u{301}",
    "\u{202e}cba",
    "A",
    "K",
    "{{1}}",
    "null",
    "*bold* _it_",
    "../../x?y=1#z",
];

/// Makes a text of exactly so many code points that keeps the style. `mark` makes it another than the others.
pub(crate) fn exactly(
    many: usize,
    style: Style,
    mark: Option<usize>,
    random: &mut Random,
) -> String {
    let filling = match style {
        Style::Name => "abc_9",
        _ => random.pick(&FILLINGS),
    };
    let mark = mark.map(|mark| format!("{mark:x}")).unwrap_or_default();
    let mut text: Vec<char> = (mark.chars().chain(filling.chars().cycle()))
        .take(many)
        .collect();
    // White space at the end would be padding.
    if style != Style::Any
        && let Some(last) = text.last_mut()
        && last.is_whitespace()
    {
        *last = 'z';
    }
    text.into_iter().collect()
}

/// Makes a text that keeps the shape, mostly a short one.
pub(crate) fn ordinary(shape: &TextShape, counter: usize, random: &mut Random) -> String {
    let most = shape.most.unwrap_or(40).min(40);
    let least = if shape.is_unique {
        3.max(shape.least)
    } else {
        shape.least
    };
    let many = least + random.below(most.saturating_sub(least) + 1);
    exactly(
        many,
        shape.style,
        shape.is_unique.then_some(counter + 256),
        random,
    )
}
