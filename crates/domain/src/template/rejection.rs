//! Meta's reasons for rejecting a template, in plain words.

/// The reason for which Meta rejected a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TemplateRejection {
    /// Meta's word, such as `INVALID_FORMAT`.
    pub reason: String,
    /// The cause, as a sentence.
    pub words: &'static str,
    /// The remedy, as a sentence.
    pub remedy: &'static str,
}

impl TemplateRejection {
    /// Explains Meta's word. `None` for `NONE` and an empty word.
    pub fn of(reason: &str) -> Option<Self> {
        let reason = reason.trim().to_ascii_uppercase();
        let (words, remedy) = match reason.as_str() {
            "" | "NONE" => return None,
            "ABUSIVE_CONTENT" => (
                "Meta finds the text abusive or threatening.",
                "Rewrite it without threats and insults, and without asking for secret data.",
            ),
            "CATEGORY_NOT_AVAILABLE" => (
                "The category is not available to this account.",
                "Choose another category, or ask Meta's support for this one.",
            ),
            "INCORRECT_CATEGORY" => (
                "The text does not fit the category.",
                "Choose the category that fits: a one-time code is authentication, advertising is marketing, and news of an order or account is utility.",
            ),
            "INVALID_FORMAT" => (
                "The form of the text, its variables or its examples is not accepted.",
                "Check that variables are numbered without gaps, are not first or last, and have examples, and read Meta's recommendation.",
            ),
            "PROMOTIONAL" => (
                "Meta finds advertising in a template that is not marketing.",
                "Remove the advertising, or choose the category marketing.",
            ),
            "SCAM" => (
                "Meta takes the text for a fraud.",
                "Name your business, use links of your own domain, and do not ask for money or passwords.",
            ),
            "TAG_CONTENT_MISMATCH" => (
                "The language or the category does not fit the text.",
                "Choose the language that the text is written in, and the category that fits.",
            ),
            _ => (
                "Meta rejected the template for a reason that is not known here.",
                "Read Meta's word and its recommendation in WhatsApp Manager, and change the text.",
            ),
        };
        Some(Self {
            reason,
            words,
            remedy,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_and_a_remedy() {
        for reason in [
            "ABUSIVE_CONTENT",
            "CATEGORY_NOT_AVAILABLE",
            "INCORRECT_CATEGORY",
            "INVALID_FORMAT",
            "PROMOTIONAL",
            "SCAM",
            "TAG_CONTENT_MISMATCH",
            "something_new",
        ] {
            let told = TemplateRejection::of(reason).unwrap();
            assert_eq!(told.reason, reason.to_uppercase());
            for words in [told.words, told.remedy] {
                assert!(words.ends_with('.') && words.starts_with(char::is_uppercase));
            }
        }
    }

    #[test]
    fn no_reason_is_no_rejection() {
        for reason in ["NONE", "none", "", " "] {
            assert_eq!(TemplateRejection::of(reason), None);
        }
    }
}
