//! Written by `cargo xtask gen` from the facade.

#![allow(clippy::too_many_arguments, clippy::clone_on_copy, reason = "every member alike")]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use keywright_facade as facade;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call::{Call, Native, Queue, callable, provider};
use crate::convert::{ToPy, FromPy, from_py, from_py_given, from_py_limit, wrong};
use crate::environment::handed_over;
use crate::error::raise;
use crate::guard::entry_points;
use crate::record;

impl FromPy for facade::ErrorKind {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::ErrorKind {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Outcome {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Outcome {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Stop {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Stop {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::TimeoutScope {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::TimeoutScope {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Granularity {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Granularity {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::OnCancel {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::OnCancel {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Priority {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Priority {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Proxy {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Proxy {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Recover {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Recover {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Throttle {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Throttle {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::Safety {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::Safety {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

impl FromPy for facade::KeyMember {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        record::word(value, field, Self::ALL, Self::as_str)
    }
}

impl ToPy for facade::KeyMember {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_str().to_py(py)
    }
}

/// Where a credential comes from.
#[pyclass(frozen, module = "keywright")]
pub struct CredentialOrigin(pub facade::CredentialOrigin);

impl ToPy for facade::CredentialOrigin {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, CredentialOrigin(self))?.into_any())
    }
}

impl FromPy for facade::CredentialOrigin {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<CredentialOrigin>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "CredentialOrigin"))
    }
}

entry_points! {
    impl CredentialOrigin {
        #[new]
        #[pyo3(signature = (*, name, origin, digest=None))]
        fn new(name: &Bound<'_, PyAny>, origin: &Bound<'_, PyAny>, digest: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::CredentialOrigin { name: from_py(name, "name")?, origin: from_py(origin, "origin")?, digest: record::optional(digest, "digest")? }))
        }

        /// Which: `api_key`, `management`, `login`.
        #[getter]
        fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.name).to_py(py)
        }

        /// Where from: `argument`, `environment NAME`, `provider`.
        #[getter]
        fn origin<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.origin).to_py(py)
        }

        /// The first eight hexadecimal digits of the SHA-256 of a key.
        #[getter]
        fn digest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.digest.as_ref().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.name == b.name && a.origin == b.origin && a.digest == b.digest)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.name.hash(&mut hasher);
            self.0.origin.hash(&mut hasher);
            self.0.digest.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("CredentialOrigin", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl CredentialOrigin {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("name", self.name(py)?), ("origin", self.origin(py)?), ("digest", self.digest(py)?)])
    }
}

/// What a client is and where its settings come from. Holds no secret.
#[pyclass(frozen, module = "keywright")]
pub struct Description(pub facade::Description);

impl ToPy for facade::Description {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Description(self))?.into_any())
    }
}

impl FromPy for facade::Description {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Description>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Description"))
    }
}

entry_points! {
    impl Description {
        #[new]
        #[pyo3(signature = (*, service, variant, base_url, base_url_origin, account=None, credentials))]
        fn new(service: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>, base_url: &Bound<'_, PyAny>, base_url_origin: &Bound<'_, PyAny>, account: Option<&Bound<'_, PyAny>>, credentials: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Description { service: from_py(service, "service")?, variant: from_py(variant, "variant")?, base_url: from_py(base_url, "base_url")?, base_url_origin: from_py(base_url_origin, "base_url_origin")?, account: record::optional(account, "account")?, credentials: from_py(credentials, "credentials")? }))
        }

        /// The service's id.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.service).to_py(py)
        }

        /// The dialect's variant.
        #[getter]
        fn variant<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.variant).to_py(py)
        }

        /// Scheme, host and port.
        #[getter]
        fn base_url<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.base_url).to_py(py)
        }

        /// Where the base URL comes from: `argument`, `environment NAME`, `dialect`.
        #[getter]
        fn base_url_origin<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.base_url_origin).to_py(py)
        }

        /// The account that calls are for, where one was named.
        #[getter]
        fn account<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.account.as_ref().to_py(py)
        }

        /// The credentials.
        #[getter]
        fn credentials<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.credentials.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.service == b.service && a.variant == b.variant && a.base_url == b.base_url && a.base_url_origin == b.base_url_origin && a.account == b.account && a.credentials == b.credentials)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.service.hash(&mut hasher);
            self.0.variant.hash(&mut hasher);
            self.0.base_url.hash(&mut hasher);
            self.0.base_url_origin.hash(&mut hasher);
            self.0.account.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Description", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Description {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("service", self.service(py)?), ("variant", self.variant(py)?), ("base_url", self.base_url(py)?), ("base_url_origin", self.base_url_origin(py)?), ("account", self.account(py)?), ("credentials", self.credentials(py)?)])
    }
}

/// One limiter.
#[pyclass(frozen, module = "keywright")]
pub struct LimiterView(pub facade::LimiterView);

impl ToPy for facade::LimiterView {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, LimiterView(self))?.into_any())
    }
}

impl FromPy for facade::LimiterView {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<LimiterView>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "LimiterView"))
    }
}

entry_points! {
    impl LimiterView {
        #[new]
        #[pyo3(signature = (*, bucket, rate=None, cool_down, in_flight, waiting, clock_skew))]
        fn new(bucket: &Bound<'_, PyAny>, rate: Option<&Bound<'_, PyAny>>, cool_down: &Bound<'_, PyAny>, in_flight: &Bound<'_, PyAny>, waiting: &Bound<'_, PyAny>, clock_skew: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::LimiterView { bucket: from_py(bucket, "bucket")?, rate: record::optional(rate, "rate")?, cool_down: from_py(cool_down, "cool_down")?, in_flight: from_py(in_flight, "in_flight")?, waiting: from_py(waiting, "waiting")?, clock_skew: from_py(clock_skew, "clock_skew")? }))
        }

        /// The bucket of the service's limit.
        #[getter]
        fn bucket<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.bucket).to_py(py)
        }

        /// Requests per second, once learned from a refusal.
        #[getter]
        fn rate<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.rate.clone().to_py(py)
        }

        /// What is left of the cool-down.
        #[getter]
        fn cool_down<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.cool_down.clone().to_py(py)
        }

        /// Requests in flight.
        #[getter]
        fn in_flight<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.in_flight.clone().to_py(py)
        }

        /// Calls that wait.
        #[getter]
        fn waiting<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.waiting.clone().to_py(py)
        }

        /// How many seconds the service's clock is ahead.
        #[getter]
        fn clock_skew<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.clock_skew.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.bucket == b.bucket && a.rate == b.rate && a.cool_down == b.cool_down && a.in_flight == b.in_flight && a.waiting == b.waiting && a.clock_skew == b.clock_skew)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.bucket.hash(&mut hasher);
            self.0.cool_down.hash(&mut hasher);
            self.0.in_flight.hash(&mut hasher);
            self.0.waiting.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("LimiterView", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl LimiterView {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("bucket", self.bucket(py)?), ("rate", self.rate(py)?), ("cool_down", self.cool_down(py)?), ("in_flight", self.in_flight(py)?), ("waiting", self.waiting(py)?), ("clock_skew", self.clock_skew(py)?)])
    }
}

/// How a service throttles a client just now.
#[pyclass(frozen, module = "keywright")]
pub struct ThrottleView(pub facade::ThrottleView);

impl ToPy for facade::ThrottleView {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ThrottleView(self))?.into_any())
    }
}

impl FromPy for facade::ThrottleView {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<ThrottleView>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "ThrottleView"))
    }
}

entry_points! {
    impl ThrottleView {
        #[new]
        #[pyo3(signature = (*, service, budget_remaining, limiters))]
        fn new(service: &Bound<'_, PyAny>, budget_remaining: &Bound<'_, PyAny>, limiters: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::ThrottleView { service: from_py(service, "service")?, budget_remaining: from_py(budget_remaining, "budget_remaining")?, limiters: from_py(limiters, "limiters")? }))
        }

        /// The service's id.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.service).to_py(py)
        }

        /// How many whole retries the budget has left.
        #[getter]
        fn budget_remaining<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.budget_remaining.clone().to_py(py)
        }

        /// The limiters that are remembered, by bucket; of several keys in one bucket, the worst.
        #[getter]
        fn limiters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.limiters.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.service == b.service && a.budget_remaining == b.budget_remaining && a.limiters == b.limiters)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.service.hash(&mut hasher);
            self.0.budget_remaining.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("ThrottleView", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl ThrottleView {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("service", self.service(py)?), ("budget_remaining", self.budget_remaining(py)?), ("limiters", self.limiters(py)?)])
    }
}

/// Whether a service has an operation, and what to do where it has not.
#[pyclass(frozen, module = "keywright")]
pub struct Capability(pub facade::Capability);

impl ToPy for facade::Capability {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Capability(self))?.into_any())
    }
}

impl FromPy for facade::Capability {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Capability>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Capability"))
    }
}

entry_points! {
    impl Capability {
        #[new]
        #[pyo3(signature = (*, name, supported, http=None, remedy=None, irreversible, source))]
        fn new(name: &Bound<'_, PyAny>, supported: &Bound<'_, PyAny>, http: Option<&Bound<'_, PyAny>>, remedy: Option<&Bound<'_, PyAny>>, irreversible: &Bound<'_, PyAny>, source: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Capability { name: from_py(name, "name")?, supported: from_py(supported, "supported")?, http: record::optional(http, "http")?, remedy: record::optional(remedy, "remedy")?, irreversible: from_py(irreversible, "irreversible")?, source: from_py(source, "source")? }))
        }

        /// `keys.create`, `agents.list`.
        #[getter]
        fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.name).to_py(py)
        }

        /// Whether the service has it.
        #[getter]
        fn supported<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.supported.clone().to_py(py)
        }

        /// Method and path, as `POST /api-keys`.
        #[getter]
        fn http<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.http.as_ref().to_py(py)
        }

        /// What to do instead, where it is missing.
        #[getter]
        fn remedy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.remedy.as_ref().to_py(py)
        }

        /// Whether it can never be undone.
        #[getter]
        fn irreversible<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.irreversible.clone().to_py(py)
        }

        /// How we know: `documented`, `observed` or `assumed`.
        #[getter]
        fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.source).to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.name == b.name && a.supported == b.supported && a.http == b.http && a.remedy == b.remedy && a.irreversible == b.irreversible && a.source == b.source)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.name.hash(&mut hasher);
            self.0.supported.hash(&mut hasher);
            self.0.http.hash(&mut hasher);
            self.0.remedy.hash(&mut hasher);
            self.0.irreversible.hash(&mut hasher);
            self.0.source.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Capability", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Capability {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("name", self.name(py)?), ("supported", self.supported(py)?), ("http", self.http(py)?), ("remedy", self.remedy(py)?), ("irreversible", self.irreversible(py)?), ("source", self.source(py)?)])
    }
}

/// One request that was sent, or tried to be.
#[pyclass(frozen, module = "keywright")]
pub struct Attempt(pub facade::Attempt);

impl ToPy for facade::Attempt {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Attempt(self))?.into_any())
    }
}

impl FromPy for facade::Attempt {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Attempt>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Attempt"))
    }
}

entry_points! {
    impl Attempt {
        #[new]
        #[pyo3(signature = (*, n, started_at, duration, delay_before, status=None, phase=None, request_id=None))]
        fn new(n: &Bound<'_, PyAny>, started_at: &Bound<'_, PyAny>, duration: &Bound<'_, PyAny>, delay_before: &Bound<'_, PyAny>, status: Option<&Bound<'_, PyAny>>, phase: Option<&Bound<'_, PyAny>>, request_id: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::Attempt { n: from_py(n, "n")?, started_at: from_py(started_at, "started_at")?, duration: from_py(duration, "duration")?, delay_before: from_py(delay_before, "delay_before")?, status: record::optional(status, "status")?, phase: record::optional(phase, "phase")?, request_id: record::optional(request_id, "request_id")? }))
        }

        /// Counted from 1.
        #[getter]
        fn n<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.n.clone().to_py(py)
        }

        /// When it began, on the client's clock.
        #[getter]
        fn started_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.started_at.clone().to_py(py)
        }

        /// How long it took.
        #[getter]
        fn duration<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.duration.clone().to_py(py)
        }

        /// How long the call had waited before it.
        #[getter]
        fn delay_before<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.delay_before.clone().to_py(py)
        }

        /// The status, when one arrived.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// What was being done when it failed without a status: `resolve`, `connect`, `tls`, `proxy`, `send`,
        /// `body`.
        #[getter]
        fn phase<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.phase.as_ref().to_py(py)
        }

        /// The service's id of the request.
        #[getter]
        fn request_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.request_id.as_ref().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.n == b.n && a.started_at == b.started_at && a.duration == b.duration && a.delay_before == b.delay_before && a.status == b.status && a.phase == b.phase && a.request_id == b.request_id)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.n.hash(&mut hasher);
            self.0.started_at.hash(&mut hasher);
            self.0.duration.hash(&mut hasher);
            self.0.delay_before.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.phase.hash(&mut hasher);
            self.0.request_id.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Attempt", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Attempt {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("n", self.n(py)?), ("started_at", self.started_at(py)?), ("duration", self.duration(py)?), ("delay_before", self.delay_before(py)?), ("status", self.status(py)?), ("phase", self.phase(py)?), ("request_id", self.request_id(py)?)])
    }
}

/// Why a call failed, what became of it at the service, and what to do.
#[pyclass(frozen, module = "keywright._native")]
pub struct ErrorInfo(pub facade::ErrorInfo);

impl ToPy for facade::ErrorInfo {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ErrorInfo(self))?.into_any())
    }
}

impl FromPy for facade::ErrorInfo {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<ErrorInfo>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "ErrorInfo"))
    }
}

entry_points! {
    impl ErrorInfo {
        #[new]
        #[pyo3(signature = (*, kind, text, reason=None, service=None, operation=None, field=None, remedy=None, status=None, code=None, message=None, request_id=None, retry_after=None, outcome, stop=None, timeout_scope=None, attempts, candidates, nonce=None, fields, excerpt=None, is_retryable, host_failure=None))]
        fn new(kind: &Bound<'_, PyAny>, text: &Bound<'_, PyAny>, reason: Option<&Bound<'_, PyAny>>, service: Option<&Bound<'_, PyAny>>, operation: Option<&Bound<'_, PyAny>>, field: Option<&Bound<'_, PyAny>>, remedy: Option<&Bound<'_, PyAny>>, status: Option<&Bound<'_, PyAny>>, code: Option<&Bound<'_, PyAny>>, message: Option<&Bound<'_, PyAny>>, request_id: Option<&Bound<'_, PyAny>>, retry_after: Option<&Bound<'_, PyAny>>, outcome: &Bound<'_, PyAny>, stop: Option<&Bound<'_, PyAny>>, timeout_scope: Option<&Bound<'_, PyAny>>, attempts: &Bound<'_, PyAny>, candidates: &Bound<'_, PyAny>, nonce: Option<&Bound<'_, PyAny>>, fields: &Bound<'_, PyAny>, excerpt: Option<&Bound<'_, PyAny>>, is_retryable: &Bound<'_, PyAny>, host_failure: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::ErrorInfo { kind: from_py(kind, "kind")?, text: from_py(text, "text")?, reason: record::optional(reason, "reason")?, service: record::optional(service, "service")?, operation: record::optional(operation, "operation")?, field: record::optional(field, "field")?, remedy: record::optional(remedy, "remedy")?, status: record::optional(status, "status")?, code: record::optional(code, "code")?, message: record::optional(message, "message")?, request_id: record::optional(request_id, "request_id")?, retry_after: record::optional(retry_after, "retry_after")?, outcome: from_py(outcome, "outcome")?, stop: record::optional(stop, "stop")?, timeout_scope: record::optional(timeout_scope, "timeout_scope")?, attempts: from_py(attempts, "attempts")?, candidates: from_py(candidates, "candidates")?, nonce: record::optional(nonce, "nonce")?, fields: from_py(fields, "fields")?, excerpt: record::optional(excerpt, "excerpt")?, is_retryable: from_py(is_retryable, "is_retryable")?, host_failure: record::optional(host_failure, "host_failure")? }))
        }

        /// What kind of failure it is.
        #[getter]
        fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.kind.clone().to_py(py)
        }

        /// One sentence with the remedy.
        #[getter]
        fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.text).to_py(py)
        }

        /// Which failure of that kind it is: an open list, as `key_has_history`.
        #[getter]
        fn reason<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.reason.as_ref().to_py(py)
        }

        /// The service that was called.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.service.as_ref().to_py(py)
        }

        /// The operation, as `keys.create` or `request`.
        #[getter]
        fn operation<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.operation.as_ref().to_py(py)
        }

        /// The option or argument that was wrong, for kind `config`.
        #[getter]
        fn field<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.field.as_ref().to_py(py)
        }

        /// What to do about it.
        #[getter]
        fn remedy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.remedy.as_ref().to_py(py)
        }

        /// The HTTP status, when one arrived.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// The service's own error code.
        #[getter]
        fn code<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.code.as_ref().to_py(py)
        }

        /// The service's own words; secrets are masked.
        #[getter]
        fn message<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.message.as_ref().to_py(py)
        }

        /// The service's id of the last request.
        #[getter]
        fn request_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.request_id.as_ref().to_py(py)
        }

        /// How long to wait before trying again, as the service or the limiter says.
        #[getter]
        fn retry_after<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.retry_after.clone().to_py(py)
        }

        /// What became of the request at the service.
        #[getter]
        fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.outcome.clone().to_py(py)
        }

        /// Why no further attempt was made.
        #[getter]
        fn stop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.stop.clone().to_py(py)
        }

        /// Which time limit ran out, for kind `timeout`.
        #[getter]
        fn timeout_scope<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.timeout_scope.clone().to_py(py)
        }

        /// Every request of the call, in order.
        #[getter]
        fn attempts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.attempts.clone().to_py(py)
        }

        /// Ids of keys that the call may have created.
        #[getter]
        fn candidates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.candidates.clone().to_py(py)
        }

        /// The mark at the end of the key's name, so that a lost key can be found later.
        #[getter]
        fn nonce<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.nonce.as_ref().to_py(py)
        }

        /// What the service said about single fields.
        #[getter]
        fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.fields.clone().to_py(py)
        }

        /// The beginning of an answer that could not be read: at most 200 printable characters, masked.
        #[getter]
        fn excerpt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.excerpt.as_ref().to_py(py)
        }

        /// Whether the same call may succeed later, and cannot be carried out twice by trying.
        #[getter]
        fn is_retryable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.is_retryable.clone().to_py(py)
        }

        /// The host's number for what its own function failed with.
        #[getter]
        fn host_failure<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.host_failure.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.kind == b.kind && a.text == b.text && a.reason == b.reason && a.service == b.service && a.operation == b.operation && a.field == b.field && a.remedy == b.remedy && a.status == b.status && a.code == b.code && a.message == b.message && a.request_id == b.request_id && a.retry_after == b.retry_after && a.outcome == b.outcome && a.stop == b.stop && a.timeout_scope == b.timeout_scope && a.attempts == b.attempts && a.candidates == b.candidates && a.nonce == b.nonce && a.fields == b.fields && a.excerpt == b.excerpt && a.is_retryable == b.is_retryable && a.host_failure == b.host_failure)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.kind.hash(&mut hasher);
            self.0.text.hash(&mut hasher);
            self.0.reason.hash(&mut hasher);
            self.0.service.hash(&mut hasher);
            self.0.operation.hash(&mut hasher);
            self.0.field.hash(&mut hasher);
            self.0.remedy.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.code.hash(&mut hasher);
            self.0.message.hash(&mut hasher);
            self.0.request_id.hash(&mut hasher);
            self.0.retry_after.hash(&mut hasher);
            self.0.outcome.hash(&mut hasher);
            self.0.stop.hash(&mut hasher);
            self.0.timeout_scope.hash(&mut hasher);
            self.0.candidates.hash(&mut hasher);
            self.0.nonce.hash(&mut hasher);
            self.0.excerpt.hash(&mut hasher);
            self.0.is_retryable.hash(&mut hasher);
            self.0.host_failure.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("ErrorInfo", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl ErrorInfo {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("kind", self.kind(py)?), ("text", self.text(py)?), ("reason", self.reason(py)?), ("service", self.service(py)?), ("operation", self.operation(py)?), ("field", self.field(py)?), ("remedy", self.remedy(py)?), ("status", self.status(py)?), ("code", self.code(py)?), ("message", self.message(py)?), ("request_id", self.request_id(py)?), ("retry_after", self.retry_after(py)?), ("outcome", self.outcome(py)?), ("stop", self.stop(py)?), ("timeout_scope", self.timeout_scope(py)?), ("attempts", self.attempts(py)?), ("candidates", self.candidates(py)?), ("nonce", self.nonce(py)?), ("fields", self.fields(py)?), ("excerpt", self.excerpt(py)?), ("is_retryable", self.is_retryable(py)?), ("host_failure", self.host_failure(py)?)])
    }
}

/// What a service said about one field of the request.
#[pyclass(frozen, module = "keywright")]
pub struct FieldError(pub facade::FieldError);

impl ToPy for facade::FieldError {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, FieldError(self))?.into_any())
    }
}

impl FromPy for facade::FieldError {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<FieldError>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "FieldError"))
    }
}

entry_points! {
    impl FieldError {
        #[new]
        #[pyo3(signature = (*, field, messages))]
        fn new(field: &Bound<'_, PyAny>, messages: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::FieldError { field: from_py(field, "field")?, messages: from_py(messages, "messages")? }))
        }

        /// The field, as the service names it.
        #[getter]
        fn field<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.field).to_py(py)
        }

        /// The service's words.
        #[getter]
        fn messages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.messages.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.field == b.field && a.messages == b.messages)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.field.hash(&mut hasher);
            self.0.messages.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("FieldError", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl FieldError {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("field", self.field(py)?), ("messages", self.messages(py)?)])
    }
}

/// One thing that happened during a call. Only the members that its name calls for are there.
#[pyclass(frozen, module = "keywright")]
pub struct Event(pub facade::Event);

impl ToPy for facade::Event {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Event(self))?.into_any())
    }
}

impl FromPy for facade::Event {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Event>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Event"))
    }
}

entry_points! {
    impl Event {
        #[new]
        #[pyo3(signature = (*, name, service, operation, call, attempt, status=None, duration=None, error=None, outcome=None, key_id=None, detail=None))]
        fn new(name: &Bound<'_, PyAny>, service: &Bound<'_, PyAny>, operation: &Bound<'_, PyAny>, call: &Bound<'_, PyAny>, attempt: &Bound<'_, PyAny>, status: Option<&Bound<'_, PyAny>>, duration: Option<&Bound<'_, PyAny>>, error: Option<&Bound<'_, PyAny>>, outcome: Option<&Bound<'_, PyAny>>, key_id: Option<&Bound<'_, PyAny>>, detail: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::Event { name: from_py(name, "name")?, service: from_py(service, "service")?, operation: from_py(operation, "operation")?, call: from_py(call, "call")?, attempt: from_py(attempt, "attempt")?, status: record::optional(status, "status")?, duration: record::optional(duration, "duration")?, error: record::optional(error, "error")?, outcome: record::optional(outcome, "outcome")?, key_id: record::optional(key_id, "key_id")?, detail: record::optional(detail, "detail")? }))
        }

        /// What happened: `call_start`, `attempt_end`, `throttled`, `orphan_key`, ...
        #[getter]
        fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.name).to_py(py)
        }

        /// At which service.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.service).to_py(py)
        }

        /// During which operation, as `keys.create`.
        #[getter]
        fn operation<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.operation).to_py(py)
        }

        /// Which call: the middle of its request ids.
        #[getter]
        fn call<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.call).to_py(py)
        }

        /// Which request of it, from 1.
        #[getter]
        fn attempt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.attempt.clone().to_py(py)
        }

        /// The status of an answer.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// How long it took, or will wait.
        #[getter]
        fn duration<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.duration.clone().to_py(py)
        }

        /// How a call or attempt failed.
        #[getter]
        fn error<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.error.clone().to_py(py)
        }

        /// What became of the request.
        #[getter]
        fn outcome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.outcome.clone().to_py(py)
        }

        /// A key's id (`orphan_key`).
        #[getter]
        fn key_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.key_id.as_ref().to_py(py)
        }

        /// A sentence for people (`warning`).
        #[getter]
        fn detail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.detail.as_ref().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.name == b.name && a.service == b.service && a.operation == b.operation && a.call == b.call && a.attempt == b.attempt && a.status == b.status && a.duration == b.duration && a.error == b.error && a.outcome == b.outcome && a.key_id == b.key_id && a.detail == b.detail)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.name.hash(&mut hasher);
            self.0.service.hash(&mut hasher);
            self.0.operation.hash(&mut hasher);
            self.0.call.hash(&mut hasher);
            self.0.attempt.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.duration.hash(&mut hasher);
            self.0.error.hash(&mut hasher);
            self.0.outcome.hash(&mut hasher);
            self.0.key_id.hash(&mut hasher);
            self.0.detail.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Event", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Event {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("name", self.name(py)?), ("service", self.service(py)?), ("operation", self.operation(py)?), ("call", self.call(py)?), ("attempt", self.attempt(py)?), ("status", self.status(py)?), ("duration", self.duration(py)?), ("error", self.error(py)?), ("outcome", self.outcome(py)?), ("key_id", self.key_id(py)?), ("detail", self.detail(py)?)])
    }
}

/// One event of a stream.
#[pyclass(frozen, module = "keywright")]
pub struct ServerEvent(pub facade::ServerEvent);

impl ToPy for facade::ServerEvent {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ServerEvent(self))?.into_any())
    }
}

impl FromPy for facade::ServerEvent {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<ServerEvent>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "ServerEvent"))
    }
}

entry_points! {
    impl ServerEvent {
        #[new]
        #[pyo3(signature = (*, event, data))]
        fn new(event: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::ServerEvent { event: from_py(event, "event")?, data: from_py(data, "data")? }))
        }

        /// Its name; `message` when the service gave none.
        #[getter]
        fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.event).to_py(py)
        }

        /// Its data, as text.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.data).to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.event == b.event && a.data == b.data)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.event.hash(&mut hasher);
            self.0.data.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("ServerEvent", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl ServerEvent {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("event", self.event(py)?), ("data", self.data(py)?)])
    }
}

/// The answer to a request of your own.
#[pyclass(frozen, module = "keywright._native")]
pub struct Response(pub facade::Response);

impl ToPy for facade::Response {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Response(self))?.into_any())
    }
}

impl FromPy for facade::Response {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Response>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Response"))
    }
}

entry_points! {
    impl Response {
        #[new]
        #[pyo3(signature = (*, status, headers, body, meta))]
        fn new(status: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Response { status: from_py(status, "status")?, headers: from_py(headers, "headers")?, body: from_py(body, "body")?, meta: from_py(meta, "meta")? }))
        }

        /// The status: 2xx, everything else is an error.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// The headers, names in lower case.
        #[getter]
        fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.headers.clone().to_py(py)
        }

        /// The body, decompressed.
        #[getter]
        fn body<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.body).to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.status == b.status && a.headers == b.headers && a.body == b.body)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.status.hash(&mut hasher);
            self.0.body.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Response", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Response {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("status", self.status(py)?), ("headers", self.headers(py)?), ("body", self.body(py)?), ("meta", self.meta(py)?)])
    }
}

/// What an action answered with: what it has depends on the action.
#[pyclass(frozen, module = "keywright")]
pub struct ActionReply(pub facade::ActionReply);

impl ToPy for facade::ActionReply {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ActionReply(self))?.into_any())
    }
}

impl FromPy for facade::ActionReply {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<ActionReply>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "ActionReply"))
    }
}

entry_points! {
    impl ActionReply {
        #[new]
        #[pyo3(signature = (*, item=None, page=None, data=None, events=None, meta))]
        fn new(item: Option<&Bound<'_, PyAny>>, page: Option<&Bound<'_, PyAny>>, data: Option<&Bound<'_, PyAny>>, events: Option<&Bound<'_, PyAny>>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::ActionReply { item: record::optional(item, "item")?, page: record::optional(page, "page")?, data: record::optional(data, "data")?, events: record::optional(events, "events")?, meta: from_py(meta, "meta")? }))
        }

        /// One object.
        #[getter]
        fn item<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.item.clone().to_py(py)
        }

        /// A page of a list.
        #[getter]
        fn page<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.page.clone().to_py(py)
        }

        /// JSON of its own.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.data.as_ref().to_py(py)
        }

        /// A stream of events.
        #[getter]
        fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.events.clone().to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("ActionReply", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::kept("ActionReply", slf)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl ActionReply {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("item", self.item(py)?), ("page", self.page(py)?), ("data", self.data(py)?), ("events", self.events(py)?), ("meta", self.meta(py)?)])
    }
}

/// How many sockets a sandbox has.
#[pyclass(frozen, module = "keywright")]
pub struct Connections(pub facade::Connections);

impl ToPy for facade::Connections {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Connections(self))?.into_any())
    }
}

impl FromPy for facade::Connections {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Connections>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Connections"))
    }
}

entry_points! {
    impl Connections {
        #[new]
        #[pyo3(signature = (*, open, total))]
        fn new(open: &Bound<'_, PyAny>, total: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Connections { open: from_py(open, "open")?, total: from_py(total, "total")? }))
        }

        /// Open now.
        #[getter]
        fn open<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.open.clone().to_py(py)
        }

        /// Ever opened.
        #[getter]
        fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.total.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.open == b.open && a.total == b.total)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.open.hash(&mut hasher);
            self.0.total.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Connections", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Connections {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("open", self.open(py)?), ("total", self.total(py)?)])
    }
}

/// One request that a sandbox has seen.
#[pyclass(frozen, module = "keywright")]
pub struct JournalEntry(pub facade::JournalEntry);

impl ToPy for facade::JournalEntry {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, JournalEntry(self))?.into_any())
    }
}

impl FromPy for facade::JournalEntry {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<JournalEntry>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "JournalEntry"))
    }
}

entry_points! {
    impl JournalEntry {
        #[new]
        #[pyo3(signature = (*, n, service, method, path, query, headers, body, status=None, rule=None, fault=None, connection, at))]
        fn new(n: &Bound<'_, PyAny>, service: &Bound<'_, PyAny>, method: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>, query: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, status: Option<&Bound<'_, PyAny>>, rule: Option<&Bound<'_, PyAny>>, fault: Option<&Bound<'_, PyAny>>, connection: &Bound<'_, PyAny>, at: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::JournalEntry { n: from_py(n, "n")?, service: from_py(service, "service")?, method: from_py(method, "method")?, path: from_py(path, "path")?, query: from_py(query, "query")?, headers: from_py(headers, "headers")?, body: from_py(body, "body")?, status: record::optional(status, "status")?, rule: record::optional(rule, "rule")?, fault: record::optional(fault, "fault")?, connection: from_py(connection, "connection")?, at: from_py(at, "at")? }))
        }

        /// Its number, from 1.
        #[getter]
        fn n<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.n.clone().to_py(py)
        }

        /// The service that it came to.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.service).to_py(py)
        }

        /// The HTTP method.
        #[getter]
        fn method<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.method).to_py(py)
        }

        /// The path without query, as sent.
        #[getter]
        fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.path).to_py(py)
        }

        /// The query parameters.
        #[getter]
        fn query<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.query.clone().to_py(py)
        }

        /// The headers, names in lower case; credentials as digests.
        #[getter]
        fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.headers.clone().to_py(py)
        }

        /// The body: its JSON, or its text; null when empty.
        #[getter]
        fn body<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.body).to_py(py)
        }

        /// The status of the answer; absent while there is none.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// The rule that refused.
        #[getter]
        fn rule<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.rule.as_ref().to_py(py)
        }

        /// The fault that fired.
        #[getter]
        fn fault<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.fault.as_ref().to_py(py)
        }

        /// The number of the connection that it came on.
        #[getter]
        fn connection<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.connection.clone().to_py(py)
        }

        /// When, on the sandbox's clock.
        #[getter]
        fn at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.at).to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.n == b.n && a.service == b.service && a.method == b.method && a.path == b.path && a.query == b.query && a.headers == b.headers && a.body == b.body && a.status == b.status && a.rule == b.rule && a.fault == b.fault && a.connection == b.connection && a.at == b.at)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.n.hash(&mut hasher);
            self.0.service.hash(&mut hasher);
            self.0.method.hash(&mut hasher);
            self.0.path.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.rule.hash(&mut hasher);
            self.0.fault.hash(&mut hasher);
            self.0.connection.hash(&mut hasher);
            self.0.at.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("JournalEntry", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl JournalEntry {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("n", self.n(py)?), ("service", self.service(py)?), ("method", self.method(py)?), ("path", self.path(py)?), ("query", self.query(py)?), ("headers", self.headers(py)?), ("body", self.body(py)?), ("status", self.status(py)?), ("rule", self.rule(py)?), ("fault", self.fault(py)?), ("connection", self.connection(py)?), ("at", self.at(py)?)])
    }
}

/// What a client needs to speak to one service of a sandbox, and the ids that live there.
#[pyclass(frozen, module = "keywright")]
pub struct SandboxAccess(pub facade::SandboxAccess);

impl ToPy for facade::SandboxAccess {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, SandboxAccess(self))?.into_any())
    }
}

impl FromPy for facade::SandboxAccess {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<SandboxAccess>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "SandboxAccess"))
    }
}

entry_points! {
    impl SandboxAccess {
        #[new]
        #[pyo3(signature = (*, service, base_url, api_key=None, management=None, email=None, password=None, agent_id=None, account_id=None, subaccount_id=None, tenant_slug=None, clock))]
        fn new(service: &Bound<'_, PyAny>, base_url: &Bound<'_, PyAny>, api_key: Option<&Bound<'_, PyAny>>, management: Option<&Bound<'_, PyAny>>, email: Option<&Bound<'_, PyAny>>, password: Option<&Bound<'_, PyAny>>, agent_id: Option<&Bound<'_, PyAny>>, account_id: Option<&Bound<'_, PyAny>>, subaccount_id: Option<&Bound<'_, PyAny>>, tenant_slug: Option<&Bound<'_, PyAny>>, clock: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::SandboxAccess { service: from_py(service, "service")?, base_url: from_py(base_url, "base_url")?, api_key: record::optional(api_key, "api_key")?, management: record::optional(management, "management")?, email: record::optional(email, "email")?, password: record::optional(password, "password")?, agent_id: record::optional(agent_id, "agent_id")?, account_id: record::optional(account_id, "account_id")?, subaccount_id: record::optional(subaccount_id, "subaccount_id")?, tenant_slug: record::optional(tenant_slug, "tenant_slug")?, clock: from_py(clock, "clock")? }))
        }

        /// The service's id.
        #[getter]
        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.service).to_py(py)
        }

        /// Where it listens.
        #[getter]
        fn base_url<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.base_url).to_py(py)
        }

        /// A key; absent on plans that are born without one.
        #[getter]
        fn api_key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.api_key.clone().to_py(py)
        }

        /// The owner's token that manages keys (Seenty).
        #[getter]
        fn management<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.management.clone().to_py(py)
        }

        /// The e-mail of a login (SegOps, SidClaw).
        #[getter]
        fn email<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.email.as_ref().to_py(py)
        }

        /// The password of that login.
        #[getter]
        fn password<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.password.clone().to_py(py)
        }

        /// An agent that `evaluate` can speak for (SidClaw).
        #[getter]
        fn agent_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.agent_id.as_ref().to_py(py)
        }

        /// The account, or organization, of the key.
        #[getter]
        fn account_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.account_id.as_ref().to_py(py)
        }

        /// An account below it (itellicoAI).
        #[getter]
        fn subaccount_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.subaccount_id.as_ref().to_py(py)
        }

        /// The tenant (SegOps).
        #[getter]
        fn tenant_slug<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.tenant_slug.as_ref().to_py(py)
        }

        /// The clock that client and sandbox share.
        #[getter]
        fn clock<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.clock.clone().to_py(py)
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("SandboxAccess", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::kept("SandboxAccess", slf)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl SandboxAccess {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("service", self.service(py)?), ("base_url", self.base_url(py)?), ("api_key", self.api_key(py)?), ("management", self.management(py)?), ("email", self.email(py)?), ("password", self.password(py)?), ("agent_id", self.agent_id(py)?), ("account_id", self.account_id(py)?), ("subaccount_id", self.subaccount_id(py)?), ("tenant_slug", self.tenant_slug(py)?), ("clock", self.clock(py)?)])
    }
}

/// The credits of one activity.
#[pyclass(frozen, module = "keywright")]
pub struct Activity(pub facade::Activity);

impl ToPy for facade::Activity {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Activity(self))?.into_any())
    }
}

impl FromPy for facade::Activity {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Activity>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Activity"))
    }
}

entry_points! {
    impl Activity {
        #[new]
        #[pyo3(signature = (*, activity, credits, origin=None))]
        fn new(activity: &Bound<'_, PyAny>, credits: &Bound<'_, PyAny>, origin: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::Activity { activity: from_py(activity, "activity")?, credits: from_py(credits, "credits")?, origin: record::optional(origin, "origin")? }))
        }

        /// Which: `agent_run`.
        #[getter]
        fn activity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.activity).to_py(py)
        }

        /// Its credits.
        #[getter]
        fn credits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.credits.clone().to_py(py)
        }

        /// Where it came from: `api`, `ui`.
        #[getter]
        fn origin<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.origin.as_ref().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.activity == b.activity && a.credits == b.credits && a.origin == b.origin)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.activity.hash(&mut hasher);
            self.0.origin.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Activity", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Activity {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("activity", self.activity(py)?), ("credits", self.credits(py)?), ("origin", self.origin(py)?)])
    }
}

/// One page of calls.
#[pyclass(frozen, module = "keywright._native")]
pub struct CallPage(pub facade::CallPage);

impl ToPy for facade::CallPage {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, CallPage(self))?.into_any())
    }
}

impl FromPy for facade::CallPage {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<CallPage>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "CallPage"))
    }
}

entry_points! {
    impl CallPage {
        #[new]
        #[pyo3(signature = (*, items, next_token=None, meta))]
        fn new(items: &Bound<'_, PyAny>, next_token: Option<&Bound<'_, PyAny>>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::CallPage { items: from_py(items, "items")?, next_token: record::optional(next_token, "next_token")?, meta: from_py(meta, "meta")? }))
        }

        /// The calls of this page, in the service's order.
        #[getter]
        fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.items.clone().to_py(py)
        }

        /// Where the next page begins; absent on the last.
        #[getter]
        fn next_token<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.next_token.as_ref().to_py(py)
        }

        /// How this page came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.items == b.items && a.next_token == b.next_token)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.next_token.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("CallPage", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl CallPage {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("items", self.items(py)?), ("next_token", self.next_token(py)?), ("meta", self.meta(py)?)])
    }
}

/// One call made with a key.
#[pyclass(frozen, module = "keywright")]
pub struct CallRecord(pub facade::CallRecord);

impl ToPy for facade::CallRecord {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, CallRecord(self))?.into_any())
    }
}

impl FromPy for facade::CallRecord {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<CallRecord>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "CallRecord"))
    }
}

entry_points! {
    impl CallRecord {
        #[new]
        #[pyo3(signature = (*, id=None, method, endpoint, status, error=None, started_at=None, data))]
        fn new(id: Option<&Bound<'_, PyAny>>, method: &Bound<'_, PyAny>, endpoint: &Bound<'_, PyAny>, status: &Bound<'_, PyAny>, error: Option<&Bound<'_, PyAny>>, started_at: Option<&Bound<'_, PyAny>>, data: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::CallRecord { id: record::optional(id, "id")?, method: from_py(method, "method")?, endpoint: from_py(endpoint, "endpoint")?, status: from_py(status, "status")?, error: record::optional(error, "error")?, started_at: record::optional(started_at, "started_at")?, data: from_py(data, "data")? }))
        }

        /// The id of the record, where it has one.
        #[getter]
        fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.id.as_ref().to_py(py)
        }

        /// The method: `GET`, `POST`, or any other word the service used.
        #[getter]
        fn method<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.method).to_py(py)
        }

        /// The path, without host and query.
        #[getter]
        fn endpoint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.endpoint).to_py(py)
        }

        /// The HTTP status it was answered with; 0, which is none, where it could not be read: see `data`.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// What went wrong, in the service's words; absent when nothing did.
        #[getter]
        fn error<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.error.as_ref().to_py(py)
        }

        /// When it was made.
        #[getter]
        fn started_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.started_at.clone().to_py(py)
        }

        /// The record as the service sent it.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.data).to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.id == b.id && a.method == b.method && a.endpoint == b.endpoint && a.status == b.status && a.error == b.error && a.started_at == b.started_at && a.data == b.data)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.id.hash(&mut hasher);
            self.0.method.hash(&mut hasher);
            self.0.endpoint.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.error.hash(&mut hasher);
            self.0.started_at.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("CallRecord", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl CallRecord {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("id", self.id(py)?), ("method", self.method(py)?), ("endpoint", self.endpoint(py)?), ("status", self.status(py)?), ("error", self.error(py)?), ("started_at", self.started_at(py)?), ("data", self.data(py)?)])
    }
}

/// A new key, or a rotated one.
#[pyclass(frozen, module = "keywright")]
pub struct CreatedKey(pub facade::CreatedKey);

impl ToPy for facade::CreatedKey {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, CreatedKey(self))?.into_any())
    }
}

impl FromPy for facade::CreatedKey {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<CreatedKey>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "CreatedKey"))
    }
}

entry_points! {
    impl CreatedKey {
        #[new]
        #[pyo3(signature = (*, key, secret, meta))]
        fn new(key: &Bound<'_, PyAny>, secret: &Bound<'_, PyAny>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::CreatedKey { key: from_py(key, "key")?, secret: from_py(secret, "secret")?, meta: from_py(meta, "meta")? }))
        }

        /// The key. Right after a rotation it holds only what the service answered.
        #[getter]
        fn key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.key.clone().to_py(py)
        }

        /// Its secret. Every service shows it once: store it before anything else.
        #[getter]
        fn secret<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.secret.clone().to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.key == b.key && a.secret == b.secret)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let hasher = DefaultHasher::new();
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("CreatedKey", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::kept("CreatedKey", slf)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl CreatedKey {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("key", self.key(py)?), ("secret", self.secret(py)?), ("meta", self.meta(py)?)])
    }
}

/// That something was done which gives nothing back.
#[pyclass(frozen, module = "keywright")]
pub struct Done(pub facade::Done);

impl ToPy for facade::Done {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Done(self))?.into_any())
    }
}

impl FromPy for facade::Done {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Done>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Done"))
    }
}

entry_points! {
    impl Done {
        #[new]
        #[pyo3(signature = (*, meta))]
        fn new(meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Done { meta: from_py(meta, "meta")? }))
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            Ok(other.is_instance_of::<Self>())
        }

        fn __hash__(&self) -> PyResult<u64> {
            let hasher = DefaultHasher::new();
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Done", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Done {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("meta", self.meta(py)?)])
    }
}

/// An object of a service: an agent, a run, a monitor.
#[pyclass(frozen, module = "keywright")]
pub struct Item(pub facade::Item);

impl ToPy for facade::Item {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Item(self))?.into_any())
    }
}

impl FromPy for facade::Item {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Item>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Item"))
    }
}

entry_points! {
    impl Item {
        #[new]
        #[pyo3(signature = (*, id, name=None, status=None, created_at=None, data, meta=None))]
        fn new(id: &Bound<'_, PyAny>, name: Option<&Bound<'_, PyAny>>, status: Option<&Bound<'_, PyAny>>, created_at: Option<&Bound<'_, PyAny>>, data: &Bound<'_, PyAny>, meta: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::Item { id: from_py(id, "id")?, name: record::optional(name, "name")?, status: record::optional(status, "status")?, created_at: record::optional(created_at, "created_at")?, data: from_py(data, "data")?, meta: record::optional(meta, "meta")? }))
        }

        /// The id, as text.
        #[getter]
        fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.id).to_py(py)
        }

        /// The name, where it has one.
        #[getter]
        fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.name.as_ref().to_py(py)
        }

        /// The status, in the service's words.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.as_ref().to_py(py)
        }

        /// When it was made.
        #[getter]
        fn created_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.created_at.clone().to_py(py)
        }

        /// The object as the service sent it. Integers beyond 2^53 - 1 are text there.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.data).to_py(py)
        }

        /// How it came to be; absent for one of a list.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.id == b.id && a.name == b.name && a.status == b.status && a.created_at == b.created_at && a.data == b.data)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.id.hash(&mut hasher);
            self.0.name.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.created_at.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Item", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Item {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("id", self.id(py)?), ("name", self.name(py)?), ("status", self.status(py)?), ("created_at", self.created_at(py)?), ("data", self.data(py)?), ("meta", self.meta(py)?)])
    }
}

/// One page of objects.
#[pyclass(frozen, module = "keywright")]
pub struct ItemPage(pub facade::ItemPage);

impl ToPy for facade::ItemPage {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, ItemPage(self))?.into_any())
    }
}

impl FromPy for facade::ItemPage {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<ItemPage>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "ItemPage"))
    }
}

entry_points! {
    impl ItemPage {
        #[new]
        #[pyo3(signature = (*, items, next_token=None, meta))]
        fn new(items: &Bound<'_, PyAny>, next_token: Option<&Bound<'_, PyAny>>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::ItemPage { items: from_py(items, "items")?, next_token: record::optional(next_token, "next_token")?, meta: from_py(meta, "meta")? }))
        }

        /// The objects of this page, in the service's order.
        #[getter]
        fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.items.clone().to_py(py)
        }

        /// Where the next page begins; absent on the last.
        #[getter]
        fn next_token<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.next_token.as_ref().to_py(py)
        }

        /// How this page came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.items == b.items && a.next_token == b.next_token)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.next_token.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("ItemPage", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl ItemPage {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("items", self.items(py)?), ("next_token", self.next_token(py)?), ("meta", self.meta(py)?)])
    }
}

/// An answer that is JSON of its own.
#[pyclass(frozen, module = "keywright")]
pub struct JsonReply(pub facade::JsonReply);

impl ToPy for facade::JsonReply {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, JsonReply(self))?.into_any())
    }
}

impl FromPy for facade::JsonReply {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<JsonReply>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "JsonReply"))
    }
}

entry_points! {
    impl JsonReply {
        #[new]
        #[pyo3(signature = (*, data, meta))]
        fn new(data: &Bound<'_, PyAny>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::JsonReply { data: from_py(data, "data")?, meta: from_py(meta, "meta")? }))
        }

        /// What the service answered.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.data).to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.data == b.data)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let hasher = DefaultHasher::new();
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("JsonReply", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl JsonReply {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("data", self.data(py)?), ("meta", self.meta(py)?)])
    }
}

/// A key as its service shows it: everything but the secret.
#[pyclass(frozen, module = "keywright")]
pub struct Key(pub facade::Key);

impl ToPy for facade::Key {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Key(self))?.into_any())
    }
}

impl FromPy for facade::Key {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Key>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Key"))
    }
}

entry_points! {
    impl Key {
        #[new]
        #[pyo3(signature = (*, id, name=None, display_name, display_name_detail, prefix=None, status, status_label, is_effective, scopes, account_id=None, created_at=None, last_used_at=None, expires_at=None, archived_at=None, revoked_at=None, allowed_actions, told_members, data, meta=None))]
        fn new(id: &Bound<'_, PyAny>, name: Option<&Bound<'_, PyAny>>, display_name: &Bound<'_, PyAny>, display_name_detail: &Bound<'_, PyAny>, prefix: Option<&Bound<'_, PyAny>>, status: &Bound<'_, PyAny>, status_label: &Bound<'_, PyAny>, is_effective: &Bound<'_, PyAny>, scopes: &Bound<'_, PyAny>, account_id: Option<&Bound<'_, PyAny>>, created_at: Option<&Bound<'_, PyAny>>, last_used_at: Option<&Bound<'_, PyAny>>, expires_at: Option<&Bound<'_, PyAny>>, archived_at: Option<&Bound<'_, PyAny>>, revoked_at: Option<&Bound<'_, PyAny>>, allowed_actions: &Bound<'_, PyAny>, told_members: &Bound<'_, PyAny>, data: &Bound<'_, PyAny>, meta: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
            Ok(Self(facade::Key { id: from_py(id, "id")?, name: record::optional(name, "name")?, display_name: from_py(display_name, "display_name")?, display_name_detail: from_py(display_name_detail, "display_name_detail")?, prefix: record::optional(prefix, "prefix")?, status: from_py(status, "status")?, status_label: from_py(status_label, "status_label")?, is_effective: from_py(is_effective, "is_effective")?, scopes: from_py(scopes, "scopes")?, account_id: record::optional(account_id, "account_id")?, created_at: record::optional(created_at, "created_at")?, last_used_at: record::optional(last_used_at, "last_used_at")?, expires_at: record::optional(expires_at, "expires_at")?, archived_at: record::optional(archived_at, "archived_at")?, revoked_at: record::optional(revoked_at, "revoked_at")?, allowed_actions: from_py(allowed_actions, "allowed_actions")?, told_members: from_py(told_members, "told_members")?, data: from_py(data, "data")?, meta: record::optional(meta, "meta")? }))
        }

        /// The id, as text: some services count, others use words.
        #[getter]
        fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.id).to_py(py)
        }

        /// The name or label, where one was given.
        #[getter]
        fn name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.name.as_ref().to_py(py)
        }

        /// The name to show: `Untitled` when there is none, the id when it was not told.
        #[getter]
        fn display_name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.display_name).to_py(py)
        }

        /// The name to show on the key's own page: `(unnamed)` when there is none, the id when it was not
        /// told.
        #[getter]
        fn display_name_detail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.display_name_detail).to_py(py)
        }

        /// The beginning of the secret, for people to recognise it by. Never usable as a key.
        #[getter]
        fn prefix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.prefix.as_ref().to_py(py)
        }

        /// The status: `active`, `revoked`, `archived`, `expired`, or the service's own word.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.status).to_py(py)
        }

        /// The status in the service's own words, as `Live`.
        #[getter]
        fn status_label<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.status_label).to_py(py)
        }

        /// Whether the key worked when this was read: it is active and not past its date.
        #[getter]
        fn is_effective<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.is_effective.clone().to_py(py)
        }

        /// What the key may do; empty where the service knows no scopes.
        #[getter]
        fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.scopes.clone().to_py(py)
        }

        /// The account, tenant or organization it belongs to, where the service says.
        #[getter]
        fn account_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.account_id.as_ref().to_py(py)
        }

        /// When it was made.
        #[getter]
        fn created_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.created_at.clone().to_py(py)
        }

        /// When it was last used, as coarse as the service keeps it; absent when never.
        #[getter]
        fn last_used_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.last_used_at.clone().to_py(py)
        }

        /// When it stops working by itself; absent when never.
        #[getter]
        fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.expires_at.clone().to_py(py)
        }

        /// When it was archived.
        #[getter]
        fn archived_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.archived_at.clone().to_py(py)
        }

        /// When it was revoked, where the service says.
        #[getter]
        fn revoked_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.revoked_at.clone().to_py(py)
        }

        /// The operations that its state allows, as far as the service's rules are known.
        #[getter]
        fn allowed_actions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.allowed_actions.clone().to_py(py)
        }

        /// The members that are known: told by the answer, as "none" too, or set by the request. What is not
        /// among them may be anything; what is among them and absent is "never" or "none".
        #[getter]
        fn told_members<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.told_members.clone().to_py(py)
        }

        /// The object as the service sent it, without the secret.
        #[getter]
        fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.data).to_py(py)
        }

        /// How it came to be; absent for one of a list.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        /// Whether a word is among `told_members`.
        fn told(&self, member: &Bound<'_, PyAny>) -> PyResult<bool> {
            let word: facade::KeyMember = from_py(member, "member")?;
            Ok(self.0.told_members.contains(&word))
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.id == b.id && a.name == b.name && a.display_name == b.display_name && a.display_name_detail == b.display_name_detail && a.prefix == b.prefix && a.status == b.status && a.status_label == b.status_label && a.is_effective == b.is_effective && a.scopes == b.scopes && a.account_id == b.account_id && a.created_at == b.created_at && a.last_used_at == b.last_used_at && a.expires_at == b.expires_at && a.archived_at == b.archived_at && a.revoked_at == b.revoked_at && a.allowed_actions == b.allowed_actions && a.told_members == b.told_members && a.data == b.data)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.id.hash(&mut hasher);
            self.0.name.hash(&mut hasher);
            self.0.display_name.hash(&mut hasher);
            self.0.display_name_detail.hash(&mut hasher);
            self.0.prefix.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.status_label.hash(&mut hasher);
            self.0.is_effective.hash(&mut hasher);
            self.0.scopes.hash(&mut hasher);
            self.0.account_id.hash(&mut hasher);
            self.0.created_at.hash(&mut hasher);
            self.0.last_used_at.hash(&mut hasher);
            self.0.expires_at.hash(&mut hasher);
            self.0.archived_at.hash(&mut hasher);
            self.0.revoked_at.hash(&mut hasher);
            self.0.allowed_actions.hash(&mut hasher);
            self.0.told_members.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Key", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Key {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("id", self.id(py)?), ("name", self.name(py)?), ("display_name", self.display_name(py)?), ("display_name_detail", self.display_name_detail(py)?), ("prefix", self.prefix(py)?), ("status", self.status(py)?), ("status_label", self.status_label(py)?), ("is_effective", self.is_effective(py)?), ("scopes", self.scopes(py)?), ("account_id", self.account_id(py)?), ("created_at", self.created_at(py)?), ("last_used_at", self.last_used_at(py)?), ("expires_at", self.expires_at(py)?), ("archived_at", self.archived_at(py)?), ("revoked_at", self.revoked_at(py)?), ("allowed_actions", self.allowed_actions(py)?), ("told_members", self.told_members(py)?), ("data", self.data(py)?), ("meta", self.meta(py)?)])
    }
}

/// One page of keys.
#[pyclass(frozen, module = "keywright._native")]
pub struct KeyPage(pub facade::KeyPage);

impl ToPy for facade::KeyPage {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, KeyPage(self))?.into_any())
    }
}

impl FromPy for facade::KeyPage {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<KeyPage>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "KeyPage"))
    }
}

entry_points! {
    impl KeyPage {
        #[new]
        #[pyo3(signature = (*, items, next_token=None, meta))]
        fn new(items: &Bound<'_, PyAny>, next_token: Option<&Bound<'_, PyAny>>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::KeyPage { items: from_py(items, "items")?, next_token: record::optional(next_token, "next_token")?, meta: from_py(meta, "meta")? }))
        }

        /// The keys of this page, in the service's order.
        #[getter]
        fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.items.clone().to_py(py)
        }

        /// Where the next page begins; absent on the last.
        #[getter]
        fn next_token<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.next_token.as_ref().to_py(py)
        }

        /// How this page came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.items == b.items && a.next_token == b.next_token)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.next_token.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("KeyPage", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl KeyPage {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("items", self.items(py)?), ("next_token", self.next_token(py)?), ("meta", self.meta(py)?)])
    }
}

/// How a result came to be.
#[pyclass(frozen, module = "keywright")]
pub struct Meta(pub facade::Meta);

impl ToPy for facade::Meta {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Meta(self))?.into_any())
    }
}

impl FromPy for facade::Meta {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Meta>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Meta"))
    }
}

entry_points! {
    impl Meta {
        #[new]
        #[pyo3(signature = (*, request_id=None, status, attempts, elapsed, queued, rate_limit=None, ambiguous, partial))]
        fn new(request_id: Option<&Bound<'_, PyAny>>, status: &Bound<'_, PyAny>, attempts: &Bound<'_, PyAny>, elapsed: &Bound<'_, PyAny>, queued: &Bound<'_, PyAny>, rate_limit: Option<&Bound<'_, PyAny>>, ambiguous: &Bound<'_, PyAny>, partial: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Meta { request_id: record::optional(request_id, "request_id")?, status: from_py(status, "status")?, attempts: from_py(attempts, "attempts")?, elapsed: from_py(elapsed, "elapsed")?, queued: from_py(queued, "queued")?, rate_limit: record::optional(rate_limit, "rate_limit")?, ambiguous: from_py(ambiguous, "ambiguous")?, partial: from_py(partial, "partial")? }))
        }

        /// The service's id of the request that brought the result.
        #[getter]
        fn request_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.request_id.as_ref().to_py(py)
        }

        /// Its status.
        #[getter]
        fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.status.clone().to_py(py)
        }

        /// How many requests were sent.
        #[getter]
        fn attempts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.attempts.clone().to_py(py)
        }

        /// From the call to its result, waits included.
        #[getter]
        fn elapsed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.elapsed.clone().to_py(py)
        }

        /// How much of that the call waited for its turn in the limiter.
        #[getter]
        fn queued<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.queued.clone().to_py(py)
        }

        /// What the service said about its rate limit.
        #[getter]
        fn rate_limit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.rate_limit.clone().to_py(py)
        }

        /// Whether an earlier attempt of the same call may have been the one that did it.
        #[getter]
        fn ambiguous<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.ambiguous.clone().to_py(py)
        }

        /// Whether the answer was cut and the rest was filled in.
        #[getter]
        fn partial<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.partial.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.request_id == b.request_id && a.status == b.status && a.attempts == b.attempts && a.elapsed == b.elapsed && a.queued == b.queued && a.rate_limit == b.rate_limit && a.ambiguous == b.ambiguous && a.partial == b.partial)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.request_id.hash(&mut hasher);
            self.0.status.hash(&mut hasher);
            self.0.attempts.hash(&mut hasher);
            self.0.elapsed.hash(&mut hasher);
            self.0.queued.hash(&mut hasher);
            self.0.ambiguous.hash(&mut hasher);
            self.0.partial.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Meta", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Meta {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("request_id", self.request_id(py)?), ("status", self.status(py)?), ("attempts", self.attempts(py)?), ("elapsed", self.elapsed(py)?), ("queued", self.queued(py)?), ("rate_limit", self.rate_limit(py)?), ("ambiguous", self.ambiguous(py)?), ("partial", self.partial(py)?)])
    }
}

/// What the service said about its rate limit.
#[pyclass(frozen, module = "keywright")]
pub struct RateLimit(pub facade::RateLimit);

impl ToPy for facade::RateLimit {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, RateLimit(self))?.into_any())
    }
}

impl FromPy for facade::RateLimit {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<RateLimit>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "RateLimit"))
    }
}

entry_points! {
    impl RateLimit {
        #[new]
        #[pyo3(signature = (*, limit=None, remaining, reset_in))]
        fn new(limit: Option<&Bound<'_, PyAny>>, remaining: &Bound<'_, PyAny>, reset_in: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::RateLimit { limit: record::optional(limit, "limit")?, remaining: from_py(remaining, "remaining")?, reset_in: from_py(reset_in, "reset_in")? }))
        }

        /// Requests allowed per window, when it was said.
        #[getter]
        fn limit<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.limit.clone().to_py(py)
        }

        /// Requests left in the current window.
        #[getter]
        fn remaining<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.remaining.clone().to_py(py)
        }

        /// Time until the window is full again.
        #[getter]
        fn reset_in<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.reset_in.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.limit == b.limit && a.remaining == b.remaining && a.reset_in == b.reset_in)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.limit.hash(&mut hasher);
            self.0.remaining.hash(&mut hasher);
            self.0.reset_in.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("RateLimit", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl RateLimit {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("limit", self.limit(py)?), ("remaining", self.remaining(py)?), ("reset_in", self.reset_in(py)?)])
    }
}

/// How a key was taken out of service.
#[pyclass(frozen, module = "keywright")]
pub struct Retired(pub facade::Retired);

impl ToPy for facade::Retired {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Retired(self))?.into_any())
    }
}

impl FromPy for facade::Retired {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<Retired>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "Retired"))
    }
}

entry_points! {
    impl Retired {
        #[new]
        #[pyo3(signature = (*, action, key=None, meta))]
        fn new(action: &Bound<'_, PyAny>, key: Option<&Bound<'_, PyAny>>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::Retired { action: from_py(action, "action")?, key: record::optional(key, "key")?, meta: from_py(meta, "meta")? }))
        }

        /// What was done: `delete`, `archive` or `revoke`.
        #[getter]
        fn action<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.action).to_py(py)
        }

        /// The key afterwards; absent when it is gone.
        #[getter]
        fn key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.key.clone().to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.action == b.action && a.key == b.key)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.action.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("Retired", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl Retired {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("action", self.action(py)?), ("key", self.key(py)?), ("meta", self.meta(py)?)])
    }
}

/// The credits that one key has used.
#[pyclass(frozen, module = "keywright")]
pub struct UsageReport(pub facade::UsageReport);

impl ToPy for facade::UsageReport {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, UsageReport(self))?.into_any())
    }
}

impl FromPy for facade::UsageReport {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<UsageReport>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "UsageReport"))
    }
}

entry_points! {
    impl UsageReport {
        #[new]
        #[pyo3(signature = (*, granularity, total, slices, meta))]
        fn new(granularity: &Bound<'_, PyAny>, total: &Bound<'_, PyAny>, slices: &Bound<'_, PyAny>, meta: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::UsageReport { granularity: from_py(granularity, "granularity")?, total: from_py(total, "total")?, slices: from_py(slices, "slices")?, meta: from_py(meta, "meta")? }))
        }

        /// The slices' length, in the service's words: `day`, `week`, `month`.
        #[getter]
        fn granularity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            (&self.0.granularity).to_py(py)
        }

        /// All credits of the range.
        #[getter]
        fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.total.clone().to_py(py)
        }

        /// Slice by slice, in order of time.
        #[getter]
        fn slices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.slices.clone().to_py(py)
        }

        /// How it came to be.
        #[getter]
        fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.meta.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.granularity == b.granularity && a.total == b.total && a.slices == b.slices)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.granularity.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("UsageReport", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl UsageReport {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("granularity", self.granularity(py)?), ("total", self.total(py)?), ("slices", self.slices(py)?), ("meta", self.meta(py)?)])
    }
}

/// The credits of one slice.
#[pyclass(frozen, module = "keywright")]
pub struct UsageSlice(pub facade::UsageSlice);

impl ToPy for facade::UsageSlice {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, UsageSlice(self))?.into_any())
    }
}

impl FromPy for facade::UsageSlice {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<UsageSlice>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, "UsageSlice"))
    }
}

entry_points! {
    impl UsageSlice {
        #[new]
        #[pyo3(signature = (*, start=None, credits, activities))]
        fn new(start: Option<&Bound<'_, PyAny>>, credits: &Bound<'_, PyAny>, activities: &Bound<'_, PyAny>) -> PyResult<Self> {
            Ok(Self(facade::UsageSlice { start: record::optional(start, "start")?, credits: from_py(credits, "credits")?, activities: from_py(activities, "activities")? }))
        }

        /// When it begins.
        #[getter]
        fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.start.clone().to_py(py)
        }

        /// Its credits.
        #[getter]
        fn credits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.credits.clone().to_py(py)
        }

        /// What they were used for.
        #[getter]
        fn activities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.0.activities.clone().to_py(py)
        }

        fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
            let Ok(other) = other.cast::<Self>() else { return Ok(false) };
            let (a, b) = (&self.0, &other.get().0);
            Ok(a.start == b.start && a.credits == b.credits && a.activities == b.activities)
        }

        fn __hash__(&self) -> PyResult<u64> {
            let mut hasher = DefaultHasher::new();
            self.0.start.hash(&mut hasher);
            Ok(hasher.finish())
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            record::repr("UsageSlice", &self.members(py)?)
        }

        fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            record::reduce(slf, &slf.get().members(slf.py())?)
        }

        #[pyo3(signature = (**changes))]
        fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
            record::replace(slf, &slf.get().members(slf.py())?, changes)
        }
    }
}

impl UsageSlice {
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {
        Ok(vec![("start", self.start(py)?), ("credits", self.credits(py)?), ("activities", self.activities(py)?)])
    }
}

/// What one service is like: where it lives, how it takes credentials, what it can do.
#[pyclass(frozen, module = "keywright._native")]
pub struct Dialect(pub Arc<facade::Dialect>);

impl ToPy for Arc<facade::Dialect> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::wrapped("Dialect", Bound::new(py, Dialect(self))?.into_any())
    }
}

impl FromPy for Arc<facade::Dialect> {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let native = record::unwrapped(value);
        native.cast::<Dialect>().map(|native| Arc::clone(&native.get().0)).map_err(|_| wrong(value, field, "Dialect"))
    }
}

entry_points! {
    impl Dialect {
        #[staticmethod]
        fn builtin(py: Python<'_>, service: &Bound<'_, PyAny>) -> PyResult<Self> {
            let service = from_py(service, "service")?;
            Ok(Self(facade::Dialect::builtin(service).map_err(|error| raise(py, error))?))
        }
        #[staticmethod]
        fn from_toml(py: Python<'_>, text: &Bound<'_, PyAny>, env: &Bound<'_, PyAny>) -> PyResult<Self> {
            let text = from_py(text, "text")?;
            let env = from_py(env, "env")?;
            Ok(Self(facade::Dialect::from_toml(text, env).map_err(|error| raise(py, error))?))
        }

        fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).capabilities().to_py(py)
        }

        fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).id().to_py(py)
        }

        fn scope_preset<'py>(&self, py: Python<'py>, name: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let name = from_py(name, "name")?;
            Arc::clone(&self.0).scope_preset(name).to_py(py)
        }

        fn title<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).title().to_py(py)
        }

        fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).variables().to_py(py)
        }
    }
}

/// Events of a service as they arrive.
#[pyclass(frozen, module = "keywright._native")]
pub struct EventStream(pub Arc<facade::EventStream>);

impl ToPy for Arc<facade::EventStream> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::wrapped("EventStream", Bound::new(py, EventStream(self))?.into_any())
    }
}

impl FromPy for Arc<facade::EventStream> {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let native = record::unwrapped(value);
        native.cast::<EventStream>().map(|native| Arc::clone(&native.get().0)).map_err(|_| wrong(value, field, "EventStream"))
    }
}

entry_points! {
    impl EventStream {

        fn close<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::plain(queue);
            let inner = Arc::clone(&self.0);
            call.run(py, async move { inner.close().await.map(|()| record::Nothing) })
        }

        fn leave<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).leave();
            Ok(py.None().into_bound(py))
        }

        fn next_event<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::plain(queue);
            let inner = Arc::clone(&self.0);
            call.run(py, async move { inner.next_event().await })
        }

        fn run_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).run_id().to_py(py)
        }
    }
}

/// A clock that client and sandbox share. It jumps when everybody waits for it.
#[pyclass(frozen, module = "keywright._native")]
pub struct Clock(pub Arc<facade::Clock>);

impl ToPy for Arc<facade::Clock> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::wrapped("Clock", Bound::new(py, Clock(self))?.into_any())
    }
}

impl FromPy for Arc<facade::Clock> {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let native = record::unwrapped(value);
        native.cast::<Clock>().map(|native| Arc::clone(&native.get().0)).map_err(|_| wrong(value, field, "Clock"))
    }
}

entry_points! {
    impl Clock {

        fn advance<'py>(&self, py: Python<'py>, by: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let by = from_py(by, "by")?;
            Arc::clone(&self.0).advance(by);
            Ok(py.None().into_bound(py))
        }

        fn elapsed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).elapsed().to_py(py)
        }

        fn exact<'py>(&self, py: Python<'py>, chance: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let chance = from_py(chance, "chance")?;
            Ok(Bound::new(py, Self(Arc::clone(&self.0).exact(chance)))?.into_any())
        }

        fn hold<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).hold();
            Ok(py.None().into_bound(py))
        }

        fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).now().to_py(py)
        }

        fn release<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).release();
            Ok(py.None().into_bound(py))
        }

        fn sleepers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).sleepers().to_py(py)
        }
    }
}

/// All five services on this machine, with their rules, on a clock of their own: waits take no real time.
/// Worlds made from it are isolated from it and from each other.
#[pyclass(frozen, module = "keywright._native")]
pub struct Sandbox(pub Arc<facade::Sandbox>);

impl ToPy for Arc<facade::Sandbox> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        record::wrapped("Sandbox", Bound::new(py, Sandbox(self))?.into_any())
    }
}

impl FromPy for Arc<facade::Sandbox> {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let native = record::unwrapped(value);
        native.cast::<Sandbox>().map(|native| Arc::clone(&native.get().0)).map_err(|_| wrong(value, field, "Sandbox"))
    }
}

entry_points! {
    impl Sandbox {
        #[staticmethod]
        fn start(py: Python<'_>, seed: &Bound<'_, PyAny>, plan: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>, clock: &Bound<'_, PyAny>, lenient: &Bound<'_, PyAny>, idempotency: &Bound<'_, PyAny>, broken_rules: &Bound<'_, PyAny>) -> PyResult<Self> {
            let options_given = facade::SandboxOptions { seed: from_py(seed, "seed")?, plan: from_py(plan, "plan")?, variant: from_py(variant, "variant")?, clock: from_py(clock, "clock")?, lenient: from_py(lenient, "lenient")?, idempotency: from_py(idempotency, "idempotency")?, broken_rules: from_py(broken_rules, "broken_rules")? };
            Ok(Self(facade::Sandbox::start(options_given).map_err(|error| raise(py, error))?))
        }

        fn access<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            Arc::clone(&self.0).access(service).map_err(|error| raise(py, error))?.to_py(py)
        }

        fn clear_faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).clear_faults();
            Ok(py.None().into_bound(py))
        }

        fn clear_limits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).clear_limits().map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn clock<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).clock().to_py(py)
        }

        fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).close();
            Ok(py.None().into_bound(py))
        }

        fn connections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).connections().to_py(py)
        }

        fn fault<'py>(&self, py: Python<'py>, rule: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let rule = from_py(rule, "rule")?;
            Arc::clone(&self.0).fault(rule).map_err(|error| raise(py, error))?.to_py(py)
        }

        fn faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).faults().to_py(py)
        }

        fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).finish().map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn fixtures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).fixtures().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn journal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).journal().to_py(py)
        }

        fn load_fixtures<'py>(&self, py: Python<'py>, fixtures: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let fixtures = from_py(fixtures, "fixtures")?;
            Arc::clone(&self.0).load_fixtures(fixtures).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn reset<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0).reset().map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn set_active<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>, account: &Bound<'_, PyAny>, active: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            let account = from_py(account, "account")?;
            let active = from_py(active, "active")?;
            Arc::clone(&self.0).set_active(service, account, active).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn set_credits<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>, credits: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            let credits = from_py(credits, "credits")?;
            Arc::clone(&self.0).set_credits(service, credits).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn set_limit<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>, count: &Bound<'_, PyAny>, per: &Bound<'_, PyAny>, status: &Bound<'_, PyAny>, retry_after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            let count = from_py(count, "count")?;
            let per = from_py(per, "per")?;
            let status = from_py(status, "status")?;
            let retry_after = from_py(retry_after, "retry_after")?;
            Arc::clone(&self.0).set_limit(service, count, per, status, retry_after).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn set_plan<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>, plan: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            let plan = from_py(plan, "plan")?;
            Arc::clone(&self.0).set_plan(service, plan).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn set_variant<'py>(&self, py: Python<'py>, service: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let service = from_py(service, "service")?;
            let variant = from_py(variant, "variant")?;
            Arc::clone(&self.0).set_variant(service, variant).map_err(|error| raise(py, error))?;
            Ok(py.None().into_bound(py))
        }

        fn verify<'py>(&self, py: Python<'py>, expected: &Bound<'_, PyAny>, strict_order: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let expected = from_py(expected, "expected")?;
            let strict_order = from_py(strict_order, "strict_order")?;
            Arc::clone(&self.0).verify(expected, strict_order).map_err(|error| raise(py, error))?.to_py(py)
        }

        fn world<'py>(&self, py: Python<'py>, seed: &Bound<'_, PyAny>, plan: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>, clock: &Bound<'_, PyAny>, lenient: &Bound<'_, PyAny>, idempotency: &Bound<'_, PyAny>, broken_rules: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let options_given = facade::SandboxOptions { seed: from_py(seed, "seed")?, plan: from_py(plan, "plan")?, variant: from_py(variant, "variant")?, clock: from_py(clock, "clock")?, lenient: from_py(lenient, "lenient")?, idempotency: from_py(idempotency, "idempotency")?, broken_rules: from_py(broken_rules, "broken_rules")? };
            Ok(Bound::new(py, Self(Arc::clone(&self.0).world(options_given).map_err(|error| raise(py, error))?))?.into_any())
        }
    }
}

/// The client of one service.
#[pyclass(frozen, module = "keywright._native")]
pub struct Client(pub Native);

entry_points! {
    impl Client {
        #[staticmethod]
        fn new(py: Python<'_>, service: &Bound<'_, PyAny>, api_key: &Bound<'_, PyAny>, key_provider: &Bound<'_, PyAny>, management: &Bound<'_, PyAny>, email: &Bound<'_, PyAny>, password: &Bound<'_, PyAny>, account: &Bound<'_, PyAny>, agent_id: &Bound<'_, PyAny>, base_url: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>, timeout: &Bound<'_, PyAny>, attempt_timeout: &Bound<'_, PyAny>, read_timeout: &Bound<'_, PyAny>, connect_timeout: &Bound<'_, PyAny>, max_attempts: &Bound<'_, PyAny>, retry_base: &Bound<'_, PyAny>, retry_cap: &Bound<'_, PyAny>, max_retry_after: &Bound<'_, PyAny>, queue_limit: &Bound<'_, PyAny>, throttle: &Bound<'_, PyAny>, priority: &Bound<'_, PyAny>, isolated_limits: &Bound<'_, PyAny>, max_body: &Bound<'_, PyAny>, max_connections: &Bound<'_, PyAny>, allow_insecure_http: &Bound<'_, PyAny>, check_key_shape: &Bound<'_, PyAny>, keep_password: &Bound<'_, PyAny>, debug_headers: &Bound<'_, PyAny>, proxy: &Bound<'_, PyAny>, extra_roots: &Bound<'_, PyAny>, app_name: &Bound<'_, PyAny>, on_event: &Bound<'_, PyAny>, clock: &Bound<'_, PyAny>, env: &Bound<'_, PyAny>) -> PyResult<Self> {
            let service = from_py(service, "service")?;
            let options_given = facade::ClientOptions { api_key: from_py_given(api_key, "api_key")?, key_provider: facade::KeyFunction(provider(key_provider, "key_provider")?), management: from_py_given(management, "management")?, email: from_py_given(email, "email")?, password: from_py_given(password, "password")?, account: from_py(account, "account")?, agent_id: from_py(agent_id, "agent_id")?, base_url: from_py_given(base_url, "base_url")?, variant: from_py(variant, "variant")?, timeout: from_py_limit(timeout, "timeout")?, attempt_timeout: from_py_limit(attempt_timeout, "attempt_timeout")?, read_timeout: from_py(read_timeout, "read_timeout")?, connect_timeout: from_py(connect_timeout, "connect_timeout")?, max_attempts: from_py(max_attempts, "max_attempts")?, retry_base: from_py(retry_base, "retry_base")?, retry_cap: from_py(retry_cap, "retry_cap")?, max_retry_after: from_py(max_retry_after, "max_retry_after")?, queue_limit: from_py(queue_limit, "queue_limit")?, throttle: from_py(throttle, "throttle")?, priority: from_py(priority, "priority")?, isolated_limits: from_py(isolated_limits, "isolated_limits")?, max_body: from_py(max_body, "max_body")?, max_connections: from_py(max_connections, "max_connections")?, allow_insecure_http: from_py(allow_insecure_http, "allow_insecure_http")?, check_key_shape: from_py(check_key_shape, "check_key_shape")?, keep_password: from_py(keep_password, "keep_password")?, debug_headers: from_py(debug_headers, "debug_headers")?, proxy: from_py(proxy, "proxy")?, extra_roots: from_py(extra_roots, "extra_roots")?, app_name: from_py(app_name, "app_name")?, on_event: facade::EventFunction(callable(on_event, "on_event")?), clock: from_py(clock, "clock")?, env: handed_over(env, Some(&service), None)? };
            let inner = facade::Client::new(service, options_given).map_err(|error| raise(py, error))?;
            Ok(Self(Native::new(inner, key_provider, on_event)))
        }
        #[staticmethod]
        fn with_dialect(py: Python<'_>, dialect: &Bound<'_, PyAny>, api_key: &Bound<'_, PyAny>, key_provider: &Bound<'_, PyAny>, management: &Bound<'_, PyAny>, email: &Bound<'_, PyAny>, password: &Bound<'_, PyAny>, account: &Bound<'_, PyAny>, agent_id: &Bound<'_, PyAny>, base_url: &Bound<'_, PyAny>, variant: &Bound<'_, PyAny>, timeout: &Bound<'_, PyAny>, attempt_timeout: &Bound<'_, PyAny>, read_timeout: &Bound<'_, PyAny>, connect_timeout: &Bound<'_, PyAny>, max_attempts: &Bound<'_, PyAny>, retry_base: &Bound<'_, PyAny>, retry_cap: &Bound<'_, PyAny>, max_retry_after: &Bound<'_, PyAny>, queue_limit: &Bound<'_, PyAny>, throttle: &Bound<'_, PyAny>, priority: &Bound<'_, PyAny>, isolated_limits: &Bound<'_, PyAny>, max_body: &Bound<'_, PyAny>, max_connections: &Bound<'_, PyAny>, allow_insecure_http: &Bound<'_, PyAny>, check_key_shape: &Bound<'_, PyAny>, keep_password: &Bound<'_, PyAny>, debug_headers: &Bound<'_, PyAny>, proxy: &Bound<'_, PyAny>, extra_roots: &Bound<'_, PyAny>, app_name: &Bound<'_, PyAny>, on_event: &Bound<'_, PyAny>, clock: &Bound<'_, PyAny>, env: &Bound<'_, PyAny>) -> PyResult<Self> {
            let dialect = from_py(dialect, "dialect")?;
            let options_given = facade::ClientOptions { api_key: from_py_given(api_key, "api_key")?, key_provider: facade::KeyFunction(provider(key_provider, "key_provider")?), management: from_py_given(management, "management")?, email: from_py_given(email, "email")?, password: from_py_given(password, "password")?, account: from_py(account, "account")?, agent_id: from_py(agent_id, "agent_id")?, base_url: from_py_given(base_url, "base_url")?, variant: from_py(variant, "variant")?, timeout: from_py_limit(timeout, "timeout")?, attempt_timeout: from_py_limit(attempt_timeout, "attempt_timeout")?, read_timeout: from_py(read_timeout, "read_timeout")?, connect_timeout: from_py(connect_timeout, "connect_timeout")?, max_attempts: from_py(max_attempts, "max_attempts")?, retry_base: from_py(retry_base, "retry_base")?, retry_cap: from_py(retry_cap, "retry_cap")?, max_retry_after: from_py(max_retry_after, "max_retry_after")?, queue_limit: from_py(queue_limit, "queue_limit")?, throttle: from_py(throttle, "throttle")?, priority: from_py(priority, "priority")?, isolated_limits: from_py(isolated_limits, "isolated_limits")?, max_body: from_py(max_body, "max_body")?, max_connections: from_py(max_connections, "max_connections")?, allow_insecure_http: from_py(allow_insecure_http, "allow_insecure_http")?, check_key_shape: from_py(check_key_shape, "check_key_shape")?, keep_password: from_py(keep_password, "keep_password")?, debug_headers: from_py(debug_headers, "debug_headers")?, proxy: from_py(proxy, "proxy")?, extra_roots: from_py(extra_roots, "extra_roots")?, app_name: from_py(app_name, "app_name")?, on_event: facade::EventFunction(callable(on_event, "on_event")?), clock: from_py(clock, "clock")?, env: handed_over(env, None, Some(&dialect))? };
            let inner = facade::Client::with_dialect(dialect, options_given).map_err(|error| raise(py, error))?;
            Ok(Self(Native::new(inner, key_provider, on_event)))
        }

        fn account<'py>(&self, py: Python<'py>, id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let id = from_py(id, "id")?;
            Ok(Bound::new(py, Client(self.0.handle(Arc::clone(&self.0.inner).account(id).map_err(|error| raise(py, error))?)))?.into_any())
        }

        fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0.inner).capabilities().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn describe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0.inner).describe().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0.inner).now().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn own_account<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Ok(Bound::new(py, Client(self.0.handle(Arc::clone(&self.0.inner).own_account().map_err(|error| raise(py, error))?)))?.into_any())
        }

        fn service<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0.inner).service().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn supports<'py>(&self, py: Python<'py>, capability: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let capability = from_py(capability, "capability")?;
            Arc::clone(&self.0.inner).supports(capability).map_err(|error| raise(py, error))?.to_py(py)
        }

        fn throttle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            Arc::clone(&self.0.inner).throttle().map_err(|error| raise(py, error))?.to_py(py)
        }

        fn with_key<'py>(&self, py: Python<'py>, key: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let key = from_py(key, "key")?;
            Ok(Bound::new(py, Client(self.0.handle(Arc::clone(&self.0.inner).with_key(key).map_err(|error| raise(py, error))?)))?.into_any())
        }

        fn with_options<'py>(&self, py: Python<'py>, timeout: &Bound<'_, PyAny>, attempt_timeout: &Bound<'_, PyAny>, read_timeout: &Bound<'_, PyAny>, max_attempts: &Bound<'_, PyAny>, throttle: &Bound<'_, PyAny>, priority: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let options_given = facade::CallOptions { timeout: from_py_limit(timeout, "timeout")?, attempt_timeout: from_py_limit(attempt_timeout, "attempt_timeout")?, read_timeout: from_py(read_timeout, "read_timeout")?, max_attempts: from_py(max_attempts, "max_attempts")?, throttle: from_py(throttle, "throttle")?, priority: from_py(priority, "priority")? };
            Ok(Bound::new(py, Client(self.0.handle(Arc::clone(&self.0.inner).with_options(options_given).map_err(|error| raise(py, error))?)))?.into_any())
        }

        fn request<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, method: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>, query: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, json: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, content_type: &Bound<'_, PyAny>, safety: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let method = from_py(method, "method")?;
            let path = from_py(path, "path")?;
            let options_given = facade::RequestOptions { query: from_py(query, "query")?, headers: from_py(headers, "headers")?, json: from_py(json, "json")?, body: from_py(body, "body")?, content_type: from_py(content_type, "content_type")?, safety: from_py(safety, "safety")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.request(method, path, options_given).await })
        }

        fn to_curl<'py>(&self, py: Python<'py>, method: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>, query: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, json: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, content_type: &Bound<'_, PyAny>, safety: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let method = from_py(method, "method")?;
            let path = from_py(path, "path")?;
            let options_given = facade::RequestOptions { query: from_py(query, "query")?, headers: from_py(headers, "headers")?, json: from_py(json, "json")?, body: from_py(body, "body")?, content_type: from_py(content_type, "content_type")?, safety: from_py(safety, "safety")? };
            Arc::clone(&self.0.inner).to_curl(method, path, options_given).map_err(|error| raise(py, error))?.to_py(py)
        }

        fn billing_status<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.billing_status().await })
        }

        fn evaluate<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, action: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let action = from_py(action, "action")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.evaluate(action).await })
        }

        fn me<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.me().await })
        }

        fn keys_archive<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let allow_self = from_py(allow_self, "allow_self")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_archive(id, allow_self).await })
        }

        fn keys_calls<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, method: &Bound<'_, PyAny>, status: &Bound<'_, PyAny>, endpoint: &Bound<'_, PyAny>, since: &Bound<'_, PyAny>, until: &Bound<'_, PyAny>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let query_given = facade::CallsQuery { method: from_py(method, "method")?, status: from_py(status, "status")?, endpoint: from_py(endpoint, "endpoint")?, since: from_py(since, "since")?, until: from_py(until, "until")? };
            let page_size = from_py(page_size, "page_size")?;
            let after = from_py(after, "after")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_calls(id, query_given, page_size, after).await.map(record::Page::from) })
        }

        fn keys_calls_oldest_first<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, method: &Bound<'_, PyAny>, status: &Bound<'_, PyAny>, endpoint: &Bound<'_, PyAny>, since: &Bound<'_, PyAny>, until: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let query_given = facade::CallsQuery { method: from_py(method, "method")?, status: from_py(status, "status")?, endpoint: from_py(endpoint, "endpoint")?, since: from_py(since, "since")?, until: from_py(until, "until")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_calls_oldest_first(id, query_given).await })
        }

        fn keys_create<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, name: &Bound<'_, PyAny>, scopes: &Bound<'_, PyAny>, expires_at: &Bound<'_, PyAny>, recover: &Bound<'_, PyAny>, snapshot: &Bound<'_, PyAny>, on_cancel: &Bound<'_, PyAny>, deliver: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let mut call = Call::of(&self.0, queue);
            let wanted_given = facade::CreateKey { name: from_py(name, "name")?, scopes: from_py(scopes, "scopes")?, expires_at: from_py(expires_at, "expires_at")? };
            let delivery_given = facade::Delivery { recover: from_py(recover, "recover")?, snapshot: from_py(snapshot, "snapshot")?, on_cancel: from_py(on_cancel, "on_cancel")?, deliver: call.deliver(&self.0, deliver)?, allow_self: from_py(allow_self, "allow_self")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_create(wanted_given, delivery_given).await })
        }

        fn keys_delete<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let allow_self = from_py(allow_self, "allow_self")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_delete(id, allow_self).await })
        }

        fn keys_get<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_get(id).await })
        }

        fn keys_list<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let page_size = from_py(page_size, "page_size")?;
            let after = from_py(after, "after")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_list(page_size, after).await.map(record::Page::from) })
        }

        fn keys_reactivate<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_reactivate(id).await })
        }

        fn keys_retire<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let allow_self = from_py(allow_self, "allow_self")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_retire(id, allow_self).await })
        }

        fn keys_revoke<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let allow_self = from_py(allow_self, "allow_self")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_revoke(id, allow_self).await })
        }

        fn keys_rotate<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, recover: &Bound<'_, PyAny>, snapshot: &Bound<'_, PyAny>, on_cancel: &Bound<'_, PyAny>, deliver: &Bound<'_, PyAny>, allow_self: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let mut call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let delivery_given = facade::Delivery { recover: from_py(recover, "recover")?, snapshot: from_py(snapshot, "snapshot")?, on_cancel: from_py(on_cancel, "on_cancel")?, deliver: call.deliver(&self.0, deliver)?, allow_self: from_py(allow_self, "allow_self")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_rotate(id, delivery_given).await })
        }

        fn keys_update<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, name: &Bound<'_, PyAny>, expires_at: &Bound<'_, PyAny>, never_expires: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let change_given = facade::UpdateKey { name: from_py(name, "name")?, expires_at: from_py(expires_at, "expires_at")?, never_expires: from_py(never_expires, "never_expires")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_update(id, change_given).await })
        }

        fn keys_usage<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, range: &Bound<'_, PyAny>, since: &Bound<'_, PyAny>, until: &Bound<'_, PyAny>, granularity: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let query_given = facade::UsageQuery { range: from_py(range, "range")?, since: from_py(since, "since")?, until: from_py(until, "until")?, granularity: from_py(granularity, "granularity")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.keys_usage(id, query_given).await })
        }

        fn resource_call<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, action: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>, query: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let action = from_py(action, "action")?;
            let arguments_given = facade::Arguments { path: from_py(path, "path")?, query: from_py(query, "query")?, body: from_py(body, "body")?, page_size: from_py(page_size, "page_size")?, after: from_py(after, "after")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_call(resource, action, arguments_given).await })
        }

        fn resource_create<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let body = from_py(body, "body")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_create(resource, body).await })
        }

        fn resource_delete<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let id = from_py(id, "id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_delete(resource, id).await })
        }

        fn resource_get<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let id = from_py(id, "id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_get(resource, id).await })
        }

        fn resource_list<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let page_size = from_py(page_size, "page_size")?;
            let after = from_py(after, "after")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_list(resource, page_size, after).await.map(record::Page::from) })
        }

        fn resource_update<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, resource: &Bound<'_, PyAny>, id: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let resource = from_py(resource, "resource")?;
            let id = from_py(id, "id")?;
            let body = from_py(body, "body")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.resource_update(resource, id, body).await })
        }

        fn runs_cancel<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, run_id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let run_id = from_py(run_id, "run_id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.runs_cancel(run_id).await })
        }

        fn runs_create<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, agent_id: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let agent_id = from_py(agent_id, "agent_id")?;
            let body = from_py(body, "body")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.runs_create(agent_id, body).await })
        }

        fn runs_get<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, run_id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let run_id = from_py(run_id, "run_id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.runs_get(run_id).await })
        }

        fn runs_stream<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, agent_id: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let agent_id = from_py(agent_id, "agent_id")?;
            let body = from_py(body, "body")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.runs_stream(agent_id, body).await })
        }

        fn runs_wait<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, run_id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let run_id = from_py(run_id, "run_id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.runs_wait(run_id).await })
        }

        fn events_track<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, event: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let event = from_py(event, "event")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.events_track(event).await })
        }

        fn events_track_batch<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, events: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let events = from_py(events, "events")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.events_track_batch(events).await })
        }

        fn segments_list<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let page_size = from_py(page_size, "page_size")?;
            let after = from_py(after, "after")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.segments_list(page_size, after).await.map(record::Page::from) })
        }

        fn segments_members<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, id: &Bound<'_, PyAny>, page_size: &Bound<'_, PyAny>, after: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let id = from_py(id, "id")?;
            let page_size = from_py(page_size, "page_size")?;
            let after = from_py(after, "after")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.segments_members(id, page_size, after).await.map(record::Page::from) })
        }

        fn segments_membership<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, user_id: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let user_id = from_py(user_id, "user_id")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.segments_membership(user_id).await })
        }

        fn account_settings_get<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.account_settings_get().await })
        }

        fn account_settings_update<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let body = from_py(body, "body")?;
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.account_settings_update(body).await })
        }
    }
}

record::page!(CallPage, CallRecord);
record::page!(ItemPage, Item);
record::page!(KeyPage, Key);

/// Adds every class.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<CredentialOrigin>()?;
    module.add_class::<Description>()?;
    module.add_class::<LimiterView>()?;
    module.add_class::<ThrottleView>()?;
    module.add_class::<Capability>()?;
    module.add_class::<Attempt>()?;
    module.add_class::<ErrorInfo>()?;
    module.add_class::<FieldError>()?;
    module.add_class::<Event>()?;
    module.add_class::<ServerEvent>()?;
    module.add_class::<Response>()?;
    module.add_class::<ActionReply>()?;
    module.add_class::<Connections>()?;
    module.add_class::<JournalEntry>()?;
    module.add_class::<SandboxAccess>()?;
    module.add_class::<Activity>()?;
    module.add_class::<CallPage>()?;
    module.add_class::<CallRecord>()?;
    module.add_class::<CreatedKey>()?;
    module.add_class::<Done>()?;
    module.add_class::<Item>()?;
    module.add_class::<ItemPage>()?;
    module.add_class::<JsonReply>()?;
    module.add_class::<Key>()?;
    module.add_class::<KeyPage>()?;
    module.add_class::<Meta>()?;
    module.add_class::<RateLimit>()?;
    module.add_class::<Retired>()?;
    module.add_class::<UsageReport>()?;
    module.add_class::<UsageSlice>()?;
    module.add_class::<Dialect>()?;
    module.add_class::<EventStream>()?;
    module.add_class::<Clock>()?;
    module.add_class::<Sandbox>()?;
    module.add_class::<Client>()
}
