//! Credentials: which there are, how they are presented, and which operation takes which.

use std::time::Duration;

use super::{Wrong, at, endpoint, header, pointer, source};
use crate::dialect::schema;
use crate::dialect::spec::*;

pub(super) fn compile(auth: schema::Auth) -> std::result::Result<AuthSpec, Wrong> {
    let has = |name: CredentialName| match name {
        CredentialName::Key => auth.key.is_some(),
        CredentialName::Token => auth.token.is_some(),
        CredentialName::Login => auth.login.is_some(),
    };
    let names = |key: &str, texts: &[String]| {
        let names: std::result::Result<Vec<_>, _> = texts
            .iter()
            .map(|text| match text.as_str() {
                "key" => Ok(CredentialName::Key),
                "token" => Ok(CredentialName::Token),
                "login" => Ok(CredentialName::Login),
                other => Err(format!("`{other}` must be key, token or login")),
            })
            .map(|name| {
                name.and_then(
                    |name| if has(name) { Ok(name) } else { Err(format!("there is no `[auth.{}]`", credential_word(name))) },
                )
            })
            .collect();
        at(key, names).and_then(|names| {
            if names.is_empty() { Err((key.to_owned(), "must name at least one credential".to_owned())) } else { Ok(names) }
        })
    };
    let used = names("auth.use", &auth.used)?;
    let manage = names("auth.manage", &auth.manage)?;
    Ok(AuthSpec {
        used,
        manage,
        key: compile_credential("auth.key", auth.key)?,
        token: compile_credential("auth.token", auth.token)?,
        login: compile_credential("auth.login", auth.login)?,
    })
}

/// The beginnings by which keys and tokens are known, and what users mistake for them.
pub(in crate::dialect) fn shapes(auth: &schema::Auth) -> impl Iterator<Item = &str> {
    let credentials = [&auth.key, &auth.token, &auth.login].into_iter().flatten();
    credentials.flat_map(|credential| {
        let known = credential.prefix.iter().chain(&credential.looks_like);
        known.chain(credential.other_prefixes.keys()).chain(&credential.shapes).map(String::as_str)
    })
}

fn credential_word(name: CredentialName) -> &'static str {
    match name {
        CredentialName::Key => "key",
        CredentialName::Token => "token",
        CredentialName::Login => "login",
    }
}

fn compile_credential(key: &str, credential: Option<schema::Credential>) -> std::result::Result<Option<CredentialSpec>, Wrong> {
    let Some(credential) = credential else { return Ok(None) };
    at(format!("{key}.source"), source(&credential.source))?;
    at(format!("{key}.env"), credential.env.iter().try_for_each(|name| variable(name)))?;
    let is_login = key == "auth.login";
    let mode = at(format!("{key}.mode"), auth_mode(&credential, is_login))?;
    Ok(Some(CredentialSpec {
        mode,
        env: credential.env,
        prefix: credential.prefix,
        looks_like: credential.looks_like,
        other_prefixes: credential.other_prefixes,
        is: credential.is,
    }))
}

fn auth_mode(credential: &schema::Credential, is_login: bool) -> std::result::Result<AuthMode, String> {
    let need = |value: &Option<String>, name: &str| value.clone().ok_or_else(|| format!("`{}` needs `{name}`", credential.mode));
    let place = |text: String| {
        let (method, path) = endpoint(&text)?;
        if !path.starts_with('/') || path.contains(['{', '?', '#']) {
            return Err(format!("`{text}` must have a whole path: it begins with `/` and has no places and no query"));
        }
        Ok(Endpoint { method, path: path.to_owned() })
    };
    let mode = match credential.mode.as_str() {
        "header" => AuthMode::Header { name: header(&need(&credential.name, "name")?)? },
        "bearer" => AuthMode::Bearer,
        "scheme" => AuthMode::Scheme { word: token(need(&credential.word, "word")?, "word")? },
        "jwt" => AuthMode::Jwt {
            login: place(need(&credential.login, "login")?)?,
            refresh: place(need(&credential.refresh, "refresh")?)?,
            access: pointer(need(&credential.access, "access")?)?,
            refresh_token: pointer(need(&credential.refresh_token, "refresh_token")?)?,
        },
        "cookie_csrf" => AuthMode::CookieCsrf {
            login: place(need(&credential.login, "login")?)?,
            cookie: token(need(&credential.cookie, "cookie")?, "cookie")?,
            csrf_cookie: token(need(&credential.csrf_cookie, "csrf_cookie")?, "csrf_cookie")?,
            csrf_header: header(&need(&credential.csrf_header, "csrf_header")?)?,
            lifetime: Duration::from_secs(credential.lifetime.ok_or("`cookie_csrf` needs `lifetime`, in seconds")?),
            lost: credential.lost.clone(),
        },
        other => return Err(format!("`{other}` must be header, bearer, scheme, jwt or cookie_csrf")),
    };
    let logs_in = matches!(mode, AuthMode::Jwt { .. } | AuthMode::CookieCsrf { .. });
    if logs_in != is_login {
        return Err(format!("`{}` does not fit here: a login logs in, a key or token does not", credential.mode));
    }
    if is_login && !matches!(credential.env.len(), 0 | 2) {
        return Err("a login's `env` must name two variables: the e-mail's and the password's".to_owned());
    }
    Ok(mode)
}

/// A name that means nothing else to a shell, in which `Request::to_curl` puts it.
pub(super) fn variable(name: &str) -> std::result::Result<(), String> {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let fits = name.bytes().all(is_name) && !name.is_empty() && !name.as_bytes()[0].is_ascii_digit();
    if fits { Ok(()) } else { Err("must name variables in capital letters, digits and `_`".to_owned()) }
}

/// What stands in a header beside the credential: a word that cannot end it or add to it.
fn token(text: String, name: &str) -> std::result::Result<String, String> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if fits { Ok(text) } else { Err(format!("`{name}` must be letters, digits, `-`, `_` and `.`")) }
}
