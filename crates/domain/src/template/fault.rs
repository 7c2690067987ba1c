//! Faults that pre-flight and the check of definitions find.

/// A fault at a place, with the code that Meta would answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateFault {
    /// The place in what was given: an RFC 6901 pointer, such as `/components/0/parameters/1/text`.
    pub pointer: String,
    /// Meta's code. Where Meta's pages name none, the one that public threads saw.
    pub code: i64,
    /// The advice about it, as a sentence.
    pub words: String,
}

/// The faults that a check found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TemplateCheck {
    /// The faults that Meta refuses.
    pub faults: Vec<TemplateFault>,
    /// The faults that Meta may refuse: its pages are silent or disagree. They are told, and stop nothing.
    pub warnings: Vec<TemplateFault>,
}

impl TemplateCheck {
    /// Tells whether Meta refuses nothing of it.
    pub const fn is_ok(&self) -> bool {
        self.faults.is_empty()
    }

    /// Returns the code that Meta would answer: that of the first fault.
    pub fn meta_code(&self) -> Option<i64> {
        self.faults.first().map(|fault| fault.code)
    }

    pub(super) fn refuse(&mut self, pointer: &str, code: i64, words: impl Into<String>) {
        self.faults.push(TemplateFault {
            pointer: pointer.to_owned(),
            code,
            words: words.into(),
        });
    }

    pub(super) fn warn(&mut self, pointer: &str, code: i64, words: impl Into<String>) {
        self.warnings.push(TemplateFault {
            pointer: pointer.to_owned(),
            code,
            words: words.into(),
        });
    }
}
