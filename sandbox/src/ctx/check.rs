//! Strict reading of requests: what a service does not know, it refuses (S10).
//!
//! A drifting client is caught here and nowhere else, so nothing is guessed or converted; a
//! lenient world lets unknown names pass, never wrong types.

use serde_json::{Map, Value};

use super::Ctx;
use crate::rules;
use crate::service::{Problem, Refusal, Reply, Request, Route};
use crate::time::Time;

/// A member that a JSON body may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
    nullable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    Number,
    List,
    Object,
    Time,
    Any,
}

impl Field {
    const fn of(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, nullable: false }
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Self::of(name, Kind::Text)
    }

    pub(crate) const fn flag(name: &'static str) -> Self {
        Self::of(name, Kind::Flag)
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Self::of(name, Kind::Number)
    }

    pub(crate) const fn list(name: &'static str) -> Self {
        Self::of(name, Kind::List)
    }

    pub(crate) const fn object(name: &'static str) -> Self {
        Self::of(name, Kind::Object)
    }

    /// RFC 3339.
    pub(crate) const fn time(name: &'static str) -> Self {
        Self::of(name, Kind::Time)
    }

    pub(crate) const fn any(name: &'static str) -> Self {
        Self { nullable: true, ..Self::of(name, Kind::Any) }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    fn fits(self, value: &Value) -> bool {
        match self.kind {
            Kind::Text => value.is_string(),
            Kind::Flag => value.is_boolean(),
            Kind::Number => value.is_number(),
            Kind::List => value.is_array(),
            Kind::Object => value.is_object(),
            Kind::Time => value.as_str().is_some_and(|text| Time::parse(text).is_some()),
            Kind::Any => true,
        }
    }

    fn kind_name(self) -> &'static str {
        match self.kind {
            Kind::Text => "text",
            Kind::Flag => "flag",
            Kind::Number => "number",
            Kind::List => "list",
            Kind::Object => "object",
            Kind::Time => "time",
            Kind::Any => "value",
        }
    }
}

/// The members of a checked body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) Map<String, Value>);

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn time(&self, name: &str) -> Option<Time> {
        Time::parse(self.text(name)?)
    }
}

impl Ctx<'_> {
    /// Words a refusal in the service's own shape.
    pub(crate) fn refuse(&self, refusal: Refusal<'_>) -> Reply {
        self.service.refuse(refusal)
    }

    /// Refuses headers that came twice and query parameters that the route does not know.
    pub(crate) fn check_head(&mut self, req: &Request, route: &Route) -> Result<(), Reply> {
        let service = self.service;
        for (index, (name, _)) in req.headers.iter().enumerate() {
            let again = self.settings.strict && req.headers[..index].iter().any(|(earlier, _)| earlier == name);
            self.check(&rules::DUPLICATE_HEADER, !again, || service.refuse(Refusal::DuplicateHeader(name)))?;
        }
        for (index, (name, _)) in req.query.iter().enumerate() {
            let again = req.query[..index].iter().any(|(earlier, _)| earlier == name);
            let known = route.query.contains(&name.as_str()) && !again;
            let refusal = || service.refuse(Refusal::Query { name, problem: Problem::Unknown });
            self.check(&rules::UNKNOWN_QUERY, known || !self.settings.strict, refusal)?;
        }
        Ok(())
    }

    /// Reads a JSON object with these members and no others. An absent body reads as `{}`.
    pub(crate) fn body(&mut self, req: &Request, fields: &[Field]) -> Result<Fields, Reply> {
        let service = self.service;
        let said = req.header("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
        let is_json = said.is_none_or(|said| said.eq_ignore_ascii_case("application/json"));
        let content_type_ok = is_json || !self.settings.strict;
        self.check(&rules::CONTENT_TYPE, content_type_ok, || service.refuse(Refusal::ContentType))?;
        let text = if req.body.is_empty() { b"{}" } else { req.body.as_slice() };
        let members = serde_json::from_slice::<Map<String, Value>>(text).ok();
        self.check(&rules::JSON_BODY, members.is_some(), || service.refuse(Refusal::NotJson))?;
        let members = members.unwrap_or_default();
        self.check_members(&members, fields)?;
        Ok(Fields(members))
    }

    /// Refuses members that are not known, of the wrong type or missing; for objects inside a body.
    pub(crate) fn check_members(&mut self, members: &Map<String, Value>, fields: &[Field]) -> Result<(), Reply> {
        let (service, strict) = (self.service, self.settings.strict);
        let member = |name, problem| service.refuse(Refusal::Member { name, problem });
        for (name, value) in members {
            let Some(field) = fields.iter().find(|field| field.name == name) else {
                self.check(&rules::UNKNOWN_MEMBER, !strict, || member(name, Problem::Unknown))?;
                continue;
            };
            let ok = if value.is_null() { field.nullable } else { field.fits(value) };
            self.check(&rules::MEMBER_TYPE, ok, || member(name, Problem::Type(field.kind_name())))?;
        }
        for field in fields.iter().filter(|field| field.required) {
            let ok = members.contains_key(field.name);
            self.check(&rules::MEMBER_REQUIRED, ok, || member(field.name, Problem::Missing))?;
        }
        Ok(())
    }

    /// Reads a whole number of the query within bounds.
    pub(crate) fn query_number(
        &mut self,
        req: &Request,
        name: &str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, Reply> {
        let Some(text) = req.query(name) else { return Ok(default) };
        let number = text.parse::<u64>().ok().filter(|number| bounds.contains(number));
        let problem = format!("must be a number from {} to {}", bounds.start(), bounds.end());
        let service = self.service;
        let refusal = || service.refuse(Refusal::Query { name, problem: Problem::Value(&problem) });
        self.check(&rules::QUERY_VALUE, number.is_some(), refusal)?;
        Ok(number.unwrap_or(default))
    }

    /// Reads `true` or `false` of the query.
    pub(crate) fn query_flag(&mut self, req: &Request, name: &str) -> Result<Option<bool>, Reply> {
        let Some(text) = req.query(name) else { return Ok(None) };
        let flag = text.parse().ok();
        let service = self.service;
        let problem = Problem::Value("must be true or false");
        self.check(&rules::QUERY_VALUE, flag.is_some(), || service.refuse(Refusal::Query { name, problem }))?;
        Ok(flag)
    }

    /// Reads a time of the query.
    pub(crate) fn query_time(&mut self, req: &Request, name: &str) -> Result<Option<Time>, Reply> {
        let Some(text) = req.query(name) else { return Ok(None) };
        let time = Time::parse(text);
        let service = self.service;
        let refusal = || service.refuse(Refusal::Query { name, problem: Problem::Type("time") });
        self.check(&rules::QUERY_VALUE, time.is_some(), refusal)?;
        Ok(time)
    }
}
