//! Text of a service as it may be shown: what an error's members of that kind are made of.

use std::fmt;
use std::ops::Deref;

use super::{SecretsInUse, ServiceText};
use crate::model::error::FieldError;

/// The most fields and ids of which an error tells.
const MOST: usize = 100;

/// Text that went through the mask.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Masked(String);

impl Masked {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// It with what is known only now hidden too.
    pub(crate) fn again(&mut self, secrets: &SecretsInUse) {
        self.0 = secrets.hide(&self.0);
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Masked {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Ids of keys that went through the mask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaskedIds(Vec<String>);

impl MaskedIds {
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = ServiceText<'a>>, secrets: &SecretsInUse) -> Self {
        let mut kept = Self::default();
        for id in ids.into_iter().take(MOST) {
            kept.add(id.masked(secrets));
        }
        kept
    }

    /// One more, where it is not there yet.
    pub(crate) fn add(&mut self, id: Masked) {
        if !id.is_empty() && !self.0.iter().any(|kept| *kept == *id) {
            self.0.push(id.into_string());
        }
    }

    pub(crate) fn again(&mut self, secrets: &SecretsInUse) {
        self.0.iter_mut().for_each(|id| *id = secrets.hide(id));
    }

    /// These, and those of the other that are not among them.
    pub(crate) fn and(mut self, others: Self) -> Self {
        others.0.into_iter().for_each(|id| self.add(Masked(id)));
        self
    }
}

impl Deref for MaskedIds {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

/// What a service said about single fields, masked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaskedFields(Vec<FieldError>);

impl MaskedFields {
    pub(crate) fn of<'a>(fields: impl Iterator<Item = (ServiceText<'a>, Vec<ServiceText<'a>>)>, secrets: &SecretsInUse) -> Self {
        let masked = |text: &ServiceText<'_>| text.masked(secrets).into_string();
        let fields = fields.take(MOST).map(|(field, messages)| FieldError {
            field: masked(&field),
            messages: messages.iter().take(MOST).map(masked).collect(),
        });
        Self(fields.collect())
    }

    pub(crate) fn again(&mut self, secrets: &SecretsInUse) {
        for text in self.0.iter_mut().flat_map(|field| field.messages.iter_mut().chain([&mut field.field])) {
            *text = secrets.hide(text);
        }
    }
}

impl Deref for MaskedFields {
    type Target = [FieldError];

    fn deref(&self) -> &[FieldError] {
        &self.0
    }
}
