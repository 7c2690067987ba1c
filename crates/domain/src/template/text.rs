//! Texts with variables, such as `Hi {{1}}`.

use std::borrow::Cow;

/// A text with its variables.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TemplateText {
    text: String,
    variables: Vec<TemplateVariable>,
    fixed_length: usize,
}

/// A variable of a text. One that stands in the text twice is one variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateVariable {
    /// The name between the braces: a number or a name.
    pub name: String,
    /// The example that was given to Meta.
    pub example: Option<String>,
    /// The number of times that it stands in the text.
    pub count: usize,
}

/// A piece of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Piece<'t> {
    /// Text that stays.
    Fixed(&'t str),
    /// A variable's name.
    Variable(&'t str),
}

/// Splits a text at its variables. Braces around anything but letters, digits and underscores are text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut variable = None;
    std::iter::from_fn(move || {
        if let Some(name) = variable.take() {
            return Some(Piece::Variable(name));
        }
        if rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(begin) = rest.get(from..).and_then(|tail| tail.find("{{")) {
            let begin = from + begin;
            let (before, inner) = rest.split_at(begin);
            if let Some((name, behind)) = inner.get(2..).and_then(closed_name) {
                rest = behind;
                if before.is_empty() {
                    return Some(Piece::Variable(name));
                }
                variable = Some(name);
                return Some(Piece::Fixed(before));
            }
            from = begin + 1;
        }
        Some(Piece::Fixed(std::mem::take(&mut rest)))
    })
}

/// Reads a name and its closing braces. It reads no further than the name, so that a text full of braces costs little.
fn closed_name(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(' ');
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let end = text.find(|letter| !is_part(letter))?;
    let (name, behind) = text.split_at(end);
    let behind = behind.trim_start_matches(' ').strip_prefix("}}")?;
    (!name.is_empty()).then_some((name, behind))
}

pub(super) fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

impl TemplateText {
    /// Reads a text and its variables, which have no examples yet. Numbered variables come in the order of their
    /// numbers, named ones in the order of the text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut variables: Vec<TemplateVariable> = Vec::new();
        let mut fixed_length = 0;
        for piece in pieces(&text) {
            match piece {
                Piece::Fixed(text) => fixed_length += text.chars().count(),
                Piece::Variable(name) => match variables.iter_mut().find(|it| it.name == name) {
                    Some(known) => known.count += 1,
                    None => variables.push(TemplateVariable {
                        name: name.to_owned(),
                        example: None,
                        count: 1,
                    }),
                },
            }
        }
        if variables.iter().all(|it| is_number(&it.name)) {
            variables.sort_by(|a, b| (a.name.len(), &a.name).cmp(&(b.name.len(), &b.name)));
        }
        Self {
            text,
            variables,
            fixed_length,
        }
    }

    /// Returns the text with its braces.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the variables.
    pub fn variables(&self) -> &[TemplateVariable] {
        &self.variables
    }

    /// Returns the number of characters (code points) that no value changes.
    pub const fn fixed_length(&self) -> usize {
        self.fixed_length
    }

    /// Tells whether a variable has a name that is no number.
    pub fn is_named(&self) -> bool {
        self.variables.iter().any(|it| !is_number(&it.name))
    }

    pub(super) fn set_example(&mut self, at: usize, example: &str) {
        if let Some(variable) = self.variables.get_mut(at) {
            variable.example = Some(example.to_owned());
        }
    }

    pub(super) fn set_named_example(&mut self, name: &str, example: &str) {
        if let Some(variable) = self.variables.iter_mut().find(|it| it.name == name) {
            variable.example = Some(example.to_owned());
        }
    }

    /// Fills in values. A variable without a value stays as it is.
    pub fn filled<'v>(&self, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
        let mut filled = String::with_capacity(self.text.len());
        for piece in pieces(&self.text) {
            match piece {
                Piece::Fixed(text) => filled.push_str(text),
                Piece::Variable(name) => match value(name) {
                    Some(value) => filled.push_str(&value),
                    None => {
                        filled.push_str("{{");
                        filled.push_str(name);
                        filled.push_str("}}");
                    }
                },
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, usize)> {
        let text = TemplateText::new(text);
        (text.variables().iter())
            .map(|it| (it.name.clone(), it.count))
            .collect()
    }

    #[test]
    fn a_variable_is_a_name_or_a_number_between_two_braces() {
        let one = |name: &str| vec![(name.to_owned(), 1)];
        assert_eq!(names("Hi {{1}}!"), one("1"));
        assert_eq!(names("Hi {{ first_name }}!"), one("first_name"));
        assert_eq!(names("{{{1}}}"), one("1"));
        for text in [
            "{{}}",
            "{{a b}}",
            "{1}",
            "{{1",
            "1}}",
            "{{é}}",
            "{{a-b}} }}",
        ] {
            assert_eq!(names(text), [], "{text}");
        }
    }

    #[test]
    fn numbers_are_sorted_and_repeats_are_counted() {
        let text = "{{10}} {{2}} {{1}} {{2}}";
        let expected = [("1", 1), ("2", 2), ("10", 1)];
        assert_eq!(
            names(text),
            expected.map(|(name, count)| (name.to_owned(), count))
        );
    }

    #[test]
    fn what_stays_of_a_text_is_counted_in_characters() {
        for (text, length) in [("é{{1}}ß", 2), ("{{a}}", 0), ("no", 2), ("{{ {{1}}", 3)] {
            assert_eq!(TemplateText::new(text).fixed_length(), length, "{text}");
        }
    }

    #[test]
    fn values_are_filled_in_and_what_has_none_stays() {
        let text = TemplateText::new("{{a}} and {{b}}, {{a}}");
        let filled = text.filled(|name| (name == "a").then_some(Cow::Borrowed("x{{b}}")));
        assert_eq!(filled, "x{{b}} and {{b}}, x{{b}}");
    }
}
