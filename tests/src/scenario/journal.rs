//! Compares what the services have seen with what a scenario says they must have seen.
//!
//! The same traffic in every language is the proof that no binding adds a request of its own.

use super::file::Count;

/// How the calls that were seen (`GET /agents`) differ from the journal; empty when they fit.
#[must_use]
pub fn journal_differs(expected: &[String], seen: &[String]) -> Vec<String> {
    let fitting = expected.len() == seen.len() && expected.iter().zip(seen).all(|(due, call)| fits(due, call));
    if fitting { Vec::new() } else { vec![format!("the services saw {seen:?} instead of {expected:?}")] }
}

/// How the number of some call differs from what is due; empty when it fits.
#[must_use]
pub fn count_differs(expected: &Count, seen: &[String]) -> Vec<String> {
    let count = seen.iter().filter(|call| fits(&expected.call, call)).count();
    let exact = expected.times.is_none_or(|times| count == times);
    let enough = expected.at_least.is_none_or(|least| count >= least);
    let few = expected.at_most.is_none_or(|most| count <= most);
    let bounded = expected.times.or(expected.at_least).or(expected.at_most).is_some();
    if exact && enough && few && bounded {
        Vec::new()
    } else {
        vec![format!("{} was seen {count} times, not as {expected:?}", expected.call)]
    }
}

/// Whether a call that was seen is the one that is meant (`DELETE /api-keys/*`).
#[must_use]
pub fn fits(expected: &str, seen: &str) -> bool {
    let (expected, seen): (Vec<&str>, Vec<&str>) = (expected.split('/').collect(), seen.split('/').collect());
    expected.len() == seen.len()
        && expected.iter().zip(&seen).all(|(due, part)| *due == *part || (*due == "*" && !part.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn order_number_and_every_segment_count() {
        let seen = texts(&["POST /keys", "DELETE /keys/5"]);
        assert!(journal_differs(&texts(&["POST /keys", "DELETE /keys/*"]), &seen).is_empty());
        for wrong in [
            &["DELETE /keys/*", "POST /keys"][..],
            &["POST /keys"],
            &["POST /keys", "DELETE /keys"],
            &["POST /keys", "DELETE /keys/*/"],
            &["GET /keys", "DELETE /keys/*"],
            &[],
        ] {
            assert!(!journal_differs(&texts(wrong), &seen).is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn bounds_are_kept_and_a_count_without_bounds_is_wrong() {
        let count = |times, at_least, at_most| Count { call: "GET /a".to_owned(), times, at_least, at_most };
        let seen = texts(&["GET /a", "GET /a", "GET /b"]);
        assert!(count_differs(&count(Some(2), None, None), &seen).is_empty());
        assert!(count_differs(&count(None, Some(1), Some(2)), &seen).is_empty());
        for wrong in [count(Some(3), None, None), count(None, Some(3), None), count(None, None, Some(1)), count(None, None, None)]
        {
            assert!(!count_differs(&wrong, &seen).is_empty(), "{wrong:?}");
        }
    }
}
