//! Reads the answer to a create or rotate.
//!
//! The rule, for whole answers and for those that were cut (security S5, B69):
//!
//! - One readable secret survives everything beside it: members that are missing, repeated, of
//!   another type, misspelled or too deep. What the answer does not tell, the list may.
//! - Two different secrets are an error: nobody can say which of them works.
//! - Text behind a whole answer is an error: it may be a second answer.
//! - A secret longer than any key is an error.
//!
//! After an error the id of the key, where it can be read, is a candidate.

use super::{CreateTask, candidates};
use crate::Secret;
use crate::auth::LONGEST_KEY;
use crate::checks::mask::SecretsInUse;
use crate::dialect::read::{self, Members};
use crate::json::{Document, Partial, decode};
use crate::model::CreatedKey;
use crate::model::error::{Error, ErrorKind};
use crate::transport::wire::WireResponse;

/// What came of an answer.
pub(super) enum Read {
    /// All of it.
    Whole(CreatedKey),
    /// The secret, and what is beyond doubt beside it.
    Secret(CreatedKey),
    /// Nothing that could be used.
    Nothing(Unusable),
}

/// Why an answer brought no secret, and what it told all the same.
pub(super) struct Unusable {
    pub error: Error,
    /// The id of the key that was made.
    pub id: Option<String>,
    /// Secrets that were seen and must not be shown.
    pub seen: Vec<Secret>,
}

impl CreateTask {
    /// Reads an answer that arrived whole.
    pub(super) fn read_whole(&self, answer: &WireResponse) -> Read {
        let read = |body: Document<'_>| self.read(read::object(&self.op, body.root())?, &mut Members::alone());
        match read::answer(answer).and_then(read) {
            Ok(made) => Read::Whole(made),
            Err(error) => self.read_part(&answer.body, error),
        }
    }

    /// Reads what there is of an answer that cannot be read as a whole; `error` says why not.
    pub(super) fn read_part(&self, body: &[u8], error: Error) -> Read {
        let map = &self.client.spec().key;
        let is_of_key = |name: &str| [&map.id, &map.secret].into_iter().flatten().any(|known| known == name);
        let Some(partial) = Partial::read(body, &self.op.answer, is_of_key) else {
            return Read::Nothing(Unusable { error, id: None, seen: Vec::new() });
        };
        let id = partial.id(&map.id);
        let mut secrets: Vec<String> = partial.texts(&map.secret).filter(|text| !text.is_empty()).collect();
        secrets.sort_unstable();
        secrets.dedup();
        let is_too_long = |secrets: &[String]| secrets.iter().any(|secret| secret.len() > LONGEST_KEY);
        let wrong = match secrets.as_slice() {
            _ if partial.has_trailing_text => Some(unusable("more text follows the answer")),
            found if is_too_long(found) => Some(unusable("the secret in the answer is longer than any key")),
            [] => Some(error),
            [_] => None,
            _ => Some(unusable("the answer holds two different secrets")),
        };
        match (wrong, secrets.pop()) {
            (None, Some(secret)) => match self.with_secret(&partial, id.clone(), Secret::new(secret)) {
                Some(made) => Read::Secret(made),
                None => Read::Nothing(Unusable { error: Error::new(ErrorKind::Internal), id, seen: Vec::new() }),
            },
            (wrong, last) => {
                // Of a longer one the beginning is enough: no text that is shown is longer.
                let beginning = |secret: String| Secret::new(secret.chars().take(LONGEST_KEY).collect::<String>());
                let seen = secrets.into_iter().chain(last).map(beginning).collect();
                Read::Nothing(Unusable { error: wrong.unwrap_or_else(|| unusable("the answer holds no secret")), id, seen })
            }
        }
    }

    /// The key as far as it was told.
    fn with_secret(&self, partial: &Partial<'_>, id: Option<String>, secret: Secret) -> Option<CreatedKey> {
        let map = &self.client.spec().key;
        let is_of_key = |name: &str| [&map.id, &map.secret].into_iter().flatten().any(|known| known == name);
        let id = id.or_else(|| self.target.clone()).unwrap_or_else(|| candidates::UNKNOWN_ID.to_owned());
        let told = [partial.beyond_doubt(is_of_key), "{}".to_owned()];
        let mut made =
            told.iter().find_map(|rest| self.read(self.completed(rest, &secret)?.root(), &mut Members::listed()).ok())?;
        // Read last, because an id that is not known may be none that can be read.
        made.key.id = SecretsInUse::default().with([secret]).hide(&id).into();
        Some(made)
    }

    /// The members with what a key cannot do without.
    fn completed(&self, rest: &str, secret: &Secret) -> Option<Document<'static>> {
        const SOME_ID: &str = "-";
        let map = &self.client.spec().key;
        let mut object = decode(rest.as_bytes()).ok()?;
        let members = object.as_object_mut()?;
        members.insert(map.id.first()?.clone(), SOME_ID.into());
        members.insert(map.secret.first()?.clone(), secret.expose().into());
        Document::owned(object.to_string()).ok()
    }
}

/// Why a secret that is there is not taken.
fn unusable(reason: &'static str) -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("shape".into());
        data.summary = Some(reason.to_owned());
    })
}
