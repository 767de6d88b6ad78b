//! Logins: what one identity is logged in as, and how it logs in and renews.
//!
//! How old a token may be stands here; that one call at a time fetches one is the rule of
//! [`single_flight`](super::single_flight) (SEG-7, SID-28).

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use serde_json::{Value, json};

use super::credential::{Credential, Session};
use super::single_flight::{Expiring, Freshness, SingleFlight, Source};
use super::{LoginTransport, mistake};
use crate::Secret;
use crate::checks::mask::SecretsInUse;
use crate::dialect::{AuthMode, CredentialSpec, Endpoint};
use crate::json::{self as strict, Document};
use crate::model::error::{Error, ErrorKind, Result};
use crate::retry::Fingerprint;
use crate::runtime::clock::Clock;
use crate::transport::wire::WireResponse;

/// From here on a call renews the token on its way.
const ADVISORY: Duration = Duration::from_secs(120);
/// From here on no call goes out with the old token.
const MANDATORY: Duration = Duration::from_secs(30);

/// One identity at one service, with what it is logged in as. Shared by all clients of a process.
#[derive(Debug)]
pub(crate) struct Login {
    email: String,
    owner: Fingerprint,
    keep_password: bool,
    password: Mutex<Option<Secret>>,
    tokens: SingleFlight<Token>,
}

#[derive(Debug, Clone)]
struct Token {
    credential: Credential,
    refresh: Option<Secret>,
    /// What else came with the login and may be a secret: it is never sent, and must not be shown.
    others: Vec<Secret>,
    /// On the monotonic clock: a service whose wall clock is wrong changes nothing.
    obtained: Duration,
    lifetime: Option<Duration>,
}

impl Expiring for Token {
    fn freshness(&self, now: Duration) -> Freshness {
        let Some(lifetime) = self.lifetime else { return Freshness::Fresh };
        let left = (self.obtained + lifetime).saturating_sub(now);
        if left <= MANDATORY.min(lifetime / 2) {
            Freshness::Expired
        } else if left <= ADVISORY.min(lifetime / 2) {
            Freshness::RefreshSoon
        } else {
            Freshness::Fresh
        }
    }
}

/// A login at work for one call.
struct LoginFlow<'a> {
    login: &'a Login,
    spec: &'a CredentialSpec,
    clock: &'a dyn Clock,
    transport: &'a dyn LoginTransport,
}

impl Login {
    pub(crate) fn new(email: String, password: Secret, owner: Fingerprint, keep_password: bool) -> Self {
        Self { email, owner, keep_password, password: Mutex::new(Some(password)), tokens: SingleFlight::new() }
    }

    /// The credential to send, fetched or renewed if need be.
    pub(crate) async fn credential(
        &self,
        spec: &CredentialSpec,
        clock: &dyn Clock,
        transport: &dyn LoginTransport,
    ) -> Result<Credential> {
        let visit = LoginFlow { login: self, spec, clock, transport };
        self.tokens.token(&visit, clock).await.map(|token| token.credential)
    }

    /// A credential other than the refused one, or that same one when there is no other.
    pub(crate) async fn replace(
        &self,
        refused: &Credential,
        spec: &CredentialSpec,
        clock: &dyn Clock,
        transport: &dyn LoginTransport,
    ) -> Result<Credential> {
        let visit = LoginFlow { login: self, spec, clock, transport };
        let is_refused = |token: &Token| refused.same_as(&token.credential);
        self.tokens.fetch(is_refused, &visit, clock).await.map(|token| token.credential)
    }

    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let token = self.tokens.held();
        let shown = token.as_ref().map(|token| token.credential.secrets().to_vec()).unwrap_or_default();
        let kept = token.into_iter().flat_map(|token| token.refresh.into_iter().chain(token.others));
        shown.into_iter().chain(kept).chain(self.password().clone()).collect()
    }

    fn password(&self) -> MutexGuard<'_, Option<Secret>> {
        self.password.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source<Token> for LoginFlow<'_> {
    type Error = Error;

    /// By refresh where the mode has one.
    async fn renew(&self, old: &Token) -> Result<Token> {
        let (AuthMode::Jwt { refresh, access, refresh_token, .. }, Some(held)) = (&self.spec.mode, &old.refresh) else {
            return self.log_in().await;
        };
        let began = self.clock.monotonic();
        let answer = self.exchange(refresh, json!({ "refresh": held.expose() })).await?;
        let body = strict::decode(&answer.body).map_err(|_| unreadable())?;
        let others = others(&answer);
        // A service that rotates refresh tokens accepts each of them once.
        let newest = text_at(&body, refresh_token).unwrap_or_else(|| held.clone());
        self.jwt(&body, access, Some(newest), others, began)
    }

    async fn obtain(&self, old: Option<&Token>) -> Result<Token> {
        if let Some(old) = old {
            match self.renew(old).await {
                // A refused refresh means that the login itself is over; anything else is final.
                Err(error) if error.kind() == ErrorKind::Unauthenticated => {}
                renewed => return renewed,
            }
        }
        self.log_in().await
    }
}

impl LoginFlow<'_> {
    async fn log_in(&self) -> Result<Token> {
        let Some(password) = self.login.password().clone() else {
            return Err(Error::new(ErrorKind::Unauthenticated).with(|data| {
                data.reason = Some("expired".into());
                data.summary = Some("the login has ended and the password was not kept".to_owned());
                data.remedy = Some("make a new client, or set `keep_password` to true".to_owned());
            }));
        };
        let began = self.clock.monotonic();
        let body = json!({ "email": self.login.email, "password": password.expose() });
        let token = match &self.spec.mode {
            AuthMode::Jwt { login, access, refresh_token, .. } => {
                let answer = self.exchange(login, body).await.map_err(|error| self.explained(error, &password))?;
                let body = strict::decode(&answer.body).map_err(|_| unreadable())?;
                self.jwt(&body, access, text_at(&body, refresh_token), others(&answer), began)
            }
            AuthMode::CookieCsrf { login, cookie, csrf_cookie, csrf_header, lifetime, .. } => {
                let answer = self.exchange(login, body).await.map_err(|error| self.explained(error, &password))?;
                let found = |name: &str| cookie_value(&answer, name).ok_or_else(unreadable);
                let session = Session {
                    value: found(cookie)?,
                    csrf: found(csrf_cookie)?,
                    cookie: cookie.clone(),
                    csrf_cookie: csrf_cookie.clone(),
                    csrf_header: csrf_header.clone(),
                };
                let credential = Credential::of_session(&session, self.login.owner)?;
                let others = others(&answer);
                Ok(Token { credential, refresh: None, others, obtained: began, lifetime: Some(*lifetime) })
            }
            AuthMode::Header { .. } | AuthMode::Bearer | AuthMode::Scheme { .. } => Err(Error::new(ErrorKind::Internal)),
        }?;
        if !self.login.keep_password {
            *self.login.password() = None;
        }
        Ok(token)
    }

    /// Sends what no credential goes with: what its refusal must not show is known here alone.
    async fn exchange(&self, endpoint: &Endpoint, body: Value) -> Result<WireResponse> {
        self.transport
            .exchange(endpoint, body)
            .await
            .map_err(|error| error.hiding(&SecretsInUse::default().with(self.login.secrets())))
    }

    /// What a refused login may have gone wrong by.
    fn explained(&self, error: Error, password: &Secret) -> Error {
        match mistake::in_password(password.expose()) {
            Some(hint) if error.kind() == ErrorKind::Unauthenticated => error.with(|data| {
                let remedy = data.remedy.take().map(|remedy| format!("; {remedy}")).unwrap_or_default();
                data.remedy = Some(format!("{hint}{remedy}"));
            }),
            Some(_) | None => error,
        }
    }

    fn jwt(&self, body: &Value, access: &str, refresh: Option<Secret>, others: Vec<Secret>, began: Duration) -> Result<Token> {
        let access = text_at(body, access).ok_or_else(unreadable)?;
        let credential = Credential::of_token(&access, self.login.owner).map_err(|_| unreadable())?;
        Ok(Token { credential, refresh, others, obtained: began, lifetime: jwt_lifetime(access.expose()) })
    }
}

/// The token at a place of an answer; one without any text is none.
fn text_at(body: &Value, pointer: &str) -> Option<Secret> {
    body.pointer(pointer).and_then(Value::as_str).filter(|text| fits(text)).map(Secret::new)
}

/// What a login brought beside what its dialect names: a service may show it later, as any text.
fn others(answer: &WireResponse) -> Vec<Secret> {
    /// What members of that kind are called, whatever else stands in their names.
    const NAMES: [&str; 8] = ["token", "secret", "session", "password", "cookie", "csrf", "jwt", "key"];
    /// Shorter ones are words.
    const SHORTEST: usize = 12;
    const MOST: usize = 16;
    let document = Document::read(&answer.body).ok();
    let members = document.iter().flat_map(|document| document.root().everywhere());
    let named = members.filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        NAMES.iter().any(|known| name.contains(known))
    });
    let texts = named.filter_map(|(_, value)| value.text()).map(Cow::into_owned);
    let lines = answer.head.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.filter_map(|line| line.split(';').next()?.split_once('=')).map(|(_, value)| value.trim().to_owned());
    let found = texts.chain(cookies).filter(|text| (SHORTEST..=Secret::LONGEST).contains(&text.len()));
    found.take(MOST).map(Secret::new).collect()
}

/// A token or cookie that may be held: there, and of a length that no work with it is felt.
fn fits(text: &str) -> bool {
    (1..=Secret::LONGEST).contains(&text.len())
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("shape".into());
        data.summary = Some("the answer to the login holds no token that can be one".to_owned());
    })
}

/// How long a token lives, by its own claims. The difference of the two, so that a service whose
/// clock is off by minutes changes nothing.
fn jwt_lifetime(token: &str) -> Option<Duration> {
    let payload = token.split('.').nth(1)?;
    let claims = strict::decode(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
    let second = |name: &str| claims.get(name).and_then(Value::as_u64);
    Some(Duration::from_secs(second("exp")?.checked_sub(second("iat")?)?))
}

/// The value of a cookie as a browser would hold it after the answer: the last line of a name wins,
/// and one that is empty or has ended takes the cookie away.
fn cookie_value(answer: &WireResponse, name: &str) -> Option<Secret> {
    let lines = answer.head.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut of_name = lines.filter_map(|line| {
        let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
        let (found, value) = pair.split_once('=')?;
        (found.trim() == name).then(|| (value.trim(), attributes))
    });
    let (value, attributes) = of_name.next_back()?;
    (fits(value) && !is_over(attributes)).then(|| Secret::new(value))
}

/// Whether the attributes of a cookie say that it ends at once.
fn is_over(attributes: &str) -> bool {
    attributes.split(';').filter_map(|attribute| attribute.split_once('=')).any(|(name, value)| {
        let seconds = value.trim().parse::<i64>();
        name.trim().eq_ignore_ascii_case("max-age") && seconds.is_ok_and(|seconds| seconds <= 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_cookies_of_one_name_the_last_wins() {
        let held = |lines: &[&str]| {
            let mut headers = http::HeaderMap::new();
            for line in lines {
                headers.append(SET_COOKIE, line.parse().unwrap());
            }
            let answer =
                WireResponse { head: crate::transport::wire::WireHead { status: 200, headers }, body: Default::default() };
            cookie_value(&answer, "sid").map(|value| value.expose().to_owned())
        };
        for (lines, value) in [
            (&["sid=a; Path=/", "csrf=b"][..], Some("a")),
            (&["sid=; Max-Age=0", "sid=a"], Some("a")),
            (&["sid=old", "other=x", "sid=new; HttpOnly"], Some("new")),
            (&["sid=a", "sid=; Path=/"], None),
            (&["sid=a", "sid=deleted; Max-Age=0"], None),
            (&["sid=a", "sid=deleted; max-age=-1"], None),
            (&["sid=a; Max-Age=60"], Some("a")),
            (&[" sid = a=b ; Path=/"], Some("a=b")),
            (&["csrf=b"], None),
        ] {
            assert_eq!(held(lines).as_deref(), value, "{lines:?}");
        }
    }

    fn jwt(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_lifetime_is_the_difference_of_the_claims() {
        assert_eq!(jwt_lifetime(&jwt(r#"{"iat":100,"exp":3700}"#)), Some(Duration::from_secs(3600)));
        for claims in [r#"{"exp":3700}"#, r#"{"iat":9,"exp":3}"#, "{", r#"{"iat":"a","exp":1}"#] {
            assert_eq!(jwt_lifetime(&jwt(claims)), None, "{claims}");
        }
        assert_eq!(jwt_lifetime("no dots"), None);
    }

    #[test]
    fn a_token_ages_by_the_rule_and_never_over_half_its_life() {
        let token = |lifetime: u64| {
            let credential = Credential::of_token(&Secret::new("t"), Fingerprint::of(&["x"])).unwrap();
            Token {
                credential,
                refresh: None,
                others: Vec::new(),
                obtained: Duration::ZERO,
                lifetime: Some(Duration::from_secs(lifetime)),
            }
        };
        let at = |lifetime, now| token(lifetime).freshness(Duration::from_secs(now));
        assert_eq!(at(3600, 3479), Freshness::Fresh);
        assert_eq!(at(3600, 3480), Freshness::RefreshSoon);
        assert_eq!(at(3600, 3570), Freshness::Expired);
        assert_eq!(at(40, 19), Freshness::Fresh);
        assert_eq!(at(40, 20), Freshness::Expired);
    }
}
