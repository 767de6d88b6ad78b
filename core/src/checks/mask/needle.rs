//! A secret, prepared once for being found in many texts.
//!
//! Searching takes time in proportion to the text, whatever the secret and the text are: the
//! algorithm of Knuth, Morris and Pratt never goes back in either. A general library for many
//! patterns would prepare all secrets anew whenever one of them changes, and keep copies of them
//! that nobody wipes.

use zeroize::Zeroizing;

use super::spelling;

/// A shorter secret would take words apart and is no secret anyway.
const SHORTEST: usize = 4;
/// How much of a secret must stand at the end of a text that was cut to be taken for it.
const SHORTEST_BEGINNING: usize = 6;

/// The forms of one secret that are searched for.
pub(crate) struct Needle {
    /// As it is, and with its own escapes resolved where it holds any: texts are searched in both forms.
    forms: Vec<Form>,
}

/// One form: folded bytes, and for each of them how much of the beginning is repeated up to there.
struct Form {
    bytes: Zeroizing<Vec<u8>>,
    repeated: Vec<u32>,
}

impl Needle {
    pub(crate) fn of(secret: &str) -> Self {
        let mut forms = Vec::new();
        spelling::each_level(secret, |level| forms.push(Zeroizing::new(level.bytes().to_vec())));
        // The form between is met only on the way from one to the other.
        let last = forms.pop();
        forms.truncate(1);
        forms.extend(last);
        forms.dedup();
        Self { forms: forms.into_iter().filter(|form| form.len() >= SHORTEST).map(Form::of).collect() }
    }

    /// Tells each place in the text where the secret stands; where the text was cut, also a
    /// beginning of the secret at its end.
    pub(crate) fn find(&self, text: &[u8], is_cut: bool, found: &mut impl FnMut(usize, usize)) {
        self.forms.iter().for_each(|form| form.find(text, is_cut, found));
    }
}

impl Form {
    fn of(bytes: Zeroizing<Vec<u8>>) -> Self {
        let mut repeated = vec![0; bytes.len()];
        let mut fits = 0;
        for at in 1..bytes.len() {
            while fits > 0 && bytes[at] != bytes[fits] {
                fits = repeated[fits - 1] as usize;
            }
            fits += usize::from(bytes[at] == bytes[fits]);
            repeated[at] = fits as u32;
        }
        Self { bytes, repeated }
    }

    fn find(&self, text: &[u8], is_cut: bool, found: &mut impl FnMut(usize, usize)) {
        let mut fits = 0;
        for (at, byte) in text.iter().enumerate() {
            while fits > 0 && *byte != self.bytes[fits] {
                fits = self.repeated[fits - 1] as usize;
            }
            fits += usize::from(*byte == self.bytes[fits]);
            if fits == self.bytes.len() {
                found(at + 1 - fits, at + 1);
                fits = self.repeated[fits - 1] as usize;
            }
        }
        if is_cut && fits >= SHORTEST_BEGINNING {
            found(text.len() - fits, text.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(secret: &str, text: &str, is_cut: bool) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        Needle::of(secret).find(text.as_bytes(), is_cut, &mut |from, to| found.push((from, to)));
        found
    }

    #[test]
    fn a_beginning_counts_at_the_end_of_a_cut_text_only() {
        assert_eq!(found("secret-key", "my secret-k", true), [(3, 11)]);
        assert_eq!(found("secret-key", "my secret-k", false), []);
        assert_eq!(found("secret-key", "my secre", true), []);
        assert_eq!(found("abc", "abc", false), [], "too short to be a secret");
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_plain_search_finds(secret in "[ab]{4,9}", text in "[ab]{0,60}") {
            let plain: Vec<_> = (0..text.len()).filter(|at| text[*at..].starts_with(&secret)).map(|at| (at, at + secret.len())).collect();
            prop_assert_eq!(found(&secret, &text, false), plain);
        }
    }
}
