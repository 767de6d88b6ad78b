//! Text that is put together line by line, with its indentation.

/// Lines of a file.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    /// A line at the present depth; an empty one has no blanks.
    pub fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.text.push('\n');
    }

    /// What `fill` adds stands one step deeper.
    pub fn deeper(&mut self, fill: impl FnOnce(&mut Self)) {
        self.depth += 1;
        fill(self);
        self.depth -= 1;
    }

    /// A text broken into lines of at most `width` characters, each after `lead`.
    pub fn wrapped(&mut self, lead: &str, text: &str, width: usize) {
        let room = width.saturating_sub(4 * self.depth + lead.len());
        for line in wrap(text, room) {
            self.line(format!("{lead}{line}").trim_end());
        }
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Breaks a text between words.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut() {
            if line.is_empty() {
                line.push_str(word);
            } else if line.chars().count() + 1 + word.chars().count() <= width {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("unbreakable word", 3), ["unbreakable", "word"]);
    }

    #[test]
    fn lines_know_their_depth() {
        let mut lines = Lines::default();
        lines.line("a:");
        lines.deeper(|lines| lines.wrapped("# ", "b c d", 9));
        lines.gap();
        assert_eq!(lines.into_text(), "a:\n    # b c\n    # d\n\n");
    }
}
