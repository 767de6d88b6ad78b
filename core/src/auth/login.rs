//! Logins: one token or session per identity, renewed early, by one call at a time.
//!
//! Everybody who needs a token while one is being fetched waits for that one. A renewal that
//! fails while the old token still works is not an error; the next try waits five seconds
//! (`behaviour.md` section 6, SEG-7, SID-28).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::SET_COOKIE;
use serde_json::{Value, json};
use tokio::sync::Mutex as AsyncMutex;

use super::credential::{Credential, Session};
use super::{Lend, Waiting};
use crate::Secret;
use crate::clock::Clock;
use crate::dialect::{AuthMode, CredentialSpec, Endpoint};
use crate::error::{Error, ErrorKind, Result};
use crate::json as strict;
use crate::retry::Fingerprint;
use crate::wire::WireResponse;

/// From here on a call renews the token on its way.
const ADVISORY: Duration = Duration::from_secs(120);
/// From here on no call goes out with the old token.
const MANDATORY: Duration = Duration::from_secs(30);
/// After a renewal that failed while the old token still works.
const PAUSE: Duration = Duration::from_secs(5);

/// One identity at one service, with what it is logged in as. Shared by all clients of a process.
#[derive(Debug)]
pub(crate) struct Login {
    email: String,
    owner: Fingerprint,
    keep_password: bool,
    state: Mutex<State>,
    /// Held by whoever fetches a token.
    fetching: AsyncMutex<()>,
}

#[derive(Debug, Default)]
struct State {
    password: Option<Secret>,
    token: Option<Token>,
    paused_until: Duration,
}

#[derive(Debug, Clone)]
struct Token {
    credential: Credential,
    refresh: Option<Secret>,
    /// On the monotonic clock: a service whose wall clock is wrong changes nothing.
    obtained: Duration,
    lifetime: Option<Duration>,
}

#[derive(Debug, PartialEq, Eq)]
enum Freshness {
    Fresh,
    /// Still good, worth renewing.
    Aging,
    /// Not to be sent any more.
    Stale,
}

impl Token {
    fn freshness(&self, now: Duration) -> Freshness {
        let Some(lifetime) = self.lifetime else { return Freshness::Fresh };
        let left = (self.obtained + lifetime).saturating_sub(now);
        if left <= MANDATORY.min(lifetime / 2) {
            Freshness::Stale
        } else if left <= ADVISORY.min(lifetime / 2) {
            Freshness::Aging
        } else {
            Freshness::Fresh
        }
    }
}

impl Login {
    pub(crate) fn new(email: String, password: Secret, owner: Fingerprint, keep_password: bool) -> Self {
        let state = State { password: Some(password), ..State::default() };
        Self { email, owner, keep_password, state: Mutex::new(state), fetching: AsyncMutex::new(()) }
    }

    /// The credential to send, fetched or renewed if need be.
    pub(crate) async fn credential(&self, spec: &CredentialSpec, clock: &dyn Clock, lend: &dyn Lend) -> Result<Credential> {
        let now = clock.monotonic();
        match self.current(now) {
            (Some(token), Freshness::Fresh) => Ok(token.credential),
            (Some(token), Freshness::Aging) => Ok(self.renew_early(token, spec, clock, lend).await),
            (_, Freshness::Stale) | (None, _) => self.fetch(None, spec, clock, lend).await,
        }
    }

    /// A credential other than the refused one, or that same one when there is no other.
    pub(crate) async fn replace(
        &self,
        refused: &Credential,
        spec: &CredentialSpec,
        clock: &dyn Clock,
        lend: &dyn Lend,
    ) -> Result<Credential> {
        self.fetch(Some(refused), spec, clock, lend).await
    }

    fn current(&self, now: Duration) -> (Option<Token>, Freshness) {
        let state = self.lock();
        let freshness = state.token.as_ref().map_or(Freshness::Stale, |token| token.freshness(now));
        let held_back = freshness == Freshness::Aging && now < state.paused_until;
        (state.token.clone(), if held_back { Freshness::Fresh } else { freshness })
    }

    /// Renews if nobody else does; whatever happens, the old token still works.
    async fn renew_early(&self, token: Token, spec: &CredentialSpec, clock: &dyn Clock, lend: &dyn Lend) -> Credential {
        let Ok(_turn) = self.fetching.try_lock() else { return token.credential };
        match self.renewed(&token, spec, clock, lend).await {
            Ok(renewed) => renewed,
            Err(_) => {
                self.lock().paused_until = clock.monotonic() + PAUSE;
                token.credential
            }
        }
    }

    /// Fetches a token, one caller at a time; whoever waited takes what the first one got.
    async fn fetch(
        &self,
        refused: Option<&Credential>,
        spec: &CredentialSpec,
        clock: &dyn Clock,
        lend: &dyn Lend,
    ) -> Result<Credential> {
        let _turn = {
            let _waiting = Waiting::on(clock);
            self.fetching.lock().await
        };
        let held = self.lock().token.clone();
        if let Some(token) = held {
            let other = refused.is_none_or(|refused| !refused.same_as(&token.credential));
            if other && token.freshness(clock.monotonic()) != Freshness::Stale {
                return Ok(token.credential);
            }
            match self.renewed(&token, spec, clock, lend).await {
                Ok(credential) => return Ok(credential),
                // A refused refresh means that the login itself is over; anything else is final.
                Err(error) if error.kind() == ErrorKind::Unauthenticated => {}
                Err(error) => return Err(error),
            }
        }
        self.log_in(spec, clock, lend).await
    }

    /// Renews by refresh where the mode has one.
    async fn renewed(&self, token: &Token, spec: &CredentialSpec, clock: &dyn Clock, lend: &dyn Lend) -> Result<Credential> {
        let (AuthMode::Jwt { refresh, access, .. }, Some(refresh_token)) = (&spec.mode, &token.refresh) else {
            return self.log_in(spec, clock, lend).await;
        };
        let began = clock.monotonic();
        let answer = self.exchange(lend, refresh, json!({ "refresh": refresh_token.expose() })).await?;
        let body = strict::decode(&answer.body).map_err(|_| unreadable())?;
        self.keep_jwt(&body, access, Some(refresh_token.clone()), began)
    }

    async fn log_in(&self, spec: &CredentialSpec, clock: &dyn Clock, lend: &dyn Lend) -> Result<Credential> {
        let Some(password) = self.lock().password.clone() else {
            return Err(Error::new(ErrorKind::Unauthenticated).with(|data| {
                data.reason = Some("expired".into());
                data.summary = Some("the login has ended and the password was not kept".to_owned());
                data.remedy = Some("make a new client, or set `keep_password` to true".to_owned());
            }));
        };
        let began = clock.monotonic();
        let body = json!({ "email": self.email, "password": password.expose() });
        let credential = match &spec.mode {
            AuthMode::Jwt { login, access, refresh_token, .. } => {
                let answer = self.exchange(lend, login, body).await?;
                let body = strict::decode(&answer.body).map_err(|_| unreadable())?;
                let refresh = body.pointer(refresh_token).and_then(Value::as_str).map(Secret::new);
                self.keep_jwt(&body, access, refresh, began)
            }
            AuthMode::CookieCsrf { login, cookie, csrf_cookie, csrf_header, lifetime, .. } => {
                let answer = self.exchange(lend, login, body).await?;
                let found = |name: &str| cookie_value(&answer, name).ok_or_else(unreadable);
                let session = Session {
                    value: found(cookie)?,
                    csrf: found(csrf_cookie)?,
                    cookie: cookie.clone(),
                    csrf_cookie: csrf_cookie.clone(),
                    csrf_header: csrf_header.clone(),
                };
                let credential = Credential::of_session(&session, self.owner)?;
                self.keep(Token { credential, refresh: None, obtained: began, lifetime: Some(*lifetime) })
            }
            AuthMode::Header { .. } | AuthMode::Bearer | AuthMode::Scheme { .. } => Err(Error::new(ErrorKind::Internal)),
        }?;
        if !self.keep_password {
            self.lock().password = None;
        }
        Ok(credential)
    }

    /// Sends what no credential goes with: what its refusal must not show is known here alone.
    async fn exchange(&self, lend: &dyn Lend, endpoint: &Endpoint, body: Value) -> Result<WireResponse> {
        lend.exchange(endpoint, body).await.map_err(|error| error.hiding(&self.secrets()))
    }

    fn secrets(&self) -> Vec<Secret> {
        let state = self.lock();
        let token = state.token.as_ref().map(|token| token.credential.secrets().to_vec()).unwrap_or_default();
        let refresh = state.token.as_ref().and_then(|token| token.refresh.clone());
        token.into_iter().chain(refresh).chain(state.password.clone()).collect()
    }

    fn keep_jwt(&self, body: &Value, access: &str, refresh: Option<Secret>, began: Duration) -> Result<Credential> {
        let access = body.pointer(access).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(unreadable)?;
        let token = Secret::new(access);
        let credential = Credential::of_token(&token, self.owner).map_err(|_| unreadable())?;
        self.keep(Token { credential, refresh, obtained: began, lifetime: jwt_lifetime(access) })
    }

    fn keep(&self, token: Token) -> Result<Credential> {
        let credential = token.credential.clone();
        self.lock().token = Some(token);
        Ok(credential)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Decode).with(|data| {
        data.reason = Some("shape".into());
        data.summary = Some("the answer to the login holds no token".to_owned());
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

fn cookie_value(answer: &WireResponse, name: &str) -> Option<Secret> {
    let lines = answer.head.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.filter_map(|line| line.split(';').next()?.trim().split_once('='));
    pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| Secret::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Token { credential, refresh: None, obtained: Duration::ZERO, lifetime: Some(Duration::from_secs(lifetime)) }
        };
        let at = |lifetime, now| token(lifetime).freshness(Duration::from_secs(now));
        assert_eq!(at(3600, 3479), Freshness::Fresh);
        assert_eq!(at(3600, 3480), Freshness::Aging);
        assert_eq!(at(3600, 3570), Freshness::Stale);
        assert_eq!(at(40, 19), Freshness::Fresh);
        assert_eq!(at(40, 20), Freshness::Stale);
    }
}
